# ruff: noqa: DTZ001 # moments without a zone are among what is asked
import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from expectations.engine.alike import kind, together
from expectations.engine.constants import as_series, fitting
from expectations.engine.define import Inexpressible


@pytest.mark.parametrize(
    ("dtype", "values", "fits"),
    [
        (pl.Int8(), [1, 2.0, 2.5, 300, "1", True, Decimal(4), float("nan"), 10**40, None], {1: 1, 2.0: 2, Decimal(4): 4}),
        (
            pl.Float64(),
            [1, 0.5, float("inf"), Decimal("0.25"), "x"],
            {1: 1.0, 0.5: 0.5, float("inf"): float("inf"), Decimal("0.25"): 0.25},
        ),
        (pl.Boolean(), [True, 0, 2, "True"], {True: True, 0: False}),
        (pl.Decimal(6, 2), [1.25, 0.125, Decimal(99999), 7], {1.25: Decimal("1.25"), 7: Decimal("7.00")}),
        (pl.String(), ["a", 1, None], {"a": "a"}),
        (pl.Categorical(), ["a", 1], {"a": "a"}),
        (pl.Time(), [dt.time(1), "01:00"], {dt.time(1): dt.time(1)}),
    ],
)
def test_only_what_a_column_can_hold_fits(dtype: pl.DataType, values: list[object], fits: dict[object, object]) -> None:
    assert fitting(values, dtype) == fits
    assert as_series(fitting(values, dtype).values(), dtype).len() == len(fits)


def test_moments_fit_days_at_midnight_and_are_of_utc_without_a_zone() -> None:
    day, noon = dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 5, 12)
    assert fitting([day, noon, "2026-01-05", "no day"], pl.Date()) == {day: day.date(), "2026-01-05": day.date()}
    utc = day.replace(tzinfo=dt.UTC)
    assert fitting([day, utc, day.date()], pl.Datetime("us")) == {day: day, utc: day, day.date(): day}
    assert fitting([day, utc], pl.Datetime("us", "Asia/Shanghai")) == {day: utc, utc: utc}


def test_python_objects_are_left_to_pandas() -> None:
    with pytest.raises(Inexpressible):
        kind(pl.Object())
    with pytest.raises(Inexpressible):
        kind(pl.List(pl.Int64))


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (pl.Series([1, None]), pl.Series([1.0, 2.0]), [True, None]),
        (pl.Series([True]), pl.Series([1]), [True]),
        (pl.Series([Decimal("1.50")]), pl.Series([1.5]), [True]),
        (pl.Series(["x"], dtype=pl.Categorical), pl.Series(["x"]), [True]),
        (pl.Series([dt.date(2026, 1, 5)]), pl.Series([dt.datetime(2026, 1, 5)]), [True]),
        (
            pl.Series([dt.datetime(2026, 1, 5, 8)]).dt.replace_time_zone("Asia/Shanghai"),
            pl.Series([dt.datetime(2026, 1, 5)]).dt.replace_time_zone("UTC"),
            [True],
        ),
        (pl.Series([None]), pl.Series(["x"]), [None]),
    ],
)
def test_values_of_one_kind_are_compared_across_types(a: pl.Series, b: pl.Series, equal: list[bool | None]) -> None:
    alike = together([pl.col("a"), pl.col("b")], (a.dtype, b.dtype))
    assert alike is not None
    assert pl.DataFrame({"a": a, "b": b}).select(alike[0] == alike[1]).to_series().to_list() == equal


def test_text_and_numbers_cannot_equal_one_another() -> None:
    assert together([pl.col("a"), pl.col("b")], (pl.Int64(), pl.String())) is None
