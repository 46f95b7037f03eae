"""The keys of a file's records: whether they are such, and how a result writes them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from reconcile.errors import KeyRepeats
from reconcile.match.discovery import Side, keys_of
from reconcile.records import KEY


def check_key(path: Path, side: Side, keys: pl.Series) -> None:
    """Raise KeyRepeats: a key that is not one can only come from the configuration."""
    if side.key and keys.null_count():
        row = int(keys.is_null().arg_max() or 0) + 1
        raise KeyRepeats(path, side.key, f"row {row:,} has none")
    if side.key and keys.hash(5).n_unique() < len(keys) and keys.n_unique() < len(keys):  # hashes are counted faster
        example, rows = keys.value_counts().sort("count", KEY, descending=[True, False]).row(0)
        raise KeyRepeats(path, side.key, f"{example[:60]!r} stands in {rows:,} rows")


def with_own_keys(pairs: pl.DataFrame, column: str, frame: pl.DataFrame, side: Side) -> pl.DataFrame:
    """The keys as they stand in the file: integers where the column holds such, otherwise text."""
    if not side.key:
        return pairs.with_columns(pl.col(column).cast(pl.Int64))
    if len(side.key) > 1:
        return pairs
    own = frame[side.key[0]]
    if own.dtype.is_integer():
        return pairs.with_columns(pl.col(column).cast(own.dtype))
    if own.dtype != pl.String:
        return pairs
    standard = keys_of(frame, side.key)
    written = pl.DataFrame({column: standard, "_own": own}).filter(pl.col(column) != pl.col("_own"))
    if written.is_empty():
        return pairs
    told = pairs.join(written, on=column, how="left", maintain_order="left")
    return told.with_columns(pl.coalesce("_own", column).alias(column)).drop("_own")
