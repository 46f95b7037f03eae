"""What people have answered of pairs: the same, not the same, or not sure. The trail keeps every answer; the last one counts.

A link that a person calls right is pinned: from then on no score moves or removes it.
"""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
from sqlalchemy import Connection, select

from reconcile.ledger import crosswalk
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.crosswalk import Pair, Relink
from reconcile.ledger.database import Database, now
from reconcile.ledger.tables import audit
from reconcile.records import Role

EVENT = "pair answered"
ANSWERS = pl.Schema(
    {"crm_key": pl.String, "erp_key": pl.String, "same": pl.Boolean, "who": pl.String, "at": pl.String},
)
"""The last answer of each pair; `same` is null where somebody was not sure. `at` is UTC, ISO."""


class Answers:
    """The answers of one project."""

    def __init__(self, database: Database, pair: Pair) -> None:
        self._database = database
        self._pair = pair

    def record(
        self, entity: str, crm_key: str, erp_key: str, *, same: bool | None, by: str, at: dt.datetime | None = None
    ) -> bool:
        """Note an answer; whether it has pinned a link that there was. One transaction."""
        moment = at or now()
        with self._database.write() as connection:
            known = crosswalk.counterparts(connection, self._pair, entity, Role.CRM, [crm_key])
            pins = same is True and known.get(crm_key) == erp_key
            if pins:
                link = Relink(entity, Role.CRM, crm_key, erp_key)
                crosswalk.relink(connection, self._pair, [link], by, moment, f"answer-{moment:%Y%m%dT%H%M%S%f}")
            detail = {"entity": entity, "crm_key": crm_key, "erp_key": erp_key, "same": same, "pins": pins}
            append(connection, [Entry(by, EVENT, f"{entity}:{crm_key}:{erp_key}", detail)], moment)
        return pins

    def of(self, entity: str) -> pl.DataFrame:
        """The last answer of each pair of an entity, as ANSWERS, sorted by keys."""
        with self._database.read() as connection:
            return listing(connection, entity)


def listing(connection: Connection, entity: str) -> pl.DataFrame:
    """The last answer of each pair of an entity, as ANSWERS, sorted by keys."""
    query = select(audit.c.who, audit.c.at, audit.c.detail).where(audit.c.event == EVENT).order_by(audit.c.seq)
    last: dict[tuple[str, str], tuple[bool | None, str, str]] = {}
    for who, at, detail in connection.execute(query):
        said = json.loads(detail)
        if said["entity"] == entity:
            last[said["crm_key"], said["erp_key"]] = (said["same"], who, at)
    rows = [(*keys, *answer) for keys, answer in sorted(last.items())]
    return pl.DataFrame(rows, schema=ANSWERS, orient="row")
