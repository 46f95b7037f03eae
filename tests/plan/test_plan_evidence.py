"""Beside what it would write, an action says how its pair was linked, what differs, who changed when, and since when."""

from __future__ import annotations

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.config.models import Entity
from reconcile.plan import plan, with_first_seen
from reconcile.plan.changes import Planning
from reconcile.plan.evidence import instant
from reconcile.records import KEY, MODIFIED, RAW, Role
from reconcile.results import BREAKS, LINKS, Action, ActionKind

AT = dt.datetime(2026, 1, 31, 10, 0, 0, 250_000, tzinfo=dt.UTC)
FIELDS = {"name": {"crm": "Name", "erp": "Name1", "owner": "crm"}, "city": {"crm": "City", "erp": "Ort", "owner": "crm"}}


def side(key: str, at: dt.datetime | None, name: str, city: str | None) -> pl.DataFrame:
    values = {KEY: [key], MODIFIED: pl.Series([at], dtype=pl.Datetime("us", "UTC")), "name": [name], "city": [city]}
    return pl.DataFrame({**values, RAW + "name": [f" {name} "], RAW + "city": [city]}, schema_overrides={"city": pl.String})


def broken(kind: str, field: str | None, **values: object) -> dict[str, object]:
    row = dict.fromkeys(BREAKS) | {"entity": "customers", "kind": kind, "field": field, "label": "Acme", "crm_key": "A"}
    row |= {"owner": FIELDS[field]["owner"]} if field else {}
    return row | {"erp_key": "1", "fingerprint": f"{kind}-{field}"} | values


def planned(*breaks: dict[str, object], erp_at: dt.datetime | None = None) -> tuple[Action, ...]:
    sources = {role: {"object": "x", "key": "Id", "external_id": "Ext"} for role in ("crm", "erp")}
    entity = Entity.model_validate({**sources, "fields": FIELDS, "create_in": ["erp"]})
    links = pl.DataFrame([("customers", "A", "1", "key:tax_id", 0.98765)], schema=LINKS, orient="row")
    crm, erp = side("A", AT, "Acme", "Ulm"), side("1", erp_at, "ACME", None)
    frame = pl.DataFrame(list(breaks), schema=BREAKS)
    return plan(Planning("customers", entity, crm, erp, frame, {}, {"customers": links})).actions


DIFFERENCES = (
    broken("difference", "name", crm_value=" Acme ", erp_value=" ACME ", reason="different", severity="minor"),
    broken("difference", "city", crm_value="Ulm", reason="empty_in_erp", severity="major"),
)


def test_an_update_says_what_it_was_taken_from_as_the_source_said_it():
    (action,) = planned(*DIFFERENCES)
    assert [(c.field, c.source_field, c.source_value) for c in action.changes] == [
        ("name", "Name", " Acme "),
        ("city", "City", "Ulm"),
    ]
    assert [c.after for c in action.changes] == ["Acme", "Ulm"]


def test_an_update_has_the_versions_of_both_records_and_the_evidence_of_all_its_breaks():
    (action,) = planned(*DIFFERENCES, erp_at=AT + dt.timedelta(hours=1))
    assert (action.crm_version, action.erp_version) == ("2026-01-31T10:00:00.250000Z", "2026-01-31T11:00:00.250000Z")
    assert action.evidence == (
        ("linked_by", "key:tax_id"),
        ("probability", "0.988"),
        ("reason", "name: different"),
        ("reason", "city: empty_in_erp"),
        ("severity", "major"),
        ("crm_changed", "2026-01-31T10:00:00.250000Z"),
        ("erp_changed", "2026-01-31T11:00:00.250000Z"),
    )


def test_a_system_that_keeps_no_times_leaves_its_version_out():
    (action,) = planned(*DIFFERENCES)
    assert action.erp_version is None
    assert "erp_changed" not in dict(action.evidence)


def test_a_new_record_and_a_review_have_evidence_too():
    new = broken("missing_in_erp", None, erp_key=None, reason="no_counterpart", severity="major")
    twice = broken("duplicate_in_crm", None, reason="same_business_twice", severity="major")
    create, review = planned(new, twice)
    assert (create.kind, create.crm_version, create.erp_version) == (ActionKind.CREATE, "2026-01-31T10:00:00.250000Z", None)
    assert create.evidence[:2] == (("reason", "no_counterpart"), ("severity", "major"))
    assert {c.source_field for c in create.changes} == {"Name", "City"}
    assert (review.kind, dict(review.evidence)["reason"]) == (ActionKind.REVIEW, "same_business_twice")


def test_the_first_sight_of_the_oldest_break_is_added_once_the_ledger_knows_it():
    actions = planned(*DIFFERENCES)
    seen = pl.DataFrame(list(DIFFERENCES), schema=BREAKS).with_columns(
        first_seen=pl.Series([AT, AT - dt.timedelta(days=2)], dtype=pl.Datetime("us", "UTC"))
    )
    (action,) = with_first_seen(actions, seen)
    assert action.evidence == (*actions[0].evidence, ("first_seen", "2026-01-29T10:00:00.250000Z"))
    assert with_first_seen(actions, seen.clear()) == list(actions)


def test_evidence_changes_neither_the_identity_of_an_action_nor_what_it_writes():
    (one,), (other,) = planned(*DIFFERENCES), planned(*DIFFERENCES, erp_at=AT)
    assert (one.id, one.changes) == (other.id, other.changes)
    assert one.evidence != other.evidence
    assert one.target is Role.ERP


@settings(max_examples=50, deadline=None)
@given(st.one_of(st.datetimes(), st.datetimes().map(lambda at: at.replace(microsecond=0))))
def test_a_version_is_the_time_as_people_and_the_ledger_read_it(at):
    moment = at.replace(tzinfo=dt.UTC)
    (action,) = planned(*DIFFERENCES, erp_at=moment)
    assert action.erp_version == instant(moment)
    assert dt.datetime.fromisoformat(action.erp_version) == moment
