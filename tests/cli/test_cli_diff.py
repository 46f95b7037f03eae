"""`reconcile diff`: what differs between two keyed files, on the screen, in the file and in the exit code; and wrong input."""

import datetime as dt
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml

from reports.diff_texts import SCREEN

CRM = pl.DataFrame(
    {
        "Id": ["C1", "C2", "C3", "C4", "C5", "C6", None],
        "Name": ["Acme Ltd", "Borg GmbH", "Cora Inc", "Dorn AG", "Eris", "Fern", "Gale"],
        "Credit Limit": ["1000.00", "2000.00", "3000.00", "", "5000", "6000", "7000"],
        "Since": ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31"],
        "Owner": ["ann", "bob", "ann", "bob", "ann", "bob", "ann"],
    }
)
ERP = pl.DataFrame(
    {
        "number": ["C3", "C1", "C2", "C4", "C9", "C6", "C6"],
        "name": ["Cora Inc", "ACME LIMITED", "Borg AG", "Dorn AG", "New", "Fern", "Fern"],
        "credit_limit": [3000.5, 1000.0, 2000.0, 4000.0, 1.0, 6000.0, 6000.0],
        "since": ["31.03.2026", "31.01.2026", "28.02.2026", "30.04.2026", "01.01.2026", "30.06.2026", "30.06.2026"],
        "Blocked": [False, False, True, False, False, False, False],
    }
)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    CRM.write_csv("crm.csv")
    ERP.write_parquet("erp.parquet")
    return tmp_path


ASKED = ("diff", "crm.csv", "erp.parquet", "--key", "Id=number", "--out", "d.parquet")
EXPECTED = [
    ("C2", "Name", "Borg GmbH", "Borg AG", "different"),
    ("C3", "Credit Limit", "3000.00", "3000.5", "different"),
    ("C4", "Credit Limit", None, "4000", "one-sided"),
    ("C5", None, None, None, "one-sided"),
    ("C6", None, "1", "2", "not-comparable"),
    ("C9", None, None, None, "one-sided"),
    (None, None, "7", None, "not-comparable"),
]


def test_each_cell_that_differs_is_a_row_and_nothing_else(cli, folder):
    answer = cli(*ASKED)
    assert answer.code == 1
    table = pl.read_parquet("d.parquet")
    assert table.columns == ["key", "field", "crm_value", "erp_value", "verdict", "reason"]
    assert table.select(pl.exclude("reason")).rows() == EXPECTED
    reasons = dict(table.filter(pl.col("field").is_null()).select("key", "reason").rows())
    assert reasons == {"C5": "missing_in_erp", "C6": "key_repeated", "C9": "missing_in_crm", None: "key_missing"}


def test_the_screen_says_what_was_compared_and_what_was_not(cli, folder):
    shown = cli(*ASKED).out
    for part in (
        "Owner",
        "only the first file has it",
        "Blocked",
        "only the second file has it",
        "company_name",
        "Name (Name = name)",
    ):
        assert part in shown
    assert "7 and 7 records, 4 on both sides: of 12 cells" in shown


def test_what_was_found_can_be_pinned_changed_and_gives_the_same(cli, folder):
    assert cli(*ASKED, "--write-config", "c.yaml").code == 1
    first = Path("d.parquet").read_bytes()
    said = yaml.safe_load(Path("c.yaml").read_text(encoding="utf-8"))
    assert said["crm_key"] == "Id"
    assert said["erp_key"] == "number"
    assert set(said["fields"]) == {"Name", "Credit Limit", "Since"}
    assert set(said["leave_out"]) == {"Owner", "Blocked"}
    again = cli("diff", "crm.csv", "erp.parquet", "--config", "c.yaml", "--out", "d.parquet", "--write-config", "d.yaml")
    assert again.code == 1
    assert Path("d.parquet").read_bytes() == first
    said["fields"]["Credit Limit"]["tolerance"] = 1
    Path("c.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    cli("diff", "crm.csv", "erp.parquet", "--config", "c.yaml", "--out", "d.parquet")
    assert "3000.5" not in pl.read_parquet("d.parquet")["erp_value"].to_list()


def test_json_says_the_same_in_one_line(cli, folder):
    told = cli(*ASKED, "--json").last
    assert (told["rows"], told["records"], told["both"], told["cells"]) == (7, [7, 7], 4, 12)
    assert (told["missing_in_erp"], told["missing_in_crm"], told["key_repeated"], told["key_missing"]) == (1, 1, 1, 1)
    assert told["equal"] + told["equal_by_rule"] + told["different"] == told["cells"]
    assert {field["field"]: field["kind"] for field in told["fields"]}["Since"] == "date"
    assert {(finding["column"], finding["reason"]) for finding in told["findings"]} == {
        ("Owner", "only_in_crm"),
        ("Blocked", "only_in_erp"),
    }


def test_files_that_say_the_same_end_with_zero(cli, folder):
    CRM.drop_nulls("Id").write_csv("a.csv")
    CRM.drop_nulls("Id").with_columns(pl.col("Name").str.to_uppercase()).write_csv("b.csv")
    same = cli("diff", "a.csv", "b.csv", "--key", "Id", "--out", "d.csv")
    assert (same.code, "Nothing differs." in same.out) == (0, True)
    assert pl.read_csv("d.csv").height == 0
    exact = cli("diff", "a.csv", "b.csv", "--key", "Id", "--out", "d.csv", "--exact")
    assert (exact.code, pl.read_csv("d.csv").height) == (1, 6)
    listed = cli("diff", "a.csv", "b.csv", "--key", "Id", "--out", "d.csv", "--harmless")
    assert (listed.code, pl.read_csv("d.csv").height) == (0, 6)


def test_several_columns_make_a_key(cli, folder):
    lines = pl.DataFrame({"order": [1, 1, 2], "line": ["10", "20", "10"], "qty": [1, 2, 3]})
    lines.write_parquet("a.parquet")
    lines.with_columns(qty=pl.Series([1, 5, 3])).rename({"line": "pos"}).write_parquet("b.parquet")
    cli("diff", "a.parquet", "b.parquet", "--key", "order", "--key", "line=pos", "--out", "d.parquet")
    assert pl.read_parquet("d.parquet").select("key", "field", "crm_value", "erp_value").rows() == [("1/20", "qty", "2", "5")]


def test_whole_numbers_stay_such_as_keys(cli, folder):
    pl.DataFrame({"id": [2, 10], "a": ["x", "y"]}).write_parquet("a.parquet")
    pl.DataFrame({"id": [10, 2], "a": ["z", "z"]}).write_parquet("b.parquet")
    cli("diff", "a.parquet", "b.parquet", "--key", "id", "--out", "d.parquet")
    assert pl.read_parquet("d.parquet")["key"].to_list() == [2, 10]


def test_columns_whose_types_do_not_go_together_are_told_and_the_others_go_on(cli, folder):
    left = pl.DataFrame({"id": [1, 2], "when": [1, 2], "tags": [["a"], ["b"]], "name": ["Ann", "Bob"]})
    left.write_parquet("a.parquet")
    left.with_columns(when=pl.date(2026, 1, 1), name=pl.Series(["Ann", "Eve"])).write_parquet("b.parquet")
    answer = cli("diff", "a.parquet", "b.parquet", "--key", "id", "--out", "d.parquet")
    assert answer.code == 1
    assert "Int64 and Date do not go together" in answer.out
    assert "it holds lists or structures" in answer.out
    assert pl.read_parquet("d.parquet")["field"].to_list() == ["name"]


def test_every_type_that_a_file_may_hold_is_compared(cli, folder):
    rows = {
        "id": ["a", "b"],
        "time": [dt.time(1), dt.time(2)],
        "span": [dt.timedelta(hours=1), None],
        "word": pl.Series(["x", "y"], dtype=pl.Categorical),
        "nothing": [None, None],
        "share": [float("nan"), 1.5],
        "price": pl.Series([Decimal("12.50"), Decimal("3.00")]),
        "when": [dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC), None],
    }
    left = pl.DataFrame(rows)
    left.write_parquet("a.parquet")
    other = {
        "time": [dt.time(1), dt.time(3)],
        "span": [dt.timedelta(hours=2), None],
        "word": ["x", "z"],
        "nothing": [None, "q"],
        "share": [float("nan"), 1.25],
        "price": [12.5, 4.0],
        "when": [dt.datetime(2026, 3, 4, 5, 6), dt.datetime(2026, 1, 1)],  # noqa: DTZ001 - as a file holds it
    }
    left.with_columns(**{name: pl.Series(values) for name, values in other.items()}).write_parquet("b.parquet")
    for options in ((), ("--exact",)):
        answer = cli("diff", "a.parquet", "b.parquet", "--key", "id", "--out", "d.parquet", *options)
        assert answer.code == 1, answer.err
        found = pl.read_parquet("d.parquet").select("key", "field").rows()
        assert found == [("a", "span"), *(("b", name) for name in ("nothing", "price", "share", "time", "when", "word"))]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_files_without_records_or_without_a_common_field(cli, folder, ending):
    Path("empty.csv").write_text("id,a\n", encoding="utf-8")
    Path("other.csv").write_text("id,b\n1,x\n", encoding="utf-8")
    assert cli("diff", "empty.csv", "empty.csv", "--key", "id", "--out", f"d.{ending}").code == 0
    assert cli("diff", "empty.csv", "other.csv", "--key", "id", "--out", f"d.{ending}").code == 1
    assert cli("diff", "other.csv", "empty.csv", "--key", "id", "--out", f"d.{ending}", "--json").last["missing_in_erp"] == 1


WRONG = {
    ("--key", "Nummer"): "crm.csv has no column 'Nummer', which `--key` names. It has: Id, Name",
    ("--key", "Id"): "erp.parquet has no column 'Id'",
    (): "`--key COLUMN`",
}


@pytest.mark.parametrize("asked", WRONG)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_key_that_is_none_is_said_with_the_file_and_its_columns(cli, folder, asked, language):
    answer = cli("diff", "crm.csv", "erp.parquet", *asked, "--out", "d.csv", "--language", language)
    assert answer.code == 2
    assert (WRONG[asked] in answer.err) == (language == "en")
    assert "--key" in answer.err


def test_everything_wrong_in_a_configuration_is_told_at_once(cli, folder):
    Path("c.yaml").write_text(
        "crm_key: Nr\nfields:\n  a: {crm: Nam, erp: name}\n  b: {crm: Name, erp: nam}\nleave_out: [Ownr]\n", encoding="utf-8"
    )
    answer = cli("diff", "crm.csv", "erp.parquet", "--config", "c.yaml", "--out", "d.csv")
    assert answer.code == 2
    lines = ("c.yaml:1: crm_key", "c.yaml:3: fields.a.crm", "c.yaml:4: fields.b.erp", "c.yaml:5: leave_out")
    assert [line for line in lines if line not in answer.err] == []
    Path("c.yaml").write_text("crm_key: [Id, Name]\nerp_key: number\ncrm: {decimal: ';'}\n", encoding="utf-8")
    answer = cli("diff", "crm.csv", "erp.parquet", "--config", "c.yaml", "--out", "d.csv")
    assert (answer.code, "c.yaml:3: crm.decimal" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("left", "out", "said"),
    [
        ("gone.csv", "d.csv", "no such file"),
        (".", "d.csv", "this is a folder"),
        ("broken.parquet", "d.csv", "can't be read as Parquet"),
        ("crm.csv", "d.txt", "a result is written as"),
        ("crm.csv", "erp.parquet", "would be lost"),
    ],
)
def test_a_file_that_is_none_is_said(cli, folder, left, out, said):
    Path("broken.parquet").write_text("no parquet", encoding="utf-8")
    answer = cli("diff", left, "erp.parquet", "--key", "Id=number", "--out", out)
    assert (answer.code, said in answer.err) == (2, True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_screen_is_as_it_was_agreed(cli, folder, golden, language):
    shown = cli(*ASKED, "--language", language).out
    plain = "\n".join(line.rstrip() for line in shown.splitlines())
    golden(f"diff_{language}.txt", re.sub(r"\d+\.\d( s| 秒)", r"0.0\1", plain) + "\n")


def test_nothing_is_loaded_that_it_does_not_need(folder):
    heavy = ("great_expectations", "streamlit", "pandas", "sqlalchemy", "recordlinkage", "scipy", "httpx", "rapidfuzz", "stdnum")
    program = (
        "import sys\nfrom reconcile.cli.main import main\n"
        f"sys.argv = ['reconcile', *{json.dumps(['diff', 'a.parquet', 'b.parquet', '-k', 'id', '-o', 'd.parquet', '--exact'])}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print('code', end.code)\n"
        f"print('loaded', *[name for name in {heavy!r} if name in sys.modules])\n"
    )
    pl.DataFrame({"id": [1], "a": ["x"]}).write_parquet("a.parquet")
    pl.DataFrame({"id": [1], "a": ["y"]}).write_parquet("b.parquet")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=folder)
    assert done.stdout.splitlines()[-2:] == ["code 1", "loaded"]


def test_both_languages_say_the_same():
    for english, chinese in SCREEN.values():
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", chinese)), english
