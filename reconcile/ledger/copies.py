"""Whole copies of records, taken before the first write of a merge: what both records held, field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, func, insert, select

from reconcile.ledger.audit import Entry, append, canonical, digest
from reconcile.ledger.database import instant, read_frame, write_frame
from reconcile.ledger.tables import record_copies
from reconcile.results import UTC_TIME


@dataclass(frozen=True)
class RecordCopy:
    """One record as its system held it."""

    action_id: str
    system: str
    entity: str
    key: str
    content: Mapping[str, str | None]
    """Every field that could be read to what stood in it, as text."""


def keep(connection: Connection, copies: Sequence[RecordCopy], by: str, at: dt.datetime) -> None:
    """Store copies; the audit trail gets their digests, so that a copy can't be changed unseen."""
    first = int(connection.execute(select(func.coalesce(func.max(record_copies.c.id), 0))).scalar_one()) + 1
    rows = [
        (first + n, copy.action_id, copy.system, copy.entity, copy.key, canonical(dict(copy.content)), instant(at))
        for n, copy in enumerate(copies)
    ]
    names = ("id", "action_id", "system", "entity", "key", "content", "at")
    schema = {name: pl.Int64() if name == "id" else pl.String() for name in names}
    write_frame(connection, insert(record_copies), pl.DataFrame(rows, schema=schema, orient="row"))
    append(
        connection,
        [Entry(by, "record copied", row[1], {"entity": row[3], "key": row[4], "content": digest(row[5])}) for row in rows],
        at,
    )


def listing(connection: Connection, action_id: str) -> pl.DataFrame:
    """The copies taken for one action, oldest first: id, action_id, system, entity, key, content (JSON), at (UTC)."""
    query = select(record_copies).where(record_copies.c.action_id == action_id).order_by(record_copies.c.id)
    return read_frame(connection, query, {"id": pl.Int64(), "at": UTC_TIME})
