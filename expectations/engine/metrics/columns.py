"""Conditions on the values of one column: there or missing, within bounds, in a set, in order, unique, near the others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from expectations.engine.constants import bound, members
from expectations.engine.define import Asked, Inexpressible, column_condition
from expectations.engine.duplicates import duplicated
from expectations.engine.values import is_text


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
    if min_value is None and max_value is None:
        raise ValueError("min_value and max_value cannot both be None")
    if min_value is not None and max_value is not None and min_value > max_value:
        raise ValueError("min_value cannot be greater than max_value")
    if asked.dtype.is_nested():
        raise Inexpressible(f"{asked.dtype} has no order")
    if asked.dtype == pl.Boolean:
        column = column.cast(pl.Int8)
    elif is_text(asked.dtype):
        column = column.cast(pl.String)
    return _within(column, asked.dtype, min_value, max_value, strict_min=strict_min, strict_max=strict_max)


def _within(column: pl.Expr, dtype: pl.DataType, lowest: Any, highest: Any, *, strict_min: bool, strict_max: bool) -> pl.Expr:
    low = None if lowest is None else bound(lowest, dtype)
    high = None if highest is None else bound(highest, dtype)
    sides = []
    if low is not None:
        sides.append(column > low if strict_min else column >= low)
    if high is not None:
        sides.append(column < high if strict_max else column <= high)
    return sides[0] if len(sides) == 1 else sides[0] & sides[1]


@column_condition("column_values.in_set", "value_set")
def in_set(column: pl.Expr, asked: Asked, *, value_set: Iterable[Any] | None = None) -> pl.Expr:
    """The value is one of a set; of any set if none is given."""
    return pl.lit(value=True) if value_set is None else _is_one_of(column, asked, value_set)


@column_condition("column_values.not_in_set", "value_set")
def not_in_set(column: pl.Expr, asked: Asked, *, value_set: Iterable[Any] | None = None) -> pl.Expr:
    """The value is none of a set."""
    return pl.lit(value=True) if value_set is None else ~_is_one_of(column, asked, value_set)


def _is_one_of(column: pl.Expr, asked: Asked, values: Iterable[Any]) -> pl.Expr:
    named = members(values, asked.dtype)
    return (column.cast(pl.String) if is_text(asked.dtype) else column).is_in(named.implode())


@column_condition("column_values.unique")
def unique(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is there once."""
    del asked
    return ~duplicated([column])


@column_condition("column_values.increasing", "strictly")
def increasing(column: pl.Expr, asked: Asked, *, strictly: bool = False) -> pl.Expr:
    """The value is not below the one before it; missing values between them do not count."""
    before = _before(column, asked)
    return ((column > before) if strictly else (column >= before)) | before.is_null()


@column_condition("column_values.decreasing", "strictly")
def decreasing(column: pl.Expr, asked: Asked, *, strictly: bool = False) -> pl.Expr:
    """The value is not above the one before it; missing values between them do not count."""
    before = _before(column, asked)
    return ((column < before) if strictly else (column <= before)) | before.is_null()


def _before(column: pl.Expr, asked: Asked) -> pl.Expr:
    if not (asked.dtype.is_numeric() or asked.dtype.is_temporal()):
        raise Inexpressible(f"{asked.dtype} has no differences")
    return column.forward_fill().shift(1)


@column_condition("column_values.z_score.under_threshold", "double_sided", "threshold")
def z_score(column: pl.Expr, asked: Asked, *, threshold: float, double_sided: bool = True) -> pl.Expr:
    """The value is fewer standard deviations from the mean than the threshold; every value, if all are the same."""
    number = _number(column, asked)
    score = (number - number.mean()) / number.std()
    near = score.abs() < abs(threshold) if double_sided else score < threshold
    return near | ~score.is_finite().fill_null(value=False)


@column_condition("column_values.not_outliers", "method", "multiplier")
def not_outliers(column: pl.Expr, asked: Asked, *, method: str = "iqr", multiplier: float = 1.5) -> pl.Expr:
    """The value is within the fences of the quartiles (iqr), or near the mean (std)."""
    if method not in ("iqr", "std"):
        raise NotImplementedError(f"method {method!r} has not been implemented")
    number = _number(column, asked)
    if method == "iqr":
        low, high = (number.quantile(q, interpolation="linear") for q in (0.25, 0.75))
        room = multiplier * (high - low)
        return ((number >= low - room) & (number <= high + room)) | ~room.is_finite().fill_null(value=False)
    room, mean = multiplier * number.std(), number.mean()
    near = pl.when(room <= 0).then(number == mean).otherwise((number - mean).abs() < room)
    return near | ~room.is_finite().fill_null(value=False)


def _number(column: pl.Expr, asked: Asked) -> pl.Expr:
    if not (asked.dtype.is_numeric() or asked.dtype == pl.Boolean):
        raise Inexpressible(f"{asked.dtype} has no mean")
    return column.cast(pl.Float64)
