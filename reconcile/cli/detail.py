"""One correction with all that a person decides on: before, after and source side by side, evidence, decisions, writes, undo."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from reconcile import wiring
from reconcile.cli import show
from reconcile.config.wording import printable
from reconcile.errors import UnknownActions
from reconcile.plan import lasting
from reconcile.results import Action, ActionKind
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
    if as_json:
        told = [_as_json(action, _of(approvals, action), _of(outcomes, action)) for action in wanted]
        show.say(json.dumps(told, ensure_ascii=False, default=str))
        return
    for action in wanted:
        _show(project, action, _of(approvals, action), _of(outcomes, action))


def _of(rows: pl.DataFrame, action: Action) -> pl.DataFrame:
    return rows.filter(pl.col("action_id") == action.id)


def _as_json(action: Action, approvals: pl.DataFrame, outcomes: pl.DataFrame) -> dict[str, Any]:
    return {
        **asdict(action),
        "approvals": approvals.to_dicts(),
        "outcomes": outcomes.to_dicts(),
        "can_be_undone": not lasting(action),
    }


def _show(project: wiring.Project, action: Action, approvals: pl.DataFrame, outcomes: pl.DataFrame) -> None:
    titles = {role: project.config.title(role) for role in (action.target, action.target.other)}
    show.say("")
    show.say(printable(f"{action.id}: {action.kind} {action.entity} in {titles[action.target]}: {action.label}"), "bold")
    message = f". {action.message}" if action.message else ""
    show.say(printable(f"{action.state}, {action.tier} risk, {action.clause}{message}"))
    for sentence in problem_lines(_WORDS, action):
        show.say(printable(f"Can't be approved: {sentence}"), "red")
    if action.changes:
        place, origin = action.target_key or "new", action.source_key or ""
        heads = ("Field", f"{titles[action.target]} field", "Before", "After", f"{titles[action.target.other]} field", "It says")
        rows = [[c.field, c.target_field, c.before, c.after, c.source_field, c.source_value] for c in action.changes]
        show.table(f"{titles[action.target]} {place}, from {titles[action.target.other]} {origin}", heads, rows)
    if action.evidence:
        show.table("Evidence", ("What", "It says"), evidence_lines(_WORDS, action))
    if action.depends_on:
        show.say(f"Waits for: {', '.join(action.depends_on)}")
    _table("Decisions", approvals, _DECISION)
    _table("Writes", outcomes, _OUTCOME)
    show.say(_undo(action))


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
