"""Values on their way to a system and back: the text of an action as what a connector takes, and whether two are the same."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from reconcile.connect.port import Value
from reconcile.records import Kind

_NUMBERS = (Kind.MONEY, Kind.QUANTITY)
_BETWEEN_DIGITS = re.compile(r"[\s()./-]+")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def to_value(text: str | None, kind: str) -> Value:
    """The value that an action's text stands for: Decimal, date, datetime, bool, else the text. Raises ValueError."""
    if text is None:
        return None
    if kind in _NUMBERS:
        return _number(text)
    if kind == Kind.DATE:
        return dt.date.fromisoformat(text.strip())
    if kind == Kind.DATETIME:
        return dt.datetime.fromisoformat(text.strip())
    if kind == Kind.BOOLEAN:
        return _truth(text)
    return text


def shown(value: Value) -> str | None:
    """A system's value as text: ISO dates, plain decimals, true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)):f}"
    return None if value is None else str(value)


def quoted(text: str | None) -> str:
    """A value as it stands in a message."""
    return "nothing" if text is None or not text.strip() else f"{text!r}"


def is_same(current: Value, text: str | None, kind: str, zone: ZoneInfo) -> bool:
    """Whether a system holds what the text says: numbers by amount, dates by day, times by instant, the rest by their text.

    Of telephone numbers only what stands between the digits may differ.

    Nothing and an empty text are the same. A time that carries no zone is in `zone`, the system's own.
    """
    here, there = (shown(current) or "").strip(), (text or "").strip()
    if here == there or not here or not there:
        return here == there
    try:
        return _comparable(here, kind, zone) == _comparable(there, kind, zone)
    except ValueError:
        return False


def _comparable(text: str, kind: str, zone: ZoneInfo) -> Value:
    if kind in _NUMBERS:
        return _number(text)
    if kind == Kind.DATE:
        return dt.datetime.fromisoformat(text).date()
    if kind == Kind.DATETIME:
        moment = dt.datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if kind == Kind.BOOLEAN:
        return _truth(text)
    if kind == Kind.PHONE:
        return _BETWEEN_DIGITS.sub("", text)
    return text


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text!r} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{text!r} is no number")
    return number


def _truth(text: str) -> bool:
    try:
        return _BOOLEANS[text.strip().lower()]
    except KeyError:
        raise ValueError(f"{text!r} is neither true nor false") from None
