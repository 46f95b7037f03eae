"""Laws of finding numbers among others: what a sorted array, a bit for each bucket and a search say is what a set says."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconcile.match.memory.lookup import index_in, may_hold, places

HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=60)
CODES = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=60)


@given(HASHES, HASHES, st.randoms())
def test_a_number_is_found_at_its_first_place_and_nowhere_else(known, others, order):
    ordered = np.sort(np.array(known, np.uint64))
    wanted = [*known, *others]
    order.shuffle(wanted)
    found = places(ordered, np.array(wanted, np.uint64))
    assert found.tolist() == [int(np.flatnonzero(ordered == np.uint64(one))[0]) if one in known else -1 for one in wanted]


def test_numbers_that_lie_in_one_bucket_are_found_one_by_one():
    known = np.arange(5, 500, 5, dtype=np.uint64)
    wanted = np.arange(0, 600, dtype=np.uint64)
    assert places(known, wanted).tolist() == [n // 5 - 1 if 0 < n < 500 and n % 5 == 0 else -1 for n in range(600)]


@given(CODES, CODES)
def test_nothing_that_is_asked_for_is_missed_and_none_stands_for_no_value(column, asked):
    found = may_hold(np.array(column, np.uint32), np.array(asked, np.uint32))
    assert all(maybe for maybe, one in zip(found.tolist(), column, strict=True) if one and one in asked)
    assert not any(maybe for maybe, one in zip(found.tolist(), column, strict=True) if not one)


def test_few_others_are_taken_for_what_is_asked_for():
    column, asked = np.random.default_rng(1).integers(1, 2**32, (2, 20_000), dtype=np.uint32)
    assert may_hold(column, asked).mean() < 0.1


@given(CODES, CODES)
def test_a_place_among_distinct_numbers_is_that_of_the_number(values, ordered):
    distinct = sorted(set(ordered))
    found = index_in(np.array(values, np.uint32), np.array(distinct, np.uint32))
    assert found.tolist() == [distinct.index(one) if one in distinct else -1 for one in values]
