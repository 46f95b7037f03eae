"""What is computed of a whole table."""

from __future__ import annotations

from typing import Any

import polars as pl

from expectations.engine.define import Asked, table_aggregate

_HEAD = 5


@table_aggregate("table.row_count")
def row_count(asked: Asked) -> pl.Expr:
    """Of the rows that the row condition keeps."""
    del asked
    return pl.len()


def _as_pandas(found: Any) -> Any:
    return pl.Series("", found).struct.unnest().to_pandas()


@table_aggregate("table.head", "n_rows", "fetch_all", shown=_as_pandas)
def head(asked: Asked, *, n_rows: int = _HEAD, fetch_all: bool = False) -> pl.Expr:
    """The first rows, as the pandas frame that Great Expectations shows; a negative number leaves out the last ones."""
    rows = pl.struct(*asked.schema)
    return (rows if fetch_all else rows.head(n_rows)).implode()
