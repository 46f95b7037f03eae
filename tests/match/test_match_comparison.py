"""Comparing many fields: each pattern of levels keeps a number of its own, however many fields there are."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from reconcile.match.linkage import Settings, link
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.comparison import Comparison
from reconcile.progress import Silent
from reconcile.records import KEY, Kind


def wide(fields: int) -> tuple[pl.DataFrame, Scheme]:
    """A record for each way to fill the first and the last three fields; the others are the same in all."""
    names = [f"f{at:02}" for at in range(fields)]
    ways = list(product([None, 7.0, 9.0], repeat=6))
    told = [*names[:3], *names[-3:]]
    columns = {name: [way[told.index(name)] for way in ways] if name in told else [7.0] * len(ways) for name in names}
    return pl.DataFrame({KEY: [f"k{at}" for at in range(len(ways))], **columns}), Scheme(dict.fromkeys(names, Kind.MONEY))


@pytest.mark.parametrize("fields", [6, 24, 25, 40, 80])
def test_patterns_that_differ_have_different_numbers(fields):
    frame, scheme = wide(fields)
    other = frame.head(1).with_columns(pl.lit(7.0).alias(name) for name in scheme.fields)
    ends = np.arange(frame.height, dtype=np.uint32)
    comparison = Comparison.of(frame, other, scheme)
    assert len(comparison.fields) == fields
    found = comparison.levels(pl.DataFrame({"l": ends, "r": np.zeros(frame.height, np.uint32)}))
    assert found.select(comparison.fields).n_unique() == frame.height
    assert found["_pattern"].n_unique() == frame.height


def test_forty_fields_link_as_well_as_few():
    rng = np.random.default_rng(8)
    words = [f"{a}{b}" for a in ("ka", "mo", "ti", "ru", "se", "xo") for b in ("lin", "dor", "vat", "zek", "pum")]
    values = {f"f{at:02}": rng.choice(words, 200) for at in range(40)}
    left = pl.DataFrame({KEY: [f"a{row}" for row in range(200)], **values})
    wrong = pl.DataFrame({name: rng.random(200) < 0.2 for name in values})
    right = left.with_columns(
        pl.col(KEY).str.replace("a", "b"),
        *(pl.when(wrong[name]).then(pl.lit("qqq")).otherwise(name).alias(name) for name in values),
    )
    found = link(left, right, Scheme(dict.fromkeys(values, Kind.COMPANY_NAME)), Settings(), Silent())
    linked = found.filter(pl.col("zone") == "link")
    assert linked.height == 200
    assert (linked["crm_key"].str.slice(1) == linked["erp_key"].str.slice(1)).all()
