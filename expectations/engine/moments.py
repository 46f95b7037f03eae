"""The value of a column of dates as Great Expectations compares it: with moments, with text and with days."""

from __future__ import annotations

import datetime as dt
from typing import Any


class Midnight(dt.datetime):
    """A moment that can be compared with days, too.

    Great Expectations wants a moment as soon as a bound is one, or is text; Python does not compare moments with days.
    """

    def __lt__(self, other: dt.date) -> bool:
        return super().__lt__(_moment(other))

    def __le__(self, other: dt.date) -> bool:
        return super().__le__(_moment(other))

    def __gt__(self, other: dt.date) -> bool:
        return super().__gt__(_moment(other))

    def __ge__(self, other: dt.date) -> bool:
        return super().__ge__(_moment(other))


def midnight(found: Any) -> Any:
    """A moment without a zone as it is compared; what is none stays as it is."""
    return Midnight.fromisoformat(found.isoformat()) if isinstance(found, dt.datetime) else found


def _moment(one: Any) -> Any:
    """Midnight of a day."""
    day = isinstance(one, dt.date) and not isinstance(one, dt.datetime)
    return dt.datetime(one.year, one.month, one.day) if day else one  # noqa: DTZ001 # as the other side, which has none
