"""The life of breaks: new, open, fixed, regressed; since when, and last seen by which run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import instant, read_frame, write_frame
from reconcile.ledger.tables import breaks
from reconcile.results import BREAKS, UTC_TIME, BreakState

_STORED = [name for name in BREAKS if name not in ("state", "first_seen")]
_LIFE = ["state", "first_seen", "last_seen", "first_run_id", "last_run_id"]
_SCHEMA: dict[str, Any] = {"value_at_risk": pl.Float64(), **dict.fromkeys(("first_seen", "last_seen", "fixed_at"), UTC_TIME)}


def record(
    connection: Connection,
    found: pl.DataFrame,
    run_id: str,
    at: dt.datetime,
    entities: Collection[str] | None,
) -> tuple[pl.DataFrame, int]:
    """Give this run's breaks their state and age; those open before and not found now are fixed. See Ledger.record_breaks."""
    known = read_frame(connection, select(breaks.c.fingerprint, breaks.c.entity, *(breaks.c[name] for name in _LIFE)))
    lives = found.select("fingerprint").unique(maintain_order=True).join(known.drop("entity"), on="fingerprint", how="left")
    lives = lives.with_columns(
        state=_state(run_id),
        first_seen=pl.col("first_seen").fill_null(instant(at)),
        first_run_id=pl.col("first_run_id").fill_null(run_id),
        last_seen=pl.lit(instant(at)),
        last_run_id=pl.lit(run_id),
        is_new=pl.col("state").is_null(),
    )
    gone = known.filter(pl.col("state") != BreakState.FIXED).join(lives, on="fingerprint", how="anti")
    if entities is not None:
        gone = gone.filter(pl.col("entity").is_in(list(entities)))
    _store(connection, found.unique("fingerprint", keep="first", maintain_order=True).select(_STORED), lives)
    _fix(connection, gone.select(b_fingerprint="fingerprint"), run_id, at)
    append(connection, [Entry(run_id, "breaks recorded", run_id, {"found": lives.height, "fixed": gone.height})], at)
    return _with_life(found, lives), gone.height


def _state(run_id: str) -> pl.Expr:
    """The next state of a known break; a run that is recorded twice changes nothing."""
    state = pl.col("state")
    return (
        pl.when(state.is_null())
        .then(pl.lit(BreakState.NEW.value))
        .when(state == BreakState.FIXED)
        .then(pl.lit(BreakState.REGRESSED.value))
        .when(pl.col("last_run_id") == run_id)
        .then(state)
        .otherwise(pl.lit(BreakState.OPEN.value))
    )


def _store(connection: Connection, found: pl.DataFrame, lives: pl.DataFrame) -> None:
    rows = found.join(lives, on="fingerprint", how="left", maintain_order="left")
    write_frame(connection, insert(breaks), rows.filter("is_new").drop("is_new"))
    columns = [name for name in (*_STORED, *_LIFE) if name not in ("fingerprint", "first_seen", "first_run_id")]
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in columns} | {"fixed_at": None, "fixed_run_id": None}
    statement = update(breaks).where(breaks.c.fingerprint == bindparam("b_fingerprint")).values(values)
    bound = rows.filter(~pl.col("is_new")).select(**{f"b_{name}": pl.col(name) for name in ("fingerprint", *columns)})
    write_frame(connection, statement, bound)


def _fix(connection: Connection, gone: pl.DataFrame, run_id: str, at: dt.datetime) -> None:
    values = {"state": BreakState.FIXED.value, "fixed_at": instant(at), "fixed_run_id": run_id}
    write_frame(connection, update(breaks).where(breaks.c.fingerprint == bindparam("b_fingerprint")).values(values), gone)


def _with_life(found: pl.DataFrame, lives: pl.DataFrame) -> pl.DataFrame:
    life = lives.select(
        "fingerprint",
        "state",
        pl.col("first_seen").str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us").dt.replace_time_zone("UTC"),
    )
    bare = found.drop("state", "first_seen", strict=False)
    return bare.join(life, on="fingerprint", how="left", maintain_order="left").select(
        found.columns + [c for c in ("state", "first_seen") if c not in found.columns]
    )


def open_fingerprints(connection: Connection) -> pl.Series:
    """Fingerprints of all breaks that are not fixed."""
    return read_frame(connection, select(breaks.c.fingerprint).where(breaks.c.state != BreakState.FIXED.value))["fingerprint"]


def conditions(
    states: Collection[str] | None, entity: str | None, kind: str | None, severity: str | None, text: str | None
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
    """Breaks, most money first: the columns of BREAKS, then last_seen, first_run_id, last_run_id, fixed_at, fixed_run_id."""
    columns = [breaks.c[name] for name in (*BREAKS, "last_seen", "first_run_id", "last_run_id", "fixed_at", "fixed_run_id")]
    money = func.coalesce(breaks.c.value_at_risk, 0.0).desc()
    query = select(*columns).where(*where).order_by(money, breaks.c.fingerprint).limit(limit).offset(offset)
    return read_frame(connection, query, _SCHEMA)
