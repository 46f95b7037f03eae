"""The log of what happened to each break: who, when, what and why. Rows are added, never changed; states follow from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from enum import StrEnum

import polars as pl
from sqlalchemy import Connection, func, insert, select

from reconcile.ledger.database import chunks, instant, read_frame, write_frame
from reconcile.ledger.tables import break_events
from reconcile.results import UTC_TIME

BY_ITSELF = "reconcile"
"""Who did what no person and no run did: a date has passed."""


class Happened(StrEnum):
    """What happened to a break."""

    FOUND = "found"
    STILL_OPEN = "still open"
    FIXED = "fixed"
    CAME_BACK = "came back"
    OPENED_AGAIN = "opened again"
    PAST_DUE = "past due"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    CARRIED_OVER = "carried over"


_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "seq": pl.Int64,
    "fingerprint": pl.String,
    "at": UTC_TIME,
    "who": pl.String,
    "event": pl.String,
    "state": pl.String,
    "detail": pl.String,
}
EVENTS = pl.Schema(_COLUMNS)
"""What happened, one row each. `state` is the break's state after it; `detail` is JSON: why, to, until, reason."""
_GIVEN = ("fingerprint", "event", "state", "detail")


def note(connection: Connection, parts: Sequence[pl.DataFrame], who: str, at: dt.datetime) -> None:
    """Add frames of fingerprint, event, state and detail (JSON), in this order, inside the caller's write transaction."""
    rows = pl.concat([part.select(pl.col(name).cast(pl.String) for name in _GIVEN) for part in parts])
    last = connection.execute(select(func.coalesce(func.max(break_events.c.seq), 0))).scalar_one()
    numbered = rows.select(pl.int_range(last + 1, last + 1 + pl.len(), dtype=pl.Int64).alias("seq"), *_GIVEN)
    write_frame(connection, insert(break_events), numbered.with_columns(at=pl.lit(instant(at)), who=pl.lit(who)))


def detail(**said: pl.Expr) -> pl.Expr:
    """Expressions as one JSON object for each row, without what is null."""
    members = [
        pl.concat_str(pl.lit(f'"{name}":'), pl.struct(value.alias("v")).struct.json_encode().str.slice(5).str.head(-1))
        for name, value in said.items()
    ]
    given = [pl.when(value.is_not_null()).then(member) for value, member in zip(said.values(), members, strict=True)]
    return pl.concat_str(pl.lit("{"), pl.concat_str(given, separator=",", ignore_nulls=True), pl.lit("}"))


def listing(connection: Connection, fingerprints: Collection[str]) -> pl.DataFrame:
    """EVENTS of these breaks, oldest first."""
    query = select(*(break_events.c[name] for name in EVENTS)).order_by(break_events.c.seq)
    found = [
        read_frame(connection, query.where(break_events.c.fingerprint.in_(part)), dict(EVENTS.items()))
        for part in chunks(fingerprints)
    ]
    return pl.concat([EVENTS.to_frame(), *found]).sort("seq")


def replayed(events: pl.DataFrame) -> pl.DataFrame:
    """The state that each break has by its log (EVENTS): fingerprint, state."""
    return events.sort("seq").group_by("fingerprint", maintain_order=True).agg(pl.col("state").last())
