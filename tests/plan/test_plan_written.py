"""How a value is written on the other side: countries and currencies as that side writes them."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.config.models import FieldMap
from reconcile.plan.policy import written
from reconcile.records import RAW, Kind, Role
from reconcile.values import Reading, standard
from reconcile.values.places import country_spellings

SPEC = FieldMap.model_validate({"crm": "Land", "erp": "Country"})
CODES = sorted(country_spellings()["alpha_2"])


def side(kind: Kind, *texts: str | None) -> pl.DataFrame:
    raw = pl.DataFrame({RAW + "place": pl.Series(texts, dtype=pl.String)})
    return raw.with_columns(place=standard(kind, pl.col(RAW + "place"), pl.String(), Reading(".", None, "UTC")))


def told(kind: Kind, here: pl.DataFrame, there: pl.DataFrame) -> list[str | None]:
    return here.select(written("place", kind, SPEC, Role.CRM, there)).to_series().to_list()


def test_a_country_is_written_as_most_records_of_the_target_write_it():
    there = side(Kind.COUNTRY, "Germany", "Deutschland", "Germany", "UK", None)
    assert told(Kind.COUNTRY, side(Kind.COUNTRY, "DE", "GBR", None), there) == ["Germany", "UK", None]


@pytest.mark.parametrize(
    ("habit", "expected"),
    [
        ("DEU", "FRA"),
        ("DE", "FR"),
        ("Germany", "France"),
        ("德国", "法国"),
        ("Deutschland", "Frankreich"),
        (None, "FR"),
        ("?", "FR"),
    ],
)
def test_a_country_that_no_record_of_the_target_has_follows_its_way(habit, expected):
    there = side(Kind.COUNTRY, habit, "Spain" if habit == "Germany" else None)
    assert told(Kind.COUNTRY, side(Kind.COUNTRY, "France"), there) == [expected]


def test_a_currency_is_written_as_the_target_writes_it():
    there = side(Kind.CURRENCY, "€", "€", "EUR", "usd")
    assert told(Kind.CURRENCY, side(Kind.CURRENCY, "EUR", "USD", "GBP"), there) == ["€", "usd", "GBP"]


def test_a_target_without_the_field_gets_the_code():
    assert told(Kind.COUNTRY, side(Kind.COUNTRY, "Germany"), pl.DataFrame({"name": ["x"]})) == ["DE"]


@given(
    st.lists(st.sampled_from(CODES), min_size=1), st.sampled_from(sorted(country_spellings())), st.lists(st.sampled_from(CODES))
)
def test_what_is_written_is_read_as_the_same_country(codes, way, held):
    there = side(Kind.COUNTRY, *(country_spellings()[way][code] for code in held))
    said = told(Kind.COUNTRY, side(Kind.COUNTRY, *codes), there)
    assert side(Kind.COUNTRY, *said)["place"].to_list() == codes
