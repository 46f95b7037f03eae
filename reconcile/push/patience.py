"""When what got no answer may be sent again: a request that nobody waits for any more can still be under way, and land late."""

from __future__ import annotations

import datetime as dt

from reconcile.ledger.pushes import INTENDED, Ticket

TIMES = 2
"""So many time-outs after a request was given up, its system has come to an end with it."""


def safe_from(ticket: Ticket, timeout_seconds: float, now: dt.datetime) -> dt.datetime | None:
    """The moment from which the action may be sent again; None if that is now.

    Counted from when the attempt was given up: from now, if the process that made it died without a word about it.
    """
    given_up = now if ticket.last_status in (None, INTENDED) else ticket.last_at or now
    until = given_up + dt.timedelta(seconds=TIMES * timeout_seconds)
    return until if until > now else None
