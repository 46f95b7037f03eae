"""What answers make of weights: the model's own, its tables learned again beside the answers, or a classifier's over both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from reconcile.match.arrays import Floats
from reconcile.match.linkage import Scored
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import seen, weights
from reconcile.match.scoring.levels import UNKNOWN
from reconcile.match.scoring.model import Model, Tables, _share, probability
from reconcile.match.scoring.sampling import mixed
from reconcile.match.teaching.classifier import logistic

_BEND = 10.0
"""Bits: up to here, on both sides of even odds, a weight is corrected apart from what goes beyond."""
_SCALE = 4.0
"""Features are divided by so many bits, so that the classifier's penalty is mild."""
_ANCHORS = 200
"""About so many pairs stand for what the model holds of all pairs nobody has answered."""
_ANCHORED = (-40.0, 60.0)
_STRATUM = 2.0
"""Bits of a stratum of anchors."""
_ROUNDS = 20
_STRICTNESS = 1.0


@dataclass(frozen=True)
class Correction:
    """New weights from old ones; the default changes nothing."""

    near: float = 1.0
    """What each bit counts, up to _BEND."""
    far: float = 1.0
    """What each bit beyond counts."""
    start: float = 0.0
    """Bits that each pair gets."""
    fields: Mapping[str, float] = field(default_factory=dict)
    """What each bit of a field counts once more."""
    tables: Model | None = None
    """Weigh by this model in the place of the one that was learned without answers."""

    def bits(self, pairs: pl.DataFrame, model: Model, comparison: Comparison) -> Floats:
        """The weight of each pair.

        Args:
            pairs: weight and levels, as `Comparison.levels` gives them.
            model: what they were weighed by.
            comparison: whose pairs they are.
        """
        bits = pairs["weight"].to_numpy()
        if self.tables is not None:
            bits = bits + weights(pairs, self.tables, comparison) - weights(pairs, model, comparison)
        inner = np.clip(bits, -_BEND, _BEND)
        found = self.start + self.near * inner + self.far * (bits - inner)
        for name, worth in sorted(self.fields.items()):
            found = found + worth * field_bits(pairs, model, name)
        return np.asarray(found, np.float64)

    def applied(self, scored: Scored) -> Scored:
        """All pairs weighed anew, those inside a side as well."""
        if self == Correction():
            return scored
        comparison, model = scored.comparison, scored.model
        pairs = scored.pairs.with_columns(weight=pl.Series(self.bits(scored.pairs, model, comparison)))
        twins = [self._twins(frame, model, comparison.within(side)) for side, frame in enumerate(scored.twins)]
        return replace(scored, pairs=pairs, twins=(twins[0], twins[1]))

    def _twins(self, twins: pl.DataFrame, model: Model, inside: Comparison) -> pl.DataFrame:
        if twins.is_empty():
            return twins
        levels = inside.levels(twins.select(l=pl.col("a").cast(pl.UInt32), r=pl.col("b").cast(pl.UInt32)))
        bits = self.bits(levels.with_columns(weight=twins["weight"]), model, inside)
        return twins.with_columns(weight=pl.Series(bits), probability=pl.Series(probability(bits)))


def field_bits(pairs: pl.DataFrame, model: Model, name: str) -> Floats:
    """log2 of m/u of a field's level in each pair; 0 where a value is missing."""
    worth = np.append(model.field_bits(name), 0.0)
    levels = pairs[name].to_numpy().astype(np.int64)
    return np.asarray(worth[np.where(levels == UNKNOWN, len(worth) - 1, levels)])


def by_classifier(scored: Scored, known: pl.DataFrame, *, with_fields: bool) -> Correction:
    """What a logistic regression learns from answers, beside pairs that stand for what the model holds of all others.

    Args:
        scored: the pairs as weighed without answers.
        known: rows of `scored.pairs` with `same`; both must occur.
        with_fields: whether each field may count more or less than the model has it; otherwise the weight as a whole.
    """
    anchors = _anchors(scored, known)
    names = scored.comparison.fields if with_fields else ()
    features = np.vstack([_features(scored, part, names) for part in (known, anchors)])
    same = np.concatenate([part["same"].to_numpy() for part in (known, anchors)])
    found = logistic(features, same, _STRICTNESS)
    worth = found.coefficients / _SCALE / np.log(2)
    fields = dict(zip(names, map(float, worth[2:]), strict=True))
    return Correction(float(worth[0]), float(worth[1]), found.intercept / float(np.log(2)), fields)


def _features(scored: Scored, pairs: pl.DataFrame, names: tuple[str, ...]) -> Floats:
    bits = pairs["weight"].to_numpy()
    inner = np.clip(bits, -_BEND, _BEND)
    columns = [inner, bits - inner, *(field_bits(pairs, scored.model, name) for name in names)]
    return np.column_stack(columns) / _SCALE


def _anchors(scored: Scored, known: pl.DataFrame) -> pl.DataFrame:
    """Pairs without an answer, spread over all weights, of which as many are called the same as the model expects."""
    rest = scored.pairs.filter(pl.col("weight").is_between(*_ANCHORED)).join(known, on=["l", "r"], how="anti")
    left, right = scored.comparison.marks
    mark = pl.Series(mixed(left[rest["l"].to_numpy()] + np.uint64(3) * right[rest["r"].to_numpy()]), dtype=pl.UInt64)
    rest = rest.with_columns(_mark=mark, _stratum=(pl.col("weight") / _STRATUM).floor())
    each = max(1, _ANCHORS // max(rest["_stratum"].n_unique(), 1))
    rest = rest.sort("_stratum", "_mark", "weight").filter(pl.int_range(pl.len()).over("_stratum") < each)
    place = (pl.int_range(pl.len()).over("_stratum") + 0.5) / pl.len().over("_stratum")
    expected = pl.Series(probability(rest["weight"].to_numpy()), dtype=pl.Float64)
    return rest.with_columns(same=place < expected)


def by_tables(scored: Scored, known: pl.DataFrame) -> Correction:
    """The model's tables by EM once more, in which the pairs with answers are what people say they are.

    Arguments as of `by_classifier`. Each answer counts as one pair, and so do all others.
    """
    fields, model = scored.comparison.fields, scored.model
    rest = seen(scored.pairs.join(known, on=["l", "r"], how="anti"), fields)
    same = seen(known.filter("same"), fields)
    levels = {name: np.concatenate([rest.levels[name], same.levels[name]]) for name in fields}
    found = model
    for _ in range(_ROUNDS):
        sure = np.concatenate([rest.counts * probability(found.bits(rest.levels)), same.counts])
        shares = {name: _share(levels[name], sure, len(model.same.alone[name]), model.chance.alone[name]) for name in fields}
        settled = abs(sure.sum() - found.matches) <= 1e-3 * found.matches
        found = replace(found, same=Tables(shares), matches=max(float(sure.sum()), 1e-6))
        if settled:
            break
    return Correction(tables=found)
