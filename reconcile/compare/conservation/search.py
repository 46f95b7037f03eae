"""Which of some amounts add up to a sum: all subsets of a bounded number, by sums of two halves that meet in the middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_KEPT = 4096
"""So many ways at most are looked at to find the one with the fewest amounts."""

Amounts = NDArray[np.int64]


@dataclass(frozen=True)
class Ways:
    """How a sum can be made."""

    count: int
    """Subsets that make it."""
    fewest: tuple[int, ...] = ()
    """Places of the amounts of one that has the fewest; of equals, the one whose amounts come first."""
    all_tried: bool = True
    """False: there were too many amounts, and only single ones and pairs were tried."""


def ways(amounts: Amounts, total: int, tolerance: int, most: int) -> Ways:
    """The subsets of `amounts` whose sum is within `tolerance` of `total`; of more than `most` amounts, only those of one or two.

    Time and memory grow with 2^(most / 2); amounts may be negative, as credit notes are.
    """
    if len(amounts) > most:
        return _few(amounts, total, tolerance)
    half = len(amounts) // 2
    left, right = _sums(amounts[:half]), _sums(amounts[half:])
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    begin = np.searchsorted(ranked, total - tolerance - left, side="left")
    end = np.searchsorted(ranked, total + tolerance - left, side="right")
    counts = end - begin
    nothing = int(abs(total) <= tolerance)
    count = int(counts.sum()) - nothing
    if count <= 0:
        return Ways(0)
    lefts = np.flatnonzero(counts)
    masks = [
        int(low) | (int(high) << half) for low in lefts[:_KEPT] for high in order[begin[low] : min(end[low], begin[low] + _KEPT)]
    ]
    fewest = min((mask for mask in masks if mask), key=lambda mask: (mask.bit_count(), _places(mask)), default=0)
    return Ways(count, _places(fewest))


def _places(mask: int) -> tuple[int, ...]:
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)


def _sums(amounts: Amounts) -> Amounts:
    """The sum of every subset; bit i of the place says whether amount i is in it."""
    sums = np.zeros(1, dtype=np.int64)
    for amount in amounts:
        sums = np.concatenate([sums, sums + amount])
    return sums


def _few(amounts: Amounts, total: int, tolerance: int) -> Ways:
    """Single amounts and pairs: by sorting, so that thousands take no longer than they must."""
    single = np.flatnonzero(np.abs(amounts - total) <= tolerance)
    order = np.argsort(amounts, kind="stable")
    ranked = amounts[order]
    begin = np.searchsorted(ranked, total - tolerance - amounts, side="left")
    end = np.searchsorted(ranked, total + tolerance - amounts, side="right")
    itself = np.abs(2 * amounts - total) <= tolerance
    pairs = int((end - begin).sum() - itself.sum()) // 2
    fewest: tuple[int, ...] = (int(single[0]),) if len(single) else ()
    if not fewest and pairs:
        first = int(np.flatnonzero(end - begin - itself)[0])
        partners = [int(place) for place in order[begin[first] : end[first]] if int(place) != first]
        fewest = (first, min(partners))
    return Ways(len(single) + pairs, fewest, all_tried=False)
