"""The records that fail, found again by their numbers: in the memory, or by one more pass over a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from expectations.engine.parts import ROW


def rows_of(records: pl.DataFrame | pl.LazyFrame, numbers: Sequence[pl.Series]) -> Iterator[pl.DataFrame]:
    """For each Series of row numbers, from 0 and rising, the rows with these numbers; of a scan all by one pass."""
    if isinstance(records, pl.DataFrame):
        for some in numbers:
            yield records[some]
        return
    wanted = pl.concat(numbers).unique().sort().rename(ROW)
    numbered = records.with_row_index(ROW)
    there = numbered.join(wanted.to_frame().lazy(), on=ROW, how="semi") if wanted.len() else numbered.head(0)
    found = there.collect(engine="streaming").sort(ROW)
    for some in numbers:
        yield found[found[ROW].search_sorted(some)].drop(ROW)
