"""What rules about columns and tables found, as people read it in both languages: numbers, days, lists, and the runs before."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from own_results import history

from expectations.gx import Expected, evaluate
from expectations.own.expected.found import value_told

FRAME = pl.DataFrame({"amount": [1000.0, 1234567.0, None, 0.5], "day": [dt.date(2026, 11, 1)] * 4, "city": ["a", "b", "c", "a"]})


def told(expect, kwargs, tables=None):
    (one,) = evaluate(FRAME, [Expected(expect, kwargs)], tables)
    assert one.problem == ""
    return one.found


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (None, "no value", "无值"),
        (1234567, "1,234,567", "1,234,567"),
        (1234567.891, "1,234,567.89", "1,234,567.89"),
        (0.123456, "0.1235", "0.1235"),
        (float("nan"), "nan", "nan"),
        (1e20, "1e+20", "1e+20"),
        (True, "True", "True"),
        (dt.datetime(2026, 11, 2, 3, 4, tzinfo=dt.UTC), "2026-11-02 03:04", "2026-11-02 03:04"),
        (["a", "b"], "a, b", "a、b"),
        (list(range(10)), "0, 1, 2, 3, 4, 5, 6, 7 and 2 more", "0、1、2、3、4、5、6、7等，另有 2 个"),
        ({"a": 1000.0}, "a: 1,000", "a: 1,000"),
    ],
)
def test_a_value_reads_the_same_for_people_of_both_languages(value, english, chinese):
    assert (value_told(value, 0), value_told(value, 1)) == (english, chinese)


def test_an_expectation_that_came_along_is_told_as_ours_are():
    assert told("expect_column_max_to_be_between", {"column": "amount", "max_value": 5}) == ("1,234,567", "1,234,567")
    asked = {"column": "city", "value_set": ["a", "z"]}
    assert told("expect_column_distinct_values_to_be_in_set", asked) == ("not in the set: b, c", "不在集合中：b、c")
    both = ("not in the set: b, c; missing: z", "不在集合中：b、c；缺少：z")
    assert told("expect_column_distinct_values_to_equal_set", asked) == both
    asked = {"column": "city", "value_set": ["a"]}
    assert told("expect_column_distinct_values_to_contain_set", asked) == ("as the set says", "与集合一致")
    quantiles = {"quantiles": [0.5], "value_ranges": [[None, 5]]}
    asked = {"column": "amount", "quantile_ranges": quantiles}
    assert told("expect_column_quantile_values_to_be_between", asked)[0] == "0.5: 1,000"


def test_a_measure_says_what_is_usual_and_what_would_be_allowed():
    asked = {"column": "amount", "measure": "null_share", "rule": "rows", "entity": "orders", "suite": "orders", "system": "erp"}
    english, chinese = told("expect_column_measure_to_be_like_its_history", asked, {"history": history([0.1] * 6).lazy()})
    assert english == "25%; usual is 10%; allowed is 9% to 11% (earlier runs: 6)"
    assert chinese == "25%；通常为 10%；按此前 6 次运行，允许 9% 至 11%"
    few = told("expect_column_measure_to_be_like_its_history", asked, {"history": history([0.1]).lazy()})
    assert few == ("25%; too few earlier runs to judge by: 1", "25%；此前仅 1 次运行，不足以判断")


def test_a_table_out_of_its_band_and_an_old_one_say_by_how_much():
    asked = {"margin": 0.1, "rule": "rows", "entity": "orders", "suite": "orders", "system": "erp"}
    band = told("expect_table_row_count_to_be_in_band_of_past_runs", asked, {"history": history([2000.0, 1000.0]).lazy()})
    assert band == ("4; allowed is 900 to 2,200 (earlier runs: 2)", "4；按此前 2 次运行，允许 900 至 2,200")
    fresh = {"column": "day", "days": 3, "now": "2026-11-22"}
    assert told("expect_column_newest_value_to_be_fresh", fresh) == (
        "newest is 2026-11-01, 21 days old",
        "最新为 2026-11-01，距今 21 天",
    )
    empty = evaluate(FRAME.clear(), [Expected("expect_column_newest_value_to_be_fresh", fresh)])[0].found
    assert empty == ("no date at all", "没有任何日期")


def test_columns_that_changed_are_named_with_their_types():
    wanted = {"types": {"city": "text", "amount": "date", "fax": "text"}}
    assert told("expect_table_schema_to_be_as_before", wanted) == (
        "`fax` is gone; `amount` is number, was date; `day` is new",
        "缺少 `fax`；`amount` 现为数值，原为日期；新增 `day`",
    )


def test_a_rule_about_records_says_nothing_beside_its_records():
    assert told("expect_column_values_to_not_be_null", {"column": "amount"}) == ("", "")
