"""Work that is spared changes nothing: neither what comes out nor the column that goes in."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from reconcile.values.sparing import each_once, only_where

COLUMNS = st.lists(st.one_of(st.none(), st.text("aBc ", max_size=3)), max_size=12).map(
    lambda values: pl.Series("own", values, dtype=pl.String)
)


def lower(values: pl.Series) -> pl.Series:
    return values.str.to_lowercase()


@given(COLUMNS)
def test_what_is_done_only_where_needed_is_done(values):
    before = values.to_list()
    assert only_where(values, "[A-Z]", lower).equals(lower(values), check_names=True)
    assert values.to_list() == before


@given(COLUMNS)
def test_what_is_done_once_for_each_value_is_done_for_all(values):
    before = values.to_list()
    assert each_once(values, lower).equals(lower(values), check_names=True)
    assert values.to_list() == before


def test_what_does_not_match_is_not_looked_at():
    seen: list[str] = []

    def noted(some: pl.Series) -> pl.Series:
        seen.extend(some.to_list())
        return lower(some)

    assert only_where(pl.Series(["a", "B", None, "B"]), "[A-Z]", noted).to_list() == ["a", "b", None, "b"]
    assert seen == ["B", "B"]
    seen.clear()
    assert each_once(pl.Series(["a", "B", "B"]), noted).to_list() == ["a", "b", "b"]
    assert sorted(seen) == ["B", "a"]
