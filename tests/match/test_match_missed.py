"""How much blocking has missed: the estimate from finds alone, against samples of which everything is known."""

from __future__ import annotations

import numpy as np
import pytest

from reconcile.match.missed import estimated


@pytest.mark.parametrize("chance", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_the_truth_lies_between_the_two(chance, spread):
    """Six occasions; where pairs differ in how easily they are found, the one is too low and the other too high."""
    rng = np.random.default_rng(3)
    pairs = 40_000
    each = np.clip(chance * np.exp(spread * rng.standard_normal((pairs, 1))), 0, 0.95)
    times = (rng.random((pairs, 6)) < each).sum(axis=1)
    counts = np.bincount(times, minlength=7).astype(float)
    found = estimated(np.concatenate([[0.0], counts[1:]]))
    truth = counts[0] / pairs
    assert found.least <= truth + 0.005
    assert found.most >= truth - 0.005
    if not spread:
        assert found.least == pytest.approx(truth, abs=0.005)


def test_nothing_found_says_nothing():
    assert estimated(np.zeros(5)) is None


def test_what_every_occasion_finds_is_missed_by_none():
    assert estimated(np.array([0.0, 0.0, 0.0, 100.0])).most == 0
