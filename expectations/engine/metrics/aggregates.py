"""What is computed of a whole column."""

from __future__ import annotations

import polars as pl

from expectations.engine.define import Asked, column_aggregate


@column_aggregate("column.mean")
def mean(column: pl.Expr, asked: Asked) -> pl.Expr:
    """Of the values that are there."""
    del asked
    return column.mean()
