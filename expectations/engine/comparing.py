"""A column of a batch against a constant, as row conditions compare them."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from dateutil import parser as dates

from expectations.engine.define import Inexpressible
from expectations.engine.values import is_text

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def column(name: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """A column with NaN as null.

    Raises:
        ValueError: the batch does not have it.
        Inexpressible: it holds Python objects.
    """
    if name not in schema:
        raise ValueError(
            f"The row condition names the column {name}, which the batch does not have (columns: {', '.join(schema)})."
        )
    if schema[name] == pl.Object:
        raise Inexpressible(f"the row condition compares Python objects, which are in {name}")
    return pl.col(name).fill_nan(None) if schema[name].is_float() else pl.col(name)


def compared(name: str, sign: str, value: Any, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """A column against a constant; text equals no number, and is not compared with one in any other way."""
    one = column(name, schema)
    if sign in {"IN", "NOT_IN"}:
        fitting_ones = [_fitting(v, schema[name]) for v in value if _alike(v, schema[name])]
        found = one.is_in(fitting_ones).fill_null(value=False) if fitting_ones else pl.lit(value=False)
        return found if sign == "IN" else ~found
    if sign in {"==", "!="} and not _alike(value, schema[name]):
        return pl.lit(value=sign == "!=")
    fitting = pl.lit(_fitting(value, schema[name]))
    if sign == "!=":
        return one.ne_missing(fitting)
    answer: pl.Expr = _COMPARED[sign](one, fitting).fill_null(value=False)
    return answer


def _alike(value: Any, dtype: pl.DataType) -> bool:
    """Whether the constant may equal a value of the column."""
    return isinstance(value, str) == is_text(dtype) or not (is_text(dtype) or dtype.is_numeric() or dtype == pl.Boolean)


def _fitting(value: Any, dtype: pl.DataType) -> Any:
    """A date, which may be written as text, for a column of dates or times."""
    if not (isinstance(value, (str, dt.datetime)) and dtype.is_temporal()):
        return value
    moment = dates.parse(value) if isinstance(value, str) else value
    if dtype == pl.Date:
        return moment.date() if (moment.hour, moment.minute, moment.second) == (0, 0, 0) else moment
    if isinstance(dtype, pl.Datetime) and dtype.time_zone and moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC)
    return moment
