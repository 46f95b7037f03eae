"""Freshness by a side's own habit: how old the newest value is, held against what earlier runs found."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_results import answered, history, refused, results

from expectations.gx import Expected, evaluate
from expectations.own import expected as own
from expectations.own.expected.found import age_told

NOW = dt.datetime(2026, 5, 10, 12, tzinfo=dt.UTC)
_AGES = st.floats(0, 400, allow_nan=False).map(lambda age: round(age, 3))


def newest(age: float) -> pl.DataFrame:
    """A column whose newest moment is so many days old."""
    return pl.DataFrame({"d": [NOW - dt.timedelta(days=age), NOW - dt.timedelta(days=age + 9), None]})


def fresh(age: float, past: list[float], **given: object) -> tuple[bool, str, str]:
    """Whether it is as fresh as its history, and what is said in both languages."""
    asked = {"column": "d", "now": NOW, **given}
    tables = {"history": history(past).lazy()}
    (verdict,) = evaluate(newest(age), [Expected("expect_column_newest_value_to_be_as_fresh_as_its_history", asked)], tables)
    assert verdict.problem == ""
    return verdict.met, *verdict.found


@pytest.mark.parametrize(
    ("age", "past", "given", "holds"),
    [
        (0.5, [0.5] * 5, {}, True), (3.0, [0.5] * 5, {}, True), (3.1, [0.5] * 5, {}, False), (3.1, [0.5] * 4, {}, True),
        (0.6, [0.5] * 5, {"floor": 0, "slack": 0}, False), (0.0, [50.0] * 9, {}, True), (5.4, [5.0] * 9, {}, True),
        (5.6, [5.0] * 9, {}, False), (5.4, [5.0] * 9, {"slack": 0}, False),
        (14.0, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], {}, True), (15.0, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], {}, False),
        (15.0, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], {"deviations": 6}, True), (8.0, [0.5] * 20 + [300.0], {}, False),
        (8.0, [0.5] * 9 + [8.0] * 5, {"runs": 5}, True), (8.0, [0.5] * 9 + [8.0] * 5, {}, False),
    ],
)  # fmt: skip  # a table
def test_only_what_is_older_than_usual_breaks_it(age, past, given, holds):
    assert fresh(age, past, **given)[0] is holds


def test_what_was_found_is_said_in_hours_and_days_in_both_languages():
    assert fresh(1.0, [1.0] * 3)[1:] == (
        "the newest is 24 hours old; learning, 3 of 5 runs",
        "最新的距今 24 小时；学习中，3/5 次运行",
    )
    assert fresh(1 / 24, [0.5] * 5)[1:] == (
        "the newest is 1 hour old; usual is 12 hours, allowed up to 3 days (earlier runs: 5)",
        "最新的距今 1 小时；通常为 12 小时，按此前 5 次运行，最多允许 3 天",
    )
    assert fresh(9.25, [2.0, 3.0, 4.0, 3.0, 3.0])[1] == (
        "the newest is 9.2 days old; usual is 3 days, allowed up to 3.3 days (earlier runs: 5)"
    )
    assert [age_told(one, 0) for one in (0, 1.99, 2, 365.04)] == ["0 hours", "48 hours", "2 days", "365 days"]


def test_a_date_counts_in_whole_days_and_what_lies_in_the_future_says_nothing():
    rule = own.ExpectColumnNewestValueToBeAsFreshAsItsHistory(column="d", now=NOW)
    for days, age in (([10, 2], 0.0), ([7], 3.0), ([11], 0.0), ([12, 8], 2.0)):
        frame = pl.DataFrame({"d": [dt.date(2026, 5, day) for day in days]})
        assert answered(frame, rule, {"history": history([])})[1] == age
    ahead = pl.DataFrame({"d": [NOW + dt.timedelta(hours=3), NOW + dt.timedelta(days=400), NOW - dt.timedelta(days=50)]})
    assert answered(ahead, rule, {"history": history([])})[1] == 0.0
    assert answered(ahead.filter(pl.col("d") != ahead["d"][0]), rule, {"history": history([])})[1] == 50.0
    elsewhere = newest(1.0).with_columns(pl.col("d").dt.convert_time_zone("Asia/Shanghai"))
    assert answered(elsewhere, rule, {"history": history([])})[1] == 1.0
    assert answered(elsewhere.lazy(), rule, {"history": history([])})[1] == 1.0


def test_without_any_date_it_breaks_once_a_habit_is_known_and_words_are_refused():
    rule = own.ExpectColumnNewestValueToBeAsFreshAsItsHistory(column="d", now=NOW)
    nothing = pl.DataFrame({"d": [None]}, schema={"d": pl.Date})
    for frame in (nothing, nothing.clear(), pl.DataFrame({"d": [None]}), pl.DataFrame({"d": [dt.date(2099, 1, 1)]})):
        success, age, details = answered(frame, rule, {"history": history([1.0] * 5)})
        assert (success, age) == (False, None)
        told = [type(rule).found({"observed_value": age, "details": details}, language) for language in (0, 1)]
        assert told == [
            "no date at all; usual is 24 hours, allowed up to 3 days (earlier runs: 5)",
            "没有任何日期；通常为 24 小时，按此前 5 次运行，最多允许 3 天",
        ]
        assert answered(frame, rule, {"history": history([1.0] * 4)})[0]
    assert "only dates and times can be fresh" in refused(pl.DataFrame({"d": ["2026"]}), rule, {"history": history([])})


def test_the_pages_of_great_expectations_tell_it_in_both_languages():
    rules = [
        own.ExpectColumnNewestValueToBeAsFreshAsItsHistory(column="d", now=NOW, rule=name, meta={"language": language})
        for name, language in (("rows", "en"), ("rows", "zh"), ("few", "zh"))
    ]
    told = []
    for rule in rules:
        found = results(newest(2.5), [rule], {"history": history([1.0] * 5)}).results[0]
        (sentence,) = rule._prescriptive_renderer(configuration=found.expectation_config)
        told.append((
            sentence.to_json_dict()["string_template"]["template"],
            rule._diagnostic_observed_value_renderer(configuration=found.expectation_config, result=found),
        ))  # fmt: skip  # one thing
    (in_english, found), (in_chinese, found_zh), (_, too_few) = told
    assert in_english.endswith("older than earlier runs found it, or $floor days, once there are $min_runs runs.")
    assert in_chinese.endswith("不得多于 $deviations 个稳健标准差（$floor 天以内不算过旧）（至少有 $min_runs 次运行之后）。")
    assert found == "the newest is 2.5 days old; usual is 24 hours, allowed up to 3 days (earlier runs: 5)"
    assert found_zh == "最新的距今 2.5 天；通常为 24 小时，按此前 5 次运行，最多允许 3 天"
    assert too_few == "最新的距今 2.5 天；学习中，0/5 次运行"


@settings(max_examples=12, deadline=None)
@given(age=_AGES, runs=st.integers(5, 40), floor=st.floats(0, 30))
def test_a_side_with_a_constant_habit_never_breaks(age, runs, floor):
    assert fresh(age, [age] * runs, floor=floor, slack=0)[0]


@settings(max_examples=12, deadline=None)
@given(age=_AGES, past=st.lists(_AGES, max_size=9), floor=st.floats(0, 400))
def test_neither_an_age_under_the_floor_nor_a_short_history_breaks_it(age, past, floor):
    assert fresh(min(age, floor), past, floor=floor)[0]
    assert fresh(age, past[:4], floor=floor)[0]
    assert fresh(age, [], floor=floor)[0]


@settings(max_examples=12, deadline=None)
@given(age=_AGES, past=st.lists(_AGES, min_size=6, max_size=9), older=st.lists(_AGES, max_size=9), newer=_AGES)
def test_runs_before_the_window_change_nothing_and_what_is_fresher_never_breaks(age, past, older, newer):
    now = fresh(age, older + past, runs=6, floor=0.5)
    assert now == fresh(age, past, runs=6, floor=0.5)
    assert fresh(min(age, newer), past, floor=0.5)[0] or not fresh(age, past, floor=0.5)[0]


@settings(max_examples=8, deadline=None)
@given(age=_AGES, crm=st.lists(_AGES, min_size=5, max_size=9), erp=st.lists(_AGES, min_size=5, max_size=9))
def test_the_sides_swapped_swap_what_is_found(age, crm, erp):
    def told(side: str, of_crm: list[float], of_erp: list[float]) -> tuple[bool, dict[str, object]]:
        rule = own.ExpectColumnNewestValueToBeAsFreshAsItsHistory(column="d", now=NOW, rule="r", system=side)
        past = pl.concat([history(of_crm, "r", "crm"), history(of_erp, "r", "erp")])
        success, _, details = answered(newest(age), rule, {"history": past})
        return success, details

    assert told("crm", crm, erp) == told("erp", erp, crm)
