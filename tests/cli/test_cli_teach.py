"""`reconcile teach`: pair after pair in the terminal or in a sheet, kept after each answer, and used by `reconcile match`."""

import io
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from cli_project import MAIN

from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.results import ActionKind, ActionState
from reconcile.standalone.teaching import opened

SITES = Path(__file__).parents[2] / "examples/sites"
FILES = (str(SITES / "portal_sites.csv"), str(SITES / "school_finder_sites.csv"))
KEYS = ["crm_key", "erp_key"]
PROJECT = """\
project: Sites
systems:
  portal: {role: crm, connector: files, path: FOLDER}
  finder: {role: erp, connector: files, path: FOLDER}
checks: {sites: []}
entities:
  sites:
    crm: {object: portal_sites.csv, key: Id}
    erp: {object: school_finder_sites.csv, key: Id}
    match: {fields: [name, address, phone]}
    fields:
      name: {crm: Site name, erp: Site name, type: company_name}
      address: {crm: Address, erp: Address, type: address}
      phone: {crm: Phone, erp: Phone, type: phone}
"""


@pytest.fixture
def typed(monkeypatch):
    """What somebody types, line by line."""
    return lambda *lines: monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def truth():
    pairs = pl.read_csv(SITES / "truth_pairs.csv", infer_schema=False).select(pl.all().str.strip_chars())
    return pairs.rename(dict(zip(pairs.columns[:2], KEYS, strict=True))).select(KEYS)


def answered(sheet):
    """A sheet as somebody fills it in who knows the truth."""
    known = sheet.select(pl.col(KEYS).cast(pl.String)).join(
        truth().with_columns(answer=pl.lit("y")), on=KEYS, how="left", maintain_order="left"
    )
    return sheet.with_columns(known["answer"].fill_null("n"))


def kept(path="answers.csv"):
    return pl.read_csv(path, infer_schema=False).rows()


def test_pairs_are_shown_side_by_side_with_the_sentence_and_each_answer_is_kept(cli, typed, folder):
    typed("y", "n", "what?", "u", "q")
    answer = cli("teach", *FILES, "--answers", "answers.csv", "--count", "9")
    assert answer.code == 0
    assert "Pair 1 of 9" in answer.out
    assert "Pair 4 of 9" in answer.out
    assert "Pair 5 of 9" not in answer.out
    assert answer.out.count("Please answer") == 1
    assert "CRM" in answer.out
    assert "sure" in answer.out
    assert [row[2] for row in kept()] == ["same", "not_same", "unsure"]
    assert "3 answers are in answers.csv" in answer.out


def test_back_answers_again_and_what_was_answered_is_not_asked_again(cli, typed, folder):
    typed("y", "b", "n", "y")  # then the input ends
    assert cli("teach", *FILES, "--answers", "answers.csv", "--count", "5").code == 0
    first = kept()
    assert [row[2] for row in first] == ["not_same", "same"]
    typed("u", "q")
    assert cli("teach", *FILES, "--answers", "answers.csv", "--count", "5").code == 0
    assert kept()[:2] == first
    assert kept()[2][:2] not in [row[:2] for row in first]


def test_it_speaks_chinese(cli, typed, folder):
    typed("是", "不同", "退出")
    answer = cli("teach", *FILES, "--answers", "answers.csv", "--language", "zh")
    assert answer.code == 0
    assert "是同一个吗？" in answer.out
    assert "第 1 对" in answer.out
    assert [row[2] for row in kept()] == ["same", "not_same"]


def test_nothing_is_lost_where_the_process_is_killed(folder):
    command = [sys.executable, "-c", MAIN, "teach", *FILES, "--answers", "answers.csv"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=folder
    ) as process:
        process.stdin.write("y\nn\n")
        process.stdin.flush()
        while "Pair 3 of" not in (line := process.stdout.readline()):
            assert line, "it ended"
        process.kill()
    assert [row[2] for row in kept()] == ["same", "not_same"]
    assert [path.name for path in folder.iterdir()] == ["answers.csv"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_sheet_is_filled_in_and_read_back_and_links_get_better(cli, folder, ending):
    sheet = f"sheet.{ending}"
    answer = cli("teach", *FILES, "--answers", "answers.csv", "--sheet", sheet, "--count", "60")
    assert answer.code == 0
    assert "60 pairs are in" in answer.out
    assert not Path("answers.csv").exists()
    asked = pl.read_csv(sheet, infer_schema=False) if ending == "csv" else pl.read_excel(sheet)
    assert asked.columns[:5] == [*KEYS, "answer", "zone", "probability"]
    assert {"crm: site_name", "erp: site_name"} <= set(asked.columns)
    filled = answered(asked)
    filled.write_csv(sheet) if ending == "csv" else filled.write_excel(sheet)
    found = {}
    for name, more in (("before", ()), ("after", ("--answers", sheet))):
        told = cli("match", *FILES, "--out", f"{name}.parquet", *more)
        assert told.code == 0
        made = pl.read_parquet(f"{name}.parquet").filter(pl.col("zone") != "review").select(pl.col(KEYS).cast(pl.String))
        found[name] = 2 * made.join(truth(), on=KEYS, how="semi").height / (made.height + truth().height)
    assert "weights after the answers" in told.out
    assert found["after"] > found["before"] + 0.005
    after = pl.read_parquet("after.parquet").with_columns(pl.col(KEYS).cast(pl.String))
    said = filled.select(pl.col(KEYS).cast(pl.String), "answer")
    assert said.filter(pl.col("answer") == "n").join(after, on=KEYS, how="semi").is_empty()
    assert said.filter(pl.col("answer") == "y").join(after.filter(pl.col("zone") != "review"), on=KEYS, how="anti").is_empty()
    assert "person" in after["rung"].to_list()


def test_a_random_sample_says_how_good_the_links_are(cli, folder):
    assert cli("teach", *FILES, "--answers", "sample.csv", "--measure", "--count", "150", "--sheet", "sample.csv").code == 0
    answered(pl.read_csv("sample.csv", infer_schema=False)).write_csv("sample.csv")
    answer = cli("teach", *FILES, "--answers", "sample.csv", "--measure", "--count", "150", "--json")
    links = answer.last["quality"]["links"]
    assert links["low"] <= 0.9413 <= links["high"]
    assert links["high"] - links["low"] < 0.2
    assert answer.last["open"] == 0
    shown = cli("teach", *FILES, "--answers", "sample.csv", "--measure", "--count", "150")
    assert "Right among the links" in shown.out
    assert "in 95 of 100" in shown.out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("crm_key,erp_key\n1,2\n", "no column answer"),
        ("crm_key,erp_key,answer\n1,2,y\n1,3,perhaps\n", "row 3: 'perhaps' is no answer"),
        ("crm_key,erp_key,answer\n,3,y\n", "row 2 has an answer and lacks a key"),
    ],
)
def test_a_sheet_that_is_none_is_refused_with_the_place(cli, folder, content, said):
    Path("answers.csv").write_text(content)
    for answer in (
        cli("match", *FILES, "--out", "l.csv", "--answers", "answers.csv"),
        cli("teach", *FILES, "--answers", "answers.csv"),
    ):
        assert answer.code == 2
        assert said in answer.err


def test_the_last_answer_counts_and_records_that_are_gone_are_told(cli, typed, folder):
    Path("answers.csv").write_text("crm_key,erp_key,answer\n517,2585,n\nNOBODY,2585,y\n517,2585,yes\n")
    answer = cli("teach", *FILES, "--answers", "answers.csv", "--json")
    assert (answer.last["answers"], answer.last["lost"]) == (2, 1)
    assert cli("match", *FILES, "--out", "l.csv", "--answers", "answers.csv", "--json").code == 0
    row = pl.read_csv("l.csv", infer_schema=False).filter(pl.col("crm_key") == "517", pl.col("erp_key") == "2585")
    assert row["zone"][0] in ("link", "duplicate")


def test_what_does_not_go_together_is_refused(cli, folder):
    for arguments in (
        ("teach",),
        ("teach", *FILES),
        ("teach", *FILES, "--answers", "a.csv", "--entity", "sites"),
        ("teach", *FILES, "--answers", "a.csv", "--sheet", "s.txt"),
        ("teach", *FILES, "--answers", "a.txt"),
        ("teach", *FILES, "--answers", "a.csv", "--beside", "b.csv"),
        ("match", *FILES, "--out", "l.csv", "--answers", "a.csv", "--model", "m.json"),
        ("match", *FILES, "--out", "l.csv", "--answers", "missing.csv"),
    ):
        assert cli(*arguments).code == 2, arguments


def test_in_a_project_answers_are_decisions_that_hold_and_are_not_asked_about_again(cli, typed, folder):
    Path("reconcile.yaml").write_text(PROJECT.replace("FOLDER", str(SITES)))
    assert cli("run").code in (0, 1)
    open_ = cli("teach", "--entity", "sites", "--count", "4", "--json").last["open"]
    assert len(open_) == 4
    free = [row for row in open_ if row["zone"] in ("none", "review")][:2]
    said = dict(zip(((row["crm_key"], row["erp_key"]) for row in free), "yn", strict=True))
    answers = [said.get((row["crm_key"], row["erp_key"]), "u") for row in open_]
    typed(*answers)
    answer = cli("teach", "--entity", "sites", "--count", "4")
    assert answer.code == 0
    assert all(said in answer.out for said in ("Noted: approved", "no run links the two", "not sure", "Pair 4 of 4"))
    first, second = said
    ledger = Ledger.open("sqlite:///.reconcile/ledger.db", crm="portal", erp="finder")
    try:
        assert ledger.not_same("sites").rows() == [second]
        approved = ledger.actions([ActionState.APPROVED], "sites", kind=ActionKind.LINK)
        assert {first[0], first[1]} <= {approved[0].source_key, approved[0].changes[0].after}
    finally:
        ledger.close()
    then = cli("teach", "--entity", "sites", "--json").last["open"]
    assert not {(row["crm_key"], row["erp_key"]) for row in then} & {(row["crm_key"], row["erp_key"]) for row in open_}
    assert cli("run").code in (0, 1)
    again = cli("teach", "--entity", "sites", "--json").last["open"]
    assert second not in {(row["crm_key"], row["erp_key"]) for row in again}


def test_in_a_project_a_sheet_is_taken_back_and_a_sample_measured(cli, folder):
    Path("reconcile.yaml").write_text(PROJECT.replace("FOLDER", str(SITES)))
    assert cli("run").code in (0, 1)
    assert cli("teach", "--entity", "sites", "--measure", "--count", "60", "--sheet", "sample.xlsx").code == 0
    sheet = pl.read_excel("sample.xlsx", schema_overrides={"answer": pl.String})
    assert {"crm: name", "erp: phone", "zone"} <= set(sheet.columns)
    answered(sheet).write_csv("sample.csv")
    told = cli("teach", "--entity", "sites", "--answers", "sample.csv", "--json")
    assert told.code == 0, told.err
    assert sum(told.last["outcomes"].values()) == 60
    assert told.last["outcomes"]["pinned"] > 10
    assert cli("teach", "--entity", "sites", "--answers", "sample.csv", "--json").last["outcomes"] == {}, "nothing twice"
    measured = cli("teach", "--entity", "sites", "--measure", "--json").last
    assert measured["open"] == []
    assert measured["quality"]["links"]["low"] > 0.6
    assert cli("teach", "--entity", "nothing").code == 2


def test_what_answers_taught_has_a_row_of_its_own_and_the_bits_still_sum(folder):
    """The waterfall of a pair that nobody was asked about."""
    cut = {"config": None, "environ": {}, "progress": Silent()}
    plain = opened(*map(Path, FILES), Path("answers.csv"), taught_by=None, **cut)
    plain.ask(120)
    answered(plain.questions.select(*KEYS)).write_csv("answers.csv")
    asked = opened(*map(Path, FILES), Path("answers.csv"), taught_by=Path("answers.csv"), **cut)
    assert asked.lesson.reason == "better"
    asked.ask(20)
    told = [asked.explained(at) for at in range(20)]
    assert all(sum(row.bits for row in one.rows) == one.total for one in told)
    assert any(row.part == "taught" and abs(row.bits) > 0.1 for one in told for row in one.rows)
