"""References: in the ERP's keys where the parent is linked, marked where it is not, and reported where it does not exist."""

from __future__ import annotations

import polars as pl

from reconcile.normalise import orphans, resolve
from reconcile.normalise.references import UNRESOLVED
from reconcile.records import KEY, Role
from reconcile.results import LINKS


def links(*pairs: tuple[str, str]) -> pl.DataFrame:
    rows = [("customers", crm, erp, "key:number", 1.0) for crm, erp in pairs]
    return pl.DataFrame(rows, schema=LINKS, orient="row")


ORDERS = pl.DataFrame({KEY: ["O1", "O2", "O3"], "customer": ["A", "B", None]})
TO = {"customer": "customers"}


def test_a_reference_becomes_the_linked_key_or_says_that_there_is_none():
    resolved = resolve(ORDERS, TO, {"customers": links(("A", "1001"))})
    assert resolved["customer"].to_list() == ["1001", UNRESOLVED + "B", None]
    assert resolved.columns == ORDERS.columns
    assert resolved[KEY].to_list() == ORDERS[KEY].to_list()


def test_without_the_parents_a_reference_stays_as_it_is():
    assert resolve(ORDERS, TO, {}).equals(ORDERS)
    assert resolve(ORDERS, {"product": "products"}, {"products": links()}).equals(ORDERS)


def test_an_unresolved_reference_equals_no_key_of_the_other_side():
    resolved = resolve(ORDERS, TO, {"customers": links()})["customer"]
    assert not set(resolved.drop_nulls()) & {"A", "B"}


def test_orphans_point_to_what_their_own_system_lacks():
    parents = {"customers": pl.DataFrame({KEY: ["A"]})}
    assert orphans(ORDERS, TO, parents, Role.CRM).rows() == [("crm", "O2", "customer", "B")]
    assert orphans(ORDERS, TO, {}, Role.CRM).is_empty()
    assert orphans(ORDERS, TO, {"customers": pl.DataFrame({KEY: ["A", "B"]})}, Role.ERP).is_empty()
