"""What a field says of its comparison: read as it is meant, and refused where it says nothing."""

import datetime as dt

import pytest
from pydantic import ValidationError

from reconcile.config.equality import Equality, misplaced, reading_of, rule_of
from reconcile.records import Kind
from reconcile.values import Reading
from reconcile.values.rule import Exchange, Rule


def test_a_field_that_says_nothing_has_the_rule_of_its_kind():
    for kind in Kind:
        assert rule_of(kind, Equality()) == Rule(kind)


def test_what_a_field_says_stands_in_its_rule():
    said = Equality.model_validate(
        {
            "minor_units": 1,
            "rates": {"base": "eur", "at": "2026-03-31", "per_base": {"usd": 1.25}},
            "nothing": [None, "", "TBD", 0],
            "counts": ["case"],
            "units": {"crm": "kg", "erp": "t"},
        }
    )
    rule = rule_of(Kind.MONEY, said)
    assert rule.exchange == Exchange("EUR", dt.date(2026, 3, 31), (("USD", 1.25),))
    assert rule.nothing == ("null", "", "tbd", "0")
    assert (rule.minor_units, rule.counts, rule.units) == (1, {"case"}, ("kg", "t"))


def test_a_field_may_say_how_it_is_read():
    said = Equality.model_validate({"two_digit_years": True, "true_words": ["Aktiv"]})
    assert reading_of(said, Reading()) == Reading(two_digit_years=True, true_words=("aktiv",))


@pytest.mark.parametrize(
    "said",
    [
        {"zone": "Europe/Berln"},
        {"tolerance": -1},
        {"relative_tolerance": 1},
        {"counts": ["nothing_known"]},
        {"rates": {"base": "EUR", "at": "2026-03-31", "per_base": {"USD": 0}}},
    ],
)
def test_what_can_not_be_meant_is_refused(said):
    with pytest.raises(ValidationError):
        Equality.model_validate(said)


def test_a_key_of_another_kind_is_misplaced():
    said = Equality.model_validate({"tolerance": 1, "days": 2, "separator": ";"})
    assert dict(misplaced(Kind.TEXT, said)) == {
        "tolerance": (Kind.MONEY, Kind.QUANTITY),
        "days": (Kind.DATE, Kind.DATETIME),
    }
    assert dict(misplaced(Kind.MONEY, said)) == {"days": (Kind.DATE, Kind.DATETIME)}
