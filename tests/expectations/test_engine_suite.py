"""A suite of Great Expectations on a polars frame: one query, and results as Great Expectations has them."""

from __future__ import annotations

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.row_conditions import Column

from expectations.engine import install

FRAME = pl.DataFrame(
    {
        "a": [1, 2, None, 4, 4],
        "b": ["x", "yy", None, "x", "zz"],
        "f": [1.0, float("nan"), 3.0, 4.0, 5.0],
    }
)


@pytest.fixture
def batch():
    """A function from a frame to a batch."""
    install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    definition = context.data_sources.add_polars("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("all")
    return lambda frame, **more: definition.get_batch({"dataframe": frame, **more})


@pytest.fixture
def collects(monkeypatch):
    """How often a query was collected."""
    counted = []
    real = pl.LazyFrame.collect

    def collect(self, engine="auto"):
        counted.append(engine)
        return real(self, engine=engine)

    together = pl.collect_all

    def collect_all(plans, engine="auto"):
        counted.append(engine)
        return together(plans, engine=engine)

    monkeypatch.setattr(pl.LazyFrame, "collect", collect)
    monkeypatch.setattr(pl, "collect_all", collect_all)
    return counted


def suite(expected):
    made = gx.ExpectationSuite(name="suite")
    for one in expected:
        made.add_expectation(one)
    return made


EXPECTED = (
    gxe.ExpectColumnValuesToNotBeNull(column="a"),
    gxe.ExpectColumnValuesToBeUnique(column="a"),
    gxe.ExpectColumnValuesToBeBetween(column="f", min_value=2),
    gxe.ExpectColumnValuesToBeInSet(column="b", value_set=["x"]),
    gxe.ExpectColumnValuesToMatchRegex(column="b", regex="^[xy]"),
    gxe.ExpectColumnMeanToBeBetween(column="f", min_value=2),
    gxe.ExpectTableRowCountToEqual(value=5),
    gxe.ExpectColumnToExist(column="b"),
)


@pytest.mark.parametrize("result_format", ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"])
def test_one_suite_is_one_query(batch, collects, result_format):
    results = batch(FRAME).validate(suite(EXPECTED), result_format=result_format).results
    assert len(collects) == 1
    assert {one.expectation_config.type: one.success for one in results} == {
        "expect_column_values_to_not_be_null": False,
        "expect_column_values_to_be_unique": False,
        "expect_column_values_to_be_between": False,
        "expect_column_values_to_be_in_set": False,
        "expect_column_values_to_match_regex": False,
        "expect_column_mean_to_be_between": True,
        "expect_table_row_count_to_equal": True,
        "expect_column_to_exist": True,
    }


def test_failing_rows_by_number_and_value(batch):
    found = batch(FRAME).validate(EXPECTED[2], result_format="COMPLETE").result
    assert found["unexpected_list"] == [1.0]
    assert found["unexpected_index_list"] == [0]
    assert found["unexpected_index_query"] == "df[[0]]"
    assert (found["element_count"], found["missing_count"], found["unexpected_count"]) == (5, 1, 1)


def test_failing_rows_by_key(batch):
    asked = {"result_format": "COMPLETE", "unexpected_index_column_names": ["a"]}
    found = batch(FRAME).validate(EXPECTED[3], result_format=asked).result
    assert found["unexpected_index_list"] == [{"b": "yy", "a": 2}, {"b": "zz", "a": 4}]


def test_a_row_condition_leaves_row_numbers_as_they_are(batch, collects):
    expected = gxe.ExpectColumnValuesToBeInSet(column="b", value_set=["x"], row_condition=Column("f") > 3)
    found = batch(FRAME.lazy()).validate(expected, result_format="COMPLETE").result
    assert (found["element_count"], found["unexpected_index_list"]) == (2, [4])
    assert len(collects) == 1


def test_a_rule_that_fails_leaves_the_others_alone(batch):
    results = batch(FRAME).validate(suite([gxe.ExpectColumnValuesToMatchRegex(column="nowhere", regex="x"), *EXPECTED])).results
    failed = [one for one in results if one.exception_info and "raised_exception" not in one.exception_info]
    assert len(results) == len(EXPECTED) + 1
    assert len(failed) == 1
    assert 'The column "nowhere" in BatchData does not exist.' in str(failed[0].exception_info)
