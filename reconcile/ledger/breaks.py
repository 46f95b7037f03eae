"""The breaks of a project: what a run has seen of them, noted with their life, and what screens list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from reconcile.ledger import break_log
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.break_log import Happened
from reconcile.ledger.database import instant, instants, read_frame, write_frame
from reconcile.ledger.life import ACCEPTANCE_OVER, next_life
from reconcile.ledger.tables import breaks
from reconcile.results import BREAKS, LIFE, LIVED, UTC_TIME, BreakState

_STORED = [name for name in BREAKS if name not in ("state", "first_seen")]
_HELD = [
    *("state", "first_seen", "last_seen", "first_run_id", "last_run_id", "open_since", "overdue_since"),
    *("assignee", "assigned_by", "accepted_until", "note", "reopened", "reopened_at"),
]
"""What the ledger holds of a break's life and the next life follows from."""
_WRITTEN = [*_HELD, "due_at"]
_LISTED = (*BREAKS, *LIFE, "last_seen", "first_run_id", "last_run_id", "fixed_at", "fixed_run_id")
_TIMES = ("first_seen", "last_seen", "fixed_at", "open_since", "due_at", "overdue_since")
_SCHEMA: dict[str, Any] = {"value_at_risk": pl.Float64(), **dict.fromkeys(_TIMES, UTC_TIME)}


class Recorded(NamedTuple):
    """What a run has made of the ledger's breaks."""

    breaks: pl.DataFrame
    """The run's breaks in their order, LIVED."""
    fixed: pl.DataFrame
    """Those that were open before and are gone, LIVED."""


def record(
    connection: Connection,
    found: pl.DataFrame,
    run_id: str,
    at: dt.datetime,
    entities: Collection[str] | None,
    due_days: Mapping[str, float],
) -> Recorded:
    """Give this run's breaks their life; those open before and not found now are fixed. See Ledger.record_breaks."""
    expire(connection, at)
    known = read_frame(connection, select(breaks.c.fingerprint, breaks.c.entity, *(breaks.c[name] for name in _HELD)))
    by_rule = pl.col("assignee") if "assignee" in found.columns else pl.lit(None, pl.String)
    seen = found.select(*_STORED, by_rule=by_rule).unique("fingerprint", keep="first", maintain_order=True)
    held = seen.join(known.drop("entity"), on="fingerprint", how="left", maintain_order="left")
    lives = next_life(held.join(_accepted(connection), on="fingerprint", how="left", maintain_order="left"), run_id, at, due_days)
    gone = known.filter(pl.col("state") != BreakState.FIXED).join(seen, on="fingerprint", how="anti")
    if entities is not None:
        gone = gone.filter(pl.col("entity").is_in(list(entities)))
    _store(connection, lives)
    _fix(connection, gone.select(b_fingerprint="fingerprint"), run_id, at)
    break_log.note(connection, [*_happened(lives), _event(gone, Happened.FIXED, BreakState.FIXED)], run_id, at)
    append(connection, [Entry(run_id, "breaks recorded", run_id, {"found": lives.height, "fixed": gone.height})], at)
    return Recorded(_with_life(found, lives), _fixed_by(connection, run_id) if gone.height else LIVED.to_frame())


def _accepted(connection: Connection) -> pl.DataFrame:
    """What accepted breaks were accepted with."""
    values = (breaks.c.crm_value.label("was_crm_value"), breaks.c.erp_value.label("was_erp_value"))
    query = select(breaks.c.fingerprint, *values, breaks.c.accepted_at_risk).where(breaks.c.state == BreakState.ACCEPTED.value)
    return read_frame(connection, query, {"accepted_at_risk": pl.Float64()})


def _store(connection: Connection, lives: pl.DataFrame) -> None:
    is_new = pl.col("was_state").is_null()
    write_frame(connection, insert(breaks), lives.filter(is_new).select(*_STORED, *_WRITTEN))
    constant = ("fingerprint", "first_seen", "first_run_id", "assigned_by")
    columns = [name for name in (*_STORED, *_WRITTEN) if name not in constant]
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in columns} | {"fixed_at": None, "fixed_run_id": None}
    statement = update(breaks).where(breaks.c.fingerprint == bindparam("b_fingerprint")).values(values)
    bound = lives.filter(~is_new).select(**{f"b_{name}": pl.col(name) for name in ("fingerprint", *columns)})
    write_frame(connection, statement, bound)


def _fix(connection: Connection, gone: pl.DataFrame, run_id: str, at: dt.datetime) -> None:
    ended = dict.fromkeys(("overdue_since", "accepted_until", "note", "reopened", "reopened_at"))
    values = {"state": BreakState.FIXED.value, "fixed_at": instant(at), "fixed_run_id": run_id, **ended}
    write_frame(connection, update(breaks).where(breaks.c.fingerprint == bindparam("b_fingerprint")).values(values), gone)


def _happened(lives: pl.DataFrame) -> list[pl.DataFrame]:
    """What a run has to note: each change of a state, of an owner by rule, and what went past its term."""
    state, before = pl.col("state"), pl.col("was_state")
    by_rule = before.is_not_null() & pl.col("assignee").ne_missing(pl.col("was_assignee"))
    still = before.is_in([BreakState.NEW, BreakState.REGRESSED]) & (state == BreakState.OPEN)
    to = break_log.detail(to=pl.col("assignee"))
    reopened = (before == BreakState.ACCEPTED) & (state == BreakState.OPEN)
    overdue = pl.col("overdue_since").is_not_null() & pl.col("was_overdue").is_null()
    back = (before == BreakState.FIXED) & (state == BreakState.REGRESSED)
    why = break_log.detail(why=pl.col("reopened"))
    return [
        _event(lives.filter(before.is_null()), Happened.FOUND, detail=to),
        _event(lives.filter(back), Happened.CAME_BACK),
        _event(lives.filter(still), Happened.STILL_OPEN),
        _event(lives.filter(reopened), Happened.OPENED_AGAIN, detail=why),
        _event(lives.filter(by_rule), Happened.ASSIGNED, detail=to),
        _event(lives.filter(overdue), Happened.PAST_DUE, detail=break_log.detail(due=pl.col("due_at"))),
    ]


def _event(rows: pl.DataFrame, what: Happened, state: BreakState | None = None, detail: pl.Expr | None = None) -> pl.DataFrame:
    after = pl.col("state") if state is None else pl.lit(state.value)
    said = pl.lit("{}") if detail is None else detail
    return rows.select("fingerprint", event=pl.lit(what.value), state=after, detail=said)


def _fixed_by(connection: Connection, run_id: str) -> pl.DataFrame:
    rows = listing(connection, [breaks.c.fixed_run_id == run_id], None, 0)
    return rows.with_columns(news=pl.lit(None, pl.String)).select(LIVED.names()).cast(dict(LIVED.items()))


def _with_life(found: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    names = ["state", "first_seen", *LIFE.names(), "news"]
    times = [name for name in names if LIVED[name] == UTC_TIME]
    life = lives.select("fingerprint", *names).with_columns(*instants(*times), pl.col("accepted_until").str.to_date("%Y-%m-%d"))
    bare = found.drop(names, strict=False)
    return bare.join(life, on="fingerprint", how="left", maintain_order="left").select(LIVED.names())


def expire(connection: Connection, at: dt.datetime) -> int:
    """Open again what was accepted until a day that is over, in UTC; how many."""
    over = (breaks.c.state == BreakState.ACCEPTED.value) & (breaks.c.accepted_until < instant(at)[:10])
    rows = read_frame(connection, select(breaks.c.fingerprint, breaks.c.accepted_until).where(over))
    if rows.is_empty():
        return 0
    values = {"state": BreakState.OPEN.value, "reopened": ACCEPTANCE_OVER, "reopened_at": instant(at), "accepted_until": None}
    connection.execute(update(breaks).where(over).values(values))
    why = break_log.detail(why=pl.lit(ACCEPTANCE_OVER), until=pl.col("accepted_until"))
    events = _event(rows, Happened.OPENED_AGAIN, BreakState.OPEN, why)
    break_log.note(connection, [events], break_log.BY_ITSELF, at)
    names = rows["fingerprint"].to_list()
    append(connection, [Entry(break_log.BY_ITSELF, "break opened again", one, {"why": ACCEPTANCE_OVER}) for one in names], at)
    return rows.height


def any_expired(connection: Connection, at: dt.datetime) -> bool:
    """Whether `expire` would do anything."""
    over = (breaks.c.state == BreakState.ACCEPTED.value) & (breaks.c.accepted_until < instant(at)[:10])
    return connection.execute(select(breaks.c.fingerprint).where(over).limit(1)).first() is not None


def open_fingerprints(connection: Connection) -> pl.Series:
    """Fingerprints of all breaks that are not fixed."""
    return read_frame(connection, select(breaks.c.fingerprint).where(breaks.c.state != BreakState.FIXED.value))["fingerprint"]


def conditions(
    states: Collection[str] | None,
    entity: str | None = None,
    kind: str | None = None,
    severity: str | None = None,
    text: str | None = None,
) -> list[ColumnElement[bool]]:
    """What a screen filters by; `text` is looked for in label, keys and values, as it stands."""
    out: list[ColumnElement[bool]] = []
    if states is not None:
        out.append(breaks.c.state.in_([str(s) for s in states]))
    for column, value in ((breaks.c.entity, entity), (breaks.c.kind, kind), (breaks.c.severity, severity)):
        if value is not None:
            out.append(column == value)
    if text:
        places = ("label", "crm_key", "erp_key", "crm_value", "erp_value")
        out.append(or_(*(breaks.c[place].icontains(text, autoescape=True) for place in places)))
    return out


def listing(connection: Connection, where: Sequence[ColumnElement[bool]], limit: int | None, offset: int) -> pl.DataFrame:
    """Breaks, most money first: the columns of BREAKS and LIFE, last_seen, first_run_id, last_run_id, fixed_at, fixed_run_id."""
    money = func.coalesce(breaks.c.value_at_risk, 0.0).desc()
    columns = [breaks.c[name] for name in _LISTED]
    query = select(*columns).where(*where).order_by(money, breaks.c.fingerprint).limit(limit).offset(offset)
    rows = read_frame(connection, query, _SCHEMA)
    return rows.with_columns(pl.col("accepted_until").str.to_date("%Y-%m-%d"))
