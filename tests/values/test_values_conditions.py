"""Conditions of people: what they mean, and what is said of those that can't be used."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.records import Kind
from reconcile.values.conditions import BadCondition, condition, with_fields

KINDS = {"country": Kind.COUNTRY, "amount": Kind.MONEY, "due": Kind.DATE, "open": Kind.BOOLEAN, "状态": Kind.CODE}
PAIRS = pl.DataFrame(
    {
        "c:country": ["CN", "DE", None],
        "e:country": ["CN", "FR", None],
        "c:amount": [10.0, None, 5.0],
        "e:amount": [20.0, 7.0, None],
        "e:due": [dt.date(2026, 1, 31), None, dt.date(2027, 1, 1)],
        "c:open": [True, False, None],
        "c:状态": ["已确认", None, "100"],
    },
    schema_overrides={"e:due": pl.Date},
)


def told(text: str) -> list[bool]:
    seen = with_fields(PAIRS, {name: (f"c:{name}", f"e:{name}") for name in KINDS})
    return seen.select(told=condition(text, KINDS)).to_series().to_list()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("country = 'CN'", [True, False, False]),
        ("country IN ('CN', 'FR') AND amount > 6", [True, True, False]),
        ("amount BETWEEN 5 AND 7", [False, True, True]),
        ("country IS NULL", [False, False, True]),
        ("NOT (country = 'CN')", [False, True, False]),
        ("crm.country <> erp.country", [False, True, False]),
        ("crm.amount < erp.amount", [True, False, False]),
        ("due > DATE '2026-06-30'", [False, False, True]),
        ("open", [True, False, False]),
        ("状态 = '已确认'", [True, False, False]),
        ("country LIKE 'F%'", [False, True, False]),
        ("lower(country) = 'fr'", [False, True, False]),
    ],
)
def test_a_condition_is_about_what_the_erp_says_or_the_crm_where_it_says_nothing(text, holds):
    assert told(text) == holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 'x'", "names `colour`, which is no field"),
        ('country = "CN"', "names `CN`, which is no field"),
        ("crm.colour = 'x'", "names `colour`, which is no field"),
        ("country > 5", "compares what does not go together"),
        ("due > '2026-01-31'", "a date is DATE '2026-01-31'"),
        ("amount", "neither true nor false"),
        ("amount >", "is no condition"),
        ("", "is no condition"),
        ("*", "is no condition"),
        ("country = 'CN'; DROP TABLE breaks", "is no condition"),
        ("(SELECT 1) = 1", ""),
        ("SUM(amount) > 5", "looks at other records"),
        ("COUNT(*) > 5", "looks at other records"),
        ("ROW_NUMBER() OVER (ORDER BY amount) > 1", "looks at other records"),
    ],
)
def test_what_can_not_be_used_is_refused_in_words(text, message):
    with pytest.raises(BadCondition, match=r".") as caught:
        condition(text, KINDS)
    assert message in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_refused(text):
    try:
        found = told(text)
    except BadCondition as error:
        found, message = [], str(error)
    else:
        message = "usable"
    assert message
    assert all(isinstance(one, bool) for one in found)
