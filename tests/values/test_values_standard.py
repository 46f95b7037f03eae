"""Standard forms: what each kind makes of what people type, and that standardising twice is standardising once."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.records import Kind
from reconcile.values import Reading, comparable, standard


def one(kind, value, reading=None, dtype=None):
    frame = pl.DataFrame({"v": [value]}, schema={"v": dtype or pl.String})
    return frame.select(standard(kind, pl.col("v"), frame.schema["v"], reading or Reading()).alias("v"))["v"][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1234", 1234.0),
        ("-12,5", -12.5),
        ("12-", -12.0),
        ("(3.50)", -3.5),
        ("EUR 1,000.00", 1000.0),
        ("5 €", 5.0),
        ("1'234.50", 1234.5),
        ("1.234.567", 1234567.0),
        ("1,234", 1234.0),
        ("1.234", 1.234),
        ("１２３", 123.0),
        ("1e3", 1000.0),
        ("12abc", None),
        ("1.2.3", None),
        ("", None),
        ("--", None),
        ("N/A", None),
    ],
)
def test_money_is_read_as_people_write_it(text, expected):
    assert one(Kind.MONEY, text) == expected


def test_the_systems_decimal_mark_settles_what_a_value_alone_cannot():
    assert one(Kind.MONEY, "1.234", Reading(decimal=",")) == 1234.0
    assert one(Kind.MONEY, "1,234", Reading(decimal=",")) == 1.234
    assert one(Kind.MONEY, "1,234", Reading(decimal=".")) == 1234.0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_nothing(value):
    assert one(Kind.MONEY, value, dtype=pl.Float64) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-10-31", dt.date(2026, 10, 31)),
        ("31.10.2026", dt.date(2026, 10, 31)),
        ("3/4/2026", dt.date(2026, 4, 3)),
        ("20261031", dt.date(2026, 10, 31)),
        ("2026年10月31日", dt.date(2026, 10, 31)),
        ("2026/10/31", dt.date(2026, 10, 31)),
        ("31 Oct 2026", dt.date(2026, 10, 31)),
        ("46000", dt.date(2025, 12, 9)),
        ("2026-10-31T23:30:00Z", dt.date(2026, 10, 31)),
        ("31.02.2026", None),
        ("2026-13-01", None),
        ("soon", None),
    ],
)
def test_dates_are_read_in_the_usual_forms_and_impossible_ones_are_nothing(text, expected):
    assert one(Kind.DATE, text) == expected


def test_month_first_where_the_system_writes_so():
    assert one(Kind.DATE, "3/4/2026", Reading(day_first=False)) == dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-10-31T10:00:00Z", "Asia/Shanghai", dt.datetime(2026, 10, 31, 10, tzinfo=dt.UTC)),
        ("2026-10-31T10:00:00.000+0000", "UTC", dt.datetime(2026, 10, 31, 10, tzinfo=dt.UTC)),
        ("2026-10-31T10:00:00+08:00", "UTC", dt.datetime(2026, 10, 31, 2, tzinfo=dt.UTC)),
        ("2026-10-31 10:00:00", "Asia/Shanghai", dt.datetime(2026, 10, 31, 2, tzinfo=dt.UTC)),
        ("2026-10-31", "Asia/Shanghai", dt.datetime(2026, 10, 30, 16, tzinfo=dt.UTC)),
        ("31.10.2026 10:00", "UTC", dt.datetime(2026, 10, 31, 10, tzinfo=dt.UTC)),
        ("2026-03-29T02:30:00", "Europe/Berlin", None),
        ("yesterday", "UTC", None),
    ],
)
def test_times_end_in_utc(text, zone, expected):
    assert one(Kind.DATETIME, text, Reading(timezone=zone)) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+49 (0)30 123456", "DE", "+4930123456"),
        ("030-1234567", "DE", "+49301234567"),
        ("0049 30 1234567", "US", "+49301234567"),
        ("(312) 555-1234", "US", "+13125551234"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("＋８６ 13800138000", "CN", "+8613800138000"),
        ("020 7946 0018 ext. 12", "GB", "+442079460018"),
        ("5551234", "US", "5551234"),
        ("030-1234567", None, "0301234567"),
        ("none", "DE", None),
    ],
)
def test_telephone_numbers_become_international_where_the_country_is_known(text, country, expected):
    frame = pl.DataFrame({"v": [text], "c": [country]}, schema={"v": pl.String, "c": pl.String})
    said = frame.select(standard(Kind.PHONE, pl.col("v"), pl.String(), Reading(country=pl.col("c"))).alias("v"))
    assert said["v"][0] == expected


@pytest.mark.parametrize("name", ["Germany", "DEU", "Deutschland", "de", "276", "德国", "Allemagne", "ドイツ"])
def test_a_country_has_many_names_and_one_code(name):
    assert one(Kind.COUNTRY, name) == "DE"


def test_an_unknown_country_stays_as_it_is():
    assert one(Kind.COUNTRY, "Narnia") == "NARNIA"


def test_a_whole_float_is_a_code_without_its_fraction():
    assert one(Kind.CODE, 30.0, dtype=pl.Float64) == "30"
    assert one(Kind.IDENTIFIER, 4711, dtype=pl.Int64) == "4711"


TEXT_KINDS = [k for k in Kind if k not in (Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)]


@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), min_size=1, max_size=20))
@example(["/", "-/"])
def test_standardising_twice_is_standardising_once(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    for kind in TEXT_KINDS:
        once = frame.select(standard(kind, pl.col("v"), pl.String(), Reading()).alias("v"))
        twice = once.select(standard(kind, pl.col("v"), pl.String(), Reading()).alias("v"))
        assert twice.equals(once), kind


@given(st.lists(st.text(max_size=60), min_size=1, max_size=20))
def test_any_text_gives_a_value_or_nothing_for_every_kind(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    for kind in Kind:
        out = frame.select(standard(kind, pl.col("v"), pl.String(), Reading()).alias("v"))
        forms = out.select(comparable(kind, pl.col("v")))
        assert out.height == forms.height == len(values)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32), st.booleans())
def test_a_number_written_in_either_manner_is_read_back(number, comma):
    rounded = round(number, 2)
    text = f"{rounded:,.2f}"
    if comma:
        text = text.translate(str.maketrans(",.", ".,"))
    assert one(Kind.MONEY, text) == pytest.approx(rounded)
