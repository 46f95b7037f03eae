"""What a random sample of pairs says of precision and recall, and whether its intervals hold the truth."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom
from taught_world import NAMES, raw, scored, world

from reconcile.match.teaching import survey
from reconcile.match.teaching.surveying import STRATA, exact_interval

ENDS = ["l", "r"]


@pytest.fixture(scope="module")
def strata():
    """Every pair of every stratum, with the truth."""
    whole = survey(world().scored, world().decided, 10**6)
    return whole.pairs.with_columns(world().answered(whole.pairs)["same"])


def share(strata, *names: str):
    return strata.filter(pl.col("stratum").is_in(names))["same"]


def test_intervals_hold_the_truth_in_at_least_93_of_100_surveys_and_are_of_use(strata):
    truth = {"links": share(strata, "link").mean(), "duplicates": share(strata, "duplicate").mean()}
    truth["recall"] = share(strata, "link", "duplicate").sum() / strata["same"].sum()
    held, widths = dict.fromkeys(truth, 0), dict.fromkeys(truth, 0.0)
    for seed in range(100):
        drawn = survey(world().scored, world().decided, 200, seed)
        assert drawn.pairs.height == 200
        found = drawn.measured(world().answered(drawn.pairs))
        for name, true in truth.items():
            one = getattr(found, name)
            held[name] += one.low - 1e-9 <= true <= one.high + 1e-9
            widths[name] += (one.high - one.low) / 100
            assert one.low <= one.estimate <= one.high
    assert min(held["links"], held["duplicates"]) >= 93, held
    assert held["recall"] >= 90, held  # four true pairs among 3,002 that look different are hardly ever drawn
    assert widths["links"] < 0.12
    assert widths["duplicates"] < 0.25
    assert widths["recall"] < 0.25


def test_a_survey_of_everything_is_exact(strata):
    found = survey(world().scored, world().decided, 10**6).measured(world().answered(strata))
    right = share(strata, "link").mean()
    assert (found.links.low, found.links.estimate, found.links.high) == pytest.approx((right, right, right))
    everything = strata["same"].sum()
    assert found.recall.low == pytest.approx(share(strata, "link", "duplicate").sum() / everything)
    assert found.recall.high == pytest.approx(found.recall.low)


def test_strata_share_no_pair_and_are_drawn_from_evenly(strata):
    assert strata.select(ENDS).is_unique().all()
    assert set(strata["stratum"].unique()) == set(STRATA)
    drawn = survey(world().scored, world().decided, 200)
    sizes = dict(drawn.pairs.group_by("stratum").len().iter_rows())
    assert sizes["link"] >= 90
    assert all(sizes[name] >= min(15, drawn.sizes[name]) for name in STRATA)
    other = survey(world().scored, world().decided, 200, seed=1)
    assert drawn.pairs.join(other.pairs, on=ENDS, how="semi").height < 120


def test_the_same_seed_draws_the_same_pairs_whatever_the_order_of_the_rows():
    (left, right), truth = raw()
    mixed = scored((left.reverse(), right.sample(fraction=1.0, shuffle=True, seed=4)), truth)
    one, other = (
        each.keyed(survey(each.scored, each.decided, 120, 7).pairs).select(*NAMES, "stratum") for each in (world(), mixed)
    )
    assert one.equals(other)


def test_pairs_that_people_have_answered_are_known_and_not_drawn(strata):
    before = strata.filter(pl.col("stratum") == "link").head(60).select(*ENDS, "same")
    drawn = survey(world().scored, world().decided, 200, answered=before)
    assert drawn.pairs.join(before, on=ENDS, how="semi").is_empty()
    assert drawn.known["link"] == (before["same"].sum(), 60)
    found = drawn.measured(world().answered(drawn.pairs))
    assert found.links.low <= share(strata, "link").mean() <= found.links.high
    assert found.links.of == share(strata, "link").len()


def test_nothing_is_said_where_nobody_has_answered():
    drawn = survey(world().scored, world().decided, 50)
    found = drawn.measured(world().answered(drawn.pairs.clear()))
    assert (found.links, found.duplicates, found.recall) == (None, None, None)


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60))
def test_the_interval_holds_every_true_number_whose_sample_is_not_far_off(rest, asked, right):
    right, size = min(right, asked), asked + rest
    low, high = exact_interval(right, asked, size)
    assert right <= low <= high <= size - (asked - right)
    for total in range(right, size - (asked - right) + 1):
        likely = min(hypergeom.sf(right - 1, size, total, asked), hypergeom.cdf(right, size, total, asked))
        assert (low <= total <= high) == (likely > 0.025) or low == high or likely == pytest.approx(0.025)
