"""One to one: a record is linked at most once, to the partner that is best for both; ties go by key, never by row order."""

from __future__ import annotations

import polars as pl


def one_to_one(pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs that are each other's best, best first, until none is left.

    Args:
        pairs: columns l, r, probability; the pairs above the lowest threshold.

    Returns:
        The chosen rows, each l and each r at most once.
    """
    chosen = [pairs.clear()]
    rest = pairs.sort(["probability", "l", "r"], descending=[True, False, False])
    while not rest.is_empty():
        best = rest.filter(pl.col("l").is_first_distinct() & pl.col("r").is_first_distinct())
        chosen.append(best)
        rest = rest.join(best.select("l"), on="l", how="anti", maintain_order="left").join(
            best.select("r"), on="r", how="anti", maintain_order="left"
        )
    return pl.concat(chosen)
