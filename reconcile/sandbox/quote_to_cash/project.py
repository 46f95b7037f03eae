"""The quote-to-cash data as a project on files: both systems' folders, the configuration, and the truth beside it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import polars as pl

from reconcile.sandbox.quote_to_cash.company import digits_of
from reconcile.sandbox.quote_to_cash.tables import QuoteToCash

_MONEY = ("amount", "tax", "price")
_QUANTITIES = ("quantity", "shipped", "open", "cancelled")
_THOUSAND = 3


def write(made: QuoteToCash, folder: Path) -> Path:
    """Parquet files of both systems under `folder`, `planted.parquet`, and `reconcile.yaml`, whose path is returned."""
    for system, tables in (("crm", made.crm), ("erp", made.erp)):
        (folder / system).mkdir(parents=True, exist_ok=True)
        for name, frame in tables.items():
            as_written(frame).write_parquet(folder / system / f"{name}.parquet")
    made.planted.write_parquet(folder / "planted.parquet")
    text = resources.files("reconcile.sandbox.quote_to_cash").joinpath("reconcile.yaml").read_text(encoding="utf-8")
    config = folder / "reconcile.yaml"
    config.write_text(text, encoding="utf-8")
    return config


def as_written(frame: pl.DataFrame) -> pl.DataFrame:
    """Amounts as decimal text with the digits of their currency, quantities with three."""
    money = [_decimal(pl.col(name), digits_of(pl.col("currency"))).alias(name) for name in _MONEY if name in frame.columns]
    counts = [_decimal(pl.col(name), pl.lit(_THOUSAND)).alias(name) for name in _QUANTITIES if name in frame.columns]
    return frame.with_columns(*money, *counts).drop("life", "place", strict=False)


def _decimal(whole: pl.Expr, digits: pl.Expr) -> pl.Expr:
    """A whole number of the smallest units as people write it."""
    bare = whole.abs().cast(pl.String).str.zfill(digits + 1)
    cut = bare.str.len_chars().cast(pl.Int64) - digits
    point = pl.when(digits > 0).then("." + bare.str.slice(cut)).otherwise(pl.lit(""))
    return pl.when(whole < 0).then(pl.lit("-")).otherwise(pl.lit("")) + bare.str.slice(0, cut) + point
