"""Rules that hold a column or table to time: how new its newest value is, and what earlier runs found."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from expectations.engine.define import Asked, column_aggregate, table_aggregate
from reconcile.errors import RuleUnfit

MEASURES = ("sum", "mean", "median", "min", "max", "null_share", "distinct", "distinct_share", "zero_share", "count")
SHARES = ("null_share", "distinct_share", "zero_share")
_DAY = dt.timedelta(days=1)
_TOMORROW = pl.lit(_DAY)
_OF_NUMBERS = ("sum", "mean", "median", "min", "max", "zero_share")


@column_aggregate("column.newest")
def newest(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The latest date or moment; a moment in UTC."""
    return _dates(column, asked).max()


@column_aggregate("column.newest_age_measured", "now", "suite", "rule", "entity", "system")
def newest_age_measured(column: pl.Expr, asked: Asked, *, now: dt.datetime | str | None = None, **which: Any) -> pl.Expr:
    """How old the newest value is, in days, and what earlier runs found, the latest first: {value, past}.

    A date counts in whole days. What lies in the future says nothing of freshness, as it is a typing error; tomorrow is today
    elsewhere, and no age.
    """
    moment, dates = moment_of(now), _dates(column, asked)
    if not isinstance(asked.dtype, pl.Datetime):
        day = pl.lit(moment.date())
        age = (day - dates.filter(dates <= day + _TOMORROW).max()).dt.total_days().cast(pl.Float64)
    else:
        at = pl.lit(moment, pl.Datetime("us", "UTC"))
        age = (at - dates.filter(dates <= at + _TOMORROW).max()).dt.total_seconds(fractional=True) / _DAY.total_seconds()
    return pl.struct(value=age.clip(0.0), past=_past(asked, which))


@column_aggregate("column.measured", "measure", "suite", "rule", "entity", "system")
def measured(column: pl.Expr, asked: Asked, *, measure: str, **which: Any) -> pl.Expr:
    """A measure of the column, and what earlier runs found it to be, the latest first: {value, past}."""
    return pl.struct(value=_measure(column, asked, measure), past=_past(asked, which))


@table_aggregate("table.row_count_measured", "suite", "rule", "entity", "system")
def row_count_measured(asked: Asked, **which: Any) -> pl.Expr:
    """The number of rows, and what earlier runs found it to be, the latest first: {value, past}."""
    return pl.struct(value=pl.len().cast(pl.Float64), past=_past(asked, which))


def moment_of(given: dt.date | str | None) -> dt.datetime:
    """A moment in UTC, of which one without a zone is taken to be, as Great Expectations' own times are; the present of None."""
    if given is None:
        return dt.datetime.now(dt.UTC)
    moment = dt.datetime.fromisoformat(str(given))
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _dates(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The column, which must hold dates, or moments (those in UTC); one of nothing but null has no type and is of dates.

    Raises:
        RuleUnfit: it holds something else.
    """
    if isinstance(asked.dtype, pl.Date | pl.Null):
        return column.cast(pl.Date)
    if not isinstance(asked.dtype, pl.Datetime):
        raise RuleUnfit(
            f"The column {asked.names[0]} holds {asked.dtype}, and only dates and times can be fresh",
            hint="Say under `kinds:` of the suite that it is a date.",
        )
    moment = column.dt.cast_time_unit("us")
    return moment.dt.convert_time_zone("UTC") if asked.dtype.time_zone else moment.dt.replace_time_zone("UTC")


def _measure(column: pl.Expr, asked: Asked, measure: str) -> pl.Expr:
    """Float64; null of nothing."""
    if measure not in MEASURES:
        raise RuleUnfit(f"measure: {measure} is none", hint=f"The measures are {', '.join(MEASURES)}.")
    if measure in _OF_NUMBERS and not (asked.dtype.is_numeric() or asked.dtype == pl.Null):
        raise RuleUnfit(
            f"The column {asked.names[0]} holds {asked.dtype}, which has no {measure}", hint="Name a column of numbers."
        )
    number = column.cast(pl.Float64) if measure in _OF_NUMBERS else column
    found = {
        "sum": number.sum,
        "mean": number.mean,
        "median": number.median,
        "min": number.min,
        "max": number.max,
        "null_share": number.is_null().mean,
        "distinct": number.drop_nulls().n_unique,
        "distinct_share": lambda: number.drop_nulls().n_unique() / number.count(),
        "zero_share": (number == 0).mean,
        "count": number.count,
    }[measure]
    return found().cast(pl.Float64)


def _past(asked: Asked, which: dict[str, Any]) -> pl.Expr:
    """What the rule found before, as a list."""
    history = asked.table("history")
    known = history.collect_schema()
    for name, value in which.items():
        if value is not None and name in known:
            history = history.filter(pl.col(name) == value)
    found = history.filter(pl.col("observed").is_finite()).sort("at", descending=True).select(pl.col("observed").cast(pl.Float64))
    past = found.collect().to_series()
    return pl.lit(past.implode()).first()
