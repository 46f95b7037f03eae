"""Expectations that hold a table to time: to the clock, and to the columns that it had before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
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
_SIGNS = {"gone": "-{field}", "other": "{field}: {before} > {now}", "new": "+{field}"}
"""The same for what compares one run with the next: in no language."""
_AS_BEFORE: Words = ("as before", "与以前一致")
_FIRST: Words = ("{columns} columns, which later runs are held to", "共 {columns} 列，作为以后运行的对照")
_TYPES: dict[str, Words] = {
    "text": ("text", "文本"),
    "integer": ("integer", "整数"),
    "number": ("number", "数值"),
    "date": ("date", "日期"),
    "datetime": ("datetime", "日期时间"),
    "boolean": ("boolean", "是/否"),
    "reference": ("reference", "引用"),
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
    """Expect the same columns with the same types as before: as the source had them in earlier runs, or as a list says."""

    types: dict[str, str] | None = Field(
        None, description="Column to type: text, integer, number, date, datetime, boolean, list, record."
    )
    before: str | None = Field(None, description="The side table whose columns count, instead of `types`.")
    days: float = Field(
        14,
        gt=0,
        description="Without `types` and `before`: so many days a change of the source's columns is told; then it is usual.",
    )
    more_allowed: bool = Field(False, description="true: further columns do no harm.")

    now: Any = Field(None, description="The moment that `days` are counted back from, in UTC; that of the run if not given.")
    entity: str | None = Field(None, description="The entity whose source counts; filled in by a run.")
    system: str | None = Field(None, description="The system whose source counts; filled in by a run.")

    metric_dependencies = ("table.schema_now",)
    success_keys = ("types", "before", "more_allowed", "days", "now", "entity", "system")
    args_keys = ("types", "before")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = ("columns and their types must be as before", "列及其类型必须与以前一致")
    clauses: ClassVar[dict[str, Words]] = {
        "types": (": $types", "：$types"),
        "before": (", as in $before", "（以 $before 为准）"),
        "days": (", or as the source's were $days days ago", "（或与 $days 天前的源数据一致）"),
        "more_allowed": ("; further columns do no harm", "；允许增加新列"),
    }

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        now, wanted = (metrics["table.schema_now"][name] for name in ("now", "before"))
        details = {"now": now, "known": wanted is not None, "changes": [] if wanted is None else self._changes(now, wanted)}
        changes = details["changes"]
        signs = "; ".join(_SIGNS[one["what"]].format(**one) for one in changes)
        return {"success": not changes, "result": {"observed_value": signs or "=", "details": details}}

    @classmethod
    def template(cls, given: Mapping[str, Any], language: int, *, with_column: bool) -> tuple[str, dict[str, Any]]:
        """As of every one of ours; `days` belongs to the source's columns alone."""
        of_source = given.get("types") is None and given.get("before") is None
        return super().template(given if of_source else {**given, "days": None}, language, with_column=with_column)

    def _changes(self, now: Mapping[str, str | None], wanted: Mapping[str, str | None]) -> list[dict[str, str]]:
        """What is gone, of another type, and new; a type that is not known is no change."""
        changes = [_change("gone", name) for name in wanted if name not in now]
        both = [(name, now[name], was) for name, was in wanted.items() if name in now]
        changes += [_change("other", name, is_now, was) for name, is_now, was in both if is_now and was and is_now != was]
        return changes if self.more_allowed else changes + [_change("new", name) for name in now if name not in wanted]

    @classmethod
    def found(cls, result: Mapping[str, Any], language: int) -> str:
        """What has changed, column by column."""
        return _changes_told(result["details"], language)


def _change(what: str, name: str, now: str = "", before: str = "") -> dict[str, str]:
    return {"what": what, "field": name, "now": now, "before": before}


def _changes_told(details: Mapping[str, Any], language: int) -> str:
    if not details["known"]:
        return _FIRST[language].format(columns=len(details["now"]))
    return JOINED[language].join(_change_told(one, language) for one in details["changes"]) or _AS_BEFORE[language]


def _change_told(change: Mapping[str, str], language: int) -> str:
    types = {name: _TYPES[change[name]][language] if change[name] in _TYPES else change[name] for name in ("now", "before")}
    return _CHANGES[change["what"]][language].format(field=field(change["field"]), **types)
