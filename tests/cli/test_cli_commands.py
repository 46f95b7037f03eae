"""Every command as a user types it, on two small files: what it prints, what it leaves behind, and its exit code."""

from __future__ import annotations

import json

import polars as pl
import pytest
import typer
from cli_project import CONFIG, CRM, ERP, in_own_process, write_project

from reconcile.cli.commands import app

AGREED = ERP.replace("1.234,56", "1.000,00").replace("Evil Corp", "X").replace("1005;Only Here AG;Bern;5.000,00;08.01.2024\n", "")


def test_a_run_in_a_process_of_its_own_with_suites(tmp_path):
    """The one run here that checks with Great Expectations."""
    write_project(tmp_path, CONFIG.replace("checks: {customers: []}\n", ""))
    done = in_own_process("run", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (1, "")
    assert done.last["breaks"] == 5
    findings = pl.read_parquet(tmp_path / ".reconcile" / "runs" / done.last["run_id"] / "checks.parquet")
    assert findings["suite"].unique().sort().to_list() == ["customers", "customers_pair"]


def test_a_run_shows_a_table_and_where_the_report_is(project, cli):
    done = cli("run")
    assert done.code == 1
    assert "5 breaks open" in done.out
    report = next(project.glob(".reconcile/runs/*/report.en.html"))
    assert str(report) in done.out.replace("\n", "")
    assert "compare:" in done.err  # on no terminal, a step is a line on standard error


def test_nothing_open_is_exit_code_0(project, cli):
    same = CRM.replace('"=HYPERLINK(""http://evil.example"",""x"")"', "X").replace("<script>alert(1)</script>", "Script Corp")
    write_project(project, crm=same.replace("A4,,Lonely GmbH,Ulm,4000,2024-01-08\n", ""), erp=AGREED)
    done = cli("run", "--json")
    assert (done.code, done.last["breaks"], done.err) == (0, 0, "")


def test_runs_are_listed_newest_first(project, cli):
    first, second = cli("run", "--json").last["run_id"], cli("run", "--json").last["run_id"]
    assert [row["run_id"] for row in cli("runs", "--json").last] == [second, first]
    shown = cli("runs")
    assert shown.code == 0
    assert shown.out.index(second) < shown.out.index(first)


def test_from_actions_to_a_push_that_files_refuse(project, cli):
    cli("run", "--json")
    proposed = cli("actions", "--json").last
    assert {action["kind"] for action in proposed} == {"update", "create", "review"}
    by_label = {action["label"]: action for action in proposed}
    one, two = by_label["Acme Ltd"]["id"], by_label["<script>alert(1)</script>"]["id"]
    assert "credit_limit: 1000 -> 1234.56" in cli("actions").out

    assert "1 actions approved" in cli("approve", one, "--by", "anna").out
    assert "1 actions rejected" in cli("reject", two, "--by", "anna", "--comment", "no").out
    assert {a["id"] for a in cli("actions", "--state", "approved", "--json").last} == {one}
    dry = cli("push")
    assert dry.code == 0
    assert "Nothing was sent" in dry.out
    sent = cli("push", "--yes", "--json")
    assert (sent.code, sent.last["planned"], sent.last["refused"], sent.last["verified"]) == (1, 1, 1, 0)
    assert [a["message"] for a in cli("actions", "--state", "refused", "--json").last] == [
        "files can't be written to: correct the record in the system that the file comes from, then export it again"
    ]
    again = cli("push", "--yes", "--json")
    assert (again.code, again.last["planned"]) == (0, 0)
    cli("run", "--json")
    assert two not in {a["id"] for a in cli("actions", "--json").last}  # what was rejected is not proposed again


def test_approve_by_group_takes_no_review(project, cli):
    cli("run", "--json")
    assert cli("approve", "--entity", "customers", "--tier", "low", "--by", "a").out.startswith("2 actions approved")
    assert cli("approve", "--all", "--by", "a").out.startswith("2 actions approved")
    assert {a["kind"] for a in cli("actions", "--state", "proposed", "--json").last} == {"review"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["approve"], "Name the actions by their ids"),
        (["approve", "nope"], "No such action: nope"),
        (["approve", "--all", "--by", " "], "needs the name"),
        (["push", "nope"], "No such action: nope"),
        (["approve", "--entity", "custmers"], "There is no entity 'custmers' in this project. It has: customers."),
        (["actions", "--entity", "custmers"], "There is no entity 'custmers'"),
        (["actions", "--state", "open"], "'open' is not one of 'proposed'"),
        (["actions", "--limit", "0"], "--limit"),
        (["report", "--run", "nope"], "There is no run 'nope'"),
        (["report", "--language", "fr"], "--language"),
        (["report", "--mail"], "has no `mail:` block"),
        (["export", "breaks.txt"], "Name the file .csv or .xlsx"),
        (["cleanse", "custmers", "crm"], "There is no entity 'custmers'"),
        (["cleanse", "customers", "hr"], "'hr' is not one of 'crm', 'erp'"),
        (["check", "nofile.csv", "--suite", "customers"], "nofile.csv: no such file"),
        (["check", "crm/accounts.csv", "--suite", "nope"], "There is no suite nope"),
        (["run", "--config", "none.yaml"], "none.yaml: no such file"),
        (["run", "--config", "crm"], "this is a folder"),
        (["runn"], "No such command 'runn'"),
        (["run", "--jsn"], "--json"),
    ],
)
def test_a_wrong_command_is_exit_code_2_and_a_sentence(project, cli, arguments, said):
    if arguments[0] in ("approve", "report", "export"):
        cli("run", "--json")
    done = cli(*arguments)
    assert (done.code, done.out if arguments[0] != "report" else "") == (2, "")
    assert said in " ".join(done.err.split())


def test_reports_before_a_run_say_what_to_do(project, cli):
    for command in (["report"], ["export", "a.csv"]):
        done = cli(*command)
        assert (done.code, done.err) == (2, "Small has no finished run yet. Start one with `reconcile run`.\n")


def test_report_in_chinese_where_it_is_asked_for(project, cli):
    cli("run", "--json")
    done = cli("report", "--language", "zh", "--out", "here/report.html")
    assert (done.code, done.out) == (0, "Report: here/report.html\n")
    page = (project / "here" / "report.html").read_text(encoding="utf-8")
    assert 'lang="zh' in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert json.loads(cli("report", "--json").out)["run"]["project"] == "Small"


def test_exports_run_nothing_in_a_spreadsheet(project, cli):
    cli("run", "--json")
    assert cli("export", "b.csv").code == cli("export", "b.xlsx").code == 0
    for frame in (pl.read_csv(project / "b.csv"), pl.read_excel(project / "b.xlsx")):
        assert frame.height == 5
        texts = frame.select(pl.col(pl.String)).unpivot()["value"].drop_nulls()
        assert not texts.str.contains(r"^[=+@]").any()


def test_cleanse_writes_three_files(project, cli):
    done = cli("cleanse", "customers", "erp", "--out", "clean", "--format", "parquet", "--language", "zh")
    assert done.code == 0
    assert sorted(path.name for path in (project / "clean").iterdir()) == [
        "customers_erp_cleaned.parquet",
        "customers_erp_readiness.zh.html",
        "customers_erp_rejects.csv",
    ]
    assert "books: 4 customers read; 4 cleaned" in done.out


def test_check_a_file_with_a_packaged_suite(project, cli):
    (project / "customers.csv").write_text("number,name,email,country\n1,Acme,a@b.example,GB\n2,,no mail,ZZ\n", encoding="utf-8")
    done = cli("check", "customers.csv", "--suite", "customers", "--json")
    assert done.code == 1
    assert {row["key"] for row in done.last["findings"]} == {"2"}


def test_config_check_and_schema(project, cli):
    assert cli("config", "check").out == "reconcile.yaml is right: 1 entities, 2 systems.\n"
    assert cli("config", "check", "--connect").code == 0
    assert json.loads(cli("config", "schema").out)["type"] == "object"
    (project / "reconcile.yaml").write_text(CONFIG.replace("owner: crm", "ownr: crm"), encoding="utf-8")
    done = cli("config", "check")
    assert done.code == 2
    assert "did you mean" in done.err.lower()
    assert done.err.count("reconcile.yaml:") == 2


def _commands(group: typer.core.TyperGroup, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found += _commands(command, (*path, name)) if inner else [(*path, name)]
    return found


@pytest.mark.parametrize("path", _commands(typer.main.get_command(app)), ids=" ".join)
def test_every_command_explains_itself(cli, path):
    done = cli(*path, "--help")
    assert done.code == 0
    assert len(done.out.split()) > 10
    command = typer.main.get_command(app)
    for name in path:
        command = command.commands[name]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{' '.join(path)} {parameter.name} has no help"
