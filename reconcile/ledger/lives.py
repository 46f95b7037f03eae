"""What people do with breaks, and ask of them: lists, one by its fingerprint, acknowledge, accept for a time, assign.

Apart from `breaks`, which runs write; here is what happens between the runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from reconcile.errors import NotSettled
from reconcile.ledger import break_log
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.break_log import Happened
from reconcile.ledger.breaks import any_expired, conditions, expire, listing
from reconcile.ledger.database import Database, instant, now, rows_with, write_frame
from reconcile.ledger.tables import breaks
from reconcile.refusals import refusal
from reconcile.results import AGES, OLDEST, BreakState

OPEN_STATES = (BreakState.NEW, BreakState.OPEN, BreakState.REGRESSED, BreakState.ACKNOWLEDGED)
"""States of breaks that somebody still has to settle."""
_NAMED = 6
"""So many breaks are named where a prefix means several."""
_LONGEST_FINGERPRINT = 64

CHOSEN = pl.Schema(
    {
        **dict.fromkeys(("fingerprint", "state", "entity", "currency", "assignee", "accepted_until"), pl.String),
        "value_at_risk": pl.Float64,
    }
)
"""What a judge is told of each break."""
Judge = Callable[[pl.DataFrame], pl.Series]
"""Says for each row of CHOSEN why it may not be done, empty where it may; what it raises undoes the whole decision."""


@dataclass(frozen=True)
class Wanted:
    """Which breaks: everything that is given must hold."""

    states: Collection[BreakState] | None = OPEN_STATES
    """None for all, fixed ones too."""
    entity: str | None = None
    kind: str | None = None
    severity: str | None = None
    owner: str | None = None
    """Who looks after it, whatever the case of the name; empty for nobody."""
    age: str | None = None
    """A bucket of results.AGES, or OLDEST."""
    overdue: bool = False
    text: str | None = None
    """Part of a label, key or value."""
    fingerprints: Collection[str] | None = None


@dataclass(frozen=True)
class Ruling:
    """What a person says of breaks."""

    what: Happened
    """ACKNOWLEDGED, ACCEPTED, ASSIGNED or OPENED_AGAIN."""
    by: str
    reason: str = ""
    until: dt.date | None = None
    """Of an acceptance: its last day, in UTC."""
    to: str = ""
    """Of an assignment: the person or team."""


@dataclass(frozen=True)
class Ruled:
    """What came of it. Counts are breaks."""

    changed: int
    left: Mapping[str, int] = field(default_factory=dict)
    """Why others were left as they are, and how many."""


class Lives:
    """The breaks of one project between its runs. Callers `wake` them before they list them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wake(self, at: dt.datetime | None = None) -> int:
        """Open again what was accepted until a day that is over; how many."""
        moment = at or now()
        with self._database.read() as connection:
            if not any_expired(connection, moment):
                return 0
        with self._database.write() as connection:
            return expire(connection, moment)

    def listing(self, wanted: Wanted, limit: int | None = None, offset: int = 0, at: dt.datetime | None = None) -> pl.DataFrame:
        """Breaks, most money first: the columns that Ledger.breaks gives."""
        with self._database.read() as connection:
            return listing(connection, _where(wanted, at or now()), limit, offset)

    def count(self, wanted: Wanted, at: dt.datetime | None = None) -> int:
        """How many breaks the same filter leaves."""
        with self._database.read() as connection:
            query = select(func.count()).select_from(breaks).where(*_where(wanted, at or now()))
            return int(connection.execute(query).scalar_one())

    def touched(self) -> pl.DataFrame:
        """Breaks of which a person has said something that still counts, or that are open again: as `listing` gives them."""
        said = breaks.c.state.in_([BreakState.ACKNOWLEDGED.value, BreakState.ACCEPTED.value])
        with self._database.read() as connection:
            return listing(connection, [or_(said, breaks.c.assigned_by.is_not(None), breaks.c.reopened_at.is_not(None))], None, 0)

    def events(self, fingerprints: Collection[str]) -> pl.DataFrame:
        """What happened to these breaks, oldest first: break_log.EVENTS."""
        with self._database.read() as connection:
            return break_log.listing(connection, fingerprints)

    def named(self, prefixes: Collection[str]) -> list[str]:
        """The fingerprints that these beginnings mean. Raises NotSettled for one that means none, or several."""
        with self._database.read() as connection:
            exact = {row[0] for row in rows_with(connection, select(breaks.c.fingerprint), breaks.c.fingerprint, prefixes)}
            found = {prefix: [prefix] if prefix in exact else _begin(connection, prefix) for prefix in dict.fromkeys(prefixes)}
        if unknown := [prefix for prefix, full in found.items() if not full]:
            raise NotSettled(refusal("unknown_breaks", ids=", ".join(unknown[:_NAMED])))
        for prefix, full in found.items():
            if len(full) > 1:
                raise NotSettled(refusal("ambiguous_break", prefix=prefix, ids=", ".join(full[:_NAMED])))
        return list(dict.fromkeys(full[0] for full in found.values()))

    def rule(self, wanted: Wanted, ruling: Ruling, judge: Judge, at: dt.datetime | None = None) -> Ruled:
        """Note what a person says of these breaks, in one transaction. What the judge raises undoes it."""
        moment = at or now()
        with self._database.write() as connection:
            expire(connection, moment)
            return _ruled(connection, _chosen(connection, wanted, moment), ruling, judge, moment)


def _begin(connection: Connection, prefix: str) -> list[str]:
    given = prefix.strip().lower()
    if not given or len(given) > _LONGEST_FINGERPRINT:
        return []
    starts = breaks.c.fingerprint.startswith(given, autoescape=True)
    query = select(breaks.c.fingerprint).where(starts).order_by(breaks.c.fingerprint).limit(_NAMED + 1)
    return [row[0] for row in connection.execute(query)]


def _where(wanted: Wanted, at: dt.datetime) -> list[ColumnElement[bool]]:
    out = conditions(wanted.states, wanted.entity, wanted.kind, wanted.severity, wanted.text)
    if wanted.owner is not None:
        mine = func.lower(func.coalesce(breaks.c.assignee, ""))
        out.append(mine == wanted.owner.strip().lower())
    if wanted.overdue:
        out.append(breaks.c.overdue_since.is_not(None))
    if wanted.age is not None:
        out += _of_age(wanted.age, at)
    if wanted.fingerprints is not None:
        out.append(breaks.c.fingerprint.in_(list(wanted.fingerprints)))
    return out


def _of_age(bucket: str, at: dt.datetime) -> list[ColumnElement[bool]]:
    """Days are counted from when it was first seen, as on the reports."""
    starts, out, from_day = breaks.c.first_seen, [], 0
    for code, end in (*AGES, (OLDEST, None)):
        if code == bucket:
            out = [starts <= instant(at - dt.timedelta(days=from_day))] if from_day else []
            if end is not None:
                out.append(starts > instant(at - dt.timedelta(days=end)))
        from_day = end or 0
    return out


def _chosen(connection: Connection, wanted: Wanted, at: dt.datetime) -> pl.DataFrame:
    columns = select(*(breaks.c[name] for name in CHOSEN))
    if wanted.fingerprints is None:
        rows = connection.execute(columns.where(*_where(wanted, at)).order_by(breaks.c.fingerprint)).all()
    else:
        rows = rows_with(connection, columns, breaks.c.fingerprint, wanted.fingerprints)
    return pl.DataFrame(list(map(tuple, rows)), schema=CHOSEN, orient="row")


def _ruled(connection: Connection, chosen: pl.DataFrame, ruling: Ruling, judge: Judge, at: dt.datetime) -> Ruled:
    whys = judge(chosen)
    judged = chosen.with_columns(why=pl.when(whys != "").then(whys).otherwise(_standing(ruling)))
    fit = judged.filter(pl.col("why") == "")
    after = _after(ruling)
    state = pl.lit(after.value) if after else pl.col("state")
    _write(connection, fit, ruling, at)
    said = {"reason": ruling.reason or None, "until": ruling.until and ruling.until.isoformat(), "to": ruling.to or None}
    given = {name: value for name, value in said.items() if value is not None}
    detail = break_log.detail(**{name: pl.lit(value) for name, value in given.items()}) if given else pl.lit("{}")
    rows = fit.select("fingerprint", event=pl.lit(ruling.what.value), state=state, detail=detail)
    break_log.note(connection, [rows], ruling.by, at)
    append(connection, [Entry(ruling.by, f"break {ruling.what}", one, given) for one in fit["fingerprint"].to_list()], at)
    left = judged.filter(pl.col("why") != "").group_by("why").len().sort("len", "why", descending=[True, False])
    return Ruled(fit.height, dict(left.iter_rows()))


def _after(ruling: Ruling) -> BreakState | None:
    """The state that a ruling makes; None where it leaves the state."""
    states = {
        Happened.ACKNOWLEDGED: BreakState.ACKNOWLEDGED,
        Happened.ACCEPTED: BreakState.ACCEPTED,
        Happened.OPENED_AGAIN: BreakState.OPEN,
    }
    return states.get(ruling.what)


def _standing(ruling: Ruling) -> pl.Expr:
    """Why a break is left as it is; empty where it can be ruled on."""
    state, left = pl.col("state"), {BreakState.FIXED: refusal("break_fixed")}
    if ruling.what is Happened.ACKNOWLEDGED:
        left[BreakState.ACKNOWLEDGED] = refusal("break_stands", state=BreakState.ACKNOWLEDGED.value)
        left[BreakState.ACCEPTED] = refusal("break_accepted")
    if ruling.what is Happened.OPENED_AGAIN:
        left |= dict.fromkeys((BreakState.NEW, BreakState.OPEN, BreakState.REGRESSED), refusal("break_open"))
    return state.replace_strict(list(left), [str(why) for why in left.values()], default="", return_dtype=pl.String)


def _write(connection: Connection, fit: pl.DataFrame, ruling: Ruling, at: dt.datetime) -> None:
    values: dict[str, Any]
    if ruling.what is Happened.ASSIGNED:
        values = {"assignee": ruling.to, "assigned_by": ruling.by}
    else:
        after = _after(ruling)
        values = {"state": after.value if after else None, "reopened": None, "note": ruling.reason or None}
        values["accepted_until"] = ruling.until.isoformat() if ruling.until else None
        values["reopened_at"] = instant(at) if ruling.what is Happened.OPENED_AGAIN else None
        if ruling.what is Happened.ACCEPTED:
            values |= {"overdue_since": None, "accepted_at_risk": breaks.c.value_at_risk}
    statement = update(breaks).where(breaks.c.fingerprint == bindparam("b_fingerprint")).values(values)
    write_frame(connection, statement, fit.select(b_fingerprint="fingerprint"))
