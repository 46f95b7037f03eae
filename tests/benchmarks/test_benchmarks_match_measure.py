"""What the benchmarks of matching measure is counted right."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def measure():
    sys.path.insert(0, str(BENCHMARKS))
    import match_measure  # noqa: PLC0415  # a script's neighbour, not a package of ours

    yield match_measure
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def public(measure):
    import match_public  # noqa: PLC0415  # as above

    return match_public


def pairs(*rows: tuple[str, str, float]):
    return pl.DataFrame(rows, schema=["crm_key", "erp_key", "probability"], orient="row")


TRUTH = pl.DataFrame({"crm_key": ["a", "b", "b"], "erp_key": ["1", "2", "3"]})


def test_a_duplicates_pair_counts_like_a_link(measure):
    found = pairs(("a", "1", 0.9), ("b", "2", 0.9), ("b", "3", 0.8), ("c", "4", 0.7))
    assert measure.judged(found, TRUTH) == {"pairs": 4, "precision": 0.75, "recall": 1.0, "f1": round(6 / 7, 5)}


def test_a_pair_that_is_said_twice_counts_once(measure):
    found = pairs(("a", "1", 0.9), ("a", "1", 0.2))
    assert measure.judged(found, TRUTH)["pairs"] == 1


def test_nothing_found_is_no_precision(measure):
    assert measure.judged(pairs().cast({"crm_key": pl.String, "erp_key": pl.String}), TRUTH)["f1"] == 0


def test_the_best_threshold_takes_equal_probabilities_together(measure):
    # a threshold can't part the true pair at 0.5 from the false ones
    found = pairs(("a", "1", 0.9), ("b", "2", 0.5), ("x", "8", 0.5), ("x", "9", 0.5))
    assert measure.best(found, TRUTH) == {"f1": round(4 / 7, 5), "at": 0.5}
    assert measure.best(found.filter(pl.col("probability") > 0.5), TRUTH) == {"f1": 0.5, "at": 0.9}


def test_memory_and_seconds_are_those_of_the_program_and_its_children(measure):
    child = "import time; held = bytearray(120 << 20); held[::4096] = bytes(len(held[::4096])); time.sleep(3)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    spent = measure.measured([sys.executable, "-c", parent])
    assert spent.megabytes > 120
    assert 3 <= spent.seconds < 300


def test_a_program_that_fails_says_what_it_printed(measure):
    with pytest.raises(measure.ProgramFailed, match="no such file"):
        measure.measured([sys.executable, "-c", "raise SystemExit('no such file')"])


def test_every_two_records_of_a_group_are_a_pair(public):
    found = pl.DataFrame({"key": ["b", "c", "y"], "kept": ["a", "a", "x"], "probability": [0.9, 0.8, 0.7]})
    made = public._of_groups(found).sort("crm_key", "erp_key")
    assert made.select("crm_key", "erp_key", "probability").rows() == [
        ("a", "b", 0.9),
        ("a", "c", 0.8),
        ("b", "c", 0.8),
        ("x", "y", 0.7),
    ]


def test_public_sets_hold_the_pairs_that_are_published(public, tmp_path):
    for name, true in (("febrl4", 5000), ("febrl3", 6538), ("sites", 930), ("abt-buy", 1081)):
        work = tmp_path / name
        work.mkdir()
        made = public.SETS[name](work)
        assert made.truth.height == true
        left = pl.read_csv(made.left, infer_schema=False)
        right = pl.read_csv(made.right, infer_schema=False) if made.right else left
        assert set(made.truth["crm_key"]) <= set(left[left.columns[0]].str.strip_chars())
        assert set(made.truth["erp_key"]) <= set(right[right.columns[0]].str.strip_chars())
