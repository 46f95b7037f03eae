"""Pairs of records by their keys and by the numbers of their rows; and what is said of one side."""

from __future__ import annotations

import polars as pl

from reconcile.records import KEY, Role

ENDS = ("l", "r")
"""Columns of the numbers of rows: of the CRM, and of the ERP."""
_KEYS = ("crm_key", "erp_key")
Frames = tuple[pl.DataFrame, pl.DataFrame]


def numbered(pairs: pl.DataFrame, sides: Frames) -> pl.DataFrame:
    """Pairs of keys with the numbers of their rows, l and r; without those of which a record is gone."""
    for end, name, frame in zip(ENDS, _KEYS, sides, strict=True):
        rows = frame.select(pl.col(KEY).alias(name), pl.int_range(pl.len(), dtype=pl.UInt32).alias(end))
        pairs = pairs.join(rows, on=name, how="inner", maintain_order="left")
    return pairs


def keyed(pairs: pl.DataFrame, sides: Frames) -> pl.DataFrame:
    """Pairs of row numbers with the keys of their records, crm_key and erp_key."""
    ends = zip(ENDS, _KEYS, sides, strict=True)
    return pairs.with_columns(frame[KEY].gather(pairs[end]).alias(name) for end, name, frame in ends)


def of_side(said: pl.DataFrame, role: Role) -> pl.DataFrame:
    """What a frame with a column `side` (crm, erp) says of one side."""
    return said.filter(pl.col("side") == str(role))
