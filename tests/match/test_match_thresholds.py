"""From where on pairs are linked: the precision asked for is kept, unless nobody has asked and it would leave out much."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.match.linkage import Settings, link_at


def pairs(*groups: tuple[int, float]) -> pl.DataFrame:
    """So many pairs of each probability, each of two records of its own."""
    sure = np.concatenate([np.full(count, share) for count, share in groups])
    rows = np.arange(len(sure), dtype=np.uint32)
    return pl.DataFrame({"l": rows, "r": rows, "weight": np.log2(sure / (1 - sure))})


@pytest.mark.parametrize(
    ("groups", "linked"),
    [
        (((1000, 0.9999), (3, 0.7)), 1003),
        (((1000, 0.9999), (30, 0.6)), 1000),
        (((600, 0.9999), (400, 0.97)), 1000),
        (((1000, 0.6),), 1000),
        (((1000, 0.4),), 0),
    ],
    ids=["hardly costs", "not worth it", "finds far more", "nothing is surer", "never below even odds"],
)
def test_less_than_the_usual_precision_will_do_where_far_more_is_found(groups, linked):
    found = pairs(*groups)
    shares = 1 / (1 + np.exp2(-found["weight"].to_numpy()))
    assert np.count_nonzero(shares >= link_at(found, Settings())) == linked


@given(st.lists(st.floats(0.3, 0.99999), min_size=1, max_size=60), st.sampled_from([0.9, 0.95, 0.995]))
@settings(deadline=None, max_examples=60)
def test_a_precision_that_somebody_asks_for_is_kept(shares, asked):
    found = pairs(*((1, share) for share in shares))
    sure = 1 / (1 + np.exp2(-found["weight"].to_numpy()))
    linked = sure[sure >= link_at(found, Settings(target_precision=asked))]
    assert not len(linked) or linked.mean() >= asked - 1e-9
    assert link_at(found, Settings()) <= link_at(found, Settings(target_precision=0.995))
