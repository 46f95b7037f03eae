"""Merges that a push has begun: a run sees only what is left of one, and goes on with it under the name that was approved.

Pure: a plan and what the ledger holds in, the plan out. What is left is the same merge as long as it asks for nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconcile.results import MERGED_CHANGE, Action, ActionKind, ActionState

_WAITS = (ActionState.PROPOSED, ActionState.APPROVED, ActionState.REJECTED, ActionState.PUSHING, ActionState.UNKNOWN)

_Pair = tuple[str, str, frozenset[str]]
"""Entity, side, and the two records."""


def twins_of(plan: Iterable[Action]) -> set[str]:
    """The keys of all records that merges of the plan are about."""
    return {key for action in plan if action.kind is ActionKind.MERGE for key in _pair(action)[2]}


def continued(plan: Sequence[Action], begun: Sequence[Action]) -> list[Action]:
    """The plan, in which the rest of a merge that was begun is this merge: its whole, and those of its parts that are left.

    Args:
        plan: the actions of a run, parts beside their whole.
        begun: merges of which some parts are written, with all of their parts, in their states.
    """
    known = {action.id: action for action in begun}
    wholes = {_pair(action): action for action in begun if action.kind is ActionKind.MERGE}
    planned = {action.id: action for action in plan}
    out: list[Action] = []
    dropped: set[str] = set()
    for root in (action for action in plan if action.kind is ActionKind.MERGE) if wholes else ():
        whole = wholes.get(_pair(root))
        if whole is not None and _goes_on(root, whole):
            dropped |= {*root.parts, root.id}
            out += _left(root, whole, planned, known)
    return [*(action for action in plan if action.id not in dropped), *out]


def _goes_on(root: Action, whole: Action) -> bool:
    """Whether what a run would merge is what is left of the whole, or its opposite while nobody has given the whole up."""
    if root.target_key != whole.target_key:
        return whole.state in _WAITS
    return root.changes == whole.changes and set(root.parts) <= set(whole.parts)


def _left(root: Action, whole: Action, planned: Mapping[str, Action], known: Mapping[str, Action]) -> Iterator[Action]:
    """The parts that are not proven, or are needed again, and the whole, with what the run says of them."""
    for part in (known[id_] for id_ in whole.parts if id_ in known):
        now = planned.get(part.id)
        if now is not None:
            yield replace(part, problem=now.problem, misfits=now.misfits)
        elif part.state is not ActionState.VERIFIED:
            yield part
    said = {"breaks": root.breaks, "value_at_risk": root.value_at_risk, "currency": root.currency, "tier": root.tier}
    found = {"evidence": root.evidence, "problem": root.problem, "misfits": root.misfits}
    yield replace(whole, **(said if root.target_key != whole.target_key else said | found))


def _pair(merge: Action) -> _Pair:
    stays = (change.after for change in merge.changes if change.kind == MERGED_CHANGE)
    return merge.entity, merge.target, frozenset(key for key in (merge.target_key, *stays) if key is not None)
