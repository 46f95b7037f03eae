"""What a rule about a column or table found, as people read it: numbers with their commas, days, lists, in both languages.

Names of fields stand in backticks, so that a screen can put what it calls them in their place.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

Words = tuple[str, str]
"""English, Chinese."""
_NOTHING: Words = ("no value", "无值")
JOINED: Words = ("; ", "；")
"""Between the parts of a sentence."""
SETS: dict[str, Words] = {
    "partial_unexpected_list": ("not in the set: {values}", "不在集合中：{values}"),
    "partial_missing_list": ("missing: {values}", "缺少：{values}"),
}
"""Parts of the result of an expectation about a set, and how they are told."""
_IN_SET: Words = ("as the set says", "与集合一致")
_LISTED: Words = (", ", "、")
_MORE: Words = (" and {n} more", "等，另有 {n} 个")
_USUAL: Words = ("; usual is {usual}", "；通常为 {usual}")
_ALLOWED: Words = ("; allowed is {least} to {most} (earlier runs: {runs})", "；按此前 {runs} 次运行，允许 {least} 至 {most}")
_TOO_FEW: Words = ("; too few earlier runs to judge by: {runs}", "；此前仅 {runs} 次运行，不足以判断")
_UNITS: tuple[Words, Words] = (("hours", "小时"), ("days", "天"))
_ONE_UNIT: tuple[Words, Words] = (("hour", "小时"), ("day", "天"))
_DAYS_FROM = 2.0
_SHOWN = 8
"""Values of a list that are told."""
_SCIENTIFIC = 1e15
_WHOLE = 100
"""From here on, two decimals are enough."""


def field(name: str) -> str:
    """The name of a field within a sentence."""
    return f"`{name}`"


def value_told(value: Any, language: int, *, share: bool = False) -> str:
    """One value that was found: a number, a day, a text, or several of them; `share` is told in percent."""
    if value is None:
        return _NOTHING[language]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{_number(value * 100)}%" if share else _number(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Mapping):
        if list(value) == ["quantiles", "values"]:
            value = dict(zip(*value.values(), strict=True))
        pairs = _LISTED[language].join(f"{name}: {value_told(one, language)}" for name, one in list(value.items())[:_SHOWN])
        return pairs + _rest(len(value), language)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _LISTED[language].join(value_told(one, language) for one in value[:_SHOWN]) + _rest(len(value), language)
    return str(value)


def age_told(days: float, language: int) -> str:
    """A span of time: in hours, or from two days on in days."""
    in_days = days >= _DAYS_FROM
    number = round(days, 1) if in_days else round(days * 24)
    units = _ONE_UNIT if number == 1 else _UNITS
    return f"{_number(number)} {units[in_days][language]}"


def set_told(result: Mapping[str, Any], language: int) -> str:
    """Of values held to a set: those that are not in it, and those of it that are not there."""
    given = {name: result.get(name) for name in SETS}
    parts = [SETS[name][language].format(values=value_told(some, language)) for name, some in given.items() if some]
    return JOINED[language].join(parts) or _IN_SET[language]


def past_told(details: Mapping[str, Any], language: int, *, share: bool = False) -> str:
    """What earlier runs say of it, as the end of a sentence; empty if nobody asked them."""
    if "runs" not in details:
        return ""
    if "allowed" not in details:
        return _TOO_FEW[language].format(runs=details["runs"])
    least, most = (value_told(one, language, share=share) for one in details["allowed"])
    usual = _USUAL[language].format(usual=value_told(details["usual"], language, share=share)) if "usual" in details else ""
    return usual + _ALLOWED[language].format(least=least, most=most, runs=details["runs"])


def _rest(many: int, language: int) -> str:
    return _MORE[language].format(n=many - _SHOWN) if many > _SHOWN else ""


def _number(value: float) -> str:
    if not math.isfinite(value) or abs(value) >= _SCIENTIFIC:
        return f"{value:g}"
    if value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= _WHOLE else f"{value:.4g}"
