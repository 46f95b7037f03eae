"""`reconcile expectations suggest` in a project: suites for each entity and side, which the project takes as they are."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from expectations.load import load_suite, packaged_suites
from expectations.suggest.suggesting import question
from reconcile.cli.demonstration import write_project
from reconcile.sandbox.servers import Sandbox

CONFIG = """\
project: Small
systems:
  shop: {role: crm, connector: files, path: crm}
  books: {role: erp, connector: files, path: erp}
checks: %s
entities:
  customers:
    crm: {object: accounts.csv, key: Id}
    erp: {object: debtors.csv, key: No}
    match: {keys: [number]}
    fields:
      number: {crm: Number, erp: No, compare: false}
      name: {crm: Name, erp: Name1}
  orders:
    crm: {object: orders.csv, key: OrderNo}
    erp: {object: sales.csv, key: No}
    match: {keys: [number]}
    fields:
      number: {crm: OrderNo, erp: No}
      customer: {crm: AccountId, erp: Debtor}
      amount: {crm: Amount, erp: Amount}
"""


def write_csv(path: str, head: str, rows: list[str]) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text("\n".join([head, *rows, ""]), encoding="utf-8")


def write_config(checks: object) -> None:
    Path("reconcile.yaml").write_text(CONFIG % json.dumps(checks), encoding="utf-8")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two systems of files that agree; an order of the CRM belongs to nobody."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILE_CONFIG", raising=False)
    write_csv("crm/accounts.csv", "Id,Number,Name", [f"A{n},{1000 + n},Company {n}" for n in range(50)])
    write_csv("erp/debtors.csv", "No,Name1", [f"{1000 + n},Company {n}" for n in range(50)])
    orders = [f"SO{n:04},A{n % 40},{n + 1}.50" for n in range(199)]
    write_csv("crm/orders.csv", "OrderNo,AccountId,Amount", [*orders, "SO0199,A99,3.50"])
    write_csv("erp/sales.csv", "No,Debtor,Amount", [f"SO{n:04},{1000 + n % 40},{n + 1}.50" for n in range(200)])
    write_config({})
    return tmp_path


def suggested(cli, *more: str):
    done = cli("expectations", "suggest", "--out", "suites", "--json", *more)
    assert done.code == 0, done.err
    return {(one["entity"], one["system"]): one for one in done.last["suites"]}, done.last["checks"]


def said(suites) -> dict[tuple[str, str, str], tuple[int, int, bool]]:
    """By entity, side and rule: how many were looked at, how many fail, and whether the rule holds."""
    return {(*place, rule["name"]): tuple(rule["found"][0].values()) for place, one in suites.items() for rule in one["rules"]}


def ended(cli, of: set[str]) -> dict[tuple[str, str, str], tuple[int, int, bool]]:
    """The same by a check of the project, of the suites of these names."""
    done = cli("check", "--json")
    assert [one for one in done.last["not_applied"] if one["suite"] in of] == []
    return {
        (one["entity"], one["system"], one["rule"]): (one["evaluated"], one["failed"], one["success"])
        for one in done.last["checks"]
        if one["suite"] in of
    }


def test_the_project_takes_the_suites_as_they_are(project, cli):
    write_config({"orders": []})
    suites, checks = suggested(cli)
    assert set(suites) == {("customers", "crm"), ("customers", "erp"), ("orders", "crm"), ("orders", "erp")}
    assert checks["orders"] == ["suites/orders.crm.yaml", "suites/orders.erp.yaml"]
    assert checks["customers"] == ["customers", "customers_pair", "suites/customers.crm.yaml", "suites/customers.erp.yaml"]
    assert load_suite(Path("suites/orders.crm.yaml")).system == "crm"
    write_config(checks)
    assert cli("config", "check").code == 0
    told = ended(cli, {Path(name).stem for names in checks.values() for name in names if "/" in name})
    assert told == said(suites)
    assert all(holds for *_, holds in told.values())
    assert told["orders", "crm", "customer_exists"] == (200, 1, True)
    assert told["orders", "erp", "customer_exists"] == (200, 0, True)


def test_references_are_those_of_the_project_on_the_same_side(project, cli):
    write_config({"orders": []})
    rules = {rule["name"]: rule for rule in suggested(cli)[0]["orders", "crm"]["rules"]}
    assert rules["customer_exists"]["kwargs"] == {"column": "customer", "parent": "customers"}
    assert rules["customer_exists"]["mostly"] == 0.97
    assert "199 of 200 values of customer" in rules["customer_exists"]["reason"]["en"]
    assert not {"customer_is_known", "customer_is_well_formed"} & set(rules)


def test_what_suites_in_use_ask_is_left_out_and_counted(project, cli):
    write_config({"orders": []})
    every = suggested(cli)[0]["orders", "crm"]
    write_config({})
    kept = suggested(cli, "--force")[0]["orders", "crm"]
    assert "customer_exists" not in {rule["name"] for rule in kept["rules"]}
    assert kept["held"] == len(every["rules"]) - len(kept["rules"]) >= 3
    assert f"Left out, because suites of the project ask the same of the same field: {kept['held']}." in Path(
        "suites/orders.crm.yaml"
    ).read_text(encoding="utf-8")


def test_a_suite_that_is_proposed_anew_says_all_that_it_said(project, cli):
    first, checks = suggested(cli)
    write_config(checks)
    assert suggested(cli, "--force") == (first, checks)


def test_rules_bear_no_name_of_one_in_use(project, cli):
    rule = {
        "name": "amount_is_present",
        "expect": "expect_column_values_to_be_between",
        "kwargs": {"column": "amount", "min_value": 9},
    }
    said = {"severity": "minor", "message": {"en": "Few.", "zh": "少。"}}
    Path("own.yaml").write_text(json.dumps({"entity": "orders", "owner": "x", "rules": [rule | said]}), encoding="utf-8")
    write_config({"orders": ["own.yaml"]})
    suites, checks = suggested(cli)
    assert "amount_is_present_2" in {one["name"] for one in suites["orders", "crm"]["rules"]}
    write_config(checks)
    assert cli("config", "check").code == 0


def test_the_records_are_those_of_the_latest_run(project, cli):
    run = cli("run", "--json").last["run_id"]
    suggested(cli)
    assert f"Records of run {run}." in Path("suites/orders.erp.yaml").read_text(encoding="utf-8")
    write_csv("erp/sales.csv", "No,Debtor,Amount", [f"SO{n:04},{1000 + n % 40},{n + 1}.50" for n in range(30)])
    assert "From 200 rows" in Path("suites/orders.erp.yaml").read_text(encoding="utf-8")
    suggested(cli, "--fresh", "--force")
    assert "From 30 rows" in Path("suites/orders.erp.yaml").read_text(encoding="utf-8")


def test_one_entity_and_one_side(project, cli):
    assert set(suggested(cli, "--entity", "orders", "--system", "erp")[0]) == {("orders", "erp")}
    alone = cli("expectations", "suggest", "--entity", "orders", "--system", "erp", "--out", "mine.yaml")
    assert alone.code == 0
    assert "reconcile check --suite mine.yaml" in alone.out
    assert "orders: [orders, orders_pair, mine.yaml]" in alone.out
    shown = cli("expectations", "suggest", "--entity", "orders", "--system", "erp", "--language", "zh")
    assert "根据数据提出的规则" in shown.out
    written = cli("expectations", "suggest", "--entity", "orders", "--out", "zh", "--language", "zh")
    assert "若要使用，请在 reconcile.yaml 中写入：" in written.out
    assert load_suite(Path("mine.yaml")).system == "erp"


def test_what_does_not_fit(project, cli):
    suggested(cli)
    for more, words in (
        (["--entity", "order"], "order"),
        (["--out", "suites"], "--force"),
        (["--out", "all.yaml"], "4 suites go into a folder"),
        (["--config", "gone.yaml"], "gone.yaml"),
        (["crm/orders.csv", "--system", "crm"], "--system is for a project"),
        (["crm/orders.csv", "--fresh"], "--fresh is for a project"),
    ):
        refused = cli("expectations", "suggest", *more)
        assert refused.code == 2, more
        assert words in refused.err, (more, refused.err)


def test_the_sandbox(tmp_path, cli, monkeypatch):
    """Every rule is applied, and finds what the suggestion says; nothing that is asked already is asked again."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILE_CONFIG", raising=False)
    with Sandbox(tmp_path / "systems", 3, 60, contacts=60, products=40, orders=120) as running:
        config = write_project(tmp_path, running.environment)
        suites, checks = suggested(cli)
        assert {entity for entity, _ in suites} == set(yaml.safe_load(config.read_text(encoding="utf-8"))["entities"])
        document = yaml.safe_load(config.read_text(encoding="utf-8"))
        config.write_text(yaml.safe_dump({**document, "checks": checks}, allow_unicode=True), encoding="utf-8")
        told = ended(cli, {f"{entity}.{side}" for entity, side in suites})
    assert told == said(suites)
    assert all(holds for *_, holds in told.values())
    for (entity, side), one in suites.items():
        in_use = [load_suite(packaged_suites()[name]) for name in checks[entity] if "/" not in name]
        held = {question(rule) for suite in in_use for rule in suite.rules if side in suite.systems_of(rule)}
        new = load_suite(Path(one["out"])).rules
        assert held.isdisjoint(question(rule) for rule in new)
        assert one["held"] > 0
