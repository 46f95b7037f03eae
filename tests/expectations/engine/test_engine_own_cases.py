"""What Great Expectations' own cases for pandas ask of a data frame, and frames of polars alone do not: held here as well."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from differential_sides import Sides, Told
from great_expectations.expectations.row_conditions import Column, PassThroughCondition

from expectations.engine.moments import Midnight, midnight

DAYS = [dt.date(2026, 1, 30), dt.date(2026, 1, 31), None]
NIGHT, NOON = (dt.datetime(2026, 1, 31, hour) for hour in (0, 12))  # noqa: DTZ001 # dates have no zone
ORDERS = pl.DataFrame(
    {
        "amount": [1.0, 2.0, 3.0],
        "day": [dt.date(2026, 1, 30), dt.date(2026, 1, 31), dt.date(2026, 2, 1)],
        "at": [dt.datetime(2026, 1, one, 12, tzinfo=dt.UTC) for one in (29, 30, 31)],
        "number": [1, 2, 3],
        "word": ["1", "2", "x"],
    }
)


@pytest.fixture(scope="module")
def sides() -> Sides:
    return Sides()


def told(sides: Sides, frame: pl.DataFrame, name: str, side: Any = "polars", **keywords: Any) -> Told:
    return sides.ask(side, frame, [(name, keywords)], "COMPLETE")[0]


@pytest.mark.parametrize("bound", [dt.date(2026, 1, 31), NIGHT, "2026-01-31"], ids=["day", "moment", "text"])
@pytest.mark.parametrize(("name", "met"), [("expect_column_max_to_be_between", True), ("expect_column_min_to_be_between", False)])
def test_a_bound_of_dates_is_a_day_a_moment_or_text(sides: Sides, name: str, met: bool, bound: Any) -> None:
    found = told(sides, pl.DataFrame({"day": DAYS}), name, column="day", min_value=bound, max_value=bound)
    assert (found.success, found.raised) == (met, "")


def test_midnight_stands_between_days_and_moments() -> None:
    noon = midnight(NOON)
    assert noon == NOON
    assert noon > dt.date(2026, 1, 31)
    assert not noon <= dt.date(2026, 1, 31)
    assert noon < dt.date(2026, 2, 1)
    assert midnight(None) is None
    assert Midnight(2026, 1, 31) >= dt.date(2026, 1, 31)
    assert Midnight(2026, 1, 31) < noon


@pytest.mark.parametrize(
    ("name", "keywords"),
    [
        ("expect_column_mean_to_be_between", {"min_value": 0}),
        ("expect_column_quantile_values_to_be_between", {"quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 9]]}}),
    ],
)
def test_text_without_any_value_is_not_met_and_text_with_one_is_an_error(
    sides: Sides, name: str, keywords: dict[str, Any]
) -> None:
    empty, words = (pl.DataFrame({"text": values}, schema={"text": pl.String}) for values in ([None, None], ["12", None]))
    nothing = told(sides, empty, name, column="text", **keywords)
    assert (nothing.success, nothing.raised) == (False, told(sides, empty, name, "pandas", column="text", **keywords).raised)
    assert "not numeric" in told(sides, words, name, column="text", **keywords).raised


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("day<datetime.date(2026,1,31)", 1),
        ("day == datetime.date(2026, 1, 31)", 1),
        ("at > datetime.datetime(2026, 1, 29, 12, tzinfo=datetime.timezone.utc)", 2),
        ("at <= datetime.datetime(2026, 1, 30, 12)", 2),
        ('number == "1"', 0),
        ('number != "1"', 3),
        ("word == 1", 0),
        ('number in ["1", 2]', 1),
        ('number not in ["1", 2]', 2),
    ],
)
def test_a_row_condition_may_hold_days_and_moments_and_what_its_column_never_equals(
    sides: Sides, condition: str, kept: int
) -> None:
    asked = {"column": "amount", "min_value": 0, "row_condition": PassThroughCondition(pass_through_filter=condition)}
    found = told(sides, ORDERS, "expect_column_values_to_be_between", **asked)
    assert (found.raised, found.result.get("element_count")) == ("", kept)


@pytest.mark.parametrize("condition", ["day < datetime.date(1, 2, timedelta=3)", "day < datetime.date(2026, 1, number)"])
def test_a_moment_that_is_none_is_refused_with_a_hint(sides: Sides, condition: str) -> None:
    asked = {"column": "amount", "min_value": 0, "row_condition": PassThroughCondition(pass_through_filter=condition)}
    assert "Write it as an object" in told(sides, ORDERS, "expect_column_values_to_be_between", **asked).raised


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (PassThroughCondition(pass_through_filter='mixed == "abc"'), [1]),
        (PassThroughCondition(pass_through_filter="mixed == 9"), [2]),
        (PassThroughCondition(pass_through_filter="mixed.notnull()"), [0, 1, 2]),
        (Column("mixed") == "abc", [1]),
    ],
    ids=["text", "number", "there", "object"],
)
def test_python_objects_in_a_row_condition_are_left_to_pandas(sides: Sides, condition: Any, rows: list[int]) -> None:
    frame = pl.DataFrame({"x": [1, 2, 3, 4], "mixed": pl.Series([1.5, "abc", 9, None], dtype=pl.Object)})
    found = told(sides, frame, "expect_column_values_to_be_between", column="x", max_value=0, row_condition=condition)
    assert found.raised == ""
    assert (found.result["element_count"], found.result["unexpected_index_list"]) == (len(rows), rows)
