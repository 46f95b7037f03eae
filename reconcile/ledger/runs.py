"""Runs: when they began, how they ended, and what they counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
from sqlalchemy import Connection, insert, select, update

from reconcile.errors import UnknownRun
from reconcile.ledger.audit import Entry, append, canonical
from reconcile.ledger.database import instant, now, read_frame
from reconcile.ledger.tables import runs
from reconcile.results import UTC_TIME

RUNNING = "running"
INTERRUPTED = "interrupted"


def start(connection: Connection, run_id: str, started_at: dt.datetime, by: str) -> None:
    """Note that a run begins."""
    row = {"run_id": run_id, "started_at": instant(started_at), "state": RUNNING, "started_by": by, "summary": "{}"}
    connection.execute(insert(runs).values(row))
    append(connection, [Entry(by, "run started", run_id)], started_at)


def finish(connection: Connection, run_id: str, state: str, summary: Mapping[str, Any], at: dt.datetime | None) -> None:
    """Note how a run ended. Raises UnknownRun."""
    by = connection.execute(select(runs.c.started_by).where(runs.c.run_id == run_id)).scalar()
    if by is None:
        raise UnknownRun(run_id)
    ended = at or now()
    values = {"state": state, "finished_at": instant(ended), "summary": canonical(dict(summary))}
    connection.execute(update(runs).where(runs.c.run_id == run_id).values(values))
    append(connection, [Entry(by, "run finished", run_id, {"state": state})], ended)


def interrupt(connection: Connection) -> None:
    """Runs that never ended, since their process is gone."""
    connection.execute(update(runs).where(runs.c.state == RUNNING).values(state=INTERRUPTED))


def listing(connection: Connection, limit: int | None, offset: int) -> pl.DataFrame:
    """The runs, newest first: run_id, started_at, finished_at, state, started_by, summary (JSON)."""
    query = select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(limit).offset(offset)
    return read_frame(connection, query, {"started_at": UTC_TIME, "finished_at": UTC_TIME})
