"""How many true pairs blocking has not brought together: estimated by capture and recapture from the pairs that it has.

Each field is an occasion on which a pair may be found. Assumed is that occasions find pairs independently. They do not
quite, so that Chao's estimate is from below; the jackknife, which takes every lone find for many missed, is from above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.arrays import Floats
from reconcile.match.candidates.blocking import Blocks, Rule
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.forms import field_of
from reconcile.match.scoring.model import probability

_LOOKED_AT = 50_000
_FEWEST = 30
"""Links below which nothing is estimated."""
_FEWEST_OCCASIONS = 2


@dataclass(frozen=True)
class Missed:
    """Shares of all true pairs, 0 to 1."""

    least: float
    most: float


def missed(pairs: pl.DataFrame, rules: Sequence[Rule], comparison: Comparison) -> Missed | None:
    """The share of the true pairs that no rule finds; None where too little is found to say.

    Args:
        pairs: l, r, weight: the scored pairs.
        rules: by which they were brought together.
        comparison: both sides.
    """
    likely = comparison.sample(pairs.filter(pl.col("weight") > 0).select("l", "r", "weight"), _LOOKED_AT)
    occasions = _occasions(Blocks.of(comparison), rules, likely)
    if likely.height < _FEWEST or len(occasions) < _FEWEST_OCCASIONS:
        return None
    times = np.sum(occasions, axis=0)
    sure = probability(likely["weight"].to_numpy())
    return estimated(np.bincount(times, weights=sure, minlength=len(occasions) + 1).astype(np.float64))


def estimated(found: Floats) -> Missed | None:
    """The estimate from how many pairs were found on no occasion (which is not looked at), on one, on two, and so on."""
    once, twice, known = float(found[1]), float(found[2]), float(found[1:].sum())
    if known <= 0:
        return None
    occasions = len(found) - 1
    share = (occasions - 1) / occasions
    chao = share * max(0.0, once * (once - 1)) / (2 * (twice + 1))
    jackknife = share * once
    low, high = sorted((chao, jackknife))
    return Missed(low / (known + low), high / (known + high))


def _occasions(
    blocks: Blocks, rules: Sequence[Rule], pairs: pl.DataFrame
) -> list[np.ndarray[tuple[int, ...], np.dtype[np.int_]]]:
    """For each field whether a rule that begins with it finds each pair."""
    equal = {}
    for part in sorted({part for rule in rules for part in rule.parts}):
        own, other = blocks.part(0, part, pairs["l"]), blocks.part(1, part, pairs["r"])
        equal[part] = (own == other).fill_null(value=False).to_numpy()
    fields: dict[str, list[Rule]] = {}
    for rule in rules:
        fields.setdefault(field_of(rule.parts[0]), []).append(rule)
    hits = [[np.logical_and.reduce([equal[part] for part in rule.parts]) for rule in own] for _, own in sorted(fields.items())]
    return [np.logical_or.reduce(own).astype(np.int_) for own in hits]
