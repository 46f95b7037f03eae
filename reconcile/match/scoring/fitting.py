"""The model of a comparison, learned from its pairs, and what the model says each pair weighs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.arrays import Floats, Ints, Levels
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.model import Model, Seen, combined, learned, usual_most
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


def fit(pairs: pl.DataFrame, comparison: Comparison, rounds: int = _ROUNDS, *, thorough: bool = True) -> Model:
    """The model, learned in rounds: who has clearly better partners elsewhere shows what alike but not the same looks like.

    Where most businesses stand several times on both sides, only those show it that are unlikely anyway. Chance is learned from
    all pairs if what is alike was compared thoroughly and most of it is not the same, otherwise from random ones.
    """
    fields = comparison.fields
    sample = comparison.sample(pairs, FITTED_PAIRS)
    equal, sizes, sides = comparison.equal, comparison.sizes, comparison.heights
    others = uncompared(comparison.random, pairs, float(sides[0]) * float(sides[1]), fields) if thorough else None
    own, most = seen(sample, fields), usual_most(sides)
    whole = all_pairs(own, others) if others else seen(comparison.random, fields)
    model = learned(own, whole, equal, sizes, sides)
    ends, patterns = pairs.select("l", "r"), _Patterns.of(pairs, fields)
    weighed = ends.with_columns(weight=pl.Series(patterns.weights(model)))
    full = model.matches > _NEARLY * most and first_for_each_other(weighed) < _FIRST
    if full:
        most, others = CROWDED * min(sides), None
        model = learned(own, seen(comparison.random, fields), equal, sizes, sides, most=most)
    for step in range(rounds):
        weighed = ends.with_columns(weight=pl.Series(patterns.weights(model)))
        best = mutual_best(weighed)
        lost, share = clear_losers(weighed, best if step == 0 else best.filter(pl.col("weight") > 0), comparison.heights)
        if full:
            lost = lost & (weighed["weight"] < 0)
        kept, known = comparison.sample(pairs.filter(~lost), FITTED_PAIRS), comparison.sample(pairs.filter(lost), FITTED_PAIRS)
        if known.is_empty():
            break
        related = (seen(known, fields), float(lost.sum()) / share)
        own = seen(kept, fields)
        whole = all_pairs(own, others) if others else seen(comparison.random.join(best, on=["l", "r"], how="anti"), fields)
        model = learned(own, whole, equal, sizes, sides, related, most)
    return replace(model, crowded=full)


def uncompared(random: pl.DataFrame, pairs: pl.DataFrame, total: float, fields: tuple[str, ...]) -> tuple[Seen, float]:
    """The patterns of random pairs that were not compared, and how many such pairs each of them stands for.

    Args:
        random: random pairs of all.
        pairs: those that were compared.
        total: how many there are in all.
        fields: what is compared.
    """
    rest = random.join(pairs.select("l", "r"), on=["l", "r"], how="anti")
    return seen(rest, fields), max(total - pairs.height, 1.0) / max(rest.height, 1)


def all_pairs(compared: Seen, others: tuple[Seen, float]) -> Seen:
    """The patterns of all pairs, counted in random ones: what is alike is rare among these, and known in full where compared."""
    rest, each = others
    levels = {name: np.concatenate([own, rest.levels[name]]) for name, own in compared.levels.items()}
    return Seen(levels, np.concatenate([compared.counts / each, rest.counts]))


def seen(pairs: pl.DataFrame, fields: tuple[str, ...]) -> Seen:
    """The distinct patterns of levels, and how many pairs have each; `_n`, if there, says how many a pair stands for."""
    each = pl.col("_n").first() if "_n" in pairs.columns else 1.0  # the same for all; a sum of many would depend on its order
    patterns = pairs.lazy().group_by("_pattern").agg(pl.col(fields).first(), n=pl.len() * each).sort("_pattern").collect()
    return Seen({name: patterns[name].to_numpy() for name in fields}, patterns["n"].to_numpy())


def weights(pairs: pl.DataFrame, model: Model, comparison: Comparison) -> Floats:
    """log2 of the odds of each pair: its pattern's, more where the shared values are rare."""
    return _Patterns.of(pairs, comparison.fields).weights(model)


@dataclass(frozen=True)
class _Patterns:
    """Pairs by the pattern of their levels, which a model is asked about once for all pairs that have it."""

    levels: dict[str, Levels]
    """Field to levels of each distinct pattern."""
    number: Ints
    """For each pair which of them is its own."""
    rare: npt.NDArray[np.float32]

    @classmethod
    def of(cls, pairs: pl.DataFrame, fields: tuple[str, ...]) -> _Patterns:
        patterns = pairs.lazy().group_by("_pattern").agg(pl.col(fields).first()).sort("_pattern").collect()
        number = np.searchsorted(patterns["_pattern"].to_numpy(), pairs["_pattern"].to_numpy())
        return cls({name: patterns[name].to_numpy() for name in fields}, number, pairs["_rare"].to_numpy())

    def weights(self, model: Model) -> Floats:
        logs = [part[self.number] for part in model.logs(self.levels)]
        return combined(logs[0], logs[1], logs[2], self.rare)
