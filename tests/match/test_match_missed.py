"""How much blocking has missed: the estimate from finds alone, against samples of which everything is known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from reconcile.match.candidates.missed import estimated, missed
from reconcile.match.linkage import Settings, score
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
KINDS = {
    "name": Kind.COMPANY_NAME, "street": Kind.ADDRESS, "city": Kind.TEXT, "postcode": Kind.POSTAL_CODE, "phone": Kind.PHONE,
    "email": Kind.EMAIL, "tax_id": Kind.TAX_ID,
}  # fmt: skip


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


def test_a_share_of_nothing_has_no_sign():
    found = estimated(np.array([0.0, 0.0, 3.0, 50.0]))
    assert found is not None
    assert f"{found.least:.1%}" == "0.0%"


def test_generated_businesses_are_missed_about_as_often_as_is_estimated(tmp_path):
    asked = [sys.executable, str(SCRIPT), "--records", "2000", "--out", str(tmp_path), "--seed", "3"]
    subprocess.run(asked, check=True, capture_output=True)
    sides = [pl.read_parquet(tmp_path / f"{side}.parquet").rename({"id": KEY}).select(KEY, *KINDS) for side in ("left", "right")]
    scored = score(sides[0], sides[1], Scheme(KINDS), Settings(small=100), Silent())
    truth = pl.read_parquet(tmp_path / "truth.parquet")
    for end, name, side in zip("lr", ("crm_key", "erp_key"), sides, strict=True):
        rows = side.select(pl.col(KEY).alias(name), pl.int_range(pl.len(), dtype=pl.UInt32).alias(end))
        truth = truth.join(rows, on=name)
    never = truth.join(scored.pairs.select("l", "r"), on=["l", "r"], how="anti").height / truth.height
    found = missed(scored.pairs, scored.rules, scored.comparison)
    assert never > 0
    assert found.least <= never + 0.002
    assert never - 0.002 <= found.most <= 10 * never + 0.01
