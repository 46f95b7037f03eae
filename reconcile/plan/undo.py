"""The way back: from what was written and verified to proposals that write the old values again, or why there is none.

Pure: actions and the journal in, proposals out. A proposal is an action like any other: a person approves it, a push proves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from json import loads

import polars as pl

from reconcile.config.models import Entity
from reconcile.plan.deactivations import source_of
from reconcile.plan.identity import identified
from reconcile.refusals import refusal
from reconcile.results import LINK_CHANGE, Action, ActionKind, ActionState, Change

Writes = Callable[[str | None, str], object]
"""(text, kind) to the value that a system gets; raises ValueError if there is none."""

_NOT_WRITTEN = ("rejected", "conflict")
_REASONS: Mapping[ActionState, str] = {
    ActionState.PROPOSED: "undo_not_written",
    ActionState.APPROVED: "undo_not_written",
    ActionState.PUSHING: "undo_under_way",
    ActionState.UNKNOWN: "undo_under_way",
    ActionState.UNVERIFIED: "undo_unverified",
    ActionState.UNDONE: "undo_undone",
}
"""State to the code of why there is nothing to undo; of every other state nothing was written."""
_UNSURE = (ActionState.PUSHING, ActionState.UNKNOWN)


@dataclass(frozen=True)
class Reversal:
    """What can be done about one action."""

    action: Action
    """What is to be undone."""
    proposal: Action | None
    """What would undo it; None if nothing can, or nothing has to."""
    reason: str = ""
    """Why there is no proposal; empty if there is one."""
    note: str = ""
    """What a person should know of the proposal."""


@dataclass(frozen=True)
class Closing:
    """How a record that was created can be made inactive again."""

    key: str
    changes: tuple[Change, ...] = ()
    reason: str = ""
    """Why it can't; empty if it can."""


def lasting(action: Action, entity: Entity | None = None) -> bool:
    """Whether nothing here can undo the action once it is written; `entity` is the action's, as configured."""
    return action.kind is ActionKind.CREATE and (entity is None or source_of(entity, action.target).inactive is None)


def reversals(
    actions: Sequence[Action],
    outcomes: pl.DataFrame,
    originals: Mapping[str, Action],
    writes: Writes,
    closings: Mapping[str, Closing] | None = None,
) -> tuple[Reversal, ...]:
    """One for each action, the last write first, so that writes of one record are taken back in the right order.

    A whole comes back as a whole: its parts must be among `actions`, and are proposed in the opposite order.

    Args:
        actions: what is to be undone.
        outcomes: their journal, oldest first: action_id, id, intended_at, status, read_back (JSON), verified.
        originals: by id, the actions that those of `actions` which are undos themselves have undone.
        writes: what a push makes of a text.
        closings: by id of a create, how the new record is made inactive.
    """
    sent = outcomes.filter(pl.col("intended_at").is_not_null() & ~pl.col("status").is_in(_NOT_WRITTEN))
    last = dict(sent.group_by("action_id").agg(pl.col("id").max()).iter_rows())
    proven = outcomes.filter(pl.col("verified") & pl.col("read_back").is_not_null())
    held = dict(proven.group_by("action_id").agg(pl.col("read_back").last()).iter_rows())
    newest = sorted(actions, key=lambda action: -last.get(action.id, 0))
    alone = {
        a.id: _created(a, (closings or {}).get(a.id), written=a.id in last)
        if a.kind is ActionKind.CREATE
        else _reversal(a, loads(held.get(a.id, "{}")), originals.get(a.undoes or ""), writes, written=a.id in last)
        for a in newest
    }
    return tuple(_wholes(newest, alone).values())


def _created(action: Action, closing: Closing | None, *, written: bool) -> Reversal:
    """A create is taken back by making the new record inactive, where its side says what that is."""
    reason = _why_not(action, written=written)
    if reason or closing is None or closing.reason:
        return Reversal(action, None, reason or (closing.reason if closing else refusal("undo_created")))
    draft = replace(action, kind=ActionKind.DEACTIVATE, target_key=closing.key, changes=closing.changes)
    draft = replace(draft, evidence=(("linked_by", "created"),))
    return Reversal(action, _proposed(draft, action, f"{action.entity}: undo"), note=refusal("undo_no_removal"))


def _wholes(actions: Sequence[Action], alone: Mapping[str, Reversal]) -> dict[str, Reversal]:
    """Wholes are put together: all of their parts that were written come back with them, and not by themselves."""
    out = dict(alone)
    for root in (action for action in actions if action.parts and alone[action.id].proposal is not None):
        parts = [one for id_ in root.parts if (one := alone.get(id_))]
        unsure = next((one for one in parts if one.action.state in _UNSURE), None)
        if unsure is not None:
            out |= {one.action.id: replace(one, proposal=None, reason=unsure.reason) for one in (alone[root.id], *parts)}
            continue
        back = alone[root.id].proposal
        if back is None or back.id == root.undoes:  # the original comes again, with the parts that it had
            continue
        out |= _turned(root, back, parts)
    return out


def _turned(root: Action, back: Action, parts: Sequence[Reversal]) -> dict[str, Reversal]:
    """One whole the other way round: what was written after something comes back before it."""
    seed = f"undo of {root.id}"
    parts = [replace(one, proposal=identified(one.proposal, within=seed)) if one.proposal else one for one in parts]
    written = {one.action.id: one.proposal for one in parts if one.proposal is not None}
    back = identified(replace(back, parts=tuple(proposal.id for proposal in written.values())))
    undo_of = {id_: proposal.id for id_, proposal in written.items()} | {root.id: back.id}
    members = {one.action.id: one.action for one in parts if one.proposal is not None} | {root.id: root}

    def after(id_: str) -> tuple[str, ...]:
        return tuple(undo_of[other] for other, member in members.items() if id_ in member.depends_on)

    out = {
        one.action.id: replace(
            one, proposal=replace(one.proposal, part_of=back.id, depends_on=after(one.action.id)) if one.proposal else None
        )
        for one in parts
    }
    return {root.id: Reversal(root, replace(back, depends_on=after(root.id))), **out}


def _reversal(
    action: Action, held: Mapping[str, str | None], original: Action | None, writes: Writes, *, written: bool
) -> Reversal:
    if reason := _why_not(action, written=written):
        return Reversal(action, None, reason)
    if original is not None and original.kind is not ActionKind.CREATE:
        return Reversal(action, replace(original, state=ActionState.PROPOSED, message="", problem="", misfits=()))
    try:
        changes = tuple(_back(change, held, writes) for change in action.changes)
    except ValueError as error:
        return Reversal(action, None, refusal("undo_impossible", error=error))
    fields = "+".join(change.field for change in changes)
    kind = ActionKind.UPDATE if action.kind is ActionKind.DEACTIVATE else action.kind
    return Reversal(action, _proposed(replace(action, kind=kind, changes=changes), action, f"{action.entity}.{fields}: undo"))


def _proposed(draft: Action, action: Action, clause: str) -> Action:
    """The draft as a proposal that takes the action back."""
    alone = replace(draft, clause=clause, breaks=(), depends_on=(), parts=(), part_of=None, problem="", misfits=())
    links = any(change.kind == LINK_CHANGE for change in draft.changes)
    kept = tuple(dict(pair for pair in draft.evidence if pair[0] == "linked_by").items()) if links else ()
    alone = replace(alone, crm_version=None, erp_version=None, evidence=kept)  # the rest was why it was done
    return replace(identified(alone), undoes=action.id, state=ActionState.PROPOSED, run_id="", message="")


def _why_not(action: Action, *, written: bool) -> str:
    """Why an action has no way back, or empty."""
    if action.kind is ActionKind.REVIEW:
        return refusal("undo_review")
    if action.state is not ActionState.VERIFIED:
        return refusal(_REASONS.get(action.state, "undo_nothing"), state=action.state)
    if not written:
        return refusal("undo_held")
    return ""


def _back(change: Change, held: Mapping[str, str | None], writes: Writes) -> Change:
    """The change the other way round. A reference was written as the target's own key, which only the read-back knows."""
    now = change.after
    if change.reference and change.after:
        if change.target_field not in held:
            raise ValueError(refusal("undo_no_record", field=change.field))
        now = held[change.target_field]
    return replace(change, before=now, after=_writable(change, writes), reference=None, source_field=None, source_value=None)


def _writable(change: Change, writes: Writes) -> str | None:
    """What stood there before, as text that can be written: what was blank and is no text was nothing. Raises ValueError."""
    try:
        writes(change.before, change.kind)
    except ValueError as error:
        if change.before is not None and not change.before.strip():
            return None
        raise ValueError(refusal("undo_before", field=change.field, error=error)) from error
    return change.before
