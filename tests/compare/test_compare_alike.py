"""Which types of columns can be held against each other, and that equal values are equal then."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest

from reconcile.compare.alike import in_one_type
from reconcile.records import Kind

DAY, MOMENT = dt.date(2026, 3, 4), dt.datetime(2026, 3, 4, 0, 0)  # noqa: DTZ001 - as a file holds it


@pytest.mark.parametrize(
    ("crm", "erp"),
    [
        (pl.Series([1, 2], dtype=pl.Int8), pl.Series([1, 2], dtype=pl.Int64)),
        (pl.Series([2**63], dtype=pl.UInt64), pl.Series([2**63], dtype=pl.Int128)),
        (pl.Series([0.1], dtype=pl.Float32), pl.Series([0.1], dtype=pl.Float64)),
        (pl.Series([Decimal("12.50")]), pl.Series([12.5])),
        (pl.Series([5]), pl.Series(["5"])),
        (pl.Series([5.0]), pl.Series(["5"])),
        (pl.Series([True]), pl.Series(["true"])),
        (pl.Series([DAY]), pl.Series(["2026-03-04"])),
        (pl.Series([DAY]), pl.Series([MOMENT])),
        (pl.Series([MOMENT], dtype=pl.Datetime("ms")), pl.Series([MOMENT], dtype=pl.Datetime("ns"))),
        (pl.Series([MOMENT], dtype=pl.Datetime("us", "UTC")), pl.Series([MOMENT], dtype=pl.Datetime("us"))),
    ],
)
def test_the_same_value_of_two_types_is_the_same(crm, erp):
    for one, other in ((crm, erp), (erp, crm)):
        same = in_one_type(one, other, None)
        assert same is not None
        assert same[0].dtype == same[1].dtype
        assert (same[0] == same[1]).all()


@pytest.mark.parametrize(
    ("crm", "erp", "kind"),
    [
        (pl.Series([1]), pl.Series([DAY]), None),
        (pl.Series([True]), pl.Series([DAY]), None),
        (pl.Series([dt.time(1)]), pl.Series([DAY]), None),
        (pl.Series([[1]]), pl.Series([[1]]), None),
        (pl.Series([b"a"]), pl.Series([b"a"]), None),
        (pl.Series([True]), pl.Series([1]), Kind.MONEY),
    ],
)
def test_types_that_do_not_go_together(crm, erp, kind):
    assert in_one_type(crm, erp, kind) is None
    assert in_one_type(erp, crm, kind) is None


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.DATETIME])
def test_a_number_may_be_a_day_where_the_field_is_said_to_hold_one(kind):
    assert in_one_type(pl.Series([46085]), pl.Series([DAY]), kind) is not None
