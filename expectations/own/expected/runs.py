"""Expectations that hold a table to time: to the clock, and to what earlier runs found."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import BatchExpectation, ColumnAggregateExpectation

from expectations.own.expected.telling import Told, Words
from expectations.own.metrics.runs import SHARES

_NORMAL = 1.4826
"""Median absolute deviations that make a standard deviation, of what is spread normally."""
_WHOSE = {
    "suite": "The suite whose history counts; filled in by a run.",
    "rule": "The rule whose history counts; filled in by a run.",
    "entity": "The entity whose history counts; filled in by a run.",
    "system": "The system whose history counts; filled in by a run.",
}
_FEW: Words = (", once there are $min_runs runs", "（至少有 $min_runs 次运行之后）")


class ExpectColumnNewestValueToBeFresh(Told, ColumnAggregateExpectation):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Expect the newest date of a column not to be older than so many days; a column without any date is not fresh."""

    days: float = Field(gt=0, description="How old the newest value may be, in days; 0.5 is twelve hours.")
    now: Any = Field(None, description="The moment that it is held to, in UTC, such as $now; the present if not given.")

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
        now = _in_utc(self.now) if self.now else dt.datetime.now(dt.UTC)
        whole_day = not isinstance(newest, dt.datetime)
        age = dt.timedelta(days=(now.date() - newest).days) if whole_day else now - newest
        return {"success": age <= dt.timedelta(days=self.days), "result": {"observed_value": newest.isoformat()}}


def _in_utc(given: dt.date | str) -> dt.datetime:
    """A moment without a zone is in UTC, as Great Expectations' own times are."""
    moment = dt.datetime.fromisoformat(str(given))
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


class ExpectColumnMeasureToBeLikeItsHistory(Told, ColumnAggregateExpectation):  # type: ignore[misc]  # as above
    """Expect a measure of a column (sum, mean, share of missing values ...) to be within so many deviations of its own past.

    Usual is the median of earlier runs, and a deviation 1.4826 median absolute deviations: one strange run changes neither.
    """

    measure: str = Field(description="sum, mean, median, min, max, count, null_share, distinct, distinct_share, zero_share.")
    deviations: float = Field(4.0, gt=0, description="How many deviations it may be off.")
    slack: float = Field(0.01, ge=0, description="What is never too far off: a share of the usual value, or of 1 for shares.")
    min_runs: int = Field(5, ge=2, description="So many earlier runs are needed; before that it holds.")
    runs: int = Field(30, ge=0, description="So many of the latest runs are looked at; 0: all.")
    suite: str | None = Field(None, description=_WHOSE["suite"])
    rule: str | None = Field(None, description=_WHOSE["rule"])
    entity: str | None = Field(None, description=_WHOSE["entity"])
    system: str | None = Field(None, description=_WHOSE["system"])

    metric_dependencies = ("column.measured",)
    success_keys = ("measure", "deviations", "slack", "min_runs", "runs", "suite", "rule", "entity", "system")
    args_keys = ("column", "measure", "deviations")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "$measure must be within $deviations robust deviations of what earlier runs found",
        "$measure 与历次运行结果相比，偏差不得超过 $deviations 个稳健标准差",
    )
    clauses: ClassVar[dict[str, Words]] = {"min_runs": _FEW}

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        return _like_its_past(metrics["column.measured"], self, share=self.measure in SHARES)


class ExpectTableRowCountToBeLikeItsHistory(Told, BatchExpectation):  # type: ignore[misc]  # as above
    """Expect the number of records to be within so many robust deviations of what earlier runs found."""

    deviations: float = Field(4.0, gt=0, description="How many deviations it may be off.")
    slack: float = Field(0.01, ge=0, description="What share of the usual number is never too far off.")
    min_runs: int = Field(5, ge=2, description="So many earlier runs are needed; before that it holds.")
    runs: int = Field(30, ge=0, description="So many of the latest runs are looked at; 0: all.")
    suite: str | None = Field(None, description=_WHOSE["suite"])
    rule: str | None = Field(None, description=_WHOSE["rule"])
    entity: str | None = Field(None, description=_WHOSE["entity"])
    system: str | None = Field(None, description=_WHOSE["system"])
    row_condition: Any = None
    condition_parser: str | None = None

    metric_dependencies = ("table.row_count_measured",)
    domain_keys = ("batch_id", "table", "row_condition", "condition_parser")
    success_keys = ("deviations", "slack", "min_runs", "runs", "suite", "rule", "entity", "system")
    args_keys = ("deviations",)
    dimension: ClassVar[str] = "completeness"
    sentence: ClassVar[Words] = (
        "number of records must be within $deviations robust deviations of what earlier runs found",
        "记录数与历次运行结果相比，偏差不得超过 $deviations 个稳健标准差",
    )
    clauses: ClassVar[dict[str, Words]] = {"min_runs": _FEW}

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        return _like_its_past(metrics["table.row_count_measured"], self, share=False)


def _like_its_past(found: Mapping[str, Any], asked: Any, *, share: bool) -> dict[str, Any]:
    value, past = found["value"], _latest(found["past"], asked.runs)
    if value is None or len(past) < asked.min_runs:
        return {"success": True, "result": {"observed_value": value, "details": {"runs": len(past)}}}
    usual = statistics.median(past)
    deviation = _NORMAL * statistics.median(abs(one - usual) for one in past)
    allowed = max(asked.deviations * deviation, asked.slack * (1.0 if share else abs(usual)))
    details = {"runs": len(past), "usual": usual, "deviation": deviation, "allowed": [usual - allowed, usual + allowed]}
    return {"success": abs(value - usual) <= allowed + 1e-12, "result": {"observed_value": value, "details": details}}


def _latest(past: Sequence[float | None] | None, runs: int) -> list[float]:
    found = [one for one in past or () if one is not None]
    return found[:runs] if runs else found


class ExpectTableRowCountToBeInBandOfPastRuns(Told, BatchExpectation):  # type: ignore[misc]  # as above
    """Expect the number of records to be between the least and the most that the latest runs found, and a margin."""

    margin: float = Field(0.1, ge=0, description="How far beyond the least and the most it may be, as a share of them.")
    runs: int = Field(10, ge=1, description="So many of the latest runs make the band.")
    min_runs: int = Field(2, ge=1, description="So many earlier runs are needed; before that it holds.")
    suite: str | None = Field(None, description=_WHOSE["suite"])
    rule: str | None = Field(None, description=_WHOSE["rule"])
    entity: str | None = Field(None, description=_WHOSE["entity"])
    system: str | None = Field(None, description=_WHOSE["system"])
    row_condition: Any = None
    condition_parser: str | None = None

    metric_dependencies = ("table.row_count_measured",)
    domain_keys = ("batch_id", "table", "row_condition", "condition_parser")
    success_keys = ("margin", "runs", "min_runs", "suite", "rule", "entity", "system")
    args_keys = ("margin", "runs")
    dimension: ClassVar[str] = "completeness"
    shares: ClassVar[tuple[str, ...]] = ("margin",)
    sentence: ClassVar[Words] = (
        "number of records must be within the band of the latest $runs runs, give or take $margin of it",
        "记录数必须在最近 $runs 次运行的范围之内，允许上下浮动 $margin",
    )
    clauses: ClassVar[dict[str, Words]] = {"min_runs": _FEW}

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        found = metrics["table.row_count_measured"]
        value, past = found["value"], _latest(found["past"], self.runs)
        if len(past) < self.min_runs:
            return {"success": True, "result": {"observed_value": value, "details": {"runs": len(past)}}}
        band = [min(past) * (1 - self.margin), max(past) * (1 + self.margin)]
        details = {"runs": len(past), "allowed": band}
        return {"success": band[0] - 1e-9 <= value <= band[1] + 1e-9, "result": {"observed_value": value, "details": details}}


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
        changes = [f"{name} is gone" for name in wanted if name not in now]
        changes += [f"{name} is {now[name]}, was {kind}" for name, kind in wanted.items() if name in now and now[name] != kind]
        if not self.more_allowed:
            changes += [f"{name} is new" for name in now if name not in wanted]
        return {"success": not changes, "result": {"observed_value": "; ".join(changes) or "as before", "details": {"now": now}}}
