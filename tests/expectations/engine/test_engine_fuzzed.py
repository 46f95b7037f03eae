# ruff: noqa: DTZ001 # moments without a zone are among what is asked
"""Whatever is asked: an answer or an error of that expectation alone, and where pandas answers too, the same."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from differential_cases import TABLE, Case
from differential_frames import SCHEMA, frames, typical
from differential_reasons import unexplained
from differential_sides import Sides
from great_expectations.expectations.registry import get_expectation_impl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MANY = 25
CONSTANTS: list[Any] = [
    *(None, True, 0, 3, -2.5, 10**25, float("nan"), float("inf"), Decimal("0.10"), "", "word 1", "2026-01-05", "3", "上海"),
    *(dt.date(2026, 1, 5), dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 5, tzinfo=dt.UTC), dt.time(1), [1], {"a": 1}),
]
ODD: dict[str, list[Any]] = {
    **dict.fromkeys(("min_value", "max_value", "sum_total", "threshold", "value", "multiplier"), CONSTANTS),
    "value_set": [[], CONSTANTS[:5], CONSTANTS[7:18], ["word 1", "word 1"]],
    "column_set": [[], ["whole", "whole"]],
    "value_pairs_set": [[], [[1, 1]], [[one, one] for one in CONSTANTS[:18]]],
    "regex": ["(", r"\bword", "[[a]", "a{2,1}", r"(?i)WORD", "^$", "\\"],
    "regex_list": [[], ["("], ["a", r"(?=b)"]],
    "mostly": [0, 0.5, 1, 1.5],
    "strftime_format": ["", "%Q", "%d"],
    "json_schema": [{}, {"type": "nothing"}, {"required": 3}],
    "type_": ["", "nothing", "str"],
    "column": [*SCHEMA, "absent"],
    "column_A": [*SCHEMA],
    "column_B": [*SCHEMA],
    "column_list": [[], ["whole"], ["whole", "text", "day"], ["moment", "moment_utc", "nothing"]],
}


def fits(case: Case) -> bool:
    """Great Expectations takes the keywords."""
    try:
        get_expectation_impl(case[0])(**case[1])
    except Exception:  # noqa: BLE001 # it refuses in many ways
        return False
    return True


@st.composite
def odd_cases(draw: st.DrawFn) -> Case:
    """A case as it is asked elsewhere, with one to three keywords replaced by whatever else there is."""
    name = draw(st.sampled_from([name for name in TABLE if "kl_divergence" not in name]))
    keywords = dict(draw(st.sampled_from(list(TABLE[name]()))))
    for key in draw(st.lists(st.sampled_from(sorted(keywords)), max_size=3, unique=True)) if keywords else []:
        keywords[key] = draw(st.sampled_from(ODD.get(key, [keywords[key]])))
    return name, keywords


@pytest.fixture(scope="module")
def sides() -> Iterator[Sides]:
    return Sides()


@given(frame=st.one_of(st.just(typical()), frames()), cases=st.lists(odd_cases().filter(fits), min_size=MANY, max_size=MANY))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_is_answered_or_refused_alone_and_as_pandas_answers(
    sides: Sides, frame: pl.DataFrame, cases: list[Case]
) -> None:
    ours, theirs = (sides.ask(side, frame, cases, "COMPLETE") for side in ("polars", "pandas"))
    for case, mine, other in zip(cases, ours, theirs, strict=True):
        assert "unwrap()" not in mine.raised, f"{case} makes polars panic"
        if not (mine.raised or other.raised):
            assert "success" not in unexplained(case, frame, mine, other)[0], f"{case}\n  polars {mine}\n  pandas {other}"
