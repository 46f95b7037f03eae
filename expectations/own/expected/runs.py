"""Expectations that hold a table to time: to the clock, and to the columns that it had before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import BatchExpectation, ColumnAggregateExpectation

from expectations.own.expected.found import JOINED, Words, field, value_told
from expectations.own.expected.telling import Told
from expectations.own.metrics.runs import moment_of

_NO_DATE: Words = ("no date at all", "没有任何日期")
_NEWEST: Words = ("newest is {newest}, {days} days old", "最新为 {newest}，距今 {days} 天")
_CHANGES: dict[str, Words] = {
    "gone": ("{field} is gone", "缺少 {field}"),
    "other": ("{field} is {now}, was {before}", "{field} 现为{now}，原为{before}"),
    "new": ("{field} is new", "新增 {field}"),
}
_AS_BEFORE: Words = ("as before", "与以前一致")
_TYPES: dict[str, Words] = {
    "text": ("text", "文本"),
    "integer": ("integer", "整数"),
    "number": ("number", "数值"),
    "date": ("date", "日期"),
    "datetime": ("datetime", "日期时间"),
    "boolean": ("boolean", "是/否"),
    "list": ("list", "列表"),
    "record": ("record", "结构"),
}


class ExpectColumnNewestValueToBeFresh(Told, ColumnAggregateExpectation):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Expect the newest date of a column not to be older than so many days; a column without any date is not fresh."""

    days: float = Field(gt=0, description="How old the newest value may be, in days; 0.5 is twelve hours.")
    now: Any = Field(None, description="The moment that it is held to, in UTC, such as $now; that of the run if not given.")

    metric_dependencies = ("column.newest",)
    success_keys = ("days", "now")
    args_keys = ("column", "days")
    dimension: ClassVar[str] = "timeliness"
    sentence: ClassVar[Words] = ("newest value must not be older than $days days", "最新的值不能早于 $days 天之前")

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        newest = metrics["column.newest"]
        if newest is None:
            return {"success": False, "result": {"observed_value": None}}
        now = moment_of(self.now)
        whole_day = not isinstance(newest, dt.datetime)
        age = dt.timedelta(days=(now.date() - newest).days) if whole_day else now - newest
        found = {"observed_value": newest.isoformat(), "details": {"newest": newest, "age_days": age / dt.timedelta(days=1)}}
        return {"success": age <= dt.timedelta(days=self.days), "result": found}

    @classmethod
    def found(cls, result: Mapping[str, Any], language: int) -> str:
        """The newest date and how old it is."""
        details = result.get("details")
        if not details:
            return _NO_DATE[language]
        days = value_told(round(details["age_days"], 1), language)
        return _NEWEST[language].format(newest=value_told(details["newest"], language), days=days)


class ExpectTableSchemaToBeAsBefore(Told, BatchExpectation):  # type: ignore[misc]  # as above
    """Expect the same columns with the same types as before: as a side table has them, or as a list says."""

    types: dict[str, str] | None = Field(
        None, description="Column to type: text, integer, number, date, datetime, boolean, list, record."
    )
    before: str | None = Field(None, description="The side table whose columns count, instead of `types`.")
    more_allowed: bool = Field(False, description="true: further columns do no harm.")

    metric_dependencies = ("table.schema_now",)
    success_keys = ("types", "before", "more_allowed")
    args_keys = ("types", "before")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = ("columns and their types must be as before", "列及其类型必须与以前一致")
    clauses: ClassVar[dict[str, Words]] = {
        "types": (": $types", "：$types"),
        "before": (", as in $before", "（以 $before 为准）"),
        "more_allowed": ("; further columns do no harm", "；允许增加新列"),
    }

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        now = metrics["table.schema_now"]["now"]
        wanted = self.types if self.types is not None else metrics["table.schema_now"]["before"] or {}
        changes = [_change("gone", name) for name in wanted if name not in now]
        changes += [_change("other", name, now[name], was) for name, was in wanted.items() if now.get(name, was) != was]
        if not self.more_allowed:
            changes += [_change("new", name) for name in now if name not in wanted]
        details = {"now": now, "changes": changes}
        return {"success": not changes, "result": {"observed_value": _changes_told(changes, 0), "details": details}}

    @classmethod
    def found(cls, result: Mapping[str, Any], language: int) -> str:
        """What has changed, column by column."""
        return _changes_told(result["details"]["changes"], language)


def _change(what: str, name: str, now: str = "", before: str = "") -> dict[str, str]:
    return {"what": what, "field": name, "now": now, "before": before}


def _changes_told(changes: Sequence[Mapping[str, str]], language: int) -> str:
    return JOINED[language].join(_change_told(one, language) for one in changes) or _AS_BEFORE[language]


def _change_told(change: Mapping[str, str], language: int) -> str:
    types = {name: _TYPES[change[name]][language] if change[name] in _TYPES else change[name] for name in ("now", "before")}
    return _CHANGES[change["what"]][language].format(field=field(change["field"]), **types)
