"""`reconcile causes`: from two files to what explains their differences, and a decision on one cause alone."""

from __future__ import annotations

import pytest
from cli_project import write_project

from reconcile.errors import NotSettled

CONFIG = """\
project: Causes
systems:
  shop: {role: crm, connector: files, path: crm}
  books: {role: erp, connector: files, path: erp}
checks: {customers: []}
in_flight_minutes: 0
entities:
  customers:
    crm: {object: accounts.csv, key: Id}
    erp: {object: debtors.csv, key: No}
    match: {keys: [number]}
    fields:
      number: {crm: Id, erp: No, compare: false}
      name: {crm: Name, erp: Name, owner: crm}
      credit_limit: {crm: Limit, erp: Limit, owner: crm}
      payment_terms: {crm: Terms, erp: Terms, owner: crm, values: {Net 30: "0030", Net 45: "0045"}}
      changed_by: {crm: By, type: text, compare: false}
"""
COUNT = 80


def files(folder):
    crm, erp = ["Id,Name,Limit,Terms,By"], ["No,Name,Limit,Terms"]
    for i in range(COUNT):
        by, terms = ("import", "ui", "sync")[i % 3], ("Net 30", "Net 45")[i % 5 == 0]
        name, limit = f"{'ABCDEFGH'[i % 8] * (3 + i % 9)} Trading {i} <b>Überseehandel", 700 + 37 * i + i % 11
        crm.append(f"{i},{name},{limit},{terms},{by}")
        cut = name[:24] if i % 2 else name
        erp.append(f"{i},{cut},{limit * 100 if by == 'import' else limit},0030")
    write_project(folder, CONFIG, "\n".join(crm) + "\n", "\n".join(erp) + "\n")


@pytest.fixture
def ran(project, cli):
    files(project)
    assert cli("run").code == 1
    return project


def found(cli):
    return {row["mechanism"]: row for row in cli("causes", "--json").last}


def test_the_causes_of_a_run_are_listed_with_figures_example_and_fix(ran, cli):
    told = found(cli)
    assert set(told) == {"factor", "truncation", "code_map"}
    factor = told["factor"]
    assert factor["parameters"] == {"side": "erp", "factor": 100, "where": {"column": "changed_by", "values": ["import"]}}
    assert (factor["covered"], factor["satisfying"], factor["purity"]) == (27, 27, 1)
    assert (factor["crm_value"], factor["erp_value"]) == ("700", "70000")
    assert told["truncation"]["parameters"] == {"side": "erp", "characters": 24}
    assert told["code_map"]["fix_text"].endswith("values:\n          Net 45: '0030'")
    shown = cli("causes").out
    assert all(row["cause"] in shown for row in told.values())
    assert "3 causes explain 100.0% of 83 differences." in shown
    assert "books holds 100 times what shop holds. Only where changed_by is import." in cli("causes", "show", factor["cause"]).out


def test_they_are_told_in_chinese_as_well(ran, cli):
    cause = found(cli)["factor"]["cause"]
    assert "books 的数值是 shop 的 100 倍。" in cli("causes", "show", cause, "--language", "zh").out
    assert "原因分析" in cli("causes", "--language", "zh").out


def test_one_cause_is_shown_with_its_breaks(ran, cli):
    factor = found(cli)["factor"]
    told = cli("causes", "show", factor["cause"][:6], "--json").last
    assert len(told["breaks"]) == factor["covered"]
    assert {row["field"] for row in told["breaks"]} == {"credit_limit"}
    shown = cli("causes", "show", factor["cause"], "--limit", "3").out
    assert "3 / 27 breaks" in shown
    assert f"reconcile approve --cause {factor['cause']}" in shown


def test_a_cause_that_is_not_there_is_named(ran, cli):
    answer = cli("causes", "show", "nothing")
    assert (answer.code, "nothing" in answer.err) == (NotSettled.exit_code, True)


def test_without_a_run_there_is_nothing_to_explain(project, cli):
    answer = cli("causes")
    assert answer.code == 2
    assert "reconcile run" in answer.err


def test_a_decision_on_a_cause_leaves_out_what_corrects_something_else(ran, cli):
    factor = found(cli)["factor"]
    approved = cli("approve", "--cause", factor["cause"]).out
    done = [row for row in cli("actions", "--state", "approved", "--json", "--limit", "500").last if row["state"] == "approved"]
    assert done, approved
    assert {change["field"] for row in done for change in row["changes"]} == {"credit_limit"}
    mine = {row["fingerprint"] for row in cli("causes", "show", factor["cause"], "--json").last["breaks"]}
    assert all(mine.issuperset(row["breaks"]) for row in done)


def test_the_next_run_finds_the_same_causes_under_the_same_ids(ran, cli):
    before = {row["cause"] for row in found(cli).values()}
    assert cli("run").code in (0, 1)
    assert {row["cause"] for row in found(cli).values()} == before


def test_breaks_can_be_settled_by_cause(ran, cli):
    factor = found(cli)["factor"]
    settled = cli("acknowledge", "--cause", factor["cause"], "--reason", "the interface is being mended", "--json").last
    assert settled["changed"] == factor["covered"]
