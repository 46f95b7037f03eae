"""Laws of what conditions on columns rest on: patterns as Python reads them, repeated rows, judgements of distinct values."""

from __future__ import annotations

import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import gx
from expectations.engine.distinct import on_distinct
from expectations.engine.duplicates import duplicated
from expectations.engine.patterns import for_polars, holds, like

PATTERNS = (
    *(
        r"^\w+$",
        r"\W",
        r"^[\w\s.-]*$",
        r"\s",
        r"[^\s]$",
        r"^\d{2,3}$",
        r"(?i)é",
        r"a$",
        r"\Aa",
        r"a\Z",
        r"[$]",
        r"\$",
        r"\bx",
        r"(?=a)b?",
    ),
    *(r"(a)\1", r"^[^\W\d]+$", r"[]a]", r"a|^$", r"^(?:x|y)*$", r"\\$", r"^\S+\s\S+$", r"(?m)^a$", r"a{,2}b"),
)
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cn", "Co"], max_codepoint=0x3FFF)
TEXTS = st.lists(st.text(st.one_of(st.sampled_from("ab xyé²_$&\n\x1c\\]12"), LETTERS), max_size=6), min_size=1, max_size=12)


@given(pattern=st.sampled_from(PATTERNS), texts=TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_pattern_means_what_python_says(pattern, texts):
    found = pl.DataFrame({"t": texts}).select(holds(pl.col("t"), pattern)).to_series().to_list()
    assert found == [re.search(pattern, one) is not None for one in texts]


def test_usual_patterns_run_in_polars():
    usual = (r"^[\w.+-]+@[\w-]+\.[a-z]{2,}$", r"^\d{5}(-\d{4})?$", r"^(?:A|B)\s", r"[A-Z]{2}\d+", r"^\+?[0-9 ()]+$")
    assert [one for one in usual if for_polars(one) is None] == []
    assert [one for one in (r"[a&&b]", r"\bx", r"(a)\1", r"(?=a)", r"a++") if for_polars(one) is not None] == []


def test_a_pattern_that_python_can_not_read_is_named():
    with pytest.raises(ValueError, match=re.escape("'(a' can't be read")):
        holds(pl.col("t"), "(a")


@pytest.mark.parametrize(
    ("pattern", "escape", "text", "fits"),
    [
        ("a%", None, "abc", True),
        ("a_c", None, "abc", True),
        ("a_c", None, "abbc", False),
        ("a.c", None, "abc", False),
        ("100!%", "!", "100%", True),
        ("100!%", "!", "1000", False),
        ("%", None, "two\nlines", True),
        ("b", None, "abc", False),
    ],
)
def test_patterns_of_like(pattern, escape, text, fits):
    assert pl.Series([text]).str.contains(like(pattern, escape)).to_list() == [fits]


@given(rows=st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 4)), st.sampled_from(["a", "b", None])), max_size=30))
@settings(max_examples=100, deadline=None)
def test_rows_that_are_there_more_than_once(rows):
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String}, orient="row")
    found = frame.select(
        one=duplicated([pl.col("a")]), two=duplicated([pl.col("a"), pl.col("b")]), text=duplicated([pl.col("b")])
    )
    assert found["one"].to_list() == frame["a"].is_duplicated().to_list()
    assert found["two"].to_list() == frame.is_duplicated().to_list()
    assert found["text"].to_list() == frame["b"].is_duplicated().to_list()


def test_each_distinct_value_is_judged_once():
    asked = []

    def judge(values):
        asked.extend(values.to_list())
        return values.str.starts_with("a")

    frame = pl.DataFrame({"t": ["a", "b", None, "a", "ab", "b"]})
    assert frame.select(on_distinct(pl.col("t"), judge)).to_series().to_list() == [True, False, None, True, True, False]
    assert sorted(asked) == ["a", "ab", "b"]
    nothing = pl.DataFrame({"t": [None, None]}, schema={"t": pl.String})
    assert nothing.select(on_distinct(pl.col("t"), judge)).to_series().to_list() == [None, None]


def test_a_lazy_frame_gives_the_verdicts_of_the_frame():
    frame = pl.DataFrame({"a": [3, 1, None, 3], "b": ["x", "y", "z", None]})
    asked = [
        gx.Expected("expect_column_values_to_be_unique", {"column": "a"}),
        gx.Expected("expect_column_values_to_not_be_null", {"column": "b"}),
        gx.Expected("expect_column_mean_to_be_between", {"column": "a", "min_value": 5}),
        gx.Expected("expect_column_values_to_be_unheard_of", {"column": "a"}),
    ]
    eager, lazy = gx.evaluate(frame, asked), gx.evaluate(frame.lazy(), asked)
    assert [one.rows.to_list() for one in eager] == [one.rows.to_list() for one in lazy] == [[0, 3], [3], [], []]
    assert [one.evaluated for one in eager] == [one.evaluated for one in lazy] == [3, 4, 4, 0]
    assert [one.met for one in lazy] == [True, True, False, True]
    assert "unheard_of" in lazy[3].problem
