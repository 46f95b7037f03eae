"""Whatever the table: the suggested suite loads, passes on that very table, and does not depend on the order of rows."""

import datetime as dt
import random
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
from hypothesis import Phase, given, settings

from expectations import run_suites
from expectations.load import parse_suite
from expectations.suggest import as_yaml, suggest, table_of_file
from reconcile.records import KEY, RAW

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failing example is not made smaller, since each takes Great Expectations a while."""
NAMES = st.one_of(
    st.sampled_from(
        (
            *(
                "id",
                "Name",
                "E-Mail",
                "ShipCountry",
                "PLZ",
                "数量",
                "国家",
                "电话",
                "统一社会信用代码",
                "Ordered",
                "Shipped",
                "Total",
            ),
            *(
                "a: b # c",
                '"quoted"',
                "raw:x",
                "{a}",
                "- x",
                "null",
                "value",
                "n",
                "bad",
                "looked",
                " ",
                "col\nline",
                "$today",
                "é́",
            ),
        )
    ),
    st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=6).filter(lambda name: name != KEY),
)
WORDS = st.one_of(
    st.sampled_from(("", " ", "test", "n/a", "MÃ¼ller", "a@b.de", "DE", "Germany", "+49 30 901820", "EUR", "80331", "1.234,50")),
    st.sampled_from(
        ("DE89370400440532013000", "4006381333931", "2024-02-30", "01.02.2024", "A-1 B-2", "王", "=1+1", "\x00", "\u202e")
    ),
    st.text(max_size=12),
)
CELLS = (
    WORDS,
    st.sampled_from(("open", "closed", "shiped", "shipped")),
    st.integers(-3, 10**12),
    st.integers(0, 4),
    st.floats(),
    st.decimals(-1000, 1000, places=2, allow_nan=False),
    st.booleans(),
    st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    st.dates(dt.date(2024, 1, 1), dt.date(2026, 1, 1)),
    st.datetimes(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.times(),
    st.timedeltas(),
    st.none(),
)


@st.composite
def frames(draw):
    """Up to six columns of one to forty different rows, some of them over and over, so that rules come about."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    rows, times = draw(st.integers(0, 40)), draw(st.sampled_from((1, 1, 7)))
    chance = random.Random(draw(st.integers(0, 9)))  # noqa: S311 # which cells are empty
    columns = {}
    for name in names:
        few = draw(st.lists(draw(st.sampled_from(CELLS)), min_size=1, max_size=12))
        gaps = draw(st.sampled_from((0.0, 0.0, 0.02, 0.5)))
        columns[name] = pl.Series(
            [None if chance.random() < gaps else chance.choice(few) for _ in range(rows * times)], strict=False
        )
    return pl.DataFrame(columns)


def suggested(frame):
    return suggest(table_of_file(frame, "things", NOW))


@given(frames())
@settings(max_examples=25, phases=UNSHRUNK)
def test_the_suite_loads_and_passes_on_its_own_table(frame):
    table = table_of_file(frame, "things", NOW)
    suggestion = suggest(table)
    assert all(one.tally[None].met for one in suggestion.rules)
    if not suggestion.rules:
        return
    suite = parse_suite(as_yaml(suggestion).encode(), Path("own.yaml"))
    seen = frame.with_columns(
        table.whole.select(name for name in table.whole.columns if name in table.kinds or name.startswith(RAW))
    )
    keyed = seen.with_columns(pl.int_range(pl.len()).cast(pl.String).alias(KEY))
    result = run_suites([suite], suite.entity, None, keyed, now=NOW)
    assert not result.left_out
    told = {row["rule"]: (row["evaluated"], row["failed"], row["success"]) for row in result.checks.to_dicts()}
    expected = {one.rule.name: (one.tally[None].evaluated, one.tally[None].failed, True) for one in suggestion.rules}
    assert told == expected


@given(frames())
@settings(max_examples=25)
def test_the_order_of_rows_has_no_influence(frame):
    text = as_yaml(suggested(frame))
    assert text == as_yaml(suggested(frame.reverse()))
    assert text == as_yaml(suggested(frame.sample(fraction=1, shuffle=True, seed=3)))
    assert as_yaml(suggested(frame), "zh") == as_yaml(suggested(frame.reverse()), "zh")
