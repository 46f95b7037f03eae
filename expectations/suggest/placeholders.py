"""What people and spreadsheets enter where there is nothing to enter."""

from __future__ import annotations

import polars as pl

from expectations.own.judged import placeholders as judged
from expectations.suggest.table import Column

ALSO = ("#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
"""Errors of spreadsheets, which the expectation does not know by itself."""
MOST_SHARE = 0.05
"""A larger share of the rows is a way to say nothing that the column's owner may want."""


def placeholders_of(column: Column, most: int) -> pl.DataFrame:
    """Columns value and n: the placeholders among at most so many of its different values, of text."""
    some = column.looked_at(most)
    known = judged.is_placeholder(pl.col("value"), pl.String(), ALSO)
    return some.filter(known.fill_null(value=False)).sort("n", "value", descending=[True, False])
