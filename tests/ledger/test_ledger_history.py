"""The history of one record names everything that happened to it, and nothing that happened to another."""

import datetime as dt

import polars as pl
import pytest
from ledger_config import CONFIG

from reconcile import approve
from reconcile.ledger.history import HISTORY
from reconcile.ledger.pushes import Settled
from reconcile.records import Role
from reconcile.results import BREAKS, LINKS, Action, ActionKind, ActionState, Change

AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def action(id_, target=Role.ERP, target_key="E1", source_key="C1", kind=ActionKind.UPDATE):
    changes = (Change("name", "Name", "a", "b", "text"),)
    return Action(id_, kind, "customers", target, target_key, source_key, "Ada", changes, "customers: owner", (), "low")


def a_break(fingerprint, crm_key, erp_key):
    known = {"fingerprint": fingerprint, "entity": "customers", "kind": "difference", "field": "name"}
    row = known | {"crm_key": crm_key, "erp_key": erp_key}
    return pl.DataFrame([row], schema=BREAKS)


@pytest.fixture
def lived(ledger):
    """C1 and E1 are one record, whose name was corrected; C2 and E2 are another."""
    ledger.start_run("r1", AT, "anna")
    links = pl.DataFrame([("customers", f"C{n}", f"E{n}", "key:tax_id", None) for n in (1, 2)], schema=LINKS, orient="row")
    ledger.record_links(links, "r1", AT)
    ledger.record_breaks(pl.concat([a_break("f1", "C1", "E1"), a_break("f2", "C2", "E2")]), "r1", AT)
    ledger.propose([action("a1"), action("a2", target_key="E2", source_key="C2")], "r1", AT)
    approve.approve(ledger, CONFIG, ["a1", "a2"], by="anna", comment="looks right")
    ledger.intend(["a1"], "bob")
    ledger.settle([Settled("a1", ActionState.VERIFIED, status="ok", key="E1")], "bob")
    later = AT + dt.timedelta(days=1)
    ledger.start_run("r2", later, "anna")
    ledger.record_breaks(a_break("f2", "C2", "E2"), "r2", later)
    return ledger


@pytest.mark.parametrize("keys", [("C1", "E1"), ("C1", None), (None, "E1")])
def test_all_of_one_record_in_order(lived, keys):
    found = lived.history("customers", *keys)
    assert found.schema == HISTORY
    assert found["at"].is_sorted()
    assert sorted(found.select("event", "who", "subject").iter_rows()) == [
        ("approved", "anna", "a1"),
        ("break fixed", "r2", "f1"),
        ("break seen", "r1", "f1"),
        ("linked", "r1", None),
        ("proposed", "r1", "a1"),
        ("push: verified", "bob", "a1"),
        ("write intended", "bob", "a1"),
    ]
    events = found.filter(pl.col("subject") == "a1")["event"].to_list()
    assert events == ["proposed", "approved", "write intended", "push: verified"]


def test_what_is_written_to_the_other_side_counts_too(ledger):
    ledger.start_run("r1", AT, "anna")
    ledger.propose([action("a1", Role.CRM, "C1", "E1"), action("a2", Role.CRM, None, "E9", ActionKind.CREATE)], "r1", AT)
    assert ledger.history("customers", "C1", None)["subject"].to_list() == ["a1"]
    assert ledger.history("customers", None, "E9")["subject"].to_list() == ["a2"]


def test_keys_of_the_two_sides_are_not_mixed_up_and_nothing_is_nothing(lived):
    assert lived.history("customers", "E1", "C1").is_empty()
    assert lived.history("contacts", "C1", "E1").is_empty()
    assert lived.history("customers", None, None).is_empty()
