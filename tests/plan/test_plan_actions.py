"""From breaks to actions: the owner decides the target, a person decides where no rule does, parents come first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.config.models import Entity
from reconcile.plan import plan
from reconcile.plan.actions import HIGH_VALUE, Planned
from reconcile.plan.changes import Planning
from reconcile.plan.policy import decided_owner
from reconcile.records import KEY, MODIFIED, RAW, Role
from reconcile.results import BREAKS, LINKS, Action, ActionKind, FieldRule, Rules

OLD, NEW = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
FIELDS: dict[str, dict[str, Any]] = {
    "name": {"crm": "Name", "erp": "Name1", "owner": "crm"},
    "credit_limit": {"crm": "Limit", "erp": "CreditLimit", "owner": "erp"},
    "phone": {"crm": "Phone", "erp": "Tel", "owner": "newest"},
    "city": {"crm": "City", "erp": "City"},
    "status": {"crm": "State", "erp": "Status", "owner": "erp", "values": {"Active": "01", "Blocked": "03"}},
}
KEPT = {"number": {"crm": "Ext", "erp": "No", "compare": False}, "crm_id": {"crm": "Key", "erp": "Ext", "compare": False}}
"""Fields that keep the other side's key."""
ORDER_FIELDS: dict[str, dict[str, Any]] = {
    "number": {"crm": "No", "erp": "Number", "compare": False},
    "customer": {"crm": "Account", "erp": "Debtor", "owner": "crm"},
}
LINE_FIELDS: dict[str, dict[str, Any]] = {
    "order": {"crm": "Order", "erp": "Order", "compare": False},
    "quantity": {"crm": "Qty", "erp": "Qty", "owner": "crm"},
}


def entity(fields: dict[str, dict[str, Any]], create_in: Sequence[str] = ("crm", "erp")) -> Entity:
    sources = {role: {"object": "x", "key": "Id", "external_id": "Ext"} for role in ("crm", "erp")}
    return Entity.model_validate({**sources, "fields": fields, "create_in": list(create_in)})


def side(key: str, at: dt.datetime | None = None, **values: object) -> pl.DataFrame:
    columns: dict[str, Any] = {KEY: [key], MODIFIED: pl.Series([at], dtype=pl.Datetime("us", "UTC"))}
    for name, value in values.items():
        columns[name] = [value]
        columns[RAW + name] = pl.Series([None if value is None else str(value)], dtype=pl.String)
    return pl.DataFrame(columns)


def whole(frame: pl.DataFrame, of: Entity) -> pl.DataFrame:
    """With the fields that a test does not speak of, all empty."""
    absent = [name for name in of.fields if name not in frame.columns]
    kinds = {"credit_limit": pl.Float64, "quantity": pl.Float64}
    return frame.with_columns(
        *(pl.lit(None, kinds.get(name, pl.String)).alias(name) for name in absent),
        *(pl.lit(None, pl.String).alias(RAW + name) for name in absent),
    )


def broken(kind: str, name: str = "customers", **values: object) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(BREAKS)
    row |= {"entity": name, "kind": kind, "label": "Acme", "severity": "minor", "crm_key": "A", "erp_key": "1"} | values
    return row | {"fingerprint": f"{kind}-{row['field']}-{row['crm_key']}-{row['erp_key']}"}


def planned(
    crm: pl.DataFrame,
    erp: pl.DataFrame,
    *breaks: Mapping[str, object],
    of: Entity | None = None,
    name: str = "customers",
    made: Mapping[str, pl.DataFrame] | None = None,
    links: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    rules: Mapping[Role, Rules] | None = None,
) -> Planned:
    linked = {n: pl.DataFrame([(n, c, e, "key", 1.0) for c, e in pairs], schema=LINKS, orient="row")
              for n, pairs in {name: [], **(links or {})}.items()}  # fmt: skip
    spec = of or entity(FIELDS)
    owners = {field: of_field.owner for field, of_field in spec.fields.items()}
    frame = pl.DataFrame(list(breaks), schema=BREAKS).with_columns(owner=pl.col("field").replace_strict(owners, default=None))
    return plan(Planning(name, spec, whole(crm, spec), whole(erp, spec), frame, made or {}, linked, rules or {}))


def only(result: Planned) -> Action:
    assert len(result.actions) == 1
    return result.actions[0]


def values(action: Action) -> dict[str, tuple[str | None, str | None]]:
    return {change.target_field: (change.before, change.after) for change in action.changes}


def test_the_owner_decides_the_target_and_the_value():
    crm = side("A", name="Acme Ltd", credit_limit=1000.0)
    erp = side("1", name="ACME", credit_limit=2500.5)
    to_erp = only(planned(crm, erp, broken("difference", field="name", crm_value="Acme Ltd", erp_value="ACME")))
    assert (to_erp.kind, to_erp.target, to_erp.target_key, to_erp.source_key) == (ActionKind.UPDATE, Role.ERP, "1", "A")
    assert values(to_erp) == {"Name1": ("ACME", "Acme Ltd")}
    assert to_erp.clause == "customers.name: owner crm"
    to_crm = only(planned(crm, erp, broken("difference", field="credit_limit", crm_value="1000", erp_value="2.500,50")))
    assert (to_crm.target, to_crm.target_key, to_crm.source_key) == (Role.CRM, "A", "1")
    assert values(to_crm) == {"Limit": ("1000", "2500.5")}


def test_fields_of_one_record_and_one_target_are_one_action():
    crm = side("A", NEW, name="Acme Ltd", phone="+4911", status="03")
    erp = side("1", OLD, name="ACME", phone="+4922", status="01")
    breaks = [broken("difference", field=f, crm_value="x", erp_value="y") for f in ("name", "phone", "status")]
    by_target = {action.target: action for action in planned(crm, erp, *breaks).actions}
    assert set(values(by_target[Role.ERP])) == {"Name1", "Tel"}
    assert values(by_target[Role.CRM]) == {"State": ("x", "Active")}  # the ERP's code in the CRM's word
    assert sorted(by_target[Role.ERP].breaks) == sorted(row["fingerprint"] for row in breaks[:2])


def test_nobody_copies_an_empty_value_and_nobody_decides_for_a_person():
    crm, erp = side("A", name=None, city="Leeds"), side("1", name="ACME", city="York")
    for field in ("name", "city"):
        action = only(planned(crm, erp, broken("difference", field=field, crm_value=None, erp_value="x")))
        assert (action.kind, action.changes, action.clause) == (ActionKind.REVIEW, (), f"customers.{field}: difference")


TIMES = st.sampled_from([None, OLD, NEW])
MOVES = st.sampled_from(["crm", "erp", "both", "neither", "never", None])


def decided(owner: str, crm_at: dt.datetime | None, erp_at: dt.datetime | None, moved: str | None) -> str:
    times = dict.fromkeys(("crm_at", "erp_at"), pl.Datetime("us", "UTC"))
    row = {"owner": [owner], "crm_at": [crm_at], "erp_at": [erp_at], "moved": [moved]}
    frame = pl.DataFrame(row, schema={"owner": pl.String, **times, "moved": pl.String})
    return str(frame.select(decided_owner()).item())


@given(TIMES, TIMES, MOVES)
def test_the_newest_wins_only_if_both_sides_say_when(crm_at, erp_at, moved):
    known = crm_at is not None and erp_at is not None and crm_at != erp_at
    assert decided("newest", crm_at, erp_at, moved) == (("crm" if crm_at > erp_at else "erp") if known else "review")


@given(TIMES, TIMES, MOVES)
def test_the_side_that_changed_wins_only_if_the_other_did_not(crm_at, erp_at, moved):
    assert decided("changed_side", crm_at, erp_at, moved) == (moved if moved in ("crm", "erp") else "review")


@given(st.sampled_from(["crm", "erp", "review"]), TIMES, TIMES, MOVES)
def test_a_named_owner_wins_whoever_changed_what_and_when(owner, crm_at, erp_at, moved):
    assert decided(owner, crm_at, erp_at, moved) == owner


def test_the_newest_decides_the_target():
    break_ = broken("difference", field="phone", crm_value="1", erp_value="2")
    for crm_at, erp_at, target in ((NEW, OLD, Role.ERP), (OLD, NEW, Role.CRM)):
        assert only(planned(side("A", crm_at, phone="+4911"), side("1", erp_at, phone="+4922"), break_)).target is target
    assert only(planned(side("A", OLD, phone="+4911"), side("1", OLD, phone="+4922"), break_)).kind is ActionKind.REVIEW


def test_a_missing_record_is_created_where_that_is_allowed_and_reviewed_where_not():
    crm, erp = side("A", name="Acme Ltd", credit_limit=10.0, city=None), side("1", name="x", credit_limit=1.0, city="y")
    missing = broken("missing_in_erp", erp_key=None, value_at_risk=10.0, currency="EUR")
    created = planned(crm, erp, missing)
    action = only(created)
    assert (action.kind, action.target, action.target_key, action.source_key) == (ActionKind.CREATE, Role.ERP, None, "A")
    assert values(action) == {"Name1": (None, "Acme Ltd"), "CreditLimit": (None, "10")}  # nothing is sent for what is empty
    assert created.made.rows() == [("erp", "A", action.id, missing["fingerprint"])]
    review = only(planned(crm, erp, missing, of=entity(FIELDS, ["crm"])))
    assert (review.kind, review.changes) == (ActionKind.REVIEW, ())


def test_a_new_record_leaves_to_its_system_what_that_owns_and_computes():
    crm, erp = side("A", name="Acme Ltd", credit_limit=10.0, status="01"), side("1", name="x", credit_limit=1.0)
    missing = broken("missing_in_erp", erp_key=None)
    computed = {name: FieldRule(creatable=False) for name in ("Name1", "CreditLimit")}
    action = only(planned(crm, erp, missing, rules={Role.ERP: computed}))
    assert values(action) == {"Name1": (None, "Acme Ltd"), "Status": (None, "01")}
    assert [misfit.field for misfit in action.misfits] == ["Name1"]  # the CRM owns it, and has no way to say so


def test_a_key_that_no_external_id_stands_for_is_given_with_the_record():
    of = Entity.model_validate({
        "crm": {"object": "x", "key": "Id"},
        "erp": {"object": "x", "key": "Sku"},
        "fields": {"number": {"crm": "Code", "erp": "Sku"}},
        "create_in": ["erp"],
    })  # fmt: skip
    frames = side("A", number="P-100"), side("1", number="x")
    action = only(planned(*frames, broken("missing_in_erp", erp_key=None), of=of))
    assert values(action) == {"Sku": (None, "P-100")}


def test_other_kinds_of_breaks_are_for_people():
    crm, erp = side("A", name="x"), side("1", name="x")
    kinds = [
        "duplicate_in_crm",
        "duplicate_in_erp",
        "orphan_in_crm",
        "orphan_in_erp",
        "unmapped_code",
        "unreadable_value",
    ]
    actions = planned(crm, erp, *(broken(kind, field=None) for kind in kinds)).actions
    assert {action.kind for action in actions} == {ActionKind.REVIEW}
    assert [fingerprint for action in actions for fingerprint in action.breaks] == [f"{kind}-None-A-1" for kind in kinds]


def test_a_candidate_is_a_link_that_a_person_decides_on():
    candidate = broken("candidate", field=None)
    link, key = planned(side("A", name="x"), side("1", name="x"), candidate, of=entity({**FIELDS, **KEPT})).actions
    assert (link.kind, link.target, link.target_key, link.source_key, link.tier) == (
        ActionKind.LINK,
        Role.ERP,
        "1",
        "A",
        "medium",
    )
    assert [(c.target_field, c.before, c.after) for c in link.changes] == [("", None, "1"), ("Ext", None, "A")]
    assert (link.breaks, link.parts, key.part_of, key.depends_on) == (("candidate-None-A-1",), (key.id,), link.id, (link.id,))
    assert (key.kind, key.target, values(key)) == (ActionKind.UPDATE, Role.CRM, {"Ext": (None, "1")})


def test_a_key_that_the_run_has_not_read_is_not_written():
    link = only(planned(side("A", name="x"), side("1", name="x"), broken("candidate", field=None)))
    assert (link.parts, values(link)) == ((), {"": (None, "1")})


def test_a_duplicate_is_merged_where_a_side_says_what_inactive_means_and_else_reviewed_with_the_reason():
    crm = pl.concat([whole(side(key, name="x", city=city), entity(FIELDS)) for key, city in (("A", ""), ("B", "Ulm"))])
    twice = broken("duplicate_in_crm", field=None, crm_key="B", crm_value="A", erp_key="1", value_at_risk=9.0, currency="EUR")
    links = {"customers": [("A", "1")]}
    review = only(planned(crm, side("1", name="x"), twice, links=links))
    assert (review.kind, dict(review.evidence)["not_merged"]) == (
        ActionKind.REVIEW, "entities.customers.crm.inactive is not configured",
    )  # fmt: skip
    closing = entity(FIELDS).model_dump() | {"crm": {"object": "x", "key": "Id", "inactive": {"field": "State", "value": "Off"}}}
    states = crm.with_columns(_inactive=pl.Series(["On", "On"]))
    fill, merge = planned(states, side("1", name="x"), twice, of=Entity.model_validate(closing), links=links).actions
    assert (merge.kind, merge.target_key, merge.tier, merge.value_at_risk) == (ActionKind.MERGE, "B", "high", 9.0)
    assert values(merge) == {"State": ("On", "Off"), "": (None, "A")}
    assert (fill.target_key, values(fill), fill.part_of) == ("A", {"City": ("", "Ulm")}, merge.id)
    assert (merge.parts, merge.depends_on) == ((fill.id,), (fill.id,))
    once = {Role.CRM: {"City": FieldRule(unique=True)}}
    (alone,) = planned(states, side("1", name="x"), twice, of=Entity.model_validate(closing), links=links, rules=once).actions
    assert (alone.parts, dict(alone.evidence)["left_out"], alone.problem) == ((), "city", "")


def order_planned(**more: Any) -> Planned:
    crm, erp = side("O1", number="77", customer="A"), side("9", number="x", customer="1")
    missing = broken("missing_in_erp", "orders", crm_key="O1", erp_key=None)
    return planned(crm, erp, missing, of=entity(ORDER_FIELDS), name="orders", **more)


def test_a_create_waits_for_the_parent_that_is_created_too():
    parent = planned(side("A", name="Acme"), side("1", name="x"), broken("missing_in_erp", erp_key=None))
    action = only(order_planned(made={"customers": parent.made}, links={"customers": []}))
    assert action.kind is ActionKind.CREATE
    assert action.depends_on == (only(parent).id,)
    assert next(change for change in action.changes if change.field == "customer").reference == "customers"


def test_a_create_whose_parent_is_linked_waits_for_nobody():
    action = only(order_planned(links={"customers": [("A", "1")]}))
    assert (action.kind, action.depends_on) == (ActionKind.CREATE, ())


def test_a_reference_to_nobody_is_for_a_person():
    assert only(order_planned(links={"customers": [("Z", "1")]})).kind is ActionKind.REVIEW
    crm, erp = side("O1", customer="A"), side("9", customer="1")
    wrong = broken("difference", "orders", field="customer", crm_key="O1", erp_key="9", crm_value="A", erp_value="1")
    common = {"of": entity(ORDER_FIELDS), "name": "orders"}
    assert only(planned(crm, erp, wrong, links={"customers": []}, **common)).kind is ActionKind.REVIEW
    update = only(planned(crm, erp, wrong, links={"customers": [("A", "5")]}, **common))
    assert values(update) == {"Debtor": ("1", "A")}  # the push writes the linked key, 5


def test_the_parts_of_a_whole_are_created_with_it_though_they_are_no_breaks():
    order = order_planned(links={"customers": [("A", "1")]})
    crm, erp = side("L1", order="O1", quantity=3.0), side("9/1", order="9", quantity=1.0)
    common = {"of": entity(LINE_FIELDS), "name": "order_lines", "made": {"orders": order.made}}
    line = only(planned(crm, erp, links={"orders": []}, **common))
    assert (line.kind, line.source_key, line.depends_on) == (ActionKind.CREATE, "L1", (only(order).id,))
    assert line.breaks == only(order).breaks
    assert values(line) == {"Order": (None, "O1"), "Qty": (None, "3")}
    assert not planned(crm, erp, links={"orders": [], "order_lines": [("L1", "9/1")]}, **common).actions


def test_the_risk_of_an_action():
    crm, erp = side("A", name="x", credit_limit=1.0), side("1", name="y", credit_limit=2.0)
    tiers = [
        only(planned(crm, erp, broken("difference", field="credit_limit", severity=severity, value_at_risk=value))).tier
        for severity, value in (("minor", None), ("major", 10.0), ("major", HIGH_VALUE))
    ]
    assert tiers == ["low", "medium", "high"]


def test_the_same_proposal_is_the_same_action_and_another_value_is_another():
    def ids(name: str, label: str = "Acme") -> list[str]:
        break_ = broken("difference", field="name", crm_value=name, erp_value="ACME", label=label)
        return [action.id for action in planned(side("A", name=name), side("1", name="ACME"), break_).actions]

    assert ids("Acme Ltd") == ids("Acme Ltd") == ids("Acme Ltd", "another label")
    assert ids("Acme Ltd") != ids("Acme Limited")


@pytest.mark.parametrize("money", [float("nan"), float("inf"), float("-inf")])
def test_what_is_at_stake_and_is_no_number_is_of_high_risk_and_can_not_be_approved(money):
    crm, erp = side("A", name="Acme Ltd"), side("1", name="ACME")
    breaks = [
        broken("difference", field="name", value_at_risk=money),
        broken("missing_in_erp", crm_key="A", erp_key=None, value_at_risk=money),
        broken("candidate", value_at_risk=money),
    ]
    kinds = {ActionKind.UPDATE, ActionKind.CREATE, ActionKind.LINK}
    for one in breaks:
        action = only(planned(crm, erp, one))
        kinds.remove(action.kind)
        assert action.tier == "high"
        assert [misfit.code for misfit in action.misfits] == ["no_amount"]
        assert f"'{money}' is at stake, which no limit can be held against" in action.problem
    assert not kinds
    finite = only(planned(crm, erp, broken("difference", field="name", value_at_risk=HIGH_VALUE - 1)))
    assert (finite.tier, finite.problem) == ("low", "")
