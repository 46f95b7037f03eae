"""The different values of a column: which there are, how often, and how they stand to a set that is expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from expectations.engine.alike import kind
from expectations.engine.constants import as_series, fitting, members
from expectations.engine.define import Asked, Shown, column_aggregate

_LISTED = 20
"""Values that Great Expectations lists, unless it asks for another number."""


def _distinct(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The different values that are there; categories as text."""
    values = column.drop_nulls().unique()
    return values.cast(pl.String) if kind(dtype) == "text" else values


@column_aggregate("column.distinct_values", shown=set)
def distinct_values(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The set of all values, None among them if one is missing."""
    kind(asked.dtype)
    return column.unique().implode()


@column_aggregate("column.most_common_value", shown=list)
def most_common(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value that is there most often; several if they are there equally often, in order."""
    values = column.cast(pl.String) if kind(asked.dtype) == "text" else column
    values = values.cast(pl.Datetime("us")) if asked.dtype == pl.Date else values
    return values.drop_nulls().mode().sort().implode()


def _as_counts(found: list[dict[str, Any]]) -> Any:
    import pandas as pd  # noqa: PLC0415 # comes with Great Expectations

    rows = [tuple(one.values()) for one in found]
    index = pd.Index([value for value, _ in rows], name="value")
    return pd.Series([count for _, count in rows], index=index, name="count", dtype="int64")


@column_aggregate("column.value_counts", "sort", "collate", shown=_as_counts)
def value_counts(column: pl.Expr, asked: Asked, *, sort: str = "value", collate: str | None = None) -> pl.Expr:
    """How often each value is there, as the pandas series that Great Expectations reckons with, in order of the values."""
    if sort not in {"value", "count", "none"}:
        raise ValueError("sort must be either 'value', 'count', or 'none'")
    if collate is not None:
        raise ValueError("collate is not supported")
    values = column.cast(pl.String) if kind(asked.dtype) == "text" else column
    counted = values.drop_nulls().value_counts(sort=sort == "count")
    return (counted.sort() if sort == "value" else counted).implode()


@column_aggregate("column.distinct_values.not_in_set.count", "value_set")
def how_many_outside(column: pl.Expr, asked: Asked, *, value_set: Sequence[Any] = ()) -> pl.Expr:
    """Different values that are not in the set."""
    return _outside(column, asked, value_set).len()


@column_aggregate("column.distinct_values.not_in_set", "value_set", "limit")
def outside(column: pl.Expr, asked: Asked, *, value_set: Sequence[Any] = (), limit: int = _LISTED) -> pl.Expr:
    """The first values, in order, that are not in the set."""
    found = _outside(column, asked, value_set).sort()
    found = found.cast(pl.Datetime("us")) if asked.dtype == pl.Date else found
    return found.head(limit).implode()


def _outside(column: pl.Expr, asked: Asked, value_set: Sequence[Any]) -> pl.Expr:
    known = members(value_set, asked.dtype)
    values = column.cast(pl.String) if kind(asked.dtype) == "text" else column
    return values.filter(values.is_not_null() & ~values.is_in(known.implode())).unique()


@column_aggregate("column.distinct_values.missing_from_column.count", "value_set")
def how_many_absent(column: pl.Expr, asked: Asked, *, value_set: Sequence[Any] = ()) -> pl.Expr:
    """Values of the set that the column does not have."""
    fits = fitting(value_set, asked.dtype)
    unfit = len(set(value_set)) - len(fits)
    return (~_there(column, asked, fits)).sum() + unfit


@column_aggregate("column.distinct_values.missing_from_column", "value_set", "limit")
def absent(column: pl.Expr, asked: Asked, *, value_set: Sequence[Any] = (), limit: int = _LISTED) -> Shown:
    """Values of the set that the column does not have, as they were given and in that order."""
    fits = fitting(value_set, asked.dtype)

    def read(there: list[bool]) -> list[Any]:
        found = dict(zip(fits, there, strict=True))
        return [value for value in dict.fromkeys(value_set) if not found.get(value, False)][:limit]

    return Shown(_there(column, asked, fits).implode(), read)


def _there(column: pl.Expr, asked: Asked, fits: dict[Any, Any]) -> pl.Expr:
    """For each fitting value, in order, whether the column has it."""
    return pl.lit(as_series(fits.values(), asked.dtype)).is_in(_distinct(column, asked.dtype).implode())
