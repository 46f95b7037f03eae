"""Rules that hold a column or table to time: how new its newest value is, and what earlier runs found."""

from __future__ import annotations

from typing import Any

import polars as pl

from expectations.engine.define import Asked, column_aggregate, table_aggregate
from reconcile.errors import RuleUnfit

MEASURES = ("sum", "mean", "median", "min", "max", "null_share", "distinct", "distinct_share", "zero_share", "count")
SHARES = ("null_share", "distinct_share", "zero_share")
_OF_NUMBERS = ("sum", "mean", "median", "min", "max", "zero_share")


@column_aggregate("column.newest")
def newest(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The latest date or moment; a moment in UTC."""
    if isinstance(asked.dtype, pl.Date | pl.Null):
        return column.max().cast(pl.Date)
    if not isinstance(asked.dtype, pl.Datetime):
        raise RuleUnfit(
            f"The column {asked.names[0]} holds {asked.dtype}, and only dates and times can be fresh",
            hint="Say under `kinds:` of the suite that it is a date.",
        )
    moment = column.max().dt.cast_time_unit("us")
    return moment.dt.convert_time_zone("UTC") if asked.dtype.time_zone else moment.dt.replace_time_zone("UTC")


@column_aggregate("column.measured", "measure", "suite", "rule", "entity", "system")
def measured(column: pl.Expr, asked: Asked, *, measure: str, **which: Any) -> pl.Expr:
    """A measure of the column, and what earlier runs found it to be, the latest first: {value, past}."""
    return pl.struct(value=_measure(column, asked, measure), past=_past(asked, which))


@table_aggregate("table.row_count_measured", "suite", "rule", "entity", "system")
def row_count_measured(asked: Asked, **which: Any) -> pl.Expr:
    """The number of rows, and what earlier runs found it to be, the latest first: {value, past}."""
    return pl.struct(value=pl.len().cast(pl.Float64), past=_past(asked, which))


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
