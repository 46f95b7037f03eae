"""Work that is spared changes nothing: neither what comes out nor the column that goes in."""

from __future__ import annotations

import re
import unicodedata

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from reconcile.records import Kind
from reconcile.values import Reading, standard
from reconcile.values.sparing import each_once, once, only_where
from reconcile.values.text import clean, fold, words

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


SIGNS = st.sampled_from(list(" aA.-'’ \u3000ÜéßÅ©½上海ＡｂﬁŁ\u0301\u200b\u00a0\u202a\x00\t\n·Ⅷｶﾞ")) | st.characters(codec="utf-8")


def plainly_cleaned(text):
    bare = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text)
    normal = unicodedata.normalize("NFKC", bare)
    return re.sub("[\\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+", " ", normal).strip() or None


@given(st.lists(st.none() | st.text(SIGNS, max_size=8), max_size=12))
def test_what_is_passed_over_was_clean_and_folded_already(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    cleaned = frame.select(clean(pl.col("v")))["v"].to_list()
    assert cleaned == [None if value is None else plainly_cleaned(value) for value in values]
    for form in (clean, fold, words):
        once = frame.select(form(pl.col("v")))
        alone = [frame[row].select(form(pl.col("v")))["v"][0] for row in range(frame.height)]
        assert once["v"].to_list() == alone


WRITTEN = st.sampled_from(["12.50", "1.234,50", "1,234.5", "-7", "7-", "(3)", "x", "2026-03-01", "1.3.2026", "2026-03-01T10:00Z"])


@given(st.lists(st.none() | WRITTEN | st.text("0123456789.,-", max_size=7), max_size=12))
def test_a_number_or_date_is_read_the_same_alone_and_among_others(values):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    for kind in (Kind.MONEY, Kind.DATE, Kind.DATETIME):
        form = standard(kind, pl.col("v"), pl.String(), Reading())
        assert frame.select(form)["v"].to_list() == [frame[row].select(form)["v"][0] for row in range(frame.height)]


def test_what_occurs_several_times_in_a_form_is_made_once():
    asked: list[list[str | None]] = []

    def made(values: pl.Series) -> pl.Series:
        asked.append(values.to_list())
        return lower(values)

    def twice(text: pl.Expr) -> pl.Expr:
        return pl.when(text != "").then(text + text)

    column = pl.Series("own", ["A", "", None])
    dear = pl.col("own").map_batches(made, return_dtype=pl.String)
    assert column.to_frame().select(once(dear, twice)).to_series().equals(pl.Series("own", ["aa", None, None]), check_names=True)
    assert len(asked) == 1
