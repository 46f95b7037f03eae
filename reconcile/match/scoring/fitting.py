"""The model of a comparison, learned from its pairs, and what the model says each pair weighs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.model import Floats, Model, Seen, combined, learned, usual_most
from reconcile.match.scoring.standing import clear_losers, first_for_each_other, mutual_best

FITTED_PAIRS = 200_000
"""About so many pairs are learned from."""
CROWDED = 10.0
"""At most so many true pairs are expected for each record where most businesses stand several times: groups of about twenty."""
_ROUNDS = 2
_NEARLY = 0.98
"""Share of the usual most: so many pairs are found the same only where more would be if they could."""
_FIRST = 0.65
"""Where fewer records than this share are their best partner's best, most businesses stand several times on both sides."""


def fit(pairs: pl.DataFrame, comparison: Comparison, rounds: int = _ROUNDS) -> Model:
    """The model, learned in rounds: who has clearly better partners elsewhere shows what alike but not the same looks like.

    Where most businesses stand several times on both sides, only those show it that are unlikely anyway.
    """
    fields = comparison.fields
    sample = comparison.sample(pairs, FITTED_PAIRS)
    random = comparison.random
    equal, sizes, sides = comparison.equal, comparison.sizes, comparison.heights
    most = usual_most(sides)
    model = learned(seen(sample, fields), seen(random, fields), equal, sizes, sides)
    weighed = _weighed(pairs, model, comparison)
    full = model.matches > _NEARLY * most and first_for_each_other(weighed) < _FIRST
    if full:
        most = CROWDED * min(sides)
        model = learned(seen(sample, fields), seen(random, fields), equal, sizes, sides, most=most)
    for step in range(rounds):
        weighed = _weighed(pairs, model, comparison)
        best = mutual_best(weighed)
        lost, share = clear_losers(weighed, best if step == 0 else best.filter(pl.col("weight") > 0), comparison.heights)
        if full:
            lost = lost & (weighed["weight"] < 0)
        kept, known = comparison.sample(pairs.filter(~lost), FITTED_PAIRS), comparison.sample(pairs.filter(lost), FITTED_PAIRS)
        if known.is_empty():
            break
        apart = random.join(best, on=["l", "r"], how="anti")
        related = (seen(known, fields), float(lost.sum()) / share)
        model = learned(seen(kept, fields), seen(apart, fields), equal, sizes, sides, related, most)
    return replace(model, crowded=full)


def _weighed(pairs: pl.DataFrame, model: Model, comparison: Comparison) -> pl.DataFrame:
    return pairs.select("l", "r", weight=pl.Series(weights(pairs, model, comparison)))


def seen(pairs: pl.DataFrame, fields: tuple[str, ...]) -> Seen:
    """The distinct patterns of levels, and how many pairs have each; `_n`, if there, says how many a pair stands for."""
    each = pl.col("_n").first() if "_n" in pairs.columns else 1.0  # the same for all; a sum of many would depend on its order
    patterns = pairs.lazy().group_by("_pattern").agg(pl.col(fields).first(), n=pl.len() * each).sort("_pattern").collect()
    return Seen({name: patterns[name].to_numpy() for name in fields}, patterns["n"].to_numpy())


def weights(pairs: pl.DataFrame, model: Model, comparison: Comparison) -> Floats:
    """log2 of the odds of each pair: its pattern's, more where the shared values are rare."""
    patterns = pairs.lazy().group_by("_pattern").agg(pl.col(comparison.fields).first()).sort("_pattern").collect()
    number = np.searchsorted(patterns["_pattern"].to_numpy(), pairs["_pattern"].to_numpy())
    levels = {name: patterns[name].to_numpy() for name in comparison.fields}
    logs = [part[number] for part in model.logs(levels)]
    return combined(logs[0], logs[1], logs[2], pairs["_rare"].to_numpy())
