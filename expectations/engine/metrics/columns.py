"""Conditions on the values of one column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from expectations.engine.define import Asked, column_condition


@column_condition("column_values.nonnull", sees_nulls=True)
def nonnull(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is there."""
    del asked
    return column.is_not_null()


@column_condition("column_values.null", sees_nulls=True)
def null(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is missing."""
    del asked
    return column.is_null()


@column_condition("column_values.between", "min_value", "max_value", "strict_min", "strict_max")
def between(
    column: pl.Expr,
    asked: Asked,
    *,
    min_value: Any = None,
    max_value: Any = None,
    strict_min: bool = False,
    strict_max: bool = False,
) -> pl.Expr:
    """The value is within bounds."""
    del asked
    above = [] if min_value is None else [column > min_value if strict_min else column >= min_value]
    below = [] if max_value is None else [column < max_value if strict_max else column <= max_value]
    if not above and not below:
        raise ValueError("min_value and max_value cannot both be None")
    return pl.all_horizontal(above + below)


@column_condition("column_values.in_set", "value_set")
def in_set(column: pl.Expr, asked: Asked, *, value_set: Iterable[Any] | None = None) -> pl.Expr:
    """The value is one of a set."""
    del asked
    return pl.lit(value=True) if value_set is None else column.is_in(list(value_set))


@column_condition("column_values.match_regex", "regex")
def match_regex(column: pl.Expr, asked: Asked, *, regex: str) -> pl.Expr:
    """The value holds a match."""
    del asked
    return column.cast(pl.String).str.contains(regex)


@column_condition("column_values.unique")
def unique(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is there once."""
    del asked
    return ~column.is_duplicated()
