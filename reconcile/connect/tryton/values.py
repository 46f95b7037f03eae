"""Tryton's values both ways, by type of field: numbers, dates without a zone that mean UTC, ids as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from reconcile.connect.numbers import number_of, whole_of
from reconcile.connect.port import Value

_READ: Mapping[str, Callable[[Any], Value]] = {
    **dict.fromkeys(("numeric", "float", "timedelta"), float),
    **dict.fromkeys(("integer", "biginteger"), int),
    "boolean": bool,
    "stamp": lambda raw: _iso(dt.datetime.fromtimestamp(float(raw), dt.UTC)),
}
_TRUTH = {"true": True, "false": False}


def value_read(raw: Any, kind: str) -> Value:
    """A value as the connector gives it: ids as text, numbers as float, dates as ISO text, moments in UTC."""
    if raw is None:
        return None
    if isinstance(raw, dt.datetime):
        return _iso(raw.replace(tzinfo=dt.UTC))
    if isinstance(raw, dt.date | dt.time):
        return raw.isoformat()
    return _READ.get(kind, str)(raw)


def value_written(value: Value, kind: str) -> Any:
    """A value as JSON-RPC takes it for a field of this kind. Raises ValueError if it can't be one."""
    if value is None:
        return None
    written = _WRITTEN.get(kind)
    if written is None:
        raise ValueError(f"a field of type {kind} can't be written")
    return written(value)


def _truth(value: Value) -> bool:
    truth = value if isinstance(value, bool) else _TRUTH.get(str(value).lower())
    if truth is None:
        raise ValueError("it is neither true nor false")
    return truth


def _day(value: Value) -> dict[str, Any]:
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    return {"__class__": "date", "year": day.year, "month": day.month, "day": day.day}


def _moment(value: Value) -> dict[str, Any]:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    utc = moment.astimezone(dt.UTC) if moment.tzinfo else moment
    time = {"hour": utc.hour, "minute": utc.minute, "second": utc.second, "microsecond": utc.microsecond}
    return {**_day(utc), "__class__": "datetime", **time}


_WRITTEN: Mapping[str, Callable[[Value], Any]] = {
    "numeric": lambda value: {"__class__": "Decimal", "decimal": str(number_of(value))},
    "float": lambda value: float(number_of(value)),
    **dict.fromkeys(("integer", "biginteger", "many2one", "one2one"), whole_of),
    "boolean": _truth,
    "date": _day,
    "datetime": lambda value: {**_moment(value), "microsecond": 0},  # such a field counts whole seconds
    "timestamp": _moment,
    **dict.fromkeys(("char", "text", "fulltext", "selection", "reference"), str),
}


def _iso(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
