"""Expectations that hold a side to its own past: to what the same rule found in earlier runs, its habit."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any, ClassVar

from great_expectations.compatibility.pydantic import BaseModel, Field
from great_expectations.expectations.expectation import BatchExpectation, ColumnAggregateExpectation

from expectations.own.expected.found import Words
from expectations.own.expected.telling import Told
from expectations.own.metrics.runs import SHARES

_NORMAL = 1.4826
"""Median absolute deviations that make a standard deviation, of what is spread normally."""
_FEW: Words = (", once there are $min_runs runs", "（至少有 $min_runs 次运行之后）")
_ROUNDING = 1e-9


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


def _usual(past: Sequence[float]) -> tuple[float, float]:
    """What is usual, and how far one deviation is from it."""
    usual = statistics.median(past)
    return usual, _NORMAL * statistics.median(abs(one - usual) for one in past)


def _latest(past: Sequence[float | None] | None, runs: int) -> list[float]:
    found = [one for one in past or () if one is not None]
    return found[:runs] if runs else found
