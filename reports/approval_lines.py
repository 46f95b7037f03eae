"""How far the approving of a correction is, as one line: who has approved it when, and how many more people must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from reconcile.results import Action, ActionKind, ActionState
from reports.words import Words

_OPEN = (ActionState.PROPOSED, ActionState.APPROVED)


def approval_lines(words: Words, actions: Sequence[Action], standing: pl.DataFrame, counts: Mapping[str, int]) -> dict[str, str]:
    """By id, of those that wait or have an approval: `1 of 2 approvals: Anna at 3 Nov 2026 10:00 UTC; one more ...`.

    Args:
        words: the language.
        actions: those that are shown, a page at most.
        standing: `Ledger.standing_approvals` of them.
        counts: how many must approve, by tier and for `merge`; one where nothing is said (`Rules.counts`).
    """
    given: dict[str, list[str]] = {}
    for row in standing.iter_rows(named=True):
        said = words.say("say.approved_at", who=row["decided_by"], moment=words.moment(row["at"]))
        given.setdefault(row["action_id"], []).append(said)
    lines = {
        action.id: _line(words, needed_of(action, counts), given.get(action.id, [])) for action in actions if _counts(action)
    }
    return {id_: line for id_, line in lines.items() if line}


def needed_of(action: Action, counts: Mapping[str, int]) -> int:
    """How many different people must approve an action."""
    merge = counts.get("merge", 1) if action.kind is ActionKind.MERGE else 1
    return max(counts.get(action.tier, 1), merge)


def _counts(action: Action) -> bool:
    return action.state in _OPEN and action.part_of is None and action.kind is not ActionKind.REVIEW


def _line(words: Words, needed: int, given: Sequence[str]) -> str:
    if needed == 1 and not given:
        return ""
    numbers = {"given": words.number(len(given)), "needed": words.number(needed)}
    names = words.say("say.list_comma").join(given)
    said = words.say("say.approvals_of", **numbers, names=names) if given else words.say("say.approvals", **numbers)
    missing = needed - len(given)
    if missing <= 0:
        return said
    return words.say("say.approvals_wait", approvals=said, more=words.count("more_people", missing))
