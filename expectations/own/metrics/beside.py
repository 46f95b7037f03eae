"""Values that follow from others of the same record: a sum, a product, or what stands beside the same value elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from expectations.engine.define import Asked, column_condition
from expectations.own.metrics.asking import columns_told
from reconcile.errors import RuleUnfit

_HAIR = 1e-9
"""What floating-point numbers lose."""


@column_condition("column_values.sum_of", "sum_columns", "tolerance")
def sum_of(column: pl.Expr, asked: Asked, *, sum_columns: Sequence[str], tolerance: float = 0.01) -> pl.Expr:
    """The value is the sum of other columns of its record; true where one of them is missing."""
    total = pl.sum_horizontal([_number(name, asked) for name in sum_columns], ignore_nulls=False)
    return _near(column, asked, total, tolerance)


@column_condition("column_values.product_of", "factor_columns", "discount_column", "tolerance")
def product_of(
    column: pl.Expr, asked: Asked, *, factor_columns: Sequence[str], discount_column: str | None = None, tolerance: float = 0.01
) -> pl.Expr:
    """The value is the product of other columns of its record, less a discount that is a share; true where one is missing."""
    product = pl.lit(1.0)
    for name in factor_columns:
        product = product * _number(name, asked)
    if discount_column is not None:
        product = product * (1.0 - _number(discount_column, asked))
    return _near(column, asked, product, tolerance)


def _near(column: pl.Expr, asked: Asked, value: pl.Expr, tolerance: float) -> pl.Expr:
    _number(asked.names[0], asked)
    return ((column.cast(pl.Float64) - value).abs() <= tolerance + _HAIR).fill_null(value=True)


def _number(name: str, asked: Asked) -> pl.Expr:
    _there(name, asked)
    if not (asked.schema[name].is_numeric() or asked.schema[name] == pl.Null):
        raise RuleUnfit(
            f"{name} is no number", hint="Only numbers can be calculated with; say what the column holds in `kinds:`."
        )
    return pl.col(name).cast(pl.Float64).fill_nan(None)


def _there(name: str, asked: Asked) -> None:
    if name not in asked.schema:
        raise RuleUnfit(f"there is no column {name}", hint=f"The columns are {columns_told(asked.schema)}.")


@column_condition("column_values.determined_by", "by_columns")
def determined_by(column: pl.Expr, asked: Asked, *, by_columns: Sequence[str]) -> pl.Expr:
    """The value is the one that most records with the same values in other columns have; true where one of these is missing.

    Of two that are as frequent the first in order counts.
    """
    for name in by_columns:
        _there(name, asked)
    by = [f"by{place}" for place in range(len(by_columns))]
    others = [pl.col(name).alias(short) for name, short in zip(by_columns, by, strict=True)]

    def judged(cells: pl.Series) -> pl.Series:
        return is_usual(cells.struct.unnest(), by)

    return pl.struct(column.alias("value"), *others).map_batches(judged, return_dtype=pl.Boolean)


def is_usual(frame: pl.DataFrame, by: Sequence[str]) -> pl.Series:
    """Whether each row's `value` is the most frequent one of the rows that are the same in `by`."""
    counted = frame.drop_nulls().group_by(*by, "value").agg(pl.len().alias("n"))
    usual = counted.sort("n", "value", descending=[True, False]).group_by(by).agg(pl.col("value").first().alias("usual"))
    joined = frame.join(usual, on=list(by), how="left", maintain_order="left")
    return joined.select((pl.col("value") == pl.col("usual")).fill_null(value=True)).to_series()
