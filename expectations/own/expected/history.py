"""Expectations that hold a side to its own past: to what the same rule found in earlier runs, its habit."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from great_expectations.compatibility.pydantic import BaseModel, Field
from great_expectations.expectations.expectation import BatchExpectation, ColumnAggregateExpectation

from expectations.own.expected.found import Words, age_told
from expectations.own.expected.telling import Told
from expectations.own.metrics.runs import SHARES

_NORMAL = 1.4826
"""Median absolute deviations that make a standard deviation, of what is spread normally."""
_FEW: Words = (", once there are $min_runs runs", "（至少有 $min_runs 次运行之后）")
_ROUNDING = 1e-9
_NO_DATE: Words = ("no date at all", "没有任何日期")
_OLD: Words = ("the newest is {age} old", "最新的距今 {age}")
_HABIT: Words = (
    "; usual is {usual}, allowed up to {most} (earlier runs: {runs})",
    "；通常为 {usual}，按此前 {runs} 次运行，最多允许 {most}",
)
_LEARNING: Words = ("; learning, {runs} of {needed} runs", "；学习中，{runs}/{needed} 次运行")


class OfHistory(BaseModel):  # type: ignore[misc]  # Great Expectations is untyped for us
    """Mixed into an expectation before `Told`: whose history counts and how much of it; `_judged` says what it asks of it."""

    min_runs: int = Field(5, ge=2, description="So many earlier runs are needed; before that it holds.")
    runs: int = Field(30, ge=0, description="So many of the latest runs are looked at; 0: all.")
    suite: str | None = Field(None, description="The suite whose history counts; filled in by a run.")
    rule: str | None = Field(None, description="The rule whose history counts; filled in by a run.")
    entity: str | None = Field(None, description="The entity whose history counts; filled in by a run.")
    system: str | None = Field(None, description="The system whose history counts; filled in by a run.")

    metric_dependencies: ClassVar[tuple[str, ...]]
    clauses: ClassVar[dict[str, Words]] = {"min_runs": _FEW}

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        """Great Expectations' own: whether it holds, and what was found."""
        del runtime_configuration, execution_engine
        found = metrics[self.metric_dependencies[0]]
        judged = self._judged(found["value"], _latest(found["past"], self.runs))
        judged["result"]["details"]["share"] = self._of_share
        return judged

    @property
    def _of_share(self) -> bool:
        """Whether what is judged is a share, which is told in percent."""
        return False

    def _judged(self, value: float | None, past: list[float]) -> dict[str, Any]:
        """Great Expectations' result; `past` is what the latest runs found, the latest first."""
        raise NotImplementedError


class OfHabit(OfHistory):
    """The same for what may be so many robust deviations off."""

    deviations: float = Field(4.0, gt=0, description="How many deviations it may be off.")
    slack: float = Field(0.01, ge=0, description="What is never too far off: a share of the usual value, or of 1 for shares.")

    def _judged(self, value: float | None, past: list[float]) -> dict[str, Any]:
        if value is None or len(past) < self.min_runs:
            return {"success": True, "result": {"observed_value": value, "details": {"runs": len(past)}}}
        usual, deviation = _usual(past)
        allowed = max(self.deviations * deviation, self.slack * self._unit(usual))
        details = {"runs": len(past), "usual": usual, "deviation": deviation, "allowed": [usual - allowed, usual + allowed]}
        near = abs(value - usual) <= allowed + _ROUNDING
        return {"success": near, "result": {"observed_value": value, "details": details}}

    def _unit(self, usual: float) -> float:
        """What `slack` is a share of."""
        return 1.0 if self._of_share else abs(usual)


class OfRowCount(BaseModel):  # type: ignore[misc]  # as above
    """Mixed in beside one of these: it is about the number of records, perhaps of some of them only."""

    row_condition: Any = None
    condition_parser: str | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count_measured",)
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "table", "row_condition", "condition_parser")
    dimension: ClassVar[str] = "completeness"


class ExpectColumnMeasureToBeLikeItsHistory(OfHabit, Told, ColumnAggregateExpectation):  # type: ignore[misc]  # as above
    """Expect a measure of a column (sum, mean, share of missing values ...) to be within so many deviations of its own past.

    Usual is the median of earlier runs, and a deviation 1.4826 median absolute deviations: one strange run changes neither.
    """

    measure: str = Field(description="sum, mean, median, min, max, count, null_share, distinct, distinct_share, zero_share.")

    metric_dependencies = ("column.measured",)
    success_keys = ("measure", "deviations", "slack", "min_runs", "runs", "suite", "rule", "entity", "system")
    args_keys = ("column", "measure", "deviations")
    dimension: ClassVar[str] = "consistency"
    sentence: ClassVar[Words] = (
        "$measure must be within $deviations robust deviations of what earlier runs found",
        "$measure 与历次运行结果相比，偏差不得超过 $deviations 个稳健标准差",
    )

    @property
    def _of_share(self) -> bool:
        return self.measure in SHARES


class ExpectTableRowCountToBeLikeItsHistory(OfHabit, OfRowCount, Told, BatchExpectation):  # type: ignore[misc]  # as above
    """Expect the number of records to be within so many robust deviations of what earlier runs found."""

    success_keys = ("deviations", "slack", "min_runs", "runs", "suite", "rule", "entity", "system")
    args_keys = ("deviations",)
    sentence: ClassVar[Words] = (
        "number of records must be within $deviations robust deviations of what earlier runs found",
        "记录数与历次运行结果相比，偏差不得超过 $deviations 个稳健标准差",
    )


class ExpectTableRowCountToBeInBandOfPastRuns(OfHistory, OfRowCount, Told, BatchExpectation):  # type: ignore[misc]  # as above
    """Expect the number of records to be between the least and the most that the latest runs found, and a margin."""

    margin: float = Field(0.1, ge=0, description="How far beyond the least and the most it may be, as a share of them.")
    runs: int = Field(10, ge=1, description="So many of the latest runs make the band.")
    min_runs: int = Field(2, ge=1, description="So many earlier runs are needed; before that it holds.")

    success_keys = ("margin", "runs", "min_runs", "suite", "rule", "entity", "system")
    args_keys = ("margin", "runs")
    shares: ClassVar[tuple[str, ...]] = ("margin",)
    sentence: ClassVar[Words] = (
        "number of records must be within the band of the latest $runs runs, give or take $margin of it",
        "记录数必须在最近 $runs 次运行的范围之内，允许上下浮动 $margin",
    )

    def _judged(self, value: float | None, past: list[float]) -> dict[str, Any]:
        if value is None or len(past) < self.min_runs:
            return {"success": True, "result": {"observed_value": value, "details": {"runs": len(past)}}}
        least, most = min(past) * (1 - self.margin), max(past) * (1 + self.margin)
        details = {"runs": len(past), "allowed": [least, most]}
        within = least - _ROUNDING <= value <= most + _ROUNDING
        return {"success": within, "result": {"observed_value": value, "details": details}}


class ExpectColumnNewestValueToBeAsFreshAsItsHistory(OfHabit, Told, ColumnAggregateExpectation):  # type: ignore[misc]  # as above
    """Expect the newest date of a column to be no older than is usual for it, as earlier runs found it; newer is never wrong.

    The ages that earlier runs found are its habit: usual is their median, as for a measure.
    """

    slack: float = Field(0.1, ge=0, description="What is never too far off: a share of the usual age.")
    floor: float = Field(3.0, ge=0, description="In days: what is no older than that is never too old.")
    now: Any = Field(None, description="The moment at which the age is told, in UTC, such as $now; that of the run if not given.")

    metric_dependencies = ("column.newest_age_measured",)
    success_keys = ("deviations", "slack", "floor", "now", "min_runs", "runs", "suite", "rule", "entity", "system")
    args_keys = ("column", "deviations", "floor")
    dimension: ClassVar[str] = "timeliness"
    sentence: ClassVar[Words] = (
        "newest value must be at most $deviations robust deviations older than earlier runs found it",
        "最新值距今的时间与历次运行相比，超出不得多于 $deviations 个稳健标准差",
    )
    clauses: ClassVar[dict[str, Words]] = {"floor": (", or $floor days", "（$floor 天以内不算过旧）"), "min_runs": _FEW}

    def _judged(self, value: float | None, past: list[float]) -> dict[str, Any]:
        details: dict[str, Any] = {"runs": len(past), "needed": self.min_runs}
        if len(past) < self.min_runs:
            return {"success": True, "result": {"observed_value": value, "details": details}}
        usual, deviation = _usual(past)
        most = max(self.floor, usual + max(self.deviations * deviation, self.slack * usual))
        details |= {"usual": usual, "deviation": deviation, "allowed": [0.0, most]}
        fresh = value is not None and value <= most + _ROUNDING
        return {"success": fresh, "result": {"observed_value": value, "details": details}}

    @classmethod
    def found(cls, result: Mapping[str, Any], language: int) -> str:
        """How old the newest value is, in hours or days, and what earlier runs say of it."""
        age, details = result.get("observed_value"), result["details"]
        told = _NO_DATE[language] if age is None else _OLD[language].format(age=age_told(age, language))
        if "allowed" not in details:
            return told + _LEARNING[language].format(**details)
        usual, most = (age_told(one, language) for one in (details["usual"], details["allowed"][1]))
        return told + _HABIT[language].format(usual=usual, most=most, runs=details["runs"])


def _usual(past: Sequence[float]) -> tuple[float, float]:
    """What is usual, and how far one deviation is from it."""
    usual = statistics.median(past)
    return usual, _NORMAL * statistics.median(abs(one - usual) for one in past)


def _latest(past: Sequence[float | None] | None, runs: int) -> list[float]:
    found = [one for one in past or () if one is not None]
    return found[:runs] if runs else found
