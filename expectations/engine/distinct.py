"""A judgement of Python's, made once for each distinct value of a column."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


def on_distinct(column: pl.Expr, judge: Callable[[pl.Series], pl.Series], *, may_raise: bool = False) -> pl.Expr:
    """Boolean for each row: what `judge` says of its value, null where the value is null.

    `judge` gets the distinct values without null and returns as many Booleans. A streamed column is judged in pieces: a value is
    then judged once for each piece that has it, so `judge` must depend on nothing but the value.
    Of a Parquet file polars also asks it about empty text, which nobody wrote; with `may_raise` it gets the whole column instead.
    """

    def judged(values: pl.Series) -> pl.Series:
        distinct = values.drop_nulls().unique()
        if distinct.is_empty():
            return pl.Series(values.name, [None] * values.len(), pl.Boolean)
        verdicts = judge(distinct).cast(pl.Boolean)
        return values.replace_strict(distinct, verdicts, default=None, return_dtype=pl.Boolean)

    return column.map_batches(judged, return_dtype=pl.Boolean, is_elementwise=not may_raise)
