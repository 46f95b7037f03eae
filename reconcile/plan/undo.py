"""The way back: from what was written and verified to proposals that write the old values again, or why there is none.

Pure: actions and the journal in, proposals out. A proposal is an action like any other: a person approves it, a push proves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from json import loads

import polars as pl

from reconcile.plan.actions import identified
from reconcile.results import Action, ActionKind, ActionState, Change

Writes = Callable[[str | None, str], object]
"""(text, kind) to the value that a system gets; raises ValueError if there is none."""

CREATED = "can't be undone here: deactivate or delete it in the system"
_NOT_WRITTEN = ("rejected", "conflict")
_NO_PROOF = "nothing to undo: it is {state}, and nothing was written"
_REASONS = {
    ActionState.PROPOSED: "nothing to undo: it has not been written; reject it instead",
    ActionState.APPROVED: "nothing to undo: it has not been written; reject it instead",
    ActionState.PUSHING: "it may have been written: the next push finds out; undo it then",
    ActionState.UNKNOWN: "it may have been written: the next push finds out; undo it then",
    ActionState.UNVERIFIED: "can't be undone here: the read-back shows something else than what was written; look at the record",
    ActionState.UNDONE: "nothing to undo: it was undone already",
}


@dataclass(frozen=True)
class Reversal:
    """What can be done about one action."""

    action: Action
    """What is to be undone."""
    proposal: Action | None
    """What would undo it; None if nothing can, or nothing has to."""
    reason: str = ""
    """Why there is no proposal; empty if there is one."""


def lasting(action: Action) -> bool:
    """Whether nothing here can undo the action once it is written."""
    return action.kind is ActionKind.CREATE


def reversals(
    actions: Sequence[Action], outcomes: pl.DataFrame, originals: Mapping[str, Action], writes: Writes
) -> tuple[Reversal, ...]:
    """One for each action, the last write first, so that writes of one record are taken back in the right order.

    Args:
        actions: what is to be undone.
        outcomes: their journal, oldest first: action_id, id, intended_at, status, read_back (JSON), verified.
        originals: by id, the actions that those of `actions` which are undos themselves have undone.
        writes: what a push makes of a text.
    """
    sent = outcomes.filter(pl.col("intended_at").is_not_null() & ~pl.col("status").is_in(_NOT_WRITTEN))
    last = dict(sent.group_by("action_id").agg(pl.col("id").max()).iter_rows())
    proven = outcomes.filter(pl.col("verified") & pl.col("read_back").is_not_null())
    held = dict(proven.group_by("action_id").agg(pl.col("read_back").last()).iter_rows())
    newest = sorted(actions, key=lambda action: -last.get(action.id, 0))
    return tuple(
        _reversal(a, loads(held.get(a.id, "{}")), originals.get(a.undoes or ""), writes, written=a.id in last) for a in newest
    )


def _reversal(
    action: Action, held: Mapping[str, str | None], original: Action | None, writes: Writes, *, written: bool
) -> Reversal:
    if reason := _why_not(action, written=written):
        return Reversal(action, None, reason)
    if original is not None:
        return Reversal(action, replace(original, state=ActionState.PROPOSED, message=""))
    try:
        changes = tuple(_back(change, held, writes) for change in action.changes)
    except ValueError as error:
        return Reversal(action, None, f"can't be undone here: {error}; correct the record in the system")
    fields = "+".join(change.field for change in changes)
    draft = identified(replace(action, changes=changes, clause=f"{action.entity}.{fields}: undo"))
    fresh = replace(draft, breaks=(), depends_on=(), undoes=action.id, state=ActionState.PROPOSED, run_id="", message="")
    return Reversal(action, replace(fresh, crm_version=None, erp_version=None, evidence=()))  # those were why it was done


def _why_not(action: Action, *, written: bool) -> str:
    """Why an action has no way back, or empty."""
    if action.kind is ActionKind.REVIEW:
        return "nothing to undo: it asks for a review and writes nothing"
    if action.state is not ActionState.VERIFIED:
        return _REASONS.get(action.state, _NO_PROOF.format(state=action.state))
    if not written:
        return "nothing to undo: the record held these values already, and nothing was written"
    return CREATED if lasting(action) else ""


def _back(change: Change, held: Mapping[str, str | None], writes: Writes) -> Change:
    """The change the other way round. A reference was written as the target's own key, which only the read-back knows."""
    now = change.after
    if change.reference and change.after:
        if change.target_field not in held:
            raise ValueError(f"what was written to {change.field} is not on record")
        now = held[change.target_field]
    return replace(change, before=now, after=_writable(change, writes), reference=None, source_field=None, source_value=None)


def _writable(change: Change, writes: Writes) -> str | None:
    """What stood there before, as text that can be written: what was blank and is no text was nothing. Raises ValueError."""
    try:
        writes(change.before, change.kind)
    except ValueError as error:
        if change.before is not None and not change.before.strip():
            return None
        raise ValueError(f"what {change.field} held before can't be written: {error}") from error
    return change.before
