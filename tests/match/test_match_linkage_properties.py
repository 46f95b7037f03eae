"""Laws of linking, tried on other businesses each time: shares of a generated world, in other orders, sides and pieces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconcile.match.linkage import Settings, link, score
from reconcile.match.scheme import Scheme
from reconcile.match.scoring import comparison
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
KINDS = {
    "name": Kind.COMPANY_NAME, "contact": Kind.PERSON_NAME, "street": Kind.ADDRESS, "city": Kind.TEXT, "country": Kind.COUNTRY,
    "postcode": Kind.POSTAL_CODE, "phone": Kind.PHONE, "email": Kind.EMAIL, "tax_id": Kind.TAX_ID,
}  # fmt: skip
SCHEME = Scheme(KINDS)
RELAXED = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> tuple[pl.DataFrame, pl.DataFrame]:
    out = tmp_path_factory.mktemp("world")
    asked = [sys.executable, str(SCRIPT), "--records", "150", "--out", str(out), "--seed", "7"]
    subprocess.run(asked, check=True, capture_output=True)
    left, right = (pl.read_parquet(out / f"{side}.parquet").rename({"id": KEY}).select(KEY, *KINDS) for side in ("left", "right"))
    return left, right


def share(frame: pl.DataFrame, seed: int, size: int) -> pl.DataFrame:
    rows = np.random.default_rng(seed).permutation(frame.height)[:size]
    return frame[rows]


def mirrored(found: pl.DataFrame) -> pl.DataFrame:
    turned = found.rename({"crm_key": "erp_key", "erp_key": "crm_key"})
    return turned.select(found.columns).sort("crm_key", "erp_key")


@RELAXED
@given(seed=st.integers(0, 1000), size=st.integers(1, 120), small=st.sampled_from([10, 20_000]), piece=st.integers(40, 5_000))
def test_order_sides_and_pieces_have_no_say(world, monkeypatch, seed, size, small, piece):
    left, right = share(world[0], seed, size), share(world[1], seed + 1, 120)
    chosen = Settings(small=small)
    found = link(left, right, SCHEME, chosen, Silent())
    linked = found.filter(pl.col("zone") == "link")
    assert linked["crm_key"].is_unique().all()
    assert linked["erp_key"].is_unique().all()
    with monkeypatch.context() as cut:
        cut.setattr(comparison, "_AT_ONCE", piece)
        mixed = link(share(left, seed + 2, size), share(right, seed + 3, 120), SCHEME, chosen, Silent())
    assert mixed.equals(found)
    assert mirrored(link(right, left, SCHEME, chosen, Silent())).equals(found)


@RELAXED
@given(seed=st.integers(0, 1000), memory=st.integers(300, 3_000))
def test_enough_memory_has_no_say(world, seed, memory):
    left, right = share(world[0], seed, 100), share(world[1], seed, 100)
    found = link(left, right, SCHEME, Settings(), Silent())
    assert link(left, right, SCHEME, Settings(memory=memory * 2**20), Silent()).equals(found)


@RELAXED
@given(budget=st.integers(50, 1_000), small=st.sampled_from([10, 20_000]))
def test_a_budget_of_pairs_is_kept_in_one_go_and_in_two(world, budget, small):
    """Costs are told from samples, of so few records from all; what stands near by words is not counted."""
    left, right = world
    scheme = Scheme({name: kind for name, kind in KINDS.items() if kind in (Kind.PHONE, Kind.EMAIL, Kind.TAX_ID)})
    found = score(left, right, scheme, Settings(pairs=budget, small=small), Silent())
    cheapest = min(rule.pairs for rule in found.rules)
    assert found.pairs.height <= max(budget, cheapest)
