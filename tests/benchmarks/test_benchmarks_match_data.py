"""The generated data of the matching benchmark keeps what its first lines promise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "match_data.py"
RECORDS = 12_000


def made(out: Path, *, seed: int = 3) -> dict[str, int]:
    asked = [sys.executable, str(SCRIPT), "--records", str(RECORDS), "--out", str(out), "--seed", str(seed), "--raw"]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("match_data")
    return out, made(out)


@pytest.fixture(scope="module")
def frames(folder):
    names = ("left", "right", "raw_left", "raw_right", "truth")
    return {name: pl.read_parquet(folder[0] / f"{name}.parquet") for name in names}


def test_every_true_pair_is_of_two_records_that_are_there(frames):
    truth = frames["truth"]
    assert truth.is_unique().all()
    assert set(truth["crm_key"]) <= set(frames["left"]["id"])
    assert set(truth["erp_key"]) <= set(frames["right"]["id"])


def test_keys_are_unique_and_as_many_as_asked_for(frames):
    for name, key in (("left", "id"), ("right", "id"), ("raw_left", "Kundennummer"), ("raw_right", "Account ID")):
        assert frames[name].height == RECORDS
        assert frames[name][key].is_unique().all()


def test_four_fifths_are_in_both_systems(frames):
    truth = frames["truth"]
    for side in ("crm_key", "erp_key"):
        assert truth[side].n_unique() / RECORDS == pytest.approx(0.80, abs=0.015)


def test_one_in_twenty_is_a_second_entry(frames):
    truth = frames["truth"]
    businesses = 0.95 * 0.80 * RECORDS
    # a business that one side has twice has a pair for each entry
    assert truth.height / businesses == pytest.approx((1 + 0.05 / 0.95) ** 2, abs=0.01)


def test_kinds_have_their_shares(folder):
    counts = folder[1]
    for side in ("left", "right"):
        share = {kind: counts[f"{side}_{kind}"] / RECORDS for kind in ("company", "site", "person", "member")}
        assert share["company"] + share["site"] == pytest.approx(0.60, abs=0.02)
        assert share["site"] == pytest.approx(0.04, abs=0.01)
        assert share["member"] == pytest.approx(0.03, abs=0.01)


def test_at_least_four_countries_and_three_scripts_are_met(frames):
    left = frames["left"]
    assert left["country"].drop_nulls().n_unique() >= 4
    for script in ("Latin", "Han", "Cyrillic", "Greek"):
        assert left["name"].str.contains(rf"\p{{{script}}}").sum() > 100


def test_a_postcode_lies_in_one_city(frames):
    known = frames["left"].drop_nulls(["postcode", "city", "country"])
    usual = known.group_by("country", "postcode").agg(pl.len(), same=pl.col("city").mode().first().eq(pl.col("city")).mean())
    often = usual.filter(pl.col("len") >= 3)
    assert often.height > 50
    # slips of the finger, other characters, and nothing else
    assert often["same"].mean() > 0.85


def test_what_is_normalised_is_trimmed_and_in_small_letters(frames):
    texts = frames["left"].select(pl.exclude("id"))
    assert (
        texts.select(pl.all().str.strip_chars().str.to_lowercase().eq(pl.all()).fill_null(value=True).all()).row(0)
        == (True,) * 10
    )
    assert not any(texts.select(pl.all().eq("").any()).row(0))
    assert frames["raw_left"]["Firma / Name"].str.contains(r"\p{Lu}").mean() > 0.5


def test_the_raw_files_are_the_same_records(frames):
    same = frames["left"].join(frames["raw_left"], left_on="id", right_on="Kundennummer", validate="1:1")
    assert same.height == RECORDS
    shown = pl.col("E-Mail").str.to_lowercase().str.strip_chars()
    assert same.select((shown.eq_missing(pl.col("email"))).all()).item()


def test_the_same_seed_makes_the_same_files_and_another_does_not(folder, tmp_path):
    made(tmp_path / "again")
    made(tmp_path / "other", seed=4)
    for name in ("left", "right", "raw_left", "raw_right", "truth"):
        first = pl.read_parquet(folder[0] / f"{name}.parquet")
        assert first.equals(pl.read_parquet(tmp_path / "again" / f"{name}.parquet"))
        assert not first.equals(pl.read_parquet(tmp_path / "other" / f"{name}.parquet"))
