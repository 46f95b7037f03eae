"""Pairs inside one side that may be one business although they share no partner on the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from reconcile.errors import TooManyPairs
from reconcile.match.candidates.blocking import PAIR, Blocks, Rule, pinned_rules, possible_rules, united, within_budget
from reconcile.match.candidates.gathering import SAMPLE
from reconcile.match.candidates.spending import affordable
from reconcile.match.candidates.splitting import paired
from reconcile.match.scoring.comparison import Comparison

_PAIRS_OF_A_RULE = 4.0
"""For each record; a pair is counted from both its ends."""
_MOST = 5_000_000


def rules_inside(
    comparison: Comparison, blocks: Blocks, block: Sequence[Sequence[str]], pairs_per_record: float, budget: int
) -> list[Rule]:
    """The pinned rules or, if there are none, those that cost no more than so many pairs for each record.

    Costs are judged by two samples without a record in common: that each record is equal to itself costs nothing.
    """
    rows = comparison.low(0, 2 * SAMPLE)
    odd = pl.Series(comparison.marks[0][rows.to_numpy()] & np.uint64(1) == 1)
    sample = (rows.filter(odd), rows.filter(~odd))
    if pinned := pinned_rules(blocks, block, sample):
        return pinned
    return within_budget(possible_rules(blocks, pairs_per_record, sample), budget)


def inside(comparison: Comparison, free: pl.Series, block: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Pairs of one side that share something telling, of which one record at least is free.

    Args:
        comparison: the side compared with itself.
        free: numbers of the records that have no link yet.
        block: pinned blocking rules; chosen from the data if empty.

    Returns:
        Columns l, r with l < r.
    """
    if free.is_empty():
        return PAIR.to_frame()
    blocks = Blocks.of(comparison)
    try:
        rules = affordable(blocks, rules_inside(comparison, blocks, block, _PAIRS_OF_A_RULE, _MOST), _MOST, pinned=bool(block))
    except TooManyPairs:  # twins that share no partner are looked for only where that is cheap
        return PAIR.to_frame()
    seeking = pl.Series(np.isin(np.arange(comparison.heights[0]), free.to_numpy()))
    return united([_ordered(paired(blocks, rule, (seeking, seeking))) for rule in rules])


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.filter(pl.col("l") != pl.col("r")).select(l=pl.min_horizontal("l", "r"), r=pl.max_horizontal("l", "r"))
