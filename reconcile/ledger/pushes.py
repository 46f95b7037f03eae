"""The journal of a push: what it was allowed to write, what it meant to write before it wrote, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Connection, bindparam, func, insert, select, update

from reconcile.ledger import actions as stored
from reconcile.ledger import crosswalk, undos
from reconcile.ledger.audit import Entry, append, canonical, digest
from reconcile.ledger.crosswalk import Pair, Relink
from reconcile.ledger.database import chunks, instant, read_frame, rows_with, write_frame
from reconcile.ledger.tables import actions, approvals, outcomes
from reconcile.results import UTC_TIME, Action, ActionState

INTENDED = "intended"
READ = "read"
_NUMBERS = {"id": pl.Int64(), "approval_id": pl.Int64(), "verified": pl.Boolean()}


@dataclass(frozen=True)
class Ticket:
    """An action that a push may have to do with."""

    action: Action
    intact: bool
    """The stored payload is the one that was approved."""
    last_status: str | None = None
    """What the journal says of the last attempt: intended, or what the system answered; None if there was none."""
    last_key: str | None = None
    """The key that the system named then."""
    last_at: dt.datetime | None = None
    """When the journal was last told something new about it, UTC."""


@dataclass(frozen=True)
class Settled:
    """What became of one action. The last attempt in the journal gets it; without one, that it was read gets a row of its own."""

    action_id: str
    state: ActionState
    message: str = ""
    status: str | None = None
    """What the system answered to the write: ok, rejected, conflict, unknown; None leaves what the journal says."""
    key: str | None = None
    read_back: Mapping[str, str | None] | None = None
    """Target field to what the system holds now, as text; None if it was not read."""
    link: tuple[str, str, str] | None = None
    """(entity, crm_key, erp_key) of a created record and its source."""
    relink: Relink | None = None
    """What the crosswalk shall say once this is settled."""


def tickets(connection: Connection, states: Collection[ActionState], ids: Collection[str] | None) -> list[Ticket]:
    """Actions in these states, in the order of their plan, each with whether its approval still binds its payload."""
    query = (
        select(actions, approvals.c.payload_hash.label("approved_hash"), approvals.c.decision, approvals.c.action_id)
        .outerjoin(approvals, approvals.c.id == actions.c.approval_id)
        .where(actions.c.state.in_([s.value for s in states]))
        .order_by(actions.c.position, actions.c.id)
    )
    rows = connection.execute(query).all() if ids is None else rows_with(connection, query, actions.c.id, ids)
    last = _last_attempts(connection, [row.id for row in rows if row.state in stored.IN_THE_SYSTEM])
    return [Ticket(stored.from_row(row), _is_intact(row), *last.get(row.id, (None, None, None))) for row in rows]


def _is_intact(row: Any) -> bool:
    approved = row.decision == ActionState.APPROVED and row.action_id == row.id
    return bool(approved and digest(row.payload) == row.payload_hash == row.approved_hash)


def _last_attempts(connection: Connection, ids: Collection[str]) -> dict[str, tuple[str, str | None, dt.datetime]]:
    query = select(outcomes.c.action_id, outcomes.c.status, outcomes.c.key, outcomes.c.at).order_by(outcomes.c.id)
    found = rows_with(connection, query, outcomes.c.action_id, ids)
    return {row.action_id: (row.status, row.key, dt.datetime.fromisoformat(row.at)) for row in found}


def intend(connection: Connection, ids: Sequence[str], by: str, at: dt.datetime) -> set[str]:
    """Journal that these approved actions are about to be written; the ids for which that holds. Commit before writing."""
    holds = approvals.c.expires_at.is_(None) | (approvals.c.expires_at > instant(at))
    query = (
        select(actions.c.id, actions.c.approval_id)
        .join(approvals, approvals.c.id == actions.c.approval_id)
        .where(actions.c.state == ActionState.APPROVED.value, holds)
    )
    rows = [tuple(row) for row in rows_with(connection, query, actions.c.id, ids)]
    frame = pl.DataFrame(rows, schema={"action_id": pl.String(), "approval_id": pl.Int64()}, orient="row")
    first = _next_outcome(connection)
    said = {"intended_at": instant(at), "at": instant(at), "status": INTENDED, "message": "", "pushed_by": by}
    journal = frame.with_row_index("id", offset=first).with_columns(**{name: pl.lit(value) for name, value in said.items()})
    write_frame(connection, insert(outcomes), journal)
    values = {"state": ActionState.PUSHING.value, "message": "", "changed_at": instant(at)}
    statement = update(actions).where(actions.c.id == bindparam("b_id")).values(values)
    write_frame(connection, statement, frame.select(b_id="action_id"))
    append(connection, [Entry(by, "write intended", row[0], {"approval": row[1]}) for row in rows], at)
    return {row[0] for row in rows}


def settle(connection: Connection, pair: Pair, results: Sequence[Settled], by: str, at: dt.datetime) -> None:
    """Note what became of actions: their state, the attempt's outcome, the link of a created record, the audit entry."""
    moment = instant(at)
    attempts = _open_attempts(connection, [result.action_id for result in results])
    _close_attempts(connection, [(r, attempts[r.action_id]) for r in results if r.action_id in attempts], moment)
    _note_reads(connection, [result for result in results if result.action_id not in attempts], by, moment)
    frame = pl.DataFrame(
        [(r.action_id, r.state.value, r.message) for r in results],
        schema={name: pl.String() for name in ("b_id", "b_state", "b_message")},
        orient="row",
    )
    free = [s.value for s in (ActionState.APPROVED, *stored.IN_THE_SYSTEM)]
    values = {"state": bindparam("b_state"), "message": bindparam("b_message"), "changed_at": moment}
    here = (actions.c.state == free[0]) | (actions.c.state == free[1]) | (actions.c.state == free[2])
    write_frame(connection, update(actions).where(actions.c.id == bindparam("b_id"), here).values(values), frame)
    crosswalk.add(connection, pair, _links(connection, results), by, at)
    for result in results:
        if result.relink is not None:
            crosswalk.relink(connection, pair, [result.relink], by, at, run_id=f"action {result.action_id}")
    append(connection, [Entry(by, f"push: {r.state.value}", r.action_id, _detail(r)) for r in results], at)
    undos.settle(connection, [r.action_id for r in results if r.state is ActionState.VERIFIED], by, at)


def _links(connection: Connection, results: Sequence[Settled]) -> list[tuple[str, str, str, str]]:
    """The links of created records, each with the run that proposed to create it."""
    created = {result.action_id: result.link for result in results if result.link}
    query = select(actions.c.id, actions.c.run_id)
    return [(*created[row.id], row.run_id) for row in rows_with(connection, query, actions.c.id, created)]


def _detail(result: Settled) -> dict[str, Any]:
    said = {"message": result.message, "status": result.status, "key": result.key, "read_back": result.read_back}
    if (decided := result.relink) is not None:
        said["link"] = f"{decided.side} {decided.key} with {decided.counterpart or 'nothing'}"
    return {name: value for name, value in said.items() if value not in (None, "")}


def _next_outcome(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(outcomes.c.id), 0))).scalar_one()) + 1


def _open_attempts(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """The attempt of each action that has not been verified or given up."""
    query = select(outcomes).where(outcomes.c.verified.is_(None), outcomes.c.intended_at.is_not(None)).order_by(outcomes.c.id)
    return {row.action_id: row for row in rows_with(connection, query, outcomes.c.action_id, ids)}


_DONE = {ActionState.VERIFIED: True, ActionState.PUSHING: None, ActionState.UNKNOWN: None}
"""Whether an attempt has been proven; None while that is open. Every other state says no."""


def _close_attempts(connection: Connection, attempts: Sequence[tuple[Settled, Any]], moment: str) -> None:
    rows = [
        (
            attempt.id,
            result.status or attempt.status,
            result.key or attempt.key,
            result.message or attempt.message,
            attempt.read_back if result.read_back is None else canonical(dict(result.read_back)),
            _DONE.get(result.state, False),
            attempt.at if _is_no_news(result, attempt) else moment,
        )
        for result, attempt in attempts
    ]
    names = ("id", "status", "key", "message", "read_back", "verified", "at")
    frame = pl.DataFrame(rows, schema={f"b_{name}": _NUMBERS.get(name, pl.String()) for name in names}, orient="row")
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in names[1:]}
    write_frame(connection, update(outcomes).where(outcomes.c.id == bindparam("b_id")).values(values), frame)


def _is_no_news(result: Settled, attempt: Any) -> bool:
    """Still unknown: the attempt was given up when it became so, however often it is looked for."""
    unknown = ActionState.UNKNOWN.value
    return result.state is ActionState.UNKNOWN and result.status in (None, unknown) and attempt.status == unknown


def _note_reads(connection: Connection, results: Sequence[Settled], by: str, moment: str) -> None:
    first = _next_outcome(connection)
    rows = [
        (
            first + n,
            result.action_id,
            result.status or READ,
            result.key,
            result.message,
            None if result.read_back is None else canonical(dict(result.read_back)),
            _DONE.get(result.state, False),
            by,
            moment,
        )
        for n, result in enumerate(results)
    ]
    names = ("id", "action_id", "status", "key", "message", "read_back", "verified", "pushed_by", "at")
    frame = pl.DataFrame(rows, schema={name: _NUMBERS.get(name, pl.String()) for name in names}, orient="row")
    write_frame(connection, insert(outcomes), frame)


def listing(connection: Connection, action_ids: Collection[str]) -> pl.DataFrame:
    """Attempts and reads of these actions, oldest first: the columns of the table `outcomes`, instants as UTC."""
    query = select(outcomes).order_by(outcomes.c.id)
    schema = {**_NUMBERS, "intended_at": UTC_TIME, "at": UTC_TIME}
    parts = [read_frame(connection, query.where(outcomes.c.action_id.in_(part)), schema) for part in chunks(action_ids)]
    return pl.concat(parts).sort("id") if parts else read_frame(connection, query.limit(0), schema)
