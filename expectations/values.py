"""What keywords hold: text from YAML to numbers and dates, and placeholders to what they stand for at the run."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.own import WORDS
from reconcile.refusals import refusal

Codes = Mapping[str, Mapping[str, Sequence[str]]]
"""Allowed codes per entity and column, of one side: canonical codes of `status`, the side's own words of `raw:status`."""

CODES = "$codes"
TEXT_KEYWORDS = frozenset(
    (
        *("column", "column_A", "column_B", "column_list", "ignore_row_if", "value_set", "value_pairs_set"),
        *("regex", "regex_list", "match_on", "strftime_format", "method"),
        *WORDS,
    )
)
"""Keywords that stay text. Values of a set take the type of their column, at the run."""

_MOMENT = re.compile(r"\$(today|now)(?:\s*([+-])\s*(\d{1,5})d)?")


class NotApplicable(Exception):  # a result, not an error: becomes a note of the run
    """The rule can't be applied to this frame; the message says why."""


@dataclass(frozen=True)
class Moment:
    """`$today` or `$now`, and so many days later or earlier."""

    word: str
    days: int = 0

    def at(self, now: dt.datetime) -> dt.datetime:
        """The moment, in UTC without a zone; `$today` is midnight."""
        start = now.astimezone(dt.UTC).replace(tzinfo=None)
        if self.word == "today":
            start = start.replace(hour=0, minute=0, second=0, microsecond=0)
        return start + dt.timedelta(days=self.days)


def read_value(value: object) -> Any:
    """Text as number, truth value, date or moment; groups and lists piece by piece.

    Raises:
        ValueError: the text is none of these; the message says what is allowed.
    """
    if isinstance(value, Mapping):
        return {key: read_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [read_value(inner) for inner in value]
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    if moment := _MOMENT.fullmatch(value):
        word, sign, days = moment.groups()
        return Moment(word, int(f"{sign}{days}") if days else 0)
    for read in (int, _finite, dt.date.fromisoformat, dt.datetime.fromisoformat):
        try:
            return read(value)
        except ValueError:
            continue
    raise ValueError("must be a number, a date such as 2026-01-31, true, false, $today, $now or $today-30d")


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise ValueError(text)
    return number


def resolved(
    kwargs: Mapping[str, Any], dtypes: Mapping[str, pl.DataType], codes: Sequence[str] | None, now: dt.datetime
) -> dict[str, Any]:
    """The keywords as the engine takes them: moments and codes filled in, values of a set in the column's type, no `mostly`.

    Raises:
        NotApplicable: codes are asked for and the project has none, or a value of the set is not of the column's type.
    """
    out = {key: _moment(value, now) for key, value in kwargs.items() if key != "mostly"}
    if "value_set" in out:
        out["value_set"] = _value_set(out["value_set"], dtypes.get(str(kwargs.get("column"))), codes, now)
    if any(key in kwargs for key in ("column_A", "column_list")):
        out.setdefault("ignore_row_if", "either_value_is_missing" if "column_A" in kwargs else "any_value_is_missing")
    return out


def _moment(value: Any, now: dt.datetime) -> Any:
    """Dates become midnights: the engine compares them with times."""
    if isinstance(value, Moment):
        return value.at(now)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 # the engine's times are UTC without a zone
    return value


def _value_set(given: object, dtype: pl.DataType | None, codes: Sequence[str] | None, now: dt.datetime) -> list[Any]:
    words = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple) else []
    if CODES in words and codes is None:
        raise NotApplicable(refusal("rule_no_codes"))
    filled = list(codes or ()) if CODES in words else []
    words = [word for word in words if word != CODES] + filled
    if dtype is None or dtype in (pl.String, pl.Categorical, pl.Enum):
        return [str(word) for word in words]
    try:
        typed = [read_value(word) for word in words]
    except ValueError:
        raise NotApplicable(refusal("rule_words", dtype=dtype)) from None
    return [_moment(word, now) for word in typed]
