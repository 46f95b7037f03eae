"""The audit trail: append-only, each entry holds the hash of the one before, so that no entry can be changed or taken out unseen.

The hash has no secret: it shows what was changed by hand or by accident, not a forger who rewrites the whole chain.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select, update

from reconcile.ledger.database import GENESIS, instant, read_frame, write_frame
from reconcile.ledger.tables import audit, audit_head
from reconcile.results import UTC_TIME

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces, ASCII only: one text for one value."""
    return _ENCODER.encode(value)


def digest(text: str) -> str:
    """SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One thing that happened: who did what to which subject (a run, an action), with what detail."""

    who: str
    event: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def append(connection: Connection, entries: Iterable[Entry], at: dt.datetime) -> None:
    """Add entries to the chain, inside the caller's write transaction."""
    seq, prev = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
    moment, rows = instant(at), []
    for entry in entries:
        seq += 1
        row = (seq, moment, entry.who, entry.event, entry.subject, canonical(dict(entry.detail)), prev)
        prev = digest(canonical(row))
        rows.append((*row, prev))
    write_frame(connection, insert(audit), pl.DataFrame(rows, schema=_STORED, orient="row"))
    connection.execute(update(audit_head).where(audit_head.c.id == 1).values(seq=seq, hash=prev))


def first_bad(connection: Connection) -> int | None:
    """The number of the first entry that was changed, moved or taken out; None if the chain is whole."""
    expected, prev = 1, GENESIS
    with _as_stored(connection):
        for row in connection.execute(select(audit).order_by(audit.c.seq)).yield_per(10_000):
            *said, stored = row
            if said[0] != expected or said[6] != prev or digest(canonical(_readable(said))) != stored:
                return expected
            expected, prev = expected + 1, stored
        return None if head(connection) == (expected - 1, prev) else expected


def head(connection: Connection) -> tuple[int, str]:
    """How many entries the trail should have, and the hash that the last should bear; (0, "") if that was taken out."""
    row = connection.execute(select(audit_head.c.seq, audit_head.c.hash).where(audit_head.c.id == 1)).one_or_none()
    return (0, "") if row is None else (row.seq, row.hash)


def lines(connection: Connection) -> Iterator[str]:
    """Each entry, oldest first, as one JSON object that holds the columns as they are stored."""
    names = list(_STORED)
    with _as_stored(connection):
        for row in connection.execute(select(audit).order_by(audit.c.seq)).yield_per(10_000):
            yield json.dumps(dict(zip(names, _readable(row), strict=True)), ensure_ascii=True)


@contextmanager
def _as_stored(connection: Connection) -> Iterator[None]:
    """SQLite hands out bytes that are no UTF-8 as well, which only a hand from outside can have written."""
    driver: Any = connection.connection.dbapi_connection if connection.dialect.name == "sqlite" else None
    if driver is None:
        yield
        return
    usual, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = usual


def _text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def _readable(row: Iterable[Any]) -> list[Any]:
    """A row whose blobs, which nothing of ours stores, are told by their hexadecimal digits."""
    return [f"blob {value.hex()}" if isinstance(value, bytes) else value for value in row]


def entries(connection: Connection, limit: int | None, offset: int, subject: str | None) -> pl.DataFrame:
    """The trail, newest first: seq, at, who, event, subject, detail (JSON), prev_hash, hash."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit).offset(offset)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    return read_frame(connection, query, {"seq": pl.Int64(), "at": UTC_TIME})


_STORED = {"seq": pl.Int64(), **dict.fromkeys(("at", "who", "event", "subject", "detail", "prev_hash", "hash"), pl.String())}
