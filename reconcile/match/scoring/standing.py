"""How a pair stands among the other pairs of its two records: each other's best, or clearly beaten on both sides.

In two systems that describe the same businesses, what is clearly beaten on both sides is alike and not the same.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from reconcile.match.arrays import Flags, Floats, Ints
from reconcile.match.rows import ENDS
from reconcile.match.scoring.model import probability

_SURE = 10.0
_FEWEST = 30
_STEP = 1.0
_STEPS = 12
_PRIOR = 5.0
_MOST = 6.0
_EXACT = 2.0**-26
"""Shares are summed in such steps: so their sum does not depend on their order."""
_LIKELY = 3.3
"""Bits: nine in ten."""
_CLEAR = 4.0
"""Bits by which a better partner must be better."""


def tops(weighed: pl.DataFrame, end: str) -> Floats:
    """The best weight of each record of one side, by row number; minus infinity where it has no pair."""
    rows = weighed[end].to_numpy()
    best = np.full(int(rows.max()) + 1 if len(rows) else 0, -np.inf)
    np.maximum.at(best, rows, weighed["weight"].to_numpy())
    return best


def mutual_best(weighed: pl.DataFrame) -> pl.DataFrame:
    """The pairs that no other pair of either record beats.

    Args:
        weighed: columns l, r, weight.
    """
    bits = weighed["weight"].to_numpy()
    best = np.logical_and.reduce([bits >= tops(weighed, end)[weighed[end].to_numpy()] for end in ENDS])
    return weighed.filter(pl.Series(best))


def clear_losers(weighed: pl.DataFrame, best: pl.DataFrame, heights: tuple[int, int]) -> tuple[pl.Series, float]:
    """Pairs of which both records are taken by clearly better partners.

    Args:
        weighed: columns l, r, weight.
        best: the pairs that are each other's best.
        heights: records of both sides.

    Returns:
        For each pair whether it lost; and the share of such pairs that could be seen, because both records are taken.
    """
    bits = weighed["weight"].to_numpy()
    lost = np.ones(len(bits), bool)
    share = 1.0
    for end, height in zip(ENDS, heights, strict=True):
        rows = weighed[end].to_numpy()
        taken = np.zeros(height, bool)
        taken[best[end].to_numpy()] = True
        share *= float(taken.mean()) if height else 0.0
        lost &= taken[rows] & (bits < tops(weighed, end)[rows] - _CLEAR)
    return pl.Series(lost), max(share, 0.01)


def first_for_each_other(weighed: pl.DataFrame) -> float:
    """Of the records with a likely partner, the share that is its best partner's best: of the side where it is larger.

    Where one side holds each business once, nearly all of its records are. Where most businesses stand several times on both
    sides, one record of each side is, and the others come second.

    Args:
        weighed: columns l, r, weight.
    """
    likely = weighed.filter(pl.col("weight") > _LIKELY)
    if likely.is_empty():
        return 1.0
    best = mutual_best(likely)
    return max(best[end].n_unique() / likely[end].n_unique() for end in ENDS)


def beaten(weighed: pl.DataFrame, end: str, twins: pl.DataFrame) -> Flags:
    """The pairs that a better one of the same record beats, unless the two partners are the same business themselves.

    Args:
        weighed: columns l, r, weight.
        end: l or r, the side whose records choose.
        twins: columns a, b: pairs of the other side that are the same business.
    """
    bits = weighed["weight"].to_numpy()
    best = tops(weighed, end)[weighed[end].to_numpy()]
    lost = np.asarray(bits < best)
    if not (lost.any() and twins.height):
        return lost
    partner = "r" if end == "l" else "l"
    numbered = weighed.select(pl.col(end).alias("k"), p=partner).with_row_index("at")
    better = numbered.filter(pl.Series(~lost)).select("k", b="p")  # all that are best: of equal ones none comes first
    pairs = pl.concat([twins.select(p="a", b="b"), twins.select(p="b", b="a")]).cast(pl.UInt32).unique()
    alike = numbered.filter(pl.Series(lost)).join(pairs, on="p").join(better, on=["k", "b"], how="semi")
    lost[alike["at"].to_numpy()] = False
    return lost


def standing(weighed: pl.DataFrame, twins: tuple[pl.DataFrame, pl.DataFrame]) -> Ints:
    """Of how many of its two records each pair is the best.

    Args:
        weighed: columns l, r, weight.
        twins: for each side columns a, b: records that are the same business.
    """
    return np.asarray(2 - beaten(weighed, "l", twins[1]).astype(np.int64) - beaten(weighed, "r", twins[0]), np.int64)


def standing_gains(bits: Floats, stand: Ints) -> Floats | None:
    """What a standing is worth: bits by weight, in steps of _STEP (rows), and by standing (columns); None with too few pairs.

    Among pairs of about the same weight, the matches that the model expects are shared out by how pairs that surely match
    stand: mostly unbeaten. So a pair gains where few of its weight are unbeaten and loses where a better one is known.
    """
    sure = _in_steps(probability(bits))
    telling = bits > _SURE
    if np.count_nonzero(telling) < _FEWEST:
        return None
    expected = np.bincount(stand[telling], weights=sure[telling], minlength=3) + 1.0
    expected /= expected.sum()
    width = 2 * _STEPS + 1
    low, high = _steps(bits)
    parts = ((low, 1 - high), (low + 1, high))
    count = np.sum([np.bincount(at * 3 + stand, weights=part, minlength=width * 3) for at, part in parts], axis=0).reshape(
        width, 3
    )
    matches = np.sum([np.bincount(at, weights=_in_steps(sure * part), minlength=width) for at, part in parts], axis=0)
    total = count.sum(1)
    share = np.clip(
        (matches[:, None] * expected + _PRIOR * (matches / np.maximum(total, 1))[:, None]) / (count + _PRIOR), 1e-9, 1 - 1e-3
    )
    usual = np.clip(matches / np.maximum(total, 1), 1e-9, 1 - 1e-9)[:, None]
    gain = np.where(total[:, None] > 0, np.log2(share / (1 - share)) - np.log2(usual / (1 - usual)), 0.0)
    gain = np.clip(gain, -_MOST, _MOST)
    gain[-1] = np.where(np.arange(3) == 2, np.maximum(gain[-1], 0), gain[-1])  # noqa: PLR2004 - unbeaten
    return np.asarray(gain)


def gained(bits: Floats, stand: Ints, gains: Floats | None) -> Floats:
    """What its standing adds to the weight of each pair, in bits."""
    if gains is None:
        return np.zeros(len(bits))
    low, high = _steps(bits)
    return np.asarray(gains[low, stand] * (1 - high) + gains[low + 1, stand] * high)


def _steps(bits: Floats) -> tuple[Ints, Floats]:
    """The step below each weight, and how far on it is to the next: no small change of weight moves a pair far."""
    place = np.clip(bits / _STEP, -_STEPS, _STEPS) + _STEPS
    low = np.minimum(place.astype(np.int64), 2 * _STEPS - 1)
    return low, _in_steps(place - low)


def _in_steps(shares: Floats) -> Floats:
    return np.asarray(np.round(shares / _EXACT) * _EXACT)
