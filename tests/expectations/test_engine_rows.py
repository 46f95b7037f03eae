"""Row conditions as objects and as text keep the rows that pandas keeps, or say how to write them."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from great_expectations.expectations.row_conditions import Column, PassThroughCondition

from expectations.engine.rows import row_condition

FRAME = pl.DataFrame(
    {
        "a": [1.0, 2.0, float("nan"), 4.0, None],
        "b": [5, 1, 3, 4, 2],
        "s": ["x", "y", None, "z z", "x"],
        "the day": [dt.datetime.fromisoformat(f"2026-01-0{day}") for day in (1, 2, 3, 4, 5)],
    }
)
TEXTS = (
    "a > 1",
    "a != 1",
    "a == 1 or s == 'x'",
    "(a > 1) & (s == 'y')",
    "a > 1 & b < 3",
    "(a > 3) | (b == 5)",
    "not a > 1",
    "~(b > 2)",
    "1 < b <= 4",
    "3 >= b",
    "s in ['x', 'z z']",
    "s not in ['x']",
    "b in (1, 2)",
    "a.isnull()",
    "s.notnull()",
    "a < b",
    "a + b > 4",
    "b * 2 - 1 == 5",
    "b == -1 or a >= 2.0",
    "`the day` > '2026-01-03'",
    "s == 'x & y' or s == 'y'",
)


def kept(condition):
    return FRAME.with_row_index("row").filter(row_condition(condition, FRAME.schema))["row"].to_list()


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_keeps_the_rows_that_pandas_keeps(text):
    assert kept(text) == FRAME.to_pandas().query(text).index.to_list()
    assert kept(PassThroughCondition(pass_through_filter=text)) == kept(text)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (Column("a") > 1, [1, 3]),
        (Column("a") != 1, [1, 2, 3, 4]),
        (Column("s").is_in(["x"]), [0, 4]),
        (Column("s").is_not_in(["x"]), [1, 2, 3]),
        (Column("a").is_null(), [2, 4]),
        (Column("a").is_not_null() & (Column("b") > 3), [0, 3]),
        ((Column("b") == 5) | (Column("b") == 1), [0, 1]),
        (Column("the day") >= dt.datetime.fromisoformat("2026-01-04"), [3, 4]),
        (Column("the day") >= "2026-01-04", [3, 4]),
        ('col("b") >= 4', [0, 3]),
        ('col("a").notNull()', [0, 1, 3]),
        ('col("the day") <= date("2026-01-02")', [0, 1]),
    ],
)
def test_rows_that_a_condition_keeps(condition, rows):
    assert kept(condition) == rows
    if not isinstance(condition, str):
        assert kept(condition.dict()) == rows


@pytest.mark.parametrize("text", ["s.str.len() > 3", "a >", "@x > 3", "b % 2 == 0", "index > 2", "a is None", "import os"])
def test_what_can_not_be_read_says_how_to_write_it(text):
    with pytest.raises(ValueError, match=r"row condition"):
        kept(text)
