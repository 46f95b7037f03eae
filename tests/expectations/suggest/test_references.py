"""References between tables: what was planted is found, also where some is broken; what lies within by chance is not."""

import datetime as dt
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.suggest import references, table_of_file
from expectations.suggest.affinity import Affinity, affinity

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def found(**frames: dict[str, list]):
    """(table, column, parent, key) of every reference, and the rules by table and column."""
    told = references([table_of_file(pl.DataFrame(frame), name, NOW) for name, frame in frames.items()])
    rules = {(name, one.rule.kwargs["column"]): one for name, refers in told.items() for one in refers.rules}
    said = {(*place, one.rule.kwargs["parent"], one.rule.kwargs["parent_key"]) for place, one in rules.items()}
    return said, rules


def people(many, first=1):
    return {"id": list(range(first, first + many)), "name": [f"Person {n}" for n in range(many)]}


@settings(max_examples=40)
@given(
    many=st.integers(3, 60),
    rows=st.integers(3, 300),
    seed=st.integers(0, 99),
    gaps=st.booleans(),
    names=st.sampled_from(
        [("customers", "customer_id"), ("Kunden", "KundenNr"), ("客户", "客户编号"), ("companies", "Bill-to company")]
    ),
)
def test_a_planted_reference_is_found_whatever_it_is_called(many, rows, seed, gaps, names):
    table, column = names
    chance = random.Random(seed)  # noqa: S311 # made-up records, the same each time
    values = [None if gaps and chance.random() < 0.3 else str(chance.randrange(many) + 1) for _ in range(rows)]
    values[:3] = ["1", "2", "3"]
    orders = {
        "no": [f"SO-{n:05}" for n in range(rows)],
        column: values,
        "quantity": [chance.randrange(many) + 1 for _ in range(rows)],
    }
    said, rules = found(**{table: people(many), "orders": orders})
    assert said == {("orders", column, table, "id")}
    assert rules["orders", column].rule.mostly is None


@settings(max_examples=20)
@given(broken=st.integers(1, 10), rows=st.integers(1000, 3000))
def test_what_is_broken_is_left_room_for_and_told(broken, rows):
    values = [str(n % 50 + 1) for n in range(rows - broken)] + ["999"] * broken
    said, rules = found(customers=people(50), orders={"no": [f"SO-{n:05}" for n in range(rows)], "customer": values})
    assert said == {("orders", "customer", "customers", "id")}
    one = rules["orders", "customer"]
    tally = one.tally[None]
    assert (tally.evaluated, tally.failed, tally.examples) == (rows, broken, ("999",))
    assert one.rule.mostly <= 1 - broken / rows
    assert f"{rows - broken:,} of {rows:,} values" in one.rule.reason.en


@settings(max_examples=40)
@given(st.integers(3, 200), st.integers(20, 400), st.integers(0, 99))
def test_small_numbers_within_a_key_by_chance_are_no_reference(many, rows, seed):
    chance = random.Random(seed)  # noqa: S311 # as above
    lines = {
        "order_no": [f"SO-{n:05}" for n in range(rows)],
        "rating": [str(chance.randrange(min(5, many)) + 1) for _ in range(rows)],
        "quantity": [chance.randrange(many) + 1 for _ in range(rows)],
        "supplier_id": [str(chance.randrange(many) + 1) for _ in range(rows)],
        "serial": [str(n % many + 1) for n in range(rows)],
    }
    assert found(employees=people(many), lines=lines)[0] == set()


def test_counted_numbers_from_anywhere_say_nothing_without_a_name():
    customers = [str(1000 + n % 200) for n in range(600)]
    orders = {"number": [str(1000 + n) for n in range(600)], "customer": customers}
    payments = {"receipt": [f"R-{n}" for n in range(600)], "debtor": customers}
    assert found(orders=orders, payments=payments)[0] == set()


def test_many_codes_say_enough_without_a_name():
    codes = [f"{chr(65 + n % 26)}{chr(65 + n // 26)}X{n:02}" for n in range(60)]
    orders = {"no": [f"SO-{n:05}" for n in range(500)], "sold_to": [codes[n % 50] for n in range(500)]}
    said, rules = found(clients={"code": codes}, orders=orders)
    assert said == {("orders", "sold_to", "clients", "code")}
    assert "are no chance" in rules["orders", "sold_to"].rule.reason.en
    few = {**orders, "sold_to": [codes[n % 4] for n in range(500)]}
    assert found(clients={"code": codes}, orders=few)[0] == set()


def test_a_name_that_only_resembles_takes_all_of_a_counted_key():
    orders = {"no": [f"SO-{n:05}" for n in range(90)], "ship_via": [str(n % 3 + 1) for n in range(90)]}
    assert found(shippers=people(3), orders=orders)[0] == {("orders", "ship_via", "shippers", "id")}
    assert found(shippers=people(30), orders=orders)[0] == set()
    days = {"no": orders["no"], "ship_days": [n % 12 + 1 for n in range(90)]}
    assert found(shippers=people(12), orders=days)[0] == set()


def test_a_table_whose_name_begins_with_that_of_the_column_must_be_used_by_half():
    notes = {"note": [f"N-{n:05}" for n in range(90)], "order_id": [str(n % 20 + 1) for n in range(90)]}
    assert found(order_lines=people(60), notes=notes)[0] == set()
    assert found(order_heads=people(30), notes=notes)[0] == {("notes", "order_id", "order_heads", "id")}


def test_two_exports_of_one_entity_do_not_refer_to_each_other():
    assert found(crm_customers=people(50), erp_customers=people(50))[0] == set()
    codes = {"code": [f"C{n * 37 % 10007:05}" for n in range(50)]}
    assert found(clients=codes, accounts=codes)[0] == set()
    details = {"customer_id": list(range(1, 40)), "remark": ["x"] * 39}
    assert found(customers=people(50), customer_details=details)[0] == {("customer_details", "customer_id", "customers", "id")}


def test_a_table_may_refer_to_itself():
    staff = {**people(40), "manager_id": [None] + [n % 7 + 1 for n in range(39)], "desk": [n % 7 + 1 for n in range(40)]}
    assert found(employees=staff)[0] == {("employees", "manager_id", "employees", "id")}


def test_the_table_that_the_name_speaks_for_wins():
    both = {"orders": {"id": list(range(1, 101))}, "invoices": {"id": list(range(1, 101))}}
    lines = {"order_id": [str(n // 3 + 1) for n in range(300)], "line": [str(n % 3 + 1) for n in range(300)]}
    assert found(**both, order_lines=lines)[0] == {("order_lines", "order_id", "orders", "id")}


def test_what_the_name_promises_and_the_values_do_not_keep_is_noted():
    orders = {"no": [f"SO-{n:05}" for n in range(100)], "customer_id": [str(n % 60 + 1) for n in range(100)]}
    told = references([table_of_file(pl.DataFrame(f), name, NOW) for name, f in (("customers", people(40)), ("orders", orders))])
    assert told["orders"].rules == ()
    assert "only 80.0% of its values" in told["orders"].notes[0].en


@pytest.mark.parametrize(
    ("column", "table", "key", "said"),
    [
        ("CustomerID", "customers", "CustomerID", Affinity.NAMES),
        ("ship_to_customer_no", "customers", "id", Affinity.NAMES),
        ("CategoryID", "categories", "id", Affinity.NAMES),
        ("order", "purchase_orders", "number", Affinity.NAMES),
        ("order_line", "invoice_lines", "id", Affinity.RESEMBLES),
        ("customer_number", "clients", "CustomerNo", Affinity.SAME),
        ("ShipVia", "shippers", "ShipperID", Affinity.RESEMBLES),
        ("school_finder_id", "school_finder_sites", "Id", Affinity.BEGINS),
        ("portal_sites_id", "portal", "Id", Affinity.RESEMBLES),
        ("id", "customers", "id", Affinity.NONE),
        ("EmployeeID", "customers", "CustomerID", Affinity.NONE),
        ("状态", "客户", "编号", Affinity.NONE),
        ("客户代码", "客户表", "编号", Affinity.NAMES),
    ],
)
def test_what_names_say(column, table, key, said):
    assert affinity(column, table, key) is said
