"""Numbers found among a million others: by their place where these are sorted, by a bit for each bucket where they are not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reconcile.match.arrays import Codes, Flags, Marks, Rows

_BUCKETS = 16
"""For each number that is asked for: so many of a hundred others fall into a bucket with one that is."""
_FEWEST_BITS, _MOST_BITS = 10, 24


def places(known: Marks, wanted: Marks) -> Rows:
    """The first place of each wanted number among those known, -1 where it is not.

    Args:
        known: ascending, and spread evenly over all of UInt64, as hashes are.
        wanted: in any order.
    """
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    bits = min(max(len(known).bit_length(), _FEWEST_BITS), _MOST_BITS)
    shift = np.uint64(64 - bits)
    first = np.searchsorted(known, np.arange(2**bits, dtype=np.uint64) << shift).astype(np.int64)
    last = len(known) - 1
    at = np.minimum(first[wanted >> shift], last)
    behind = np.flatnonzero(known[at] < wanted)
    while len(behind):  # a bucket holds one number on average, and never many
        at[behind] += 1
        behind = behind[at[behind] <= last]
        behind = behind[known[at[behind]] < wanted[behind]]
    at = np.minimum(at, last)
    return np.where(known[at] == wanted, at, -1)


def may_hold(column: Codes, asked: Codes) -> Flags:
    """Which of the column's numbers may be among those asked for: all that are, and a few others. 0 stands for none."""
    bits = min(max((_BUCKETS * len(asked)).bit_length(), _FEWEST_BITS), _MOST_BITS)
    shift = np.uint32(32 - bits)
    there = np.zeros(2**bits, bool)
    there[asked[asked > 0] >> shift] = True
    found = there.take(column >> shift)
    if there[0]:
        found &= column > 0
    return np.asarray(found)


def index_in(values: npt.NDArray[np.generic], ordered: npt.NDArray[np.generic]) -> Rows:
    """The place of each value in a sorted array of distinct ones, -1 where it is not there."""
    if not len(ordered):
        return np.full(len(values), -1, np.int64)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.where(ordered[at] == values, at, -1)
