"""Two columns of whatever types in one in which their values can be held against each other, or the word that there is none."""

from __future__ import annotations

import polars as pl

from reconcile.records import Kind
from reconcile.values.dates import in_utc
from reconcile.values.standard import as_text

_MEASURED = (pl.Time, pl.Duration)
_NUMBERED_DAYS = (Kind.DATE, Kind.DATETIME)
"""Kinds of which a number may be meant: a spreadsheet counts its days."""


def in_one_type(crm: pl.Series, erp: pl.Series, kind: Kind | None) -> tuple[pl.Series, pl.Series] | None:
    """Both columns in one type, so that equal values are equal in it and others are not; None where the types do not go together.

    Numbers go with numbers, days with moments, and text with all of them. Truth goes with numbers as truth, and days with numbers
    as days, where the field is said to hold that (`kind`). Lists and structures go with nothing.
    """
    types = (crm.dtype, erp.dtype)
    if any(dtype.is_nested() or dtype in (pl.Binary, pl.Object) for dtype in types):
        return None
    if types[0] == types[1]:
        return crm, erp
    if all(dtype.is_numeric() for dtype in types):
        return _numbers(crm, erp)
    if all(dtype in (pl.Date, pl.Datetime) for dtype in types):
        return _moment(crm), _moment(erp)
    fits = pl.String in types or _said_to_fit(types, kind)
    return (_text(crm), _text(erp)) if fits else None


def _said_to_fit(types: tuple[pl.DataType, pl.DataType], kind: Kind | None) -> bool:
    numbers = [dtype for dtype in types if dtype.is_numeric()]
    if not numbers or any(dtype in _MEASURED for dtype in types):
        return False
    return kind in (Kind.BOOLEAN, None) if pl.Boolean in types else kind in _NUMBERED_DAYS


def _numbers(crm: pl.Series, erp: pl.Series) -> tuple[pl.Series, pl.Series]:
    if all(values.dtype.is_integer() for values in (crm, erp)):
        wide = pl.Int128 if {crm.dtype, erp.dtype} & {pl.UInt64, pl.Int128} else pl.Int64
        return crm.cast(wide), erp.cast(wide)
    return _double(crm), _double(erp)


def _double(values: pl.Series) -> pl.Series:
    """A single 0.1 is the double 0.1, as both are written so."""
    return (_text(values) if values.dtype == pl.Float32 else values).cast(pl.Float64)


def _moment(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone:
        return values.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    plain = values.cast(pl.Datetime("us")).to_frame("v")
    return plain.select(in_utc(pl.col("v"), "UTC")).to_series()


def _text(values: pl.Series) -> pl.Series:
    return values if values.dtype == pl.String else values.to_frame("v").select(as_text(pl.col("v"), values.dtype)).to_series()
