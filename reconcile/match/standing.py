"""How a pair stands among the other pairs of its two records: each other's best, or clearly beaten on both sides.

In two systems that describe the same businesses, what is clearly beaten on both sides is alike and not the same.
"""

from __future__ import annotations

import polars as pl

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
