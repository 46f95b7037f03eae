"""How a pair stands among the other pairs of its two records: each other's best, or clearly beaten on both sides.

In two systems that describe the same businesses, what is clearly beaten on both sides is alike and not the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.model import probability

Floats = npt.NDArray[np.float64]

_SURE = 10.0
_FEWEST = 30
_STEP = 1.0
_STEPS = 12
_PRIOR = 5.0
_MOST = 6.0
_CLEAR = 4.0
"""Bits by which a better partner must be better."""


def mutual_best(weighed: pl.DataFrame) -> pl.DataFrame:
    """The pairs that no other pair of either record beats.

    Args:
        weighed: columns l, r, weight.
    """
    best = (pl.col("weight") >= pl.col("weight").max().over("l")) & (pl.col("weight") >= pl.col("weight").max().over("r"))
    return weighed.filter(best)


def clear_losers(weighed: pl.DataFrame, best: pl.DataFrame, heights: tuple[int, int]) -> tuple[pl.Series, float]:
    """Pairs of which both records are taken by clearly better partners.

    Args:
        weighed: columns l, r, weight.
        best: the pairs that are each other's best.
        heights: records of both sides.

    Returns:
        For each pair whether it lost; and the share of such pairs that could be seen, because both records are taken.
    """
    ranked = weighed
    share = 1.0
    for end, height in zip("lr", heights, strict=True):
        taken = best.select(end).unique()
        share *= taken.height / max(height, 1)
        top = weighed.group_by(end).agg(pl.col("weight").max().alias(f"top_{end}")).join(taken, on=end, how="semi")
        ranked = ranked.join(top, on=end, how="left", maintain_order="left")
    lost = [(pl.col("weight") < pl.col(f"top_{end}") - _CLEAR).fill_null(value=False) for end in "lr"]
    return ranked.select(lost[0] & lost[1]).to_series(), max(share, 0.01)


def standing_bits(weighed: pl.DataFrame) -> Floats:
    """What a pair's standing adds to its weight, in bits: two systems hold most businesses once.

    Among pairs of about the same weight, the matches that the model expects are shared out by how pairs that surely match
    stand: mostly unbeaten. So a pair gains where few of its weight are unbeaten and loses where a better one is known.

    Args:
        weighed: columns l, r, weight.
    """
    bits = weighed["weight"].to_numpy()
    beaten = [weighed.select(pl.col("weight") < pl.col("weight").max().over(end)).to_series().to_numpy() for end in "lr"]
    stand = 2 - beaten[0].astype(np.int64) - beaten[1]
    sure = probability(bits)
    telling = bits > _SURE
    if np.count_nonzero(telling) < _FEWEST:
        return np.zeros(len(bits))
    expected = np.bincount(stand[telling], weights=sure[telling], minlength=3) + 1.0
    expected /= expected.sum()
    centre = np.clip(np.floor(bits / _STEP), -_STEPS, _STEPS).astype(np.int64) + _STEPS
    width = 2 * _STEPS + 1
    count = np.bincount(centre * 3 + stand, minlength=width * 3).reshape(width, 3)
    matches = np.bincount(centre, weights=sure, minlength=width)
    total = count.sum(1)
    share = np.clip((matches[:, None] * expected + _PRIOR * (matches / np.maximum(total, 1))[:, None]) / (count + _PRIOR), 1e-9, 1 - 1e-3)
    usual = np.clip(matches / np.maximum(total, 1), 1e-9, 1 - 1e-9)[:, None]
    gain = np.where(total[:, None] > 0, np.log2(share / (1 - share)) - np.log2(usual / (1 - usual)), 0.0)
    gain = np.clip(gain, -_MOST, _MOST)
    gain[-1] = np.where(np.arange(3) == 2, np.maximum(gain[-1], 0), gain[-1])  # noqa: PLR2004 - unbeaten
    return np.asarray(gain[centre, stand])
