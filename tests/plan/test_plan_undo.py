"""The way back, worked out from actions and their journal alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from reconcile.plan import lasting, reversals
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import Action, ActionKind, ActionState, Change

OUTCOMES = {
    "id": pl.Int64,
    "action_id": pl.String,
    "intended_at": pl.Datetime("us", "UTC"),
    "status": pl.String,
    "read_back": pl.String,
    "verified": pl.Boolean,
}
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def writes(text: str | None, kind: str) -> object:
    return Decimal(text) if kind == "money" and text is not None and _number(text) else text


def _number(text: str) -> bool:
    if not text.replace(".", "").isdigit():
        raise ValueError(f"{text!r} is no number")
    return True


def action(id_: str = "a", *changes: Change, state: ActionState = ActionState.VERIFIED, **more: object) -> Action:
    of = {"kind": ActionKind.UPDATE, "target_key": "E1", "undoes": None} | more
    return Action(
        id_,
        entity="customers",
        target=Role.ERP,
        source_key="C1",
        label="Acme",
        changes=changes or (Change("name", "Name", "A", "B", "text"),),
        clause="customers.name: owner crm",
        breaks=("f",),
        tier="low",
        state=state,
        run_id="r1",
        **of,  # type: ignore[arg-type]
    )


def journal(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame([(n + 1, *row) for n, row in enumerate(rows)], schema=OUTCOMES, orient="row")


def written(id_: str, read_back: str = "{}") -> tuple[object, ...]:
    return (id_, AT, "ok", read_back, True)


def only(one: Action, outcomes: pl.DataFrame, originals: dict[str, Action] | None = None):
    (found,) = reversals([one], outcomes, originals or {}, writes)
    return found


def test_an_update_is_turned_round_and_asks_for_what_was_written():
    one = action("a", Change("name", "Name", "A", "B", "text"), Change("limit", "Limit", None, "5", "money"))
    back = only(one, journal(written("a"))).proposal
    assert [(c.before, c.after) for c in back.changes] == [("B", "A"), ("5", None)]
    assert (back.kind, back.entity, back.target, back.target_key, back.source_key) == ("update", "customers", "erp", "E1", "C1")
    assert (back.state, back.undoes, back.breaks, back.clause) == ("proposed", "a", (), "customers.name+limit: undo")
    assert back.id != one.id


def test_an_undo_is_taken_from_no_source_and_does_not_repeat_what_spoke_for_the_update():
    change = Change("name", "Name", "A", "B", "text", source_field="Name1", source_value="B ")
    seen = {"crm_version": "2026-01-31T10:00:00Z", "erp_version": "2026-01-31T11:00:00Z", "evidence": (("severity", "minor"),)}
    back = only(action("a", change, **seen), journal(written("a"))).proposal
    assert [(c.source_field, c.source_value) for c in back.changes] == [(None, None)]
    assert (back.crm_version, back.erp_version, back.evidence) == (None, None, ())


def test_an_undo_is_undone_by_the_action_itself():
    one = action("a")
    back = replace(only(one, journal(written("a"))).proposal, state=ActionState.VERIFIED)
    again = only(back, journal(written("a"), written(back.id)), {"a": replace(one, state=ActionState.UNDONE)}).proposal
    assert again == replace(one, state=ActionState.PROPOSED)


def test_a_reference_goes_back_to_the_key_that_stood_there():
    one = action("a", Change("customer", "SoldTo", "E7", "C9", "reference", "customers"))
    back = only(one, journal(written("a", '{"SoldTo": "E9"}'))).proposal
    assert back.changes == (Change("customer", "SoldTo", "E9", "E7", "reference", None),)
    lost = only(one, journal(written("a")))
    assert (lost.proposal, "what was written to customer is not on record" in lost.reason) == (None, True)


def test_what_was_written_last_is_taken_back_first():
    first, second = action("a"), action("b", Change("name", "Name", "B", "C", "text"))
    found = reversals([first, second], journal(written("a"), written("b")), {}, writes)
    assert [one.action.id for one in found] == ["b", "a"]


@pytest.mark.parametrize(
    ("one", "outcomes", "said"),
    [
        (action(kind=ActionKind.CREATE, target_key=None), journal(written("a")), refusal("undo_created")),
        (action(kind=ActionKind.REVIEW, state=ActionState.PROPOSED), journal(), "asks for a review"),
        (action(), journal(("a", None, "read", "{}", True)), "held these values already"),
        (action(), journal(("a", AT, "conflict", None, False), ("a", None, "read", "{}", True)), "held these values already"),
        (action(state=ActionState.REFUSED), journal(("a", AT, "rejected", None, False)), "nothing to undo: it is refused"),
        (action(state=ActionState.LAPSED), journal(("a", None, "read", "{}", False)), "nothing to undo: it is lapsed"),
        (action(state=ActionState.CONFLICT), journal(), "nothing to undo: it is conflict"),
        (action(state=ActionState.SUPERSEDED), journal(), "nothing to undo: it is superseded"),
        (action(state=ActionState.REJECTED), journal(), "nothing to undo: it is rejected"),
        (action(state=ActionState.PROPOSED), journal(), "reject it instead"),
        (action(state=ActionState.APPROVED), journal(), "reject it instead"),
        (action(state=ActionState.UNKNOWN), journal(("a", AT, "unknown", None, None)), "the next push finds out"),
        (action(state=ActionState.PUSHING), journal(("a", AT, "intended", None, None)), "the next push finds out"),
        (action(state=ActionState.UNVERIFIED), journal(("a", AT, "ok", "{}", False)), "look at the record"),
        (action(state=ActionState.UNDONE), journal(written("a")), "undone already"),
        (action("a", Change("limit", "Limit", "1.2.x", "5", "money")), journal(written("a")), "held before can't be written"),
    ],
)
def test_what_has_no_way_back_says_why(one, outcomes, said):
    found = only(one, outcomes)
    assert found.proposal is None
    assert said in found.reason


def test_each_state_has_a_reason_or_a_way_back():
    for state in ActionState:
        found = only(action(state=state), journal(written("a")))
        assert (found.proposal is not None) == (state is ActionState.VERIFIED) == (found.reason == "")


def test_blank_that_is_no_number_goes_back_to_nothing():
    back = only(action("a", Change("limit", "Limit", " ", "5", "money")), journal(written("a"))).proposal
    assert [change.after for change in back.changes] == [None]


def test_only_creates_last():
    assert [kind for kind in ActionKind if lasting(action(kind=kind))] == [ActionKind.CREATE]
