"""Expectations of values that follow from others of their record: which records fail, and what is refused."""

import polars as pl
import pytest
from own_results import failing, refused, results

from expectations.own import expected as own

FRAME = pl.DataFrame(
    {
        "quantity": [2, 3, 1, None, 4],
        "price": [10.0, 5.5, 9.99, 1.0, 2.5],
        "discount": [0.0, 0.1, 0.0, 0.0, None],
        "net": [20.0, 14.85, 9.98, 7.0, 10.0],
        "tax": [3.8, 2.82, 1.9, 1.33, float("nan")],
        "gross": [23.8, 17.67, 11.0, None, 1.0],
        "code": ["B", "B", "B", "M", None],
        "city": ["Berlin", "Berlin", "Bonn", "Munich", "Bonn"],
    }
)


@pytest.mark.parametrize(
    ("expectation", "wrong"),
    [
        (own.ExpectColumnValuesToBeSumOf(column="gross", sum_columns=["net", "tax"]), [2]),
        (own.ExpectColumnValuesToBeSumOf(column="gross", sum_columns=["net", "tax"], tolerance=1), []),
        (own.ExpectColumnValuesToBeProductOf(column="net", factor_columns=["quantity", "price"], discount_column="discount"), []),
        (own.ExpectColumnValuesToBeProductOf(column="net", factor_columns=["quantity", "price"], tolerance=0.001), [1, 2]),
        (own.ExpectColumnValuesToBeDeterminedBy(column="city", by_columns=["code"]), [2]),
        (own.ExpectColumnValuesToBeDeterminedBy(column="city", by_columns=["code", "quantity"]), []),
    ],
)
def test_records_that_do_not_follow_fail(expectation, wrong):
    assert failing(FRAME, expectation) == wrong
    assert failing(FRAME.lazy(), expectation) == wrong
    assert sorted(FRAME.height - 1 - at for at in failing(FRAME.reverse(), expectation)) == wrong
    (empty,) = results(FRAME.clear(), [expectation]).results
    assert empty.success


def test_of_two_values_as_frequent_the_first_in_order_counts():
    frame = pl.DataFrame({"code": ["B", "B"], "city": ["Bonn", "Berlin"]})
    assert failing(frame, own.ExpectColumnValuesToBeDeterminedBy(column="city", by_columns=["code"])) == [0]


def test_what_cannot_be_calculated_is_refused_in_words():
    assert "city is no number" in refused(FRAME, own.ExpectColumnValuesToBeSumOf(column="gross", sum_columns=["net", "city"]))
    assert "no column vat" in refused(FRAME, own.ExpectColumnValuesToBeProductOf(column="gross", factor_columns=["net", "vat"]))
    assert "no column zip" in refused(FRAME, own.ExpectColumnValuesToBeDeterminedBy(column="city", by_columns=["zip"]))
