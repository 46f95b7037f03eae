"""The frame that matching works on: KEY and each field in standard form."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.discovery.found import Column, Side
from reconcile.records import KEY, Kind
from reconcile.values.columns import in_standard_form
from reconcile.values.standard import as_text
from reconcile.values.text import clean


def standardised(frame: pl.DataFrame, columns: Mapping[str, Column], key: tuple[str, ...]) -> pl.DataFrame:
    """KEY (String) and each field, in the order of `columns`, in the standard form of its kind; null where nothing is.

    Args:
        frame: records as they stand in the file.
        columns: field to its place.
        key: the columns of the record key, joined by `/`; empty: rows are numbered from 1.
    """
    out = {KEY: keys_of(frame, key)}
    country: pl.Series | None = None

    def formed(name: str) -> pl.Series:
        column = columns[name]
        own = country if column.kind is Kind.PHONE else None
        return in_standard_form(_joined(frame, column.sources), column.kind, country=own).alias(name)

    phones = [name for name, column in columns.items() if column.kind is Kind.PHONE]
    others = [name for name in columns if name not in phones]
    out |= dict(zip(others, side_by_side(formed, others), strict=True))
    country = next((out[name] for name in others if columns[name].kind is Kind.COUNTRY), None)  # a phone needs it
    out |= dict(zip(phones, side_by_side(formed, phones), strict=True))
    return pl.DataFrame({name: out[name] for name in (KEY, *columns)})


def keys_of(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.Series:
    """The record keys as text, row by row."""
    if not key:
        return pl.Series(KEY, range(1, frame.height + 1), pl.Int64).cast(pl.String)
    if len(key) == 1:
        return in_standard_form(frame[key[0]], Kind.IDENTIFIER).alias(KEY)
    return frame.select(pl.concat_str([clean(as_text(pl.col(k), frame.schema[k])) for k in key], separator="/").alias(KEY))[KEY]


def needed(*sides: Side) -> list[str]:
    """The columns that a side's records are read with, each once."""
    return list(
        dict.fromkeys(name for side in sides for name in (*side.key, *(s for c in side.fields.values() for s in c.sources)))
    )


def _joined(frame: pl.DataFrame, sources: tuple[str, ...]) -> pl.Series:
    if len(sources) == 1:
        return frame[sources[0]]
    parts = [clean(as_text(pl.col(s), frame.schema[s])) for s in sources]
    whole = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    return frame.select(v=pl.when(whole != "").then(whole))["v"]
