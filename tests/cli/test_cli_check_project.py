"""`reconcile check` in a project: the records of the latest run, or pulled now; the ledger and the systems stay as they are."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from cli_project import CONFIG, CRM, MAIN, write_project

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "check-result.schema.json").read_text(encoding="utf-8"))
SUITE = """\
entity: customers
owner: Sales
rules:
  - name: limit_is_small
    expect: expect_column_values_to_be_between
    kwargs: {column: credit_limit, max_value: 3500}
    severity: major
    message: {en: The limit is high., zh: 额度过高。}
  - name: city_is_leeds
    expect: expect_column_values_to_be_in_set
    kwargs: {column: city, value_set: [Leeds, York, Bath]}
    systems: [crm]
    severity: minor
    message: {en: It is elsewhere., zh: 在别处。}
  - name: mail_is_there
    expect: expect_column_values_to_not_be_null
    kwargs: {column: email}
    severity: minor
    message: {en: No mail., zh: 没有邮箱。}
"""
PAIRS = """\
entity: customers
owner: Sales
system: pair
rules:
  - name: limits_are_close
    expect: expect_column_pair_values_a_to_be_greater_than_b
    kwargs: {column_A: crm.credit_limit, column_B: erp.credit_limit, or_equal: true}
    severity: major
    message: {en: The ERP grants more., zh: ERP 额度更高。}
"""
OTHER = "entity: orders\nowner: x\nrules:\n" + SUITE.partition("rules:\n")[2]


@pytest.fixture
def here(monkeypatch):
    """As on a machine that can start no process more: the check is made in this one, where the library is loaded but once."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")


@pytest.fixture
def checked(project):
    write_project(project, CONFIG.replace("{customers: []}", "{customers: [rules.yaml]}"))
    (project / "rules.yaml").write_text(SUITE, encoding="utf-8")
    (project / "pairs.yaml").write_text(PAIRS, encoding="utf-8")
    (project / "orders.yaml").write_text(OTHER, encoding="utf-8")
    return project


def told(cli, *more: str):
    answer = cli("check", "--json", *more)
    jsonschema.validate(answer.last, SCHEMA)
    return answer.code, answer.last


def found(said) -> list[tuple[str, str, str]]:
    return sorted((row["rule"], row["system"], row["key"]) for row in said["findings"])


ALL = [("city_is_leeds", "crm", "A4"), ("limit_is_small", "crm", "A4"), ("limit_is_small", "erp", "1005")]


def ledger_of(project) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((project / ".reconcile").glob("ledger.db"))]


def test_without_a_run_records_are_pulled_and_with_one_its_own_are_read(checked, here, cli):
    code, said = told(cli)
    assert (code, said["run_id"], said["project"], said["records"], found(said)) == (1, None, "Small", 8, ALL)
    assert said["rules"] == {"applied": 3, "failed": 3, "not_applied": 2}
    assert not list(checked.glob(".reconcile/runs/*"))
    assert cli("run", "--json").code == 1
    write_project(checked, CONFIG.replace("{customers: []}", "{customers: [rules.yaml]}"), crm=CRM.replace("4000", "1"))
    before = ledger_of(checked)
    code, said = told(cli)
    assert (said["run_id"], found(said)) == (max(checked.glob(".reconcile/runs/*")).name, ALL)
    kept = pl.read_parquet(checked / ".reconcile" / "runs" / said["run_id"] / "findings.parquet")
    ours = kept.filter(pl.col("rule").is_in([rule for rule, *_ in ALL]))
    assert sorted(ours.select("rule", "system", "key").rows()) == ALL
    code, said = told(cli, "--fresh")
    assert (said["run_id"], found(said)) == (None, [ALL[0], ALL[2]])
    assert ledger_of(checked) == before
    assert len(list(checked.glob(".reconcile/runs/*"))) == 1


def test_narrowed_by_side_rule_and_suite(checked, here, cli):
    done = cli("check", "--system", "erp", "--rule", "limit_is_small", "--language", "zh")
    assert (done.code, "额度过高。" in done.out, "city_is_leeds" in done.out) == (1, True, False)
    assert "尚无已完成的运行" in done.out
    code, said = told(cli, "--suite", "rules.yaml", "--entity", "customers", "--rule", "city_is_leeds", "--docs", "pages")
    assert (code, found(said)) == (1, ALL[:1])
    assert [page.name for page in (checked / "pages").rglob("validations/**/*.html")] == ["customers_(shop).html"]


def test_linked_records_are_looked_at_side_by_side(checked, here, cli):
    assert cli("run", "--json").code == 1
    for more in ([], ["--fresh"]):
        code, said = told(cli, "--suite", "pairs.yaml", "--system", "pair", *more)
        assert (code, said["rules"], said["records"]) == (1, {"applied": 1, "failed": 1, "not_applied": 0}, 3)
        assert [(row["system"], row["key"], row["counterpart"]) for row in said["findings"]] == [("pair", "A1", "1001")]
    assert "A1 / 1001" in cli("check", "--suite", "pairs.yaml").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--entity", "custmers"], "There is no entity 'custmers'"),
        (["--rule", "nope"], "has a rule nope"),
        (["--suite", "orders.yaml"], "the suite is about orders, and no entity of the project is to be checked"),
        (["--config", "none.yaml"], "none.yaml: no such file"),
        (["--when", "a = 1"], "--when is for a file"),
    ],
)
def test_what_the_project_does_not_have(checked, here, cli, arguments, said):
    done = cli("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.replace("│", " ").split())


WAITS = """
import sys, expectations.child as module
def waiting(*parts, **named):
    print("in the middle", flush=True)
    sys.stdin.readline()
module.Child.{step} = waiting
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("step", ["wait", "run"])
def test_ctrl_c_while_it_loads_or_checks_leaves_no_process_and_no_file(checked, step):
    (checked / "rows.csv").write_text("city,credit_limit\nUlm,1\n", encoding="utf-8")
    asked = [sys.executable, "-c", WAITS.format(step=step) + MAIN, "check", "rows.csv", "--suite", "rules.yaml"]
    asked += ["--out", "f.csv", "--docs", "pages"]
    before = set(checked.rglob("*"))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(asked, cwd=checked, text=True, **pipes) as child:
        guard = threading.Timer(120, child.kill)
        guard.start()
        assert child.stdout.readline() == "in the middle\n"
        helpers = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text(encoding="ascii").split()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=120)
        guard.cancel()
    assert (child.returncode, "Traceback" in out + err) == (130, False), err
    assert err.rstrip().splitlines()[-1].startswith("Stopped.")
    assert helpers
    assert [pid for pid in helpers if Path(f"/proc/{pid}").exists()] == []
    assert set(checked.rglob("*")) == before
