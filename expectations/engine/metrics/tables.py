"""What is computed of a whole table."""

from __future__ import annotations

import polars as pl

from expectations.engine.define import Asked, table_aggregate


@table_aggregate("table.row_count")
def row_count(asked: Asked) -> pl.Expr:
    """Of the rows that the row condition keeps."""
    del asked
    return pl.len()
