"""Great Expectations on polars against itself on pandas: the same verdicts, but for the differences that are listed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from differential_cases import ABOUT_COLUMNS, FORMATS, NOT_ON_PANDAS, TABLE, Case, every_case, on_mixed_columns, one_of_each
from differential_frames import fixed, frames, mixed
from differential_reasons import EXPLAINED, unexplained
from differential_sides import Sides
from great_expectations.expectations import registry
from great_expectations.expectations.row_conditions import Column
from hypothesis import HealthCheck, given, settings

from expectations.engine.differences import DIFFERENCES, table

CONDITIONS: dict[str, Any] = {
    "number": Column("whole") > 3,
    "missing": Column("text_null").is_not_null(),
    "one of": Column("text").is_in(["word 1", "word 5"]),
    "both": (Column("whole_null") >= 2) & (Column("flag") == True),  # noqa: E712 # the condition's own equality
    "either": (Column("amount") < 0) | (Column("whole_null").is_null()),
}


FRAMES = fixed()


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    return Sides()


def compared(
    sides: Sides, frame: pl.DataFrame, cases: Sequence[Case], result_format: Any, **more: Any
) -> tuple[list[str], set[str]]:
    """What differs for no listed reason, one line for each case; and the names of the listed differences that occurred."""
    theirs = sides.ask("pandas", frame, cases, result_format, **more)
    ours = sides.ask("polars", frame, cases, result_format, **more)
    lines: list[str] = []
    occurred: set[str] = set()
    for case, mine, other in zip(cases, ours, theirs, strict=True):
        left, seen = unexplained(case, frame, mine, other)
        occurred |= seen
        if left:
            lines.append(f"{case[0]} {case[1]}: {', '.join(left)}\n  polars {mine}\n  pandas {other}")
    return lines, occurred


def agrees(*asked: Any, **more: Any) -> set[str]:
    """Both engines say the same, but for listed differences, whose names are given."""
    lines, occurred = compared(*asked, **more)
    assert not lines, f"{len(lines)} differ:\n" + "\n".join(lines[:5])
    return occurred


def test_every_core_expectation_is_asked() -> None:
    core = {name for name in registry.list_registered_expectation_implementations() if _is_core(name)}
    assert core == {*TABLE, *NOT_ON_PANDAS}


def _is_core(name: str) -> bool:
    return str(registry.get_expectation_impl(name).__module__).startswith("great_expectations.")


def test_all_that_is_asked_is_answered_alike_and_listed_differences_still_occur(sides: Sides) -> None:
    quantiles = [case for case in every_case() if "quantile" in case[0]]
    occurred = agrees(sides, FRAMES["typical"], every_case(), "COMPLETE") | agrees(sides, FRAMES["empty"], quantiles, "COMPLETE")
    assert {one.name for one in DIFFERENCES} == occurred


@pytest.mark.parametrize("name", [name for name in FRAMES if name != "typical"])
def test_frames_at_the_edge_are_answered_alike(sides: Sides, name: str) -> None:
    for turn in range(2, 4):
        agrees(sides, FRAMES[name], one_of_each(turn)[turn % 2 :: 2], "COMPLETE")


@pytest.mark.parametrize("name", FORMATS)
def test_every_result_format_is_answered_alike(sides: Sides, name: str) -> None:
    for turn, frame in enumerate(("typical", "duplicates", "empty")):
        agrees(sides, FRAMES[frame], one_of_each(turn), FORMATS[name])


@pytest.mark.parametrize("result_format", ["COMPLETE", FORMATS["keys"], FORMATS["rows"], "SUMMARY"], ids=str)
def test_columns_of_mixed_values_are_answered_alike(sides: Sides, result_format: Any) -> None:
    cases = on_mixed_columns()
    agrees(sides, mixed(), cases if result_format == "COMPLETE" else cases[::5], result_format)


@pytest.mark.parametrize("name", CONDITIONS)
def test_row_conditions_are_answered_alike(sides: Sides, name: str) -> None:
    cases = [case for case in one_of_each() if not case[0].startswith(("expect_table_column", *ABOUT_COLUMNS))]
    agrees(sides, FRAMES["typical"], cases, "COMPLETE", row_condition=CONDITIONS[name], severity="warning")


@given(frame=frames())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_frame_holds_is_answered_alike(sides: Sides, frame: pl.DataFrame) -> None:
    agrees(sides, frame, one_of_each(1), "COMPLETE")


def test_every_listed_difference_has_its_explanation() -> None:
    assert {one.name for one in DIFFERENCES} == EXPLAINED.keys()


def test_the_page_lists_every_difference() -> None:
    page = Path(__file__).parents[3] / "docs" / "expectations-differences.md"
    assert table().strip() in page.read_text(encoding="utf-8")
