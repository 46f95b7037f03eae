"""A column brought into standard form in the cheap way is what the standard form says, and stays what it was."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.records import Kind
from reconcile.values import Reading, standard
from reconcile.values.columns import in_standard_form

_PHONES = st.lists(st.text("+0149 ()./-x", max_size=14) | st.from_regex(r"\+[0-9 ()./-]{0,14}", fullmatch=True), max_size=30)


@given(_PHONES)
def test_telephone_numbers_of_a_country(values):
    column = pl.Series("v", [*values, "+49 (0)30 1234567", "+49 (30) 1234567"], dtype=pl.String)
    country = pl.Series("c", ["DE"] * len(column))
    expression = standard(Kind.PHONE, pl.col("v"), pl.String(), Reading(country=pl.col("c")))
    expected = pl.DataFrame([column, country]).select(expression).to_series()
    assert in_standard_form(column, Kind.PHONE, country=country).to_list() == expected.to_list()


@pytest.mark.parametrize("kind", Kind)
def test_the_column_itself_stays_as_it_was(kind):
    written = ["030 1234567", " 1.5 ", "31.03.2026", "Ａcme  Ltd", "n/a", "+49 (30) 1", None]
    column = pl.Series(written)
    in_standard_form(column, kind, country=pl.Series(["DE"] * len(written)))
    assert column.to_list() == written


def test_a_decimal_comma_is_no_decimal_point():
    assert in_standard_form(pl.Series(["1.234"]), Kind.MONEY, Reading(decimal=",")).to_list() == [1234.0]
    assert in_standard_form(pl.Series(["1.234"]), Kind.MONEY, Reading(decimal=".")).to_list() == [1.234]
