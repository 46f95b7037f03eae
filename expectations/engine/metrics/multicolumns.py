"""Conditions on several columns of one row."""

from __future__ import annotations

from itertools import combinations

import polars as pl

from expectations.engine.alike import kind, together
from expectations.engine.define import Asked, Inexpressible, multicolumn_condition
from expectations.engine.duplicates import duplicated


@multicolumn_condition("multicolumn_sum.equal", "sum_total")
def sum_equals(columns: list[pl.Expr], asked: Asked, *, sum_total: float) -> pl.Expr:
    """The columns add up to this; a row with a missing value does not."""
    if any(kind(dtype) not in {"number", "nothing"} for dtype in asked.dtypes):
        raise Inexpressible("a sum of what are no numbers")
    whole = all(dtype.is_integer() or dtype == pl.Boolean for dtype in asked.dtypes)
    added = pl.sum_horizontal([column.cast(pl.Int64 if whole else pl.Float64) for column in columns], ignore_nulls=False)
    return added == sum_total


@multicolumn_condition("compound_columns.unique")
def unique_together(columns: list[pl.Expr], asked: Asked) -> pl.Expr:
    """No other row has the same values in these columns; missing values are equal to each other."""
    for dtype in asked.dtypes:
        kind(dtype)
    return ~duplicated(columns)


@multicolumn_condition("select_column_values.unique.within_record")
def unique_within(columns: list[pl.Expr], asked: Asked) -> pl.Expr:
    """No two of the columns have the same value; two missing values are the same."""
    different = [
        ~_same([columns[a], columns[b]], (asked.dtypes[a], asked.dtypes[b])) for a, b in combinations(range(len(columns)), 2)
    ]
    return pl.all_horizontal([pl.lit(value=True), *different])


@multicolumn_condition("multicolumn_values.equal")
def all_equal(columns: list[pl.Expr], asked: Asked) -> pl.Expr:
    """All columns have the same value, or all miss it."""
    others = zip(columns, asked.dtypes, strict=True)
    return pl.all_horizontal([_same([columns[0], one], (asked.dtypes[0], dtype)) for one, dtype in others])


def _same(two: list[pl.Expr], dtypes: tuple[pl.DataType, ...]) -> pl.Expr:
    alike = together(two, dtypes)
    if alike is None:  # values that can't be equal, unless both are missing
        return two[0].is_null() & two[1].is_null()
    return alike[0].eq_missing(alike[1])
