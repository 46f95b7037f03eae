"""Delegations: for how long somebody who is away lets somebody else decide in their place. They end; they are never changed."""

from __future__ import annotations

import datetime as dt

import polars as pl
from sqlalchemy import Connection, func, insert, select, update

from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import instant, read_frame
from reconcile.ledger.tables import delegations
from reconcile.results import UTC_TIME

_SCHEMA = {"id": pl.Int64(), "since": UTC_TIME, "until": UTC_TIME, "ended_at": UTC_TIME}


def active(connection: Connection, at: dt.datetime) -> pl.DataFrame:
    """The delegations that hold at this time: person, deputy."""
    moment = instant(at)
    holds = (delegations.c.since <= moment) & (delegations.c.until > moment) & delegations.c.ended_at.is_(None)
    return read_frame(connection, select(delegations.c.person, delegations.c.deputy).where(holds).order_by(delegations.c.id))


def add(
    connection: Connection,
    person: str,
    deputy: str,
    since: dt.datetime,
    until: dt.datetime,
    comment: str,
    by: str,
    at: dt.datetime,
) -> int:
    """Let a deputy decide from `since` until just before `until`; the delegation's number."""
    id_ = int(connection.execute(select(func.coalesce(func.max(delegations.c.id), 0))).scalar_one()) + 1
    said = {"person": person, "deputy": deputy, "since": instant(since), "until": instant(until), "comment": comment}
    connection.execute(insert(delegations).values(id=id_, made_by=by, **said))
    append(connection, [Entry(by, "delegated", f"delegation {id_}", said)], at)
    return id_


def end(connection: Connection, ids: list[int], by: str, at: dt.datetime) -> int:
    """Take delegations back before their time; how many held until now."""
    open_ = delegations.c.id.in_(ids) & delegations.c.ended_at.is_(None) & (delegations.c.until > instant(at))
    rows = connection.execute(select(delegations.c.id, delegations.c.person, delegations.c.deputy).where(open_)).all()
    connection.execute(update(delegations).where(open_).values(ended_at=instant(at)))
    said = [Entry(by, "delegation ended", f"delegation {row.id}", {"person": row.person, "deputy": row.deputy}) for row in rows]
    append(connection, said, at)
    return len(rows)


def listing(connection: Connection) -> pl.DataFrame:
    """Every delegation, oldest first: id, person, deputy, since, until, comment, made_by, ended_at; instants UTC."""
    return read_frame(connection, select(delegations).order_by(delegations.c.id), _SCHEMA)
