"""`reconcile check --with`: rules of a file that look into other files."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

SUITE = """\
entity: orders
owner: Sales
rules:
  - name: customer_is_known
    expect: expect_column_values_to_exist_in_parent
    kwargs: {column: customer, parent: customers%s}
    severity: blocking
    message: {en: There is no such customer., zh: 没有该客户。}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """As on a machine that can start no process more: the check is made in this one, where the library is loaded but once."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_text("no,customer\n1,7\n2,8\n3,007\n4,\n", encoding="utf-8")
    Path("customers.csv").write_text("id,name\n7,Acme\n007,Bond\n", encoding="utf-8")
    Path("rules.yaml").write_text(SUITE % ", parent_key: id", encoding="utf-8")
    return tmp_path


def failing(cli, *more: str):
    answer = cli("check", "orders.csv", "--suite", "rules.yaml", "--key", "no", "--json", *more)
    return [one["key"] for one in answer.last["findings"]]


def test_a_file_is_looked_into_by_its_name_or_by_the_one_it_is_given(folder, cli):
    assert failing(cli, "--with", "customers.csv") == ["2"]
    Path("customers.csv").rename("clients 2.csv")
    assert failing(cli, "--with", "customers=clients 2.csv") == ["2"]


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "jsonl"])
def test_numbers_of_other_kinds_of_file_are_the_same_keys(folder, cli, ending):
    frame = pl.DataFrame({"id": [7, 9], "name": ["Acme", "Bolt"]})
    getattr(frame, {"xlsx": "write_excel", "parquet": "write_parquet", "jsonl": "write_ndjson"}[ending])(f"customers.{ending}")
    assert failing(cli, "--with", f"customers.{ending}") == ["2", "3"]


def test_a_column_names_the_records_for_rules_that_name_none(folder, cli):
    Path("rules.yaml").write_text(SUITE % "", encoding="utf-8")
    assert failing(cli, "--with", "customers.csv:id") == ["2"]
    refused = cli("check", "orders.csv", "--suite", "rules.yaml", "--with", "customers.csv:number")
    assert refused.code == 2
    assert "has no column 'number' to name its records" in refused.err
    assert "id, name" in refused.err


def test_a_field_of_the_record_that_one_refers_to(folder, cli):
    rules = SUITE.replace("to_exist_in_parent", "to_be_in_set") % ""
    rules = rules.replace("{column: customer, parent: customers}", "{column: customer.name, value_set: [Acme]}")
    Path("rules.yaml").write_text(rules, encoding="utf-8")
    assert failing(cli, "--with", "customers.csv:id") == ["3"]
    without_key = cli("check", "orders.csv", "--suite", "rules.yaml", "--with", "customers.csv")
    assert without_key.code == 2


def test_a_file_may_look_into_itself(folder, cli):
    Path("orders.csv").write_text("no,customer,replaces\n1,7,\n2,7,1\n3,7,9\n", encoding="utf-8")
    own = SUITE.replace("column: customer, parent: customers", "column: replaces, parent: orders") % ", parent_key: no"
    Path("rules.yaml").write_text(own, encoding="utf-8")
    assert failing(cli) == ["3"]
    assert failing(cli, "--when", "no <> '1'") == ["3"]


def test_without_the_file_the_rule_is_told_as_not_applied(folder, cli):
    alone = cli("check", "orders.csv", "--suite", "rules.yaml")
    assert alone.code == 2
    assert "--with customers=FILE" in alone.err
    text = Path("rules.yaml").read_text(encoding="utf-8")
    more = "  - {name: no_is_there, expect: expect_column_values_to_not_be_null, kwargs: {column: no}, severity: minor, "
    Path("rules.yaml").write_text(text + more + "message: {en: None., zh: 无。}}\n", encoding="utf-8")
    done = cli("check", "orders.csv", "--suite", "rules.yaml", "--json")
    assert done.code == 0
    assert [one["rule"] for one in done.last["not_applied"]] == ["customer_is_known"]


def test_what_can_not_be_looked_into(folder, cli):
    Path("nothing.csv").write_text("", encoding="utf-8")
    for given, words in (
        ("customers=gone.csv", "gone.csv"),
        ("customers=nothing.csv", "nothing.csv"),
        (".", "this is a folder"),
    ):
        refused = cli("check", "orders.csv", "--suite", "rules.yaml", "--with", given)
        assert (refused.code, words in refused.err) == (2, True), given
    twice = cli("check", "orders.csv", "--suite", "rules.yaml", "--with", "customers.csv", "--with", "customers=orders.csv")
    assert twice.code == 2
    assert "would both be called customers" in twice.err
    project = cli("check", "--with", "customers.csv")
    assert project.code == 2
    assert "--with is for a file" in project.err


def test_what_refers_to_a_record_is_added_up_from_another_file(folder, cli):
    Path("customers.csv").write_text("number,credit_limit\n7,100\n8,50.5\n9,1\n", encoding="utf-8")
    Path("orders.csv").write_text("customer,amount,status\n7,60,A\n7,60,C\n8,30,A\n8,20.51,A\n", encoding="utf-8")
    Path("limits.yaml").write_text(
        """\
entity: customers
owner: Credit
rules:
  - name: credit_limit_covers_open_orders
    expect: expect_column_values_to_cover_sum_of_records
    kwargs: {column: credit_limit, records: orders, reference: customer, sum: amount, only: status = 'A', key_column: number}
    severity: major
    message: {en: Open orders exceed the limit., zh: 未完成订单超过信用额度。}
""",
        encoding="utf-8",
    )
    asked = ("check", "customers.csv", "--suite", "limits.yaml", "--key", "number", "--json")
    assert [one["key"] for one in cli(*asked, "--with", "orders.csv").last["findings"]] == ["8"]
    alone = cli(*asked)
    assert alone.code == 2
    assert "--with orders=FILE" in alone.err
