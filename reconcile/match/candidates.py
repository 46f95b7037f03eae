"""Proposes the pairs worth scoring: records that share a blocking value, within a budget of pairs."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from reconcile.match.fields import block_of
from reconcile.records import KEY, Kind

LARGEST_BLOCK = 2_500
"""Pairs of one blocking value; a value that so many records share says nothing (`test`, a city)."""


def blocks(rules: Sequence[Sequence[str]], kinds: dict[str, Kind]) -> list[pl.Expr]:
    """One expression for each rule: the values of its fields together, null if one of them is."""
    return [pl.concat_str([block_of(name, kinds[name]) for name in rule], separator="\u001f") for rule in rules]


def propose(left: pl.DataFrame, right: pl.DataFrame, rules: Sequence[pl.Expr], budget: int) -> tuple[pl.DataFrame, int]:
    """Pairs that agree in one blocking rule, each once.

    Args:
        left: comparable frame of one side.
        right: comparable frame of the other side, or of the same.
        rules: blocking expressions.
        budget: at most so many pairs; the smallest blocks come first.

    Returns:
        Columns l, r (keys), and how many pairs of oversized or late blocks were left out.
    """
    found, left_out = [pl.DataFrame(schema={"l": pl.String, "r": pl.String})], 0
    for rule in rules:
        sides = [frame.lazy().select(k=KEY, b=rule).drop_nulls() for frame in (left, right)]
        sizes = [side.group_by("b").agg(n=pl.len()) for side in sides]
        block = sizes[0].join(sizes[1], on="b").select("b", pairs=pl.col("n").cast(pl.Int64) * pl.col("n_right")).collect()
        kept = block.filter(pl.col("pairs") <= LARGEST_BLOCK).sort("pairs", "b").filter(pl.col("pairs").cum_sum() <= budget)
        left_out += int(block["pairs"].sum()) - int(kept["pairs"].sum())
        chosen = kept.lazy().select("b")
        pairs = sides[0].join(chosen, on="b").join(sides[1], on="b").select(l="k", r="k_right").collect()
        found.append(pairs)
    united = pl.concat(found).unique()
    if united.height > budget:
        left_out += united.height - budget
        united = united.sort("l", "r").head(budget)
    return united, left_out
