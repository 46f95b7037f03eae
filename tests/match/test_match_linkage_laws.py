"""Laws of linking two frames: what holds whatever the order, the sides, the pieces and the processors."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from reconcile.match.deciding.assignment import STEP
from reconcile.match.linkage import Settings, link
from reconcile.match.scheme import Scheme
from reconcile.match.scoring import comparison, fitting, vectors
from reconcile.match.scoring.model import probability
from reconcile.match.scoring.sampling import identity
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
RECORDS = 300
KINDS = {
    "name": Kind.COMPANY_NAME, "contact": Kind.PERSON_NAME, "street": Kind.ADDRESS, "city": Kind.TEXT, "country": Kind.COUNTRY,
    "postcode": Kind.POSTAL_CODE, "phone": Kind.PHONE, "email": Kind.EMAIL, "tax_id": Kind.TAX_ID, "website": Kind.URL,
}  # fmt: skip
TEXTS = ("name", "contact", "street", "city")
GOES = {"all at once": Settings(), "in two goes": Settings(small=100)}


@dataclass(frozen=True)
class Case:
    """Two frames, how they are linked, and what comes of it."""

    left: pl.DataFrame
    right: pl.DataFrame
    settings: Settings
    found: pl.DataFrame

    def again(self, left: pl.DataFrame | None = None, right: pl.DataFrame | None = None, **more: Kind) -> pl.DataFrame:
        """The result for these frames instead, and with these fields more."""
        sides = (self.left if left is None else left, self.right if right is None else right)
        return link(*sides, Scheme(KINDS | more), self.settings, Silent())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("laws")
    asked = [sys.executable, str(SCRIPT), "--records", str(RECORDS), "--out", str(out), "--seed", "1"]
    subprocess.run(asked, check=True, capture_output=True)
    for side in ("left", "right"):
        pl.read_parquet(out / f"{side}.parquet").rename({"id": KEY}).select(KEY, *KINDS).write_parquet(out / f"{side}.parquet")
    return out


@pytest.fixture(scope="module", params=list(GOES))
def case(request, folder) -> Case:
    left, right = (pl.read_parquet(folder / f"{side}.parquet") for side in ("left", "right"))
    settings = GOES[request.param]
    return Case(left, right, settings, link(left, right, Scheme(KINDS), settings, Silent()))


def links(found: pl.DataFrame) -> set[tuple[str, str]]:
    return set(found.filter(pl.col("zone") == "link").select("crm_key", "erp_key").rows())


def test_there_is_much_to_get_wrong(case):
    assert {"link", "duplicate"} <= set(case.found["zone"])
    assert len(links(case.found)) > 0.6 * RECORDS


def test_the_order_of_rows_and_of_fields_says_nothing(case):
    order = np.random.default_rng(4)
    mixed = [frame[order.permutation(frame.height)] for frame in (case.left, case.right)]
    assert case.again(*mixed).equals(case.found)
    turned = link(case.left.select(reversed(case.left.columns)), case.right, Scheme(dict(reversed(KINDS.items()))),
                  case.settings, Silent())  # fmt: skip
    assert turned.equals(case.found)


def test_the_sides_mirror(case):
    turned = case.again(case.right, case.left).rename({"crm_key": "erp_key", "erp_key": "crm_key"})
    assert turned.select(case.found.columns).sort("crm_key", "erp_key").equals(case.found)


def test_the_size_of_pieces_says_nothing(case, monkeypatch):
    monkeypatch.setattr(comparison, "_AT_ONCE", 701)
    monkeypatch.setattr(vectors, "_ROWS_AT_ONCE", 37)
    assert case.again().equals(case.found)


def test_samples_mirror_and_do_not_follow_the_order(case, monkeypatch):
    monkeypatch.setattr(comparison, "_RANDOM_PAIRS", 20_000)
    monkeypatch.setattr(fitting, "FITTED_PAIRS", 400)
    sampled = case.again()
    order = np.random.default_rng(5)
    turned = case.again(*(frame[order.permutation(frame.height)] for frame in (case.right, case.left)))
    turned = turned.rename({"crm_key": "erp_key", "erp_key": "crm_key"}).select(sampled.columns)
    assert turned.sort("crm_key", "erp_key").equals(sampled)
    assert not sampled.equals(case.found)


def test_a_field_that_one_side_never_has_changes_nothing(case):
    left = case.left.with_columns(note=pl.col(KEY) + pl.lit(" wrote"))
    right = case.right.with_columns(note=pl.lit(None, pl.String))
    assert case.again(left, right, note=Kind.TEXT).equals(case.found)


@pytest.mark.parametrize("words", ["qwzx jkvb", "ufo yyx vvv"])
def test_an_unrelated_record_changes_no_link(case, words):
    said = {name: pl.Series([words if name in TEXTS else None], dtype=pl.String) for name in KINDS}
    more = pl.concat([case.left, pl.DataFrame({KEY: ["~"], **said}).select(case.left.columns)])
    found = case.again(left=more)
    assert links(found) == links(case.found)
    assert "~" not in set(found["crm_key"])


def test_one_to_one_and_each_pair_in_one_zone(case):
    linked = case.found.filter(pl.col("zone") == "link")
    assert linked["crm_key"].is_unique().all()
    assert linked["erp_key"].is_unique().all()
    assert case.found.select("crm_key", "erp_key").is_unique().all()


def test_probabilities_rise_with_weight(case):
    ordered = case.found.sort("weight")
    assert ordered["probability"].is_between(0, 1).all()
    # weights are kept in steps of 1/65536 bit
    assert ordered["probability"].to_numpy() == pytest.approx(probability(ordered["weight"].to_numpy()), abs=2 * STEP)


PROGRAM = """
import sys, polars as pl
from reconcile.match.deciding.assignment import STEP
from reconcile.match.linkage import Settings, link
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent
from reconcile.records import Kind
folder, out, small, *kinds = sys.argv[1:]
frames = [pl.read_parquet(f"{folder}/{side}.parquet") for side in ("left", "right")]
scheme = Scheme({name: Kind(kind) for name, kind in (pair.split("=") for pair in kinds)})
link(*frames, scheme, Settings(small=int(small)), Silent()).write_parquet(out)
"""


@pytest.mark.parametrize(("threads", "seed"), [("1", "1"), ("5", "2")])
def test_another_process_with_other_threads_and_hashes_gives_the_same(case, folder, tmp_path, threads, seed):
    out = tmp_path / "links.parquet"
    kinds = [f"{name}={kind.value}" for name, kind in KINDS.items()]
    asked = [sys.executable, "-c", PROGRAM, str(folder), str(out), str(case.settings.small), *kinds]
    around = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads}
    subprocess.run(asked, check=True, env=around)
    assert pl.read_parquet(out).equals(case.found)


def test_an_identity_is_of_what_a_record_says(case):
    own = identity(case.left)
    assert len(np.unique(own)) == case.left.drop(KEY).n_unique()
    assert np.array_equal(identity(case.left.select(reversed(case.left.columns)).with_columns(pl.col(KEY) + "x")), own)
    assert np.array_equal(identity(case.left.with_columns(void=pl.lit(None, pl.String))), own)
    assert not np.array_equal(identity(case.left.rename({"name": "contact", "contact": "name"})), own)
