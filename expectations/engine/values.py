"""Constants of an expectation in the type of the column they are compared with, as loosely as pandas compares them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import polars as pl
from dateutil import parser as dates

from expectations.engine.define import Inexpressible

_WORDS = (pl.String, pl.Categorical, pl.Enum)


def is_text(dtype: pl.DataType) -> bool:
    """Text in any form."""
    return dtype in _WORDS


def as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column as Python would print its values.

    Raises:
        Inexpressible: polars prints this type in another way.
    """
    if is_text(dtype) or dtype.is_integer() or dtype.is_decimal():
        return column if dtype == pl.String else column.cast(pl.String)
    if dtype == pl.Boolean:
        return column.cast(pl.String).str.to_titlecase()
    raise Inexpressible(f"Python prints {dtype} in another way than polars")


def bound(value: Any, dtype: pl.DataType) -> pl.Expr:
    """A bound that a column of this type is compared with; times without a zone are UTC.

    Raises:
        TypeError: text against a number, or the other way round.
        ValueError: text that is no date, against a column of dates.
    """
    if isinstance(value, str) != is_text(dtype) and not (isinstance(value, str) and dtype.is_temporal()):
        raise TypeError("Column values, min_value, and max_value must either be None or of the same type.")
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return _moment(dates.parse(value) if isinstance(value, str) else value, dtype)
    if isinstance(value, dt.date):
        raise TypeError(f"A column of {dtype} can't be compared with {value!r}.")
    if dtype.is_decimal() and isinstance(value, float):
        return pl.lit(Decimal(str(value)))
    return pl.lit(value)


def _moment(value: Any, dtype: pl.DataType) -> pl.Expr:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 # the zone of the column follows
    if not isinstance(value, dt.datetime):
        raise TypeError(f"A column of {dtype} can't be compared with {value!r}.")
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if zone is None:
        return pl.lit(aware.astimezone(dt.UTC).replace(tzinfo=None), pl.Datetime("us"))
    return pl.lit(aware.astimezone(dt.UTC), pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)


def members(values: Iterable[Any], dtype: pl.DataType) -> pl.Series:
    """The members of a set that a column of this type can hold; the others can't be equal to any of its values.

    Raises:
        Inexpressible: the column holds lists, structs or objects.
    """
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary):
        raise Inexpressible(f"members of a set are not compared with {dtype}")
    fitting = [one for value in values if (one := _member(value, dtype)) is not None]
    return pl.Series("members", fitting, pl.String if is_text(dtype) else dtype, strict=False).drop_nulls().unique()


def _member(value: Any, dtype: pl.DataType) -> Any:
    if is_text(dtype):
        return value if isinstance(value, str) else None
    if dtype.is_temporal():
        return _time(value, dtype)
    if not isinstance(value, (bool, int, float, Decimal)):
        return None
    if dtype == pl.Boolean:
        return bool(value) if value in (0, 1) else None
    if dtype.is_integer():
        return int(value) if value == value and value not in (float("inf"), float("-inf")) and int(value) == value else None  # noqa: PLR0124 # NaN
    return Decimal(str(value)) if dtype.is_decimal() else float(value)


def _time(value: Any, dtype: pl.DataType) -> Any:
    """A member of a set of dates or times; text that is no date equals none of them."""
    if isinstance(value, str) and dtype in (pl.Date, pl.Datetime):
        try:
            value = dates.parse(value)
        except (ValueError, OverflowError):
            return None
    if dtype == pl.Date:
        if not isinstance(value, dt.datetime):
            return value if isinstance(value, dt.date) else None
        return value.date() if value.time() == dt.time() else None
    if not isinstance(dtype, pl.Datetime):
        return value if isinstance(value, (dt.time, dt.timedelta)) else None
    if not isinstance(value, dt.date):
        return None
    if not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 # the zone of the column follows
    aware = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    return aware if dtype.time_zone else aware.astimezone(dt.UTC).replace(tzinfo=None)
