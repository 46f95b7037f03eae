"""Expectations that hold a table to time: to the clock, and to the columns that it had before."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from great_expectations.compatibility.pydantic import Field
from great_expectations.expectations.expectation import BatchExpectation, ColumnAggregateExpectation

from expectations.own.expected.telling import Told, Words


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
