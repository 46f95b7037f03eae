"""One correction with all that a person decides on: before, after and source side by side, evidence, decisions, writes, undo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from reconcile import wiring
from reconcile.access import Rules
from reconcile.cli import show
from reconcile.config.wording import printable
from reconcile.errors import UnknownActions
from reconcile.ledger.lapses import is_progress
from reconcile.plan import lasting
from reconcile.results import Action, ActionKind
from reports.approval_lines import approval_lines
from reports.evidence import evidence_lines, problem_lines
from reports.words import Words

_WORDS = Words("en")
_DECISION = ("at", "decision", "decided_by", "on_behalf_of", "rule", "comment")
_OUTCOME = ("at", "status", "verified", "key", "message", "pushed_by")


def show_actions(project: wiring.Project, ids: Sequence[str], *, as_json: bool) -> None:
    """Print these actions in full, in the order in which they were named. Raises UnknownActions."""
    found = {action.id: action for action in project.ledger.actions(ids=ids)}
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise UnknownActions(missing)
    approvals, outcomes = project.ledger.approvals(ids), project.ledger.outcomes(ids)
    wanted = [found[id_] for id_ in dict.fromkeys(ids)]
    far = approvals_of(project, wanted)
    if as_json:
        told = [
            {**_as_json(action, _of(approvals, action), _of(outcomes, action)), "approved": far.get(action.id, "")}
            for action in wanted
        ]
        show.say(json.dumps(told, ensure_ascii=False, default=str))
        return
    for action in wanted:
        _show(project, action, far.get(action.id, ""), _of(approvals, action), _of(outcomes, action))


def approvals_of(project: wiring.Project, actions: Sequence[Action]) -> dict[str, str]:
    """How far the approving of each is, by id, of those that wait for more people or have an approval."""
    standing = project.ledger.standing_approvals([action.id for action in actions])
    return approval_lines(show.words(), actions, standing, Rules.of(project.config).counts)


def _of(rows: pl.DataFrame, action: Action) -> pl.DataFrame:
    return rows.filter(pl.col("action_id") == action.id)


def _as_json(action: Action, approvals: pl.DataFrame, outcomes: pl.DataFrame) -> dict[str, Any]:
    return {
        **asdict(action),
        "approvals": approvals.to_dicts(),
        "outcomes": outcomes.to_dicts(),
        "can_be_undone": not lasting(action),
    }


def _show(project: wiring.Project, action: Action, far: str, approvals: pl.DataFrame, outcomes: pl.DataFrame) -> None:
    titles = {role: project.config.title(role) for role in (action.target, action.target.other)}
    show.say("")
    show.say(printable(f"{action.id}: {action.kind} {action.entity} in {titles[action.target]}: {action.label}"), "bold")
    message = f". {show.told(action.message)}" if action.message and not is_progress(action.message) else ""
    show.say(printable(f"{action.state}, {action.tier} risk, {action.clause}{message}"))
    if far:
        show.say(printable(far), "bold")
    for sentence in problem_lines(_WORDS, action):
        show.say(printable(f"Can't be approved: {sentence}"), "red")
    if action.changes:
        place, origin = action.target_key or "new", action.source_key or ""
        heads = ("Field", f"{titles[action.target]} field", "Before", "After", f"{titles[action.target.other]} field", "It says")
        rows = [[c.field, c.target_field, c.before, c.after, c.source_field, c.source_value] for c in action.changes]
        show.table(f"{titles[action.target]} {place}, from {titles[action.target.other]} {origin}", heads, rows)
    if action.evidence:
        show.table("Evidence", ("What", "It says"), evidence_lines(_WORDS, action))
    if action.parts:
        _parts(project, action)
    if action.depends_on:
        show.say(f"Waits for: {', '.join(action.depends_on)}")
    _table("Decisions", approvals, _DECISION)
    _table("Writes", outcomes, _OUTCOME)
    show.say(_undo(action))


def _parts(project: wiring.Project, action: Action) -> None:
    """What is decided and written with it, in that order."""
    rows = [
        [
            part.id,
            part.entity,
            part.target_key,
            c.field,
            c.before,
            c.after,
            part.state,
            show.told(part.message) if at == 0 else "",
        ]
        for part in project.ledger.actions(ids=action.parts)
        for at, c in enumerate(part.changes)
    ]
    heads = ("Id", "Entity", "Key", "Field", "Before", "After", "State", "Said")
    show.table(f"Its {len(action.parts):,} parts, decided and written with it", heads, rows)


def _table(title: str, rows: pl.DataFrame, columns: Sequence[str]) -> None:
    there = [name for name in columns if name in rows.columns]
    if not rows.is_empty():
        show.table(title, [name.replace("_", " ").capitalize() for name in there], rows.select(there).iter_rows())


def _undo(action: Action) -> str:
    if action.kind is ActionKind.REVIEW:
        return "It asks a person to look and writes nothing."
    if lasting(action):
        return "Once it is written it can't be undone here: deactivate or delete the record in its system."
    return f"Once it is written, `reconcile undo {action.id}` proposes what takes it back."


def change_text(action: Action) -> str:
    """What an action would write, in one line."""
    if action.kind is ActionKind.REVIEW:
        return action.clause
    if action.kind is ActionKind.CREATE:
        return f"new record with {len(action.changes)} fields"
    said = "; ".join(f"{c.field}: {c.before or '(empty)'} -> {c.after or '(empty)'}" for c in action.changes)
    return f"{said} (part of {action.part_of})" if action.part_of else said
