"""Which values and columns can equal one another: a comparison across types is false, as for pandas, and no error."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import polars as pl
from dateutil import parser as dates

from expectations.engine.define import Inexpressible

Kind = Literal["number", "text", "moment", "zoned", "duration", "time", "nothing"]


def kind(dtype: pl.DataType) -> Kind:
    """What a column holds; columns of one kind can be compared.

    Raises:
        Inexpressible: Python objects, lists, structs and bytes, which pandas compares one by one.
    """
    if dtype.is_numeric() or dtype == pl.Boolean:
        return "number"
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum)):
        return "text"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return "zoned"
    for known, name in (
        (pl.Date, "moment"),
        (pl.Datetime, "moment"),
        (pl.Duration, "duration"),
        (pl.Time, "time"),
        (pl.Null, "nothing"),
    ):
        if dtype == known:
            return name  # type: ignore[return-value] # mypy widens the literals of the tuple
    raise Inexpressible(f"values of type {dtype} are Python's to compare")


def together(columns: list[pl.Expr], dtypes: tuple[pl.DataType, ...]) -> list[pl.Expr] | None:
    """Columns in types that polars compares; None if their values can't equal one another."""
    kinds = {kind(dtype) for dtype in dtypes} - {"nothing"}
    if len(kinds) > 1:
        return None
    if kinds == {"text"}:
        return [column.cast(pl.String) for column in columns]
    if kinds == {"zoned"}:
        return [column.dt.convert_time_zone("UTC") for column in columns]
    if kinds == {"number"} and any(dtype != dtypes[0] for dtype in dtypes):
        whole = all(dtype.is_integer() or dtype == pl.Boolean for dtype in dtypes)
        return [column.cast(pl.Int64 if whole else pl.Float64) for column in columns]
    if kinds == {"moment"} and any(dtype != dtypes[0] for dtype in dtypes):
        return [column.cast(pl.Datetime("us")) for column in columns]
    return columns


def fitting(values: Iterable[Any], dtype: pl.DataType) -> dict[Any, Any]:
    """Of some values those that a column of this type can hold: {the value: as the column has it}.

    Texts are read as dates for a column of dates.
    """
    found = {}
    for value in values:
        fits = _fitting(value, dtype)
        if fits is not None:
            found[value] = fits
    return found


def as_series(values: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """Fitting values as a column of the given type; text for categories."""
    return pl.Series("", list(values), dtype=pl.String if kind(dtype) == "text" else dtype)


def _fitting(value: Any, dtype: pl.DataType) -> Any:
    holds = kind(dtype)
    if value is None:
        return None
    if holds == "number":
        return _number(value, dtype)
    if holds == "text":
        return value if isinstance(value, str) else None
    if holds in {"moment", "zoned"}:
        return _moment(value, dtype)
    types: dict[Kind, type] = {"duration": dt.timedelta, "time": dt.time}
    return value if holds in types and isinstance(value, types[holds]) else None


def _number(value: Any, dtype: pl.DataType) -> Any:
    if not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return value if dtype.is_float() and not math.isnan(value) else None
    if dtype == pl.Boolean:
        return bool(value) if value in {0, 1} else None
    if dtype.is_float():
        return float(value)
    if isinstance(dtype, pl.Decimal):
        return _decimal(value, dtype)
    whole = int(value)
    within = pl.Series([whole], dtype=pl.Int128).cast(dtype, strict=False)[0] if abs(whole) < 2**127 else None
    return whole if whole == value and within is not None else None


def _decimal(value: Any, dtype: pl.Decimal) -> Decimal | None:
    exact = Decimal(value)
    try:
        rounded = exact.quantize(Decimal(1).scaleb(-dtype.scale))
    except InvalidOperation:  # more digits than Python's context keeps
        return None
    return rounded if rounded == exact and rounded.adjusted() + dtype.scale < (dtype.precision or 38) else None


def _moment(value: Any, dtype: pl.DataType) -> dt.date | None:
    if isinstance(value, str):
        try:
            value = dates.parse(value)
        except (ValueError, OverflowError):
            return None
    if not isinstance(value, dt.date):
        return None
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    if (moment.tzinfo is None) != (zone is None):
        return None
    if dtype == pl.Date:
        return moment.date() if moment.time() == dt.time() else None
    return moment
