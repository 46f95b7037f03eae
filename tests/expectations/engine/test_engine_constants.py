# ruff: noqa: DTZ001 # moments without a zone are among what is asked
"""What equals what: a set, bounds, a pair of columns, a set of pairs and a row condition must say the same of a value."""

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from expectations.engine.comparing import compared
from expectations.engine.constants import as_series, bound, fitting, members
from expectations.engine.define import METRICS, Asked, Inexpressible
from expectations.engine.registration import install

install()
DAY, NOON = dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 5, 12)
SHANGHAI = pl.Series([DAY.replace(hour=8)]).dt.replace_time_zone("Asia/Shanghai")
"""Midnight in UTC."""
UTC = DAY.replace(tzinfo=dt.UTC)
NUMBERS = [(pl.Int64(), 3), (pl.UInt8(), 3), (pl.Float64(), 3.0), (pl.Float32(), 3.0), (pl.Decimal(8, 2), Decimal("3.00"))]
CASES: list[tuple[pl.Series, Any, bool]] = [
    *((pl.Series([held], dtype=dtype), given, True) for dtype, held in NUMBERS for given in (3, 3.0, Decimal(3))),
    *((pl.Series([held], dtype=dtype), given, False) for dtype, held in NUMBERS for given in (3.5, 4, 10**30)),
    (pl.Series([Decimal("0.10")]), 0.1, True),
    (pl.Series([Decimal("0.12")]), 0.125, False),
    (pl.Series([1]), True, True),
    (pl.Series([True]), 1, True),
    (pl.Series([True]), 2, False),
    (pl.Series([DAY.date()]), "2026-01-05", True),
    (pl.Series([DAY.date()]), DAY, True),
    (pl.Series([DAY.date()]), UTC, True),
    (pl.Series([DAY.date()]), NOON, False),
    (pl.Series([DAY]), DAY.date(), True),
    (pl.Series([DAY]), UTC, True),
    (pl.Series([DAY], dtype=pl.Datetime("ms")), DAY.replace(microsecond=1), False),
    (SHANGHAI, DAY, True),
    (SHANGHAI, UTC, True),
    (SHANGHAI, "2026-01-05T08:00:00+08:00", True),
    (SHANGHAI, NOON, False),
    (pl.Series(["a"], dtype=pl.Categorical), "a", True),
    (pl.Series(["1"]), "2", False),
    (pl.Series([dt.time(1)]), dt.time(1), True),
]


def met(name: str, columns: list[pl.Series], **keywords: Any) -> bool:
    frame = pl.DataFrame({str(at): one for at, one in enumerate(columns)})
    asked = Asked(frame.schema, tuple(frame.columns))
    return bool(frame.select(METRICS[name].build(*map(pl.col, frame.columns), asked, **keywords)).item())


@pytest.mark.parametrize(("column", "value", "equal"), CASES, ids=str)
def test_every_way_to_ask_agrees_on_what_equals_what(column: pl.Series, value: Any, equal: bool) -> None:
    name, frame = "0", column.alias("0").to_frame()
    assert met("column_values.in_set", [column], value_set=[None, value]) is equal
    assert met("column_values.not_in_set", [column], value_set=[float("nan"), value]) is not equal
    assert met("column_pair_values.in_set", [column, column], value_pairs_set=[(value, value), (None, value)]) is equal
    many = [(value, value), *((n, n) for n in range(-99, -9))] if column.dtype.is_signed_integer() else []
    assert not many or met("column_pair_values.in_set", [column, column], value_pairs_set=many) is equal
    assert frame.filter(compared(name, "IN", [value], frame.schema)).height == equal
    assert frame.filter(compared(name, "==", value, frame.schema)).height == equal
    assert frame.filter(compared(name, "!=", value, frame.schema)).height != equal
    if not isinstance(column.dtype, pl.Categorical | pl.Time | pl.Boolean) and column.dtype != pl.Datetime("ms"):
        assert met("column_values.between", [column], min_value=value, max_value=value) is equal
    if equal and (fits := members([value], column.dtype)).len():
        assert met("column_pair_values.equal", [column, fits])


def test_moments_without_a_zone_are_those_of_utc_in_pairs_of_columns_too() -> None:
    for other in (pl.Series([DAY]), pl.Series([DAY.date()])):
        assert met("column_pair_values.equal", [SHANGHAI, other])
        assert met("column_pair_values.equal", [other, SHANGHAI])
        assert not met("column_pair_values.a_greater_than_b", [SHANGHAI, other])


@pytest.mark.parametrize("dtype", [pl.Int64(), pl.Decimal(8, 2), pl.Date(), pl.Datetime("us"), pl.String(), pl.Float64()])
def test_what_can_stand_in_no_column_of_a_kind_is_in_no_set(dtype: pl.DataType) -> None:
    assert (
        fitting(
            [None, float("nan"), Decimal("NaN"), ["unhashable"], "no date", object()][: 5 if dtype != pl.String else 4], dtype
        )
        == {}
    )
    assert members([None], dtype).is_empty()


def test_a_bound_of_another_kind_is_an_error_that_names_it() -> None:
    for value, dtype in (("3", pl.Int64()), (3, pl.String()), (DAY, pl.Int64()), (3, pl.Date())):
        with pytest.raises(TypeError):
            bound(value, dtype)
    with pytest.raises(Inexpressible):
        members([1], pl.List(pl.Int64))


@pytest.mark.parametrize("dtype", [pl.Decimal(8, 2), pl.Float64(), pl.Int64()], ids=str)
def test_a_bound_may_be_without_end(dtype: pl.DataType) -> None:
    column = pl.Series([1], dtype=dtype)
    assert met("column_values.between", [column], max_value=float("inf"))
    assert not met("column_values.between", [column], min_value=float("inf"))


def test_fitting_values_become_a_column_of_the_type() -> None:
    fits = fitting([DAY, "2026-01-06"], SHANGHAI.dtype)
    assert as_series(fits.values(), SHANGHAI.dtype).dtype == SHANGHAI.dtype
    assert as_series(fits.values(), SHANGHAI.dtype)[0] == UTC
