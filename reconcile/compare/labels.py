"""What a person calls a record: the raw text of its label fields."""

from __future__ import annotations

import polars as pl

from reconcile.records import RAW, SHAPES, WHOLE


def label(entity: str, frame: pl.DataFrame, prefix: str = "") -> pl.Expr:
    """The label of each record of a normalised frame whose columns begin with `prefix`; null where there is none."""
    shape = SHAPES.get(entity)
    names = [f"{prefix}{RAW}{part}" for part in (shape.label.split() if shape else ["name"])]
    there = [pl.col(name) for name in names if name in frame.columns]
    if not there:
        return pl.lit(None, pl.String)
    own = pl.concat_str(there, separator=" ", ignore_nulls=True)
    whole = f"{prefix}{WHOLE}"
    return pl.concat_str([whole, own], separator="/", ignore_nulls=True) if whole in frame.columns else own
