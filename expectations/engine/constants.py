"""Constants of an expectation in the type of the column they are compared with: bounds, members of sets, values of pairs.

One rule for all: a float is the decimal that it is written as, truth values are 0 and 1, a day is its midnight, text is read as a
date where the column holds dates, and a moment without a zone is UTC. `alike` has the same for columns.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl
from dateutil import parser as dates

from expectations.engine.alike import Kind, kind
from expectations.engine.values import is_text

_MICROSECONDS = {"ms": 1000}
"""What moments of a coarser unit are multiples of."""


def bound(value: Any, dtype: pl.DataType) -> pl.Expr:
    """A bound that a column of this type is compared with.

    Raises:
        TypeError: text against a number, or the other way round.
        ValueError: text that is no date, against a column of dates.
    """
    if isinstance(value, str) != is_text(dtype) and not (isinstance(value, str) and dtype.is_temporal()):
        raise TypeError("Column values, min_value, and max_value must either be None or of the same type.")
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        moment = _moment(dates.parse(value) if isinstance(value, str) else value, dtype)
        if moment is not None:
            return literal(moment, dtype)
    if isinstance(value, dt.date) or dtype == pl.Date or isinstance(dtype, pl.Datetime):
        raise TypeError(f"A column of {dtype} can't be compared with {value!r}.")
    if dtype.is_decimal() and isinstance(value, float) and math.isfinite(value):
        return pl.lit(Decimal(str(value)))
    return pl.lit(value)


def literal(fits: Any, dtype: pl.DataType) -> pl.Expr:
    """A fitting value, or None, beside a column of the given type."""
    if isinstance(fits, dt.datetime) and isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return pl.lit(fits, pl.Datetime("us", "UTC")).dt.convert_time_zone(dtype.time_zone)
    return pl.lit(fits, pl.Datetime("us")) if isinstance(fits, dt.datetime) else pl.lit(fits)


def members(values: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """The members of a set that a column of this type can hold; the others can't be equal to any of its values.

    Raises:
        Inexpressible: the column holds lists, structs, bytes or objects.
    """
    return as_series(fitting(values, dtype).values(), dtype).unique()


def fitting(values: Iterable[Any], dtype: pl.DataType) -> dict[Any, Any]:
    """Of some values those that a column of this type can hold: {the value: as the column has it}.

    Raises:
        Inexpressible: as in `members`.
    """
    kind(dtype)
    given = [value for value in values if isinstance(value, Hashable)]
    return {value: fits for value in given if (fits := _fitting(value, dtype)) is not None}


def as_series(values: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """Fitting values as a column of the given type; text for categories."""
    if isinstance(dtype, pl.Datetime):
        return pl.Series("", list(values), pl.Datetime("us", "UTC" if dtype.time_zone else None)).cast(dtype)
    return pl.Series("", list(values), dtype=pl.String if is_text(dtype) else dtype)


def _fitting(value: Any, dtype: pl.DataType) -> Any:
    holds = kind(dtype)
    if value is None:
        return None
    if holds == "number":
        return _number(value, dtype)
    if holds == "text":
        return value if isinstance(value, str) else None
    if holds in {"moment", "zoned"}:
        return _day_or_moment(value, dtype)
    types: dict[Kind, type] = {"duration": dt.timedelta, "time": dt.time}
    return value if holds in types and isinstance(value, types[holds]) else None


def _number(value: Any, dtype: pl.DataType) -> Any:
    if not isinstance(value, int | float | Decimal):
        return None
    if not math.isfinite(value):
        return float(value) if dtype.is_float() and not math.isnan(value) else None
    if dtype == pl.Boolean:
        return bool(value) if value in {0, 1} else None
    if dtype.is_float():
        return float(value)
    if isinstance(dtype, pl.Decimal):
        return _decimal(value, dtype)
    whole = int(value)
    within = pl.Series([whole], dtype=pl.Int128).cast(dtype, strict=False)[0] if abs(whole) < 2**127 else None
    return whole if whole == value and within is not None else None


def _decimal(value: float | Decimal, dtype: pl.Decimal) -> Decimal | None:
    """The decimal as it is written, if the column has so many digits."""
    exact = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    try:
        rounded = exact.quantize(Decimal(1).scaleb(-dtype.scale))
    except InvalidOperation:  # more digits than Python's context keeps
        return None
    return rounded if rounded == exact and rounded.adjusted() + dtype.scale < (dtype.precision or 38) else None


def _day_or_moment(value: Any, dtype: pl.DataType) -> dt.date | None:
    """What a column of days or moments may hold; text that is no date equals none of them."""
    try:
        moment = _moment(dates.parse(value) if isinstance(value, str) else value, dtype)
    except (ValueError, OverflowError):
        return None
    if moment is None:
        return None
    if dtype == pl.Date:
        return moment.date() if moment.time() == dt.time() else None
    coarse = _MICROSECONDS.get(dtype.time_unit) if isinstance(dtype, pl.Datetime) else None
    return None if coarse and moment.microsecond % coarse else moment


def _moment(value: Any, dtype: pl.DataType) -> dt.datetime | None:
    """A day or moment in UTC, with the zone only where the column has one; None for anything else."""
    if not isinstance(value, dt.date):
        return None
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    utc = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return utc if isinstance(dtype, pl.Datetime) and dtype.time_zone else utc.replace(tzinfo=None)
