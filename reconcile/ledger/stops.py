"""The kill switch of pushes: what the audit trail last said of it. It has no table, so no stop can be lifted unseen."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from reconcile.ledger.tables import audit

STOPPED, RESUMED = "pushes stopped", "pushes resumed"
SUBJECT = "push"
"""What the entries of the audit trail are about that concern pushes as a whole."""


@dataclass(frozen=True)
class PushStop:
    """Nobody may push, because somebody said so."""

    by: str
    at: dt.datetime
    """UTC."""
    comment: str


@dataclass(frozen=True)
class Heard:
    """The trail up to `seq`: the stop that holds there, if any. Entries never change, so only later ones need to be read."""

    seq: int = 0
    stop: PushStop | None = None


def latest(connection: Connection, before: Heard) -> Heard:
    """What holds now, given what held before."""
    last = connection.execute(select(audit.c.seq).order_by(audit.c.seq.desc()).limit(1)).scalar_one_or_none() or 0
    if last < before.seq:  # an older copy of the ledger was put back
        before = Heard()
    entries = select(audit.c.seq, audit.c.event, audit.c.who, audit.c.at, audit.c.detail).where(audit.c.seq > before.seq)
    said = entries.where(audit.c.event.in_((STOPPED, RESUMED))).order_by(audit.c.seq.desc()).limit(1)
    row = connection.execute(said).one_or_none()
    if row is None:
        return Heard(last, before.stop)
    if row.event == RESUMED:
        return Heard(row.seq)
    return Heard(row.seq, PushStop(row.who, dt.datetime.fromisoformat(row.at), str(json.loads(row.detail).get("comment", ""))))
