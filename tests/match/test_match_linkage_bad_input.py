"""Linking frames that hold nothing to link by, or names and values that nobody expects."""

from __future__ import annotations

import polars as pl
import pytest

from reconcile.match.linkage import ZONES, Settings, link
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

SCHEME = Scheme({"n": Kind.TEXT, "weight": Kind.TEXT})


def frame(names: list[str | None]) -> pl.DataFrame:
    keys = [f"k{i}" for i in range(len(names))]
    values = pl.Series(names, dtype=pl.String)
    return pl.DataFrame({KEY: pl.Series(keys, dtype=pl.String), "n": values, "weight": values + " x"})


GOOD = frame([f"{i * 7919 % 10007} street" for i in range(60)])


@pytest.mark.parametrize("other", [frame([]), frame([None] * 5)])
def test_nothing_to_link_by_gives_no_links(other):
    for left, right in ((GOOD, other), (other, GOOD), (other, other)):
        found = link(left, right, SCHEME, Settings(), Silent())
        assert found.is_empty()
        assert found.schema == ZONES


def test_values_that_no_form_is_left_of_give_no_links():
    nothing = frame(["\x01"] * 5)
    for left, right in ((GOOD, nothing), (nothing, GOOD), (nothing, nothing)):
        assert link(left, right, Scheme({"n": Kind.TEXT}), Settings(), Silent()).is_empty()


def test_a_field_may_have_any_name():
    plain = {"n": "first", "weight": "second"}
    renamed = GOOD.rename(plain)
    expected = link(renamed, renamed, Scheme(dict.fromkeys(plain.values(), Kind.TEXT)), Settings(), Silent())
    assert link(GOOD, GOOD, SCHEME, Settings(), Silent()).equals(expected)
