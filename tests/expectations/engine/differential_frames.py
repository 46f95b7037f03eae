# ruff: noqa: DTZ001 # moments without a zone are among what is asked
"""Frames on which both engines must come to the same verdicts: a fixed set, and hypothesis' own.

Columns are named by what is in them, so that a listed difference can say which ones it is about.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

ROWS = 24
SCRIPTS = [
    "Müller & Söhne",
    "上海示例贸易有限公司",
    "Ελληνικά",
    "Пример",
    "مثال",
    "דוגמה",
    "ตัวอย่าง",
    "예시",
    "例え",
    "e\u0301",
    "😀",
    " x ",
]
SCHEMA: dict[str, Any] = {
    "key": pl.Int64,
    "whole": pl.Int64,
    "whole_null": pl.Int64,
    "small": pl.Int8,
    "unsigned": pl.UInt32,
    "amount": pl.Float64,
    "amount_null": pl.Float64,
    "amount_nan": pl.Float64,
    "single": pl.Float32,
    "price": pl.Decimal(12, 2),
    "price_null": pl.Decimal(12, 2),
    "text": pl.String,
    "text_null": pl.String,
    "scripts": pl.String,
    "written": pl.String,
    "documents": pl.String,
    "flag": pl.Boolean,
    "flag_null": pl.Boolean,
    "day": pl.Date,
    "day_null": pl.Date,
    "moment": pl.Datetime("us"),
    "moment_null": pl.Datetime("us"),
    "moment_utc": pl.Datetime("us", "UTC"),
    "moment_shanghai": pl.Datetime("us", "Asia/Shanghai"),
    "nothing": pl.String,
    "no_number": pl.Float64,
    "group": pl.Categorical,
}
NUMBERS = ("whole", "whole_null", "small", "unsigned", "amount", "amount_null", "amount_nan", "single", "no_number")
DECIMALS = ("price", "price_null")
TEXTS = ("text", "text_null", "scripts", "written", "nothing")
FLAGS = ("flag", "flag_null")
DAYS = ("day", "day_null")
MOMENTS = ("moment", "moment_null")
MIXED = ("mixed", "numbers", "words")
ZONED = ("moment_utc", "moment_shanghai")

START = dt.datetime(2026, 3, 28, 22, 30)
"""A night before summer time begins in Europe, so that hours of clocks that jump are among the moments."""


def _gaps(values: list[Any], every: int) -> list[Any]:
    return [None if n % every == 0 else one for n, one in enumerate(values)]


def _moments(zone: dt.tzinfo | None) -> list[dt.datetime]:
    return [(START + dt.timedelta(hours=(7 * n) % 50, microseconds=n % 3)).replace(tzinfo=zone) for n in range(ROWS)]


def typical() -> pl.DataFrame:
    """Every kind of column: repeated values, nulls, NaN, zones, decimals, every script."""
    numbers = [(n * 7) % 10 for n in range(ROWS)]
    amounts = [(n * 37 % 11) * 1.25 - 3 for n in range(ROWS)]
    texts = [f"word {n % 7}" for n in range(ROWS)]
    prices = [Decimal(n * 37 % 11) / 4 for n in range(ROWS)]
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=n * 5 % 13) for n in range(ROWS)]
    written = [
        "2026-01-02",
        '{"a": 1}',
        "12",
        "1e3",
        "not",
        "[1, 2]",
        "",
        "31/12/2025",
        "nan",
        "null",
        "2026-13-40",
        "10 May 2026",
    ]
    return pl.DataFrame(
        {
            "key": [100 + n for n in range(ROWS)],
            "whole": numbers,
            "whole_null": _gaps(numbers, 5),
            "small": [n - 4 for n in numbers],
            "unsigned": [n * 100_000_000 for n in numbers],
            "amount": amounts,
            "amount_null": _gaps(amounts, 4),
            "amount_nan": [float("nan") if n % 6 == 1 else one for n, one in enumerate(amounts)],
            "single": [one / 2 for one in amounts],
            "price": prices,
            "price_null": _gaps(prices, 5),
            "text": texts,
            "text_null": _gaps(texts, 3),
            "scripts": (SCRIPTS * 2)[:ROWS],
            "written": (written * 2)[:ROWS],
            "documents": ['{"a": 1}', '{"b": [null]}', "[]", None] * (ROWS // 4),
            "flag": [n % 3 == 0 for n in range(ROWS)],
            "flag_null": _gaps([n % 3 == 0 for n in range(ROWS)], 7),
            "day": days,
            "day_null": _gaps(days, 6),
            "moment": _moments(None),
            "moment_null": _gaps(_moments(None), 6),
            "moment_utc": _moments(dt.UTC),
            "moment_shanghai": _gaps(_moments(dt.UTC), 8),
            "nothing": [None] * ROWS,
            "no_number": [None] * ROWS,
            "group": [f"g{n % 3}" for n in range(ROWS)],
        },
        schema=SCHEMA,
    )


def sorted_up() -> pl.DataFrame:
    """No missing value, in order: most of what is asked holds."""
    return typical().drop_nulls("key").with_columns(pl.selectors.exclude("key").fill_null(strategy="backward").sort())


def fixed() -> dict[str, pl.DataFrame]:
    """Frames by name."""
    whole = typical()
    return {
        "typical": whole,
        "empty": whole.clear(),
        "one row": whole.head(1),
        "one full row": whole.slice(1, 1),
        "duplicates": pl.concat([whole.head(5), whole.head(5), whole.head(2)]),
        "in order": sorted_up(),
    }


def mixed() -> pl.DataFrame:
    """Columns of Python objects, as they come from pandas: several kinds of value in one, and of one kind."""
    several: list[Any] = [3, "word 1", 2.5, None, "12", 3, "word 1", SCRIPTS[1], True, -4, float("nan"), "x"]
    told = {"mixed": several, "numbers": [1, 2.5, None, 7, 1, 9] * 2, "words": ["a", None, "bb", "a", "word 1", "ccc"] * 2}
    return pl.DataFrame(
        {
            "key": range(len(several)),
            "whole": [n % 5 for n in range(len(several))],
            **{name: pl.Series(told[name], dtype=pl.Object) for name in MIXED},
            "group": pl.Series([f"g{n % 3}" for n in range(len(several))], dtype=pl.Categorical),
        }
    )


def _column(dtype: Any, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.one_of(st.none(), values), min_size=0, max_size=12).map(lambda one: pl.Series(one, dtype=dtype))


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)
NUMBER = st.integers(-20, 20)
AMOUNT = st.one_of(st.integers(-8, 8).map(lambda n: n / 4), st.just(float("nan")))
PRICE = st.integers(-900, 900).map(lambda n: Decimal(n) / 100)
DAY = st.dates(dt.date(2025, 12, 25), dt.date(2026, 1, 10))
MOMENT = st.datetimes(dt.datetime(2025, 12, 31), dt.datetime(2026, 1, 2))


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """A few rows of every kind, with nulls and NaN wherever they may be."""
    height = draw(st.integers(0, 9))

    def some(values: st.SearchStrategy[Any], *, gaps: bool) -> list[Any]:
        return draw(st.lists(st.one_of(st.none(), values) if gaps else values, min_size=height, max_size=height))

    told: dict[str, list[Any]] = {"key": list(range(height))}
    for names, values in (
        (("whole", "small"), NUMBER),
        (("amount", "single", "amount_nan"), AMOUNT),
        (("price",), PRICE),
        (("text", "scripts", "written"), TEXT),
        (("flag",), st.booleans()),
        (("day",), DAY),
        (("moment", "moment_utc"), MOMENT),
    ):
        told |= {name: some(values, gaps=False) for name in names}
    for name, values in (
        ("whole_null", NUMBER),
        ("amount_null", AMOUNT),
        ("price_null", PRICE),
        ("text_null", TEXT),
        ("flag_null", st.booleans()),
        ("day_null", DAY),
        ("moment_null", MOMENT),
        ("moment_shanghai", MOMENT),
    ):
        told[name] = some(values, gaps=True)
    told |= {"unsigned": [abs(n) for n in told["whole"]], "nothing": [None] * height, "no_number": [None] * height}
    told["documents"] = some(st.sampled_from(["{}", "[1]", '{"a": 2}']), gaps=True)
    told["group"] = [f"g{n % 3}" for n in range(height)]
    utc = {name: [None if one is None else one.replace(tzinfo=dt.UTC) for one in told[name]] for name in ZONED}
    return pl.DataFrame({name: (told | utc)[name] for name in SCHEMA}, schema=SCHEMA)
