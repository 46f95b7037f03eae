"""`reconcile check` on a file: what it says to people and to programs, its exit codes, and bad input."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from rich.cells import cell_len

from expectations import run
from reconcile.cli import show

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "check-result.schema.json").read_text(encoding="utf-8"))
SUITE = """\
entity: customers
owner: Sales
rules:
  - name: name_is_there
    expect: expect_column_values_to_not_be_null
    kwargs: {column: name}
    severity: blocking
    message: {en: There is no name., zh: 没有名称。}
  - name: mail_has_an_at
    expect: expect_column_values_to_match_regex
    kwargs: {column: email, regex: '@'}
    severity: major
    message: {en: No mail address., zh: 不是邮箱地址。}
  - name: city_is_there
    expect: expect_column_values_to_not_be_null
    kwargs: {column: city}
    severity: minor
    message: {en: There is no city., zh: 没有城市。}
  - name: fax_is_there
    expect: expect_column_values_to_not_be_null
    kwargs: {column: fax}
    severity: minor
    message: {en: There is no fax., zh: 没有传真。}
"""
ROWS = """\
id,name,email,city,kind
C1,Acme,a@acme.example,Leeds,A
C2,Bolt,no mail,,A
C3,Cole,<script>alert(1)</script>,York,B
C4,Dunn,d@dunn.example,,B
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """As on a machine that can start no process more: the check is made in this one, where the library is loaded but once."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text(ROWS, encoding="utf-8")
    Path("rules.yaml").write_text(SUITE, encoding="utf-8")
    Path("junk.parquet").write_bytes(bytes(range(256)) * 20)
    return tmp_path


def told(cli, *more: str, file: str = "rows.csv"):
    answer = cli("check", file, "--suite", "rules.yaml", "--json", *more)
    jsonschema.validate(answer.last, SCHEMA)
    return answer.code, answer.last


def test_the_table_says_what_fails_and_where_the_whole_list_lies(folder, cli, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    done = cli("check", "rows.csv", "--suite", "rules.yaml", "--key", "id", "--out", "all/found.parquet")
    lines = [" ".join(line.split()) for line in done.out.splitlines()]
    assert done.code == 1
    rules = [line.split()[0] for line in lines if " yes " in line or " no " in line]
    assert rules[:3] == ["name_is_there", "mail_has_an_at", "city_is_there"]
    assert "mail_has_an_at email major no 2 4 50.0% No mail address." in lines
    assert "mail_has_an_at C2 email no mail" in lines
    assert "mail_has_an_at C3 email <script>alert(1)</script>" in lines
    assert "fax_is_there fax minor there is no field fax" in lines
    assert "4 records, 3 rules: 2 fail, 1 not applied; 4 findings" in done.out
    assert "All findings: all/found.parquet (4 rows)" in done.out
    assert pl.read_parquet("all/found.parquet").select("rule", "key").rows() == [
        ("mail_has_an_at", "C2"),
        ("mail_has_an_at", "C3"),
        ("city_is_there", "C2"),
        ("city_is_there", "C4"),
    ]
    assert "load Great Expectations" in done.err


def test_of_many_rules_those_that_hold_are_only_counted(folder, cli):
    one = SUITE.partition("rules:\n")[2].partition("  - name: mail")[0]
    many = "".join(one.replace("name_is_there", f"name_is_there_{n}") for n in range(50))
    Path("rules.yaml").write_text(SUITE + many, encoding="utf-8")
    done = cli("check", "rows.csv", "--suite", "rules.yaml")
    assert ("mail_has_an_at" in done.out, "city_is_there" in done.out, "name_is_there_" in done.out) == (True, True, False)
    assert "51 more rules are not listed" in done.out
    assert "53 rules: 2 fail" in done.out


def test_in_chinese(folder, cli):
    done = cli("check", "rows.csv", "--suite", "rules.yaml", "--language", "zh")
    for words in ("不是邮箱地址。", "没有字段 fax", "严重程度", "完整性", "4 条记录", "未通过"):
        assert words in done.out
    assert "读取" in done.err


def test_json_is_what_its_schema_says(folder, cli):
    code, said = told(cli, "--key", "id", "--limit", "1", "--out", "f.csv", "--docs", "pages")
    assert (code, said["passed"], said["records"], said["file"], said["suite"]) == (1, False, 4, "rows.csv", "rules.yaml")
    assert said["rules"] == {"applied": 3, "failed": 2, "not_applied": 1}
    assert [(row["rule"], row["failed"], row["passed_share"]) for row in said["checks"]] == [
        ("name_is_there", 0, 1.0),
        ("mail_has_an_at", 2, 0.5),
        ("city_is_there", 2, 0.5),
    ]
    assert [(row["rule"], row["key"]) for row in said["findings"]] == [("mail_has_an_at", "C2"), ("city_is_there", "C2")]
    assert (said["findings_total"], said["out"], said["docs"]) == (4, "f.csv", "pages/index.html")
    assert pl.read_csv("f.csv").height == 4


@pytest.mark.parametrize(("fail_on", "code"), [("blocking", 0), ("major", 1), ("never", 0)])
def test_which_severity_ends_with_one(folder, cli, fail_on, code):
    assert told(cli, "--fail-on", fail_on)[0] == code


def test_one_rule_one_side_some_records(folder, cli):
    code, said = told(cli, "--rule", "city_is_there", "--when", "kind = 'B'", "--system", "erp", "--key", "id")
    assert (code, said["records"], said["rules"]["applied"]) == (1, 2, 1)
    assert [(row["key"], row["system"]) for row in said["findings"]] == [("C4", "erp")]
    assert told(cli, "--rule", "name_is_there")[0] == 0
    assert [row["key"] for row in told(cli, "--when", "kind = 'B'", "--rule", "city_is_there")[1]["findings"]] == ["4"]


@pytest.mark.parametrize("ending", ["parquet", "xlsx", "jsonl"])
def test_the_same_of_every_format(folder, cli, ending):
    frame = pl.read_csv("rows.csv")
    writers = {"parquet": frame.write_parquet, "xlsx": frame.write_excel, "jsonl": frame.write_ndjson}
    writers[ending](f"rows.{ending}")
    same = told(cli)[1]
    other = told(cli, file=f"rows.{ending}")[1]
    assert [other[name] == same[name] for name in ("checks", "findings", "not_applied", "scores")] == [True] * 4


def test_only_the_columns_that_rules_name_are_read(folder, cli):
    """The others hold what no reader could turn into a column."""
    frame = pl.read_csv("rows.csv").with_columns(pl.lit("x" * 100_000).alias("wide"))
    frame.write_parquet("wide.parquet", compression="uncompressed")
    raw = bytearray(Path("wide.parquet").read_bytes())
    at = raw.find(b"x" * 50_000)
    raw[at - 8 : at] = b"\xff" * 8
    Path("wide.parquet").write_bytes(raw)
    with pytest.raises((pl.exceptions.PolarsError, OSError)):
        pl.read_parquet("wide.parquet")
    assert told(cli, file="wide.parquet")[1]["records"] == 4


def test_a_parquet_file_larger_than_the_memory_says_what_its_rows_say_as_text(folder, cli, monkeypatch):
    """That the month comes first, the last row alone says."""
    monkeypatch.setattr(run, "MOST_HELD", -1)
    kinds = SUITE.replace("rules:", "kinds: {seen: date}\nrules:")
    rule = SUITE.partition("rules:\n")[2].partition("  - name: mail")[0].replace("name_is_there", "seen_lately")
    rule = rule.replace("not_be_null", "be_between").replace("name}", "seen, min_value: 2026-02-05}")
    Path("rules.yaml").write_text(kinds + rule + "    when: name IS NOT NULL\n", encoding="utf-8")
    frame = pl.read_csv("rows.csv").with_columns(seen=pl.Series(["03/04/2026", "02/03/2026", "", "02/13/2026"]))
    frame.write_csv("rows.csv")
    frame.write_parquet("rows.parquet", row_group_size=1)
    for more in ((), ("--key", "id"), ("--when", "kind = 'B'")):
        same, other = told(cli, *more)[1], told(cli, *more, file="rows.parquet")[1]
        names = ("records", "checks", "findings", "findings_total", "not_applied", "scores", "notes")
        assert [other[name] == same[name] for name in names] == [True] * len(names)
    assert [row["key"] for row in told(cli, "--key", "id")[1]["findings"] if row["rule"] == "seen_lately"] == ["C2"]


@pytest.mark.parametrize("when", [(), ("--when", "city = 'York'")])
def test_a_parquet_file_with_a_hole_is_a_sentence(folder, cli, when):
    pl.read_csv("rows.csv").with_columns(city=pl.lit("x" * 100_000)).write_parquet("rows.parquet", compression="uncompressed")
    raw = bytearray(Path("rows.parquet").read_bytes())
    at = raw.find(b"x" * 50_000)
    raw[at - 8 : at] = b"\xff" * 8
    Path("rows.parquet").write_bytes(raw)
    done = cli("check", "rows.parquet", "--suite", "rules.yaml", *when)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("rows.parquet: it can't be read as Parquet" if not when else "rows.parquet: `--when")


def test_that_pandas_answered_is_said_at_the_rule(folder, cli):
    moments = pl.datetime_range(dt.datetime(2026, 1, 1), dt.datetime(2026, 1, 4), "1d", eager=True)  # noqa: DTZ001 # as in a file
    pl.read_csv("rows.csv").with_columns(seen=moments).write_parquet("rows.parquet")
    rule = SUITE.partition("rules:\n")[2].partition("  - name: mail")[0].replace("name_is_there", "spread")
    rule = rule.replace("column_values_to_not_be_null", "column_value_z_scores_to_be_less_than")
    Path("rules.yaml").write_text(SUITE + rule.replace("name}", "seen, threshold: 2, double_sided: true}"), encoding="utf-8")
    checks = told(cli, file="rows.parquet")[1]["checks"]
    assert {row["rule"]: row["answered_by"] for row in checks if row["rule"] in ("spread", "name_is_there")} == {
        "spread": "pandas",
        "name_is_there": "polars",
    }
    done = cli("check", "rows.parquet", "--suite", "rules.yaml")
    assert [line.split()[0] for line in done.out.splitlines() if "Answered by pandas." in line] == ["spread"]


def test_files_without_records(folder, cli):
    Path("rows.csv").write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
    code, said = told(cli)
    assert (code, said["records"], said["rules"]["applied"]) == (0, 0, 3)
    assert "no record to look at" in cli("check", "rows.csv", "--suite", "rules.yaml").out


BAD = {
    "no file": (["none.csv", "--suite", "rules.yaml"], None, "none.csv: no such file"),
    "a folder": ([".", "--suite", "rules.yaml"], None, "this is a folder"),
    "no suite": (["rows.csv", "--suite", "custmers"], None, "There is no suite custmers: it is no file, and what comes along is"),
    "no suite file": (["rows.csv", "--suite", "r/rules.yaml"], None, "r/rules.yaml: no such file"),
    "no suite named": (["rows.csv"], None, "A file is checked with --suite"),
    "two suites": (["rows.csv", "--suite", "rules.yaml", "--suite", "customers"], None, "--suite takes one suite"),
    "a suite without a name": (["rows.csv", "--suite", ""], None, "--suite takes one suite"),
    "no such severity": (
        ["rows.csv", "--suite", "rules.yaml", "--fail-on", "nope"],
        None,
        "for '--fail-on': 'nope' is not one of 'blocking', 'major', 'minor', 'never'.",
    ),
    "binary": (["junk.parquet", "--suite", "rules.yaml"], None, "it can't be read as Parquet"),
    "another entity": (
        ["rows.csv", "--suite", "order_lines"],
        None,
        "No rule of the suite order_lines can be applied",
    ),
    "no such rule": (
        ["rows.csv", "--suite", "rules.yaml", "--rule", "nope"],
        None,
        "has a rule nope. The rules are: name",
    ),
    "no such key": (["rows.csv", "--suite", "rules.yaml", "--key", "no"], None, "it has no column 'no' to be its --key"),
    "no condition": (["rows.csv", "--suite", "rules.yaml", "--when", "kind ==== 1"], None, "can't be applied"),
    "condition on nothing": (["rows.csv", "--suite", "rules.yaml", "--when", "nope = 1"], None, "can't be applied"),
    "an empty file": (["rows.csv", "--suite", "rules.yaml"], "", "there is no header"),
    "a broken line": (
        ["rows.csv", "--suite", "rules.yaml"],
        ROWS + "C5,a,b,c,d,e,f\n",
        "line 6 has 7 cells where the header",
    ),
    "a quote that stays open": (["rows.csv", "--suite", "rules.yaml"], ROWS + 'C5,"a,b,c,d\n', "rows.csv"),
    "a result no one can read": (["rows.csv", "--suite", "rules.yaml", "--out", "f.doc"], None, "end the name so"),
    "a result on the file": (["rows.csv", "--suite", "rules.yaml", "--out", "rows.csv"], None, "would be lost"),
    "pages among other things": (["rows.csv", "--suite", "rules.yaml", "--docs", "."], None, "holds something else"),
    "pages in a file": (["rows.csv", "--suite", "rules.yaml", "--docs", "rows.csv"], None, "name a folder"),
    "an option of projects": (["rows.csv", "--suite", "rules.yaml", "--fresh"], None, "--fresh is for a project"),
    "an option of files": (["--key", "id"], None, "--key is for a file"),
    "no project": ([], None, "reconcile.yaml: no such file"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_a_sentence(folder, cli, case):
    arguments, content, said = BAD[case]
    if content is not None:
        Path("rows.csv").write_text(content, encoding="utf-8")
    before = {path: path.stat().st_size for path in folder.rglob("*")}
    done = cli("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.replace("│", " ").split())
    assert {path: path.stat().st_size for path in folder.rglob("*")} == before


@pytest.mark.parametrize(
    ("language", "line", "meaning", "rest"),
    [
        ("en", "major: mail_has_an_at: 2 of 4 pass (50.0%)", "    No mail address.", "Rules that every record passes: 1."),
        ("zh", "重要：mail_has_an_at：4 条中 2 条通过（50.0%）", "    不是邮箱地址。", "1 条规则全部通过。"),
    ],
)
def test_a_narrow_screen_has_two_lines_for_a_rule_that_fails_and_tears_no_name(
    folder, cli, monkeypatch, language, line, meaning, rest
):
    monkeypatch.setattr(show.out, "_width", 80)
    done = cli("check", "rows.csv", "--suite", "rules.yaml", "--language", language)
    lines = [one.rstrip() for one in done.out.splitlines()]
    assert meaning in lines[lines.index(line) + 1]
    assert rest in lines
    assert max(map(cell_len, lines)) <= 80


def test_rules_that_ask_for_more_than_a_file_say_what_is_missing_in_plain_words(folder, cli):
    done = cli("check", "rows.csv", "--suite", "customers", "--language", "zh")
    assert "尚无可供比较的历次运行" in done.out
    assert "没有字段 status" in done.out
    assert "raw:" not in done.out
