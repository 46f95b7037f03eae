"""`reconcile expectations suggest`: suites for one file and for several, which hold on the files they are from, and bad input."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

from expectations.load import load_suite

ENDINGS = {"xlsx": "write_excel", "parquet": "write_parquet", "jsonl": "write_ndjson", "csv": "write_csv"}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """As on a machine that can start no process more: the check is made in this one, where the library is loaded but once."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.chdir(tmp_path)
    customers = pl.DataFrame({"id": range(100, 140), "name": [f"Company {n}" for n in range(40)]})
    orders = pl.DataFrame(
        {
            "No": [f"SO-{n:05}" for n in range(200)],
            "CustomerID": [100 + n % 37 for n in range(200)],
            "Amount": [n + 0.5 for n in range(200)],
        }
    )
    customers.write_csv("customers.csv")
    orders.write_csv("orders.csv")
    return tmp_path


def rules(path: str):
    return {rule.name: rule for rule in load_suite(Path(path)).rules}


def holds(cli, check: str) -> dict[str, bool]:
    """The command that the suggestion names, and how each rule ended."""
    done = cli(*check.split()[1:], "--json")
    assert done.last["not_applied"] == []
    return {one["rule"]: one["success"] for one in done.last["checks"]}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("parents", ["csv", "xlsx"])
def test_several_files_refer_to_each_other_and_their_suites_hold(folder, cli, ending, parents):
    getattr(pl.read_csv("orders.csv"), ENDINGS[ending])(f"orders.{ending}")
    getattr(pl.read_csv("customers.csv"), ENDINGS[parents])(f"customers.{parents}")
    done = cli("expectations", "suggest", f"orders.{ending}", f"customers.{parents}", "--out", "new/suites", "--json")
    assert done.code == 0
    orders, customers = done.last["suites"]
    assert (orders["out"], customers["out"]) == ("new/suites/orders.yaml", "new/suites/customers.yaml")
    found = rules("new/suites/orders.yaml")
    assert found["customer_id_exists"].kwargs == {"column": "CustomerID", "parent": "customers", "parent_key": "id"}
    assert f"--with customers.{parents}" in orders["check"]
    ended = holds(cli, orders["check"])
    assert set(ended) == set(found)
    assert all(ended.values())
    assert all(holds(cli, customers["check"]).values())


def test_a_broken_reference_is_found_by_the_suite_later(folder, cli):
    done = cli("expectations", "suggest", "orders.csv", "customers.csv", "--out", "suites", "--json")
    with Path("orders.csv").open("a", encoding="utf-8") as file:
        file.write("SO-00200,999,1.5\n")
    assert [name for name, met in holds(cli, done.last["suites"][0]["check"]).items() if not met] == ["customer_id_exists"]


def test_northwind_refers_as_its_makers_meant_it_and_its_suites_hold(folder, cli):
    files = sorted(str(path) for path in (Path(__file__).parents[1] / "data" / "northwind").glob("*.csv"))
    kinds = ["Beverages", "Condiments", "Confections", "Dairy", "Grains", "Meat", "Produce", "Seafood"]
    pl.DataFrame({"CategoryID": range(1, 9), "CategoryName": kinds}).write_csv("categories.csv")
    pl.DataFrame({"ShipperID": [1, 2, 3], "CompanyName": ["Speedy", "United", "Federal"]}).write_csv("shippers.csv")
    files += ["categories.csv", "shippers.csv"]
    suites = cli("expectations", "suggest", *files, "--out", "suites", "--json").last["suites"]
    refers = {
        (one["entity"], rule["kwargs"]["column"], rule["kwargs"]["parent"])
        for one in suites
        for rule in one["rules"]
        if "parent" in rule["kwargs"]
    }
    assert refers == {
        ("orders", "CustomerID", "customers"),
        ("orders", "ShipVia", "shippers"),
        ("order_lines", "OrderID", "orders"),
        ("order_lines", "ProductID", "products"),
        ("products", "CategoryID", "categories"),
    }
    for one in suites:
        assert all(holds(cli, one["check"]).values()), one["entity"]


def test_one_file_is_written_as_a_file_or_into_a_folder_and_shown_without_either(folder, cli):
    assert cli("expectations", "suggest", "orders.csv", "--out", "own/mine.yaml").code == 0
    assert cli("expectations", "suggest", "orders.csv", "--out", "own").code == 0
    assert sorted(path.name for path in Path("own").iterdir()) == ["mine.yaml", "orders.yaml"]
    shown = cli("expectations", "suggest", "orders.csv", "--entity", "orders").out
    assert "- name: no_is_unique" in shown
    both = cli("expectations", "suggest", "orders.csv", "customers.csv").out
    assert both.count("\n---\n") == 1


def test_an_edited_suite_is_not_lost(folder, cli):
    Path("suites").mkdir()
    Path("suites/orders.yaml").write_text("mine", encoding="utf-8")
    refused = cli("expectations", "suggest", "customers.csv", "orders.csv", "--out", "suites")
    assert refused.code == 2
    assert "--force" in refused.err
    assert [path.name for path in Path("suites").iterdir()] == ["orders.yaml"]
    assert Path("suites/orders.yaml").read_text(encoding="utf-8") == "mine"
    assert cli("expectations", "suggest", "customers.csv", "orders.csv", "--out", "suites", "--force").code == 0
    assert rules("suites/orders.yaml")


def test_what_nothing_can_be_proposed_for(folder, cli):
    Path("nothing.csv").write_text("", encoding="utf-8")
    Path("heads.csv").write_text("a,b\n", encoding="utf-8")
    Path("broken.parquet").write_text("no parquet", encoding="utf-8")
    Path("a.doc").write_text("x", encoding="utf-8")
    Path("sub").mkdir()
    Path("sub/Orders.csv").write_text("a\n1\n", encoding="utf-8")
    for names, words in (
        (["nothing.csv"], "nothing.csv"),
        (["heads.csv"], "it has no records"),
        (["orders.csv", "heads.csv"], "it has no records"),
        (["broken.parquet"], "can't be read as Parquet"),
        (["a.doc"], "a.doc"),
        (["sub"], "this is a folder"),
        (["gone.csv"], "gone.csv"),
        (["orders.csv", "sub/Orders.csv"], "would both be called"),
        (["orders.csv", "orders.csv"], "would both be called"),
        (["orders.csv", "customers.csv", "--entity", "orders"], "--entity is for one file"),
        (["orders.csv", "customers.csv", "--out", "both.yaml"], "2 suites go into a folder"),
        (["orders.csv", "--out", "suite.csv"], "a suite is written as .yaml"),
        (["orders.csv", "--out", "orders.csv", "--force"], "a suite is written as .yaml"),
        (["orders.csv", "--out", "heads.csv/new"], "heads.csv"),
    ):
        refused = cli("expectations", "suggest", *names)
        assert refused.code in (2, 3), names
        assert words in refused.err, (names, refused.err)
    assert not Path("both.yaml").exists()


def test_too_few_records_make_no_suite(folder, cli):
    Path("few.csv").write_text("id\n1\n2\n", encoding="utf-8")
    done = cli("expectations", "suggest", "few.csv", "orders.csv", "--out", "suites")
    assert done.code == 0
    assert "few.csv: no suite" in done.out
    assert [path.name for path in Path("suites").iterdir()] == ["orders.yaml"]
