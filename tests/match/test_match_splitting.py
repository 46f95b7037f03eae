"""Blocks that are too large: split by further parts, without losing a pair that nothing parts, whatever the order and sides."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.match.candidates import splitting
from reconcile.match.candidates.blocking import Blocks, Rule, united
from reconcile.match.candidates.splitting import paired
from reconcile.match.scoring.forms import Family
from reconcile.records import KEY

KINDS = {"city": Family.CODE, "kind": Family.CODE, "name": Family.NAME, "street": Family.CODE}
VALUES = st.sampled_from([None, "a", "b", "c"])
RECORD = st.tuples(st.sampled_from([None, "x", "y"]), VALUES, VALUES, VALUES)
FRAMES = st.tuples(st.lists(RECORD, max_size=25), st.lists(RECORD, max_size=25))
CITY = Rule(("city",), 0.0)
MOST = 6


def frame(rows: list[tuple]) -> pl.DataFrame:
    made = pl.DataFrame(rows, schema=dict.fromkeys(KINDS, pl.String), orient="row")
    return made.select(pl.Series(KEY, [f"k{at}" for at in range(len(rows))], dtype=pl.String), *KINDS)


@pytest.fixture(autouse=True, scope="module")
def small_blocks():
    """A few pairs are many here."""
    usual, splitting.LARGEST_BLOCK = splitting.LARGEST_BLOCK, MOST
    yield
    splitting.LARGEST_BLOCK = usual


def found(left: pl.DataFrame, right: pl.DataFrame, left_out: list[int] | None = None) -> set[tuple[int, int]]:
    pairs = paired(Blocks(left, right, KINDS), CITY, None, left_out)
    return set(united([pairs]).rows())


def sharing(left: pl.DataFrame, right: pl.DataFrame) -> set[tuple[int, int]]:
    """By the definition: equal in the part, and neither is missing."""
    ours, theirs = left["city"].to_list(), right["city"].to_list()
    return {(i, j) for i, one in enumerate(ours) for j, other in enumerate(theirs) if one is not None and one == other}


@given(FRAMES)
@settings(deadline=None, max_examples=60)
def test_only_pairs_of_the_rule_and_all_of_a_block_that_fits(rows):
    left, right = map(frame, rows)
    pairs, true = found(left, right), sharing(left, right)
    assert pairs <= true
    counts = {value: sum(1 for i, _ in true if left["city"][i] == value) for value in ("x", "y")}
    assert {(i, j) for i, j in true if counts[left["city"][i]] <= MOST} <= pairs


@given(FRAMES)
@settings(deadline=None, max_examples=60)
def test_what_nothing_parts_is_found_or_counted(rows):
    left, right = map(frame, rows)
    lost: list[int] = []
    pairs = found(left, right, lost)
    ours, theirs = left.drop(KEY).rows(), right.drop(KEY).rows()
    alike = {
        (i, j)
        for i, j in sharing(left, right)
        if all(a is None or b is None or a == b for a, b in zip(ours[i], theirs[j], strict=True))
    }
    assert len(alike - pairs) <= sum(lost)


@given(FRAMES, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_neither_the_order_of_rows_nor_the_sides_have_a_say(rows, random):
    left, right = map(frame, rows)
    pairs = found(left, right)
    assert {(j, i) for i, j in found(right, left)} == pairs
    order = list(range(left.height))
    random.shuffle(order)
    assert {(order[i], j) for i, j in found(left[order], right)} == pairs


def test_a_block_of_very_many_is_split_as_little_as_is_enough(monkeypatch):
    monkeypatch.setattr(splitting, "LARGEST_BLOCK", 2_500)
    ends = range(200)
    left = frame([("x", f"{i % 20}", f"name {i}", f"{i % 3}") for i in ends])
    pairs = found(left, left)
    assert pairs == {(i, j) for i in ends for j in ends if i % 20 == j % 20}


def test_records_that_nothing_tells_apart_are_counted_and_left():
    left = frame([("x", None, None, None)] * 30)
    lost: list[int] = []
    assert found(left, left, lost) == set()
    assert sum(lost) == 900


def test_a_pair_needs_one_that_still_looks_for_a_partner():
    left = frame([("x", "a", None, None)] * 2)
    free = (pl.Series([True, False]), pl.Series([False, False]))
    assert set(paired(Blocks(left, left, KINDS), CITY, free).rows()) == {(0, 0), (0, 1)}
    free = (pl.Series([True, False]), pl.Series([False, True]))
    assert set(paired(Blocks(left, left, KINDS), CITY, free).rows()) == {(0, 0), (0, 1), (1, 1)}
