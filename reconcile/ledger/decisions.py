"""Approvals and rejections: one row for each decision, bound to the payload that was decided on, and never changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import polars as pl
from sqlalchemy import Connection, bindparam, func, insert, select, update

from reconcile.errors import UnknownActions
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import chunks, instant, read_frame, rows_with, write_frame
from reconcile.ledger.tables import actions, approvals
from reconcile.results import UTC_TIME, ActionState


def decide(
    connection: Connection,
    ids: Collection[str],
    decision: ActionState,
    allowed: Collection[ActionState],
    by: str,
    comment: str,
    at: dt.datetime,
) -> int:
    """Put the actions that are in an allowed state into the decided one; how many changed. Raises UnknownActions."""
    query = select(actions.c.id, actions.c.state, actions.c.payload_hash)
    rows = rows_with(connection, query, actions.c.id, ids)
    if missing := sorted(set(ids) - {row.id for row in rows}):
        raise UnknownActions(missing)
    chosen = [(row.id, row.payload_hash) for row in rows if row.state in {s.value for s in allowed}]
    first = connection.execute(select(func.coalesce(func.max(approvals.c.id), 0))).scalar_one() + 1
    frame = pl.DataFrame(chosen, schema={"action_id": pl.String(), "payload_hash": pl.String()}, orient="row").with_row_index(
        "id", offset=first
    )
    said = {"decision": decision.value, "decided_by": by, "comment": comment, "at": instant(at)}
    write_frame(connection, insert(approvals), frame.with_columns(**{name: pl.lit(value) for name, value in said.items()}))
    bound: dict[str, Any] = {
        "state": decision.value,
        "message": comment,
        "changed_at": instant(at),
        "approval_id": bindparam("b_id"),
    }
    values = bound if decision is ActionState.APPROVED else bound | {"approval_id": None}
    changed = (
        frame.select(b_id="id", b_action_id="action_id")
        if decision is ActionState.APPROVED
        else frame.select(b_action_id="action_id")
    )
    write_frame(connection, update(actions).where(actions.c.id == bindparam("b_action_id")).values(values), changed)
    append(connection, [Entry(by, decision.value, id_, {"payload": hash_, "comment": comment}) for id_, hash_ in chosen], at)
    return len(chosen)


def listing(connection: Connection, action_ids: Collection[str]) -> pl.DataFrame:
    """Decisions on these actions, oldest first: id, action_id, decision, payload_hash, decided_by, comment, at; and the rest."""
    query = select(approvals).order_by(approvals.c.id)
    schema = {"id": pl.Int64(), "at": UTC_TIME, "sampled": pl.Boolean(), "expires_at": UTC_TIME}
    parts = [read_frame(connection, query.where(approvals.c.action_id.in_(part)), schema) for part in chunks(action_ids)]
    return pl.concat(parts).sort("id") if parts else read_frame(connection, query.limit(0), schema)
