"""Equality: typed, null-safe, symmetric, and never empty-handed about the reason."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.compare.equality import Rule, judged
from reconcile.records import Kind


def row(kind, left, right, tolerance=0.0, dtype=pl.String):
    cells = pl.DataFrame({"crm": [left], "erp": [right]}, schema={"crm": dtype, "erp": dtype})
    raw = cells.select(pl.all().cast(pl.String).name.suffix("_raw"))
    return judged(Rule(kind, tolerance=tolerance), cells.hstack(raw)).row(0)


def verdict(kind, left, right, tolerance=0.0, dtype=pl.String):
    return row(kind, left, right, tolerance, dtype)[0] in ("different", "one-sided")


def why(kind, left, right, dtype=pl.String):
    return row(kind, left, right, dtype=dtype)[1]


@pytest.mark.parametrize(
    ("left", "right", "tolerance", "expected"),
    [
        (100.0, 100.01, 0.01, False),
        (0.3, 0.29, 0.01, False),
        (100.0, 100.02, 0.01, True),
        (100.0, 100.0, 0.0, False),
        (1e12, 1e12 + 0.02, 0.01, True),
        (None, 0.0, 0.01, True),
        (None, None, 0.0, False),
    ],
)
def test_money_has_a_tolerance_and_nothing_is_not_zero(left, right, tolerance, expected):
    assert verdict(Kind.MONEY, left, right, tolerance, pl.Float64) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("+49301234567", "0301234567", False),
        ("+49301234567", "+49301234568", True),
        ("+49301234567", "+44301234567", True),
        ("1234567", "+49301234567", False),
        ("4567", "+49301234567", True),
    ],
)
def test_a_local_number_is_the_end_of_an_international_one(left, right, expected):
    assert verdict(Kind.PHONE, left, right) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("Foo GmbH", "FOO Gesellschaft mit beschränkter Haftung", False),
        ("Foo GmbH", "Foo", False),
        ("Foo GmbH", "Foo AG", True),
        ("Foo Ltd", "Foo LLC", True),
        ("上海机械有限公司", "上海机械股份有限公司", True),
        ("Foo International Trading and Lo", "Foo International Trading and Logistics", True),
    ],
)
def test_another_legal_form_is_another_company(left, right, expected):
    assert verdict(Kind.COMPANY_NAME, left, right) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("10 S Kedzie Ave", "10 S. Kedzie", False),
        ("10 S Kedzie Avenue", "10 South Kedzie Ave.", False),
        ("Hauptstraße 5", "HAUPTSTR. 5", False),
        ("10 S Kedzie Ave", "10 S Kedzie Blvd", True),
        ("10 S Kedzie Ave", "110 S Kedzie Ave", True),
        ("Main St", "Station", True),
    ],
)
def test_a_type_of_street_may_be_left_out_but_not_be_another(left, right, expected):
    assert verdict(Kind.ADDRESS, left, right) is expected


def test_reasons_say_what_a_person_sees_at_once():
    assert why(Kind.TEXT, None, "x") == "empty_in_crm"
    assert why(Kind.TEXT, "x", None) == "empty_in_erp"
    assert why(Kind.COMPANY_NAME, "Foo International Tr", "Foo International Trading") == "truncated"
    assert why(Kind.TEXT, "a", "b") == "different"
    assert why(Kind.MONEY, 1.0, 2.0, pl.Float64) == "beyond_tolerance"
    time = dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    utc = pl.Datetime("us", "UTC")
    assert why(Kind.DATETIME, time, time + dt.timedelta(hours=8), utc) == "shifted_hours"
    assert why(Kind.DATETIME, time, time + dt.timedelta(minutes=7), utc) == "different"


TEXTS = st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["Foo GmbH", "foo", "+49301234567", "030 1234567"]))
TEXT_KINDS = [k for k in Kind if k not in (Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)]


@given(TEXTS, TEXTS)
def test_sides_may_be_swapped_and_a_value_equals_itself(left, right):
    for kind in TEXT_KINDS:
        assert verdict(kind, left, right) == verdict(kind, right, left), kind
        assert verdict(kind, left, left) is False, kind


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(0, 100), st.floats(0, 100))
def test_a_tighter_tolerance_never_hides_a_difference(left, right, one, other):
    tight, loose = sorted((one, other))
    if verdict(Kind.MONEY, left, right, loose, pl.Float64):
        assert verdict(Kind.MONEY, left, right, tight, pl.Float64)
