"""What is computed of a whole column: its extremes, sums, averages, proportions and quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from expectations.engine.alike import kind
from expectations.engine.define import Asked, Inexpressible, Shown, column_aggregate
from expectations.engine.moments import midnight

_NOT_NUMERIC = "A column of type {} is not numeric: it has no mean, median, sum, quantiles or deviation."
_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _compared(expression: pl.Expr, dtype: pl.DataType) -> Shown:
    """A value that Great Expectations compares with bounds: of dates, it must bear every kind of bound."""
    return Shown(expression, midnight if dtype == pl.Date else _as_it_is)


def _as_it_is(found: Any) -> Any:
    return found


def _shown_as_moment(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A date as midnight: expectations are given moments, which Python does not compare with dates."""
    return column.cast(pl.Datetime("us")) if dtype == pl.Date else column


def averaged(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column that can be averaged, decimals and small floats as doubles; text without any value as numbers without any.

    Raises:
        TypeError: it holds no numbers, as pandas has it; of text, when it is read and a value is there.
        Inexpressible: Python objects.
    """
    holds = kind(dtype)
    if holds == "number":
        return column.cast(pl.Float64)
    if holds in {"moment", "zoned", "duration"}:
        return _shown_as_moment(column, dtype)
    if holds == "nothing":
        return column.cast(pl.Float64)
    if holds == "text":
        return column.map_batches(_no_values, return_dtype=pl.Float64)
    raise TypeError(_NOT_NUMERIC.format(dtype))


def _no_values(column: pl.Series) -> pl.Series:
    """A reader of files makes text of a column that is empty throughout."""
    if column.count():
        raise TypeError(_NOT_NUMERIC.format(column.dtype))
    return column.cast(pl.Float64)


@column_aggregate("column.min")
def least(column: pl.Expr, asked: Asked) -> Shown:
    """The least of the values that are there."""
    kind(asked.dtype)
    return _compared(_shown_as_moment(column.min(), asked.dtype), asked.dtype)


@column_aggregate("column.max")
def greatest(column: pl.Expr, asked: Asked) -> Shown:
    """The greatest of the values that are there."""
    kind(asked.dtype)
    return _compared(_shown_as_moment(column.max(), asked.dtype), asked.dtype)


@column_aggregate("column.mean")
def mean(column: pl.Expr, asked: Asked) -> Shown:
    """Of the values that are there."""
    return _compared(averaged(column, asked.dtype).mean(), asked.dtype)


@column_aggregate("column.median")
def median(column: pl.Expr, asked: Asked) -> Shown:
    """Of the values that are there."""
    return _compared(averaged(column, asked.dtype).median(), asked.dtype)


@column_aggregate("column.sum")
def total(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Of the values that are there; whole numbers stay whole."""
    if asked.dtype.is_integer() or asked.dtype == pl.Boolean:
        return column.cast(pl.UInt64 if asked.dtype == pl.UInt64 else pl.Int64).sum()
    if kind(asked.dtype) in {"moment", "zoned"}:
        raise TypeError("Moments can't be added up.")
    return averaged(column, asked.dtype).sum()


@column_aggregate("column.standard_deviation")
def deviation(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Of a sample; there is none of fewer than two values."""
    if kind(asked.dtype) in {"moment", "zoned", "duration"}:
        raise Inexpressible("pandas has a deviation of moments")
    return averaged(column, asked.dtype).std(ddof=1)


@column_aggregate("column.quantile_values", "quantiles", "allow_relative_error")
def quantiles(column: pl.Expr, asked: Asked, *, quantiles: Sequence[float], allow_relative_error: str | bool = False) -> pl.Expr:
    """One value for each quantile; `allow_relative_error` names how to interpolate, the nearest value if it is false."""
    way: Any = allow_relative_error or "nearest"
    if way not in _INTERPOLATIONS:
        raise ValueError(f"allow_relative_error must be one of {', '.join(_INTERPOLATIONS)}, or false for the nearest value.")
    values = averaged(column, asked.dtype)
    return pl.concat_list([quantile(values, one, way) for one in quantiles])


def quantile(values: pl.Expr, at: float, way: Any) -> pl.Expr:
    """One quantile; halfway between two values the nearest is the one of even rank, as numpy has it (polars takes the higher)."""
    if way != "nearest":
        return values.quantile(at, way)
    rank = ((values.count().cast(pl.Int64) - 1) * at).round(0, mode="half_to_even").cast(pl.Int64)
    return pl.when(values.count() > 0).then(values.drop_nulls().sort().get(rank.clip(0), null_on_oob=True))


@column_aggregate("column.non_null_count")
def there(column: pl.Expr, asked: Asked) -> pl.Expr:
    """How many values are there."""
    del asked
    return column.count()


def _as_numpy(found: int) -> Any:
    """Great Expectations divides by it, and expects of nothing by nothing what numpy says, which is no error."""
    import numpy as np  # noqa: PLC0415 # comes with Great Expectations

    return np.int64(found)


@column_aggregate("column_values.nonnull.count", shown=_as_numpy)
def there_for_division(column: pl.Expr, asked: Asked) -> pl.Expr:
    """How many values are there, under another name."""
    del asked
    return column.count()


@column_aggregate("column_values.null.count")
def missing(column: pl.Expr, asked: Asked) -> pl.Expr:
    """How many values are missing."""
    del asked
    return column.null_count()


@column_aggregate("column.non_null_proportion", shown=lambda found: found or 0)
def proportion_there(column: pl.Expr, asked: Asked) -> pl.Expr:
    """How many of all values are there; 0 of no rows."""
    del asked
    return pl.when(pl.len() > 0).then(column.count() / pl.len())


@column_aggregate("column.distinct_values.count")
def how_many_distinct(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Different values, missing ones not counted."""
    kind(asked.dtype)
    return column.drop_nulls().n_unique()


@column_aggregate("column.distinct_values.count.under_threshold", "threshold")
def few_distinct(column: pl.Expr, asked: Asked, *, threshold: int) -> pl.Expr:
    """Whether there are fewer different values than this."""
    return how_many_distinct(column, asked) < threshold


@column_aggregate("column.unique_proportion", shown=lambda found: found or 0)
def proportion_distinct(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Different values by values that are there; 0 where none is."""
    return pl.when(column.count() > 0).then(how_many_distinct(column, asked) / column.count())


@column_aggregate("column_values.length.min")
def shortest(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Characters of the shortest text."""
    return _lengths(column, asked).min()


@column_aggregate("column_values.length.max")
def longest(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Characters of the longest text."""
    return _lengths(column, asked).max()


def _lengths(column: pl.Expr, asked: Asked) -> pl.Expr:
    if kind(asked.dtype) != "text":
        raise TypeError(f"A value of type {asked.dtype} has no length.")
    return column.cast(pl.String).str.len_chars()


def _descriptive(found: dict[str, float]) -> Any:
    from great_expectations.metrics.column.descriptive_stats import DescriptiveStats  # noqa: PLC0415 # slow to import

    return DescriptiveStats(**found)


@column_aggregate("column.descriptive_stats", shown=_descriptive)
def descriptive(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Extremes, mean and deviation together."""
    values = averaged(column, asked.dtype)
    return pl.struct(min=values.min(), max=values.max(), mean=values.mean(), standard_deviation=values.std(ddof=1))
