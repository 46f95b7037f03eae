"""Fellegi-Sunter: recordlinkage's ECM estimates how telling each field is; polars scores the pairs with it.

The only file of the engine that touches pandas, because recordlinkage speaks it.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import polars as pl

from reconcile.match.fields import ALIKE, UNLIKE

TRAINING_PAIRS = 200_000
_FEWEST_TRAINING_PAIRS = 30
_EDGE = 1e-4
"""No probability is nearer to 0 or 1 than this: a weight stays finite."""


@dataclass(frozen=True)
class Model:
    """What agreement in each field is worth."""

    agree: dict[str, float]
    """Probability of agreement among pairs that are the same (m), per field."""
    chance: dict[str, float]
    """Probability of agreement among pairs that are not (u), per field."""
    share: float
    """Share of the candidate pairs that are the same."""

    def weight(self, field: str) -> tuple[float, float]:
        """Natural-log weights of agreement and of disagreement."""
        m, u = self.agree[field], self.chance[field]
        return math.log(m / u), math.log((1 - m) / (1 - u))


def fit(similarities: pl.DataFrame) -> Model:
    """Estimate the model from unlabelled candidate pairs.

    Args:
        similarities: one Float64 column per field, 0 to 1, null where a value is missing.

    Returns:
        The model; a cautious default where there are too few pairs or the estimate contradicts itself.
    """
    sample = similarities if similarities.height <= TRAINING_PAIRS else similarities.sample(TRAINING_PAIRS, seed=0)
    default = _default(similarities.columns)
    if sample.height < _FEWEST_TRAINING_PAIRS:
        return default
    agreement = sample.select(pl.all().fill_null(0.0) >= ALIKE)
    varied = [name for name in agreement.columns if 0 < agreement[name].sum() < agreement.height]
    if len(varied) < 2:  # noqa: PLR2004 - EM tells two classes apart only by fields that go together
        return default
    posterior = _posterior(agreement.select(varied))
    model = _reestimate(sample, posterior, varied)
    if model is None or not all(model.agree[f] > model.chance[f] for f in varied):
        return default
    return model


def _posterior(agreement: pl.DataFrame) -> pl.Series:
    """Probability of being the same for each training pair, by recordlinkage."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # recordlinkage 0.16 uses what pandas and scikit-learn have deprecated
        import recordlinkage  # noqa: PLC0415 - two seconds that only scoring needs to pay

        frame = agreement.cast(pl.Int8).to_pandas()
        classifier = recordlinkage.ECMClassifier(init="jaro", max_iter=200, atol=1e-4)
        classifier.fit(frame)
        return pl.Series(classifier.prob(frame).to_numpy())


def _reestimate(sample: pl.DataFrame, posterior: pl.Series, varied: list[str]) -> Model | None:
    """Estimate m and u over the pairs where both values are there: a missing value speaks neither for nor against."""
    weighed = sample.with_columns(_w=posterior)
    if not posterior.is_finite().all() or not 0 < (share := float(posterior.mean() or 0)) < 1:  # type: ignore[arg-type]  # a mean of floats
        return None
    default = _default(sample.columns)
    agree, chance = dict(default.agree), dict(default.chance)  # a field that always or never agrees teaches nothing
    for name in varied:
        there = weighed.filter(pl.col(name).is_not_null())
        agrees = (pl.col(name) >= ALIKE).cast(pl.Float64)
        m, u = there.select(
            m=(agrees * pl.col("_w")).sum() / pl.col("_w").sum(), u=(agrees * (1 - pl.col("_w"))).sum() / (1 - pl.col("_w")).sum()
        ).row(0)
        agree[name], chance[name] = _within(m, 0.9), _within(u, 0.05)
    return Model(agree, chance, min(max(share, _EDGE), 0.5))


def _within(value: float | None, default: float) -> float:
    if value is None or not math.isfinite(value):
        return default
    return min(max(value, _EDGE), 1 - _EDGE)


def _default(fields: list[str]) -> Model:
    return Model(dict.fromkeys(fields, 0.9), dict.fromkeys(fields, 0.03), 0.05)


def score(similarities: pl.DataFrame, model: Model) -> pl.Series:
    """Probability that each pair is the same; between UNLIKE and ALIKE a field's weight goes in proportion."""
    total = pl.lit(math.log(model.share / (1 - model.share)))
    for name in similarities.columns:
        yes, no = model.weight(name)
        degree = ((pl.col(name) - UNLIKE) / (ALIKE - UNLIKE)).clip(0.0, 1.0)
        total += (no + (yes - no) * degree).fill_null(0.0)
    return similarities.select(p=1 / (1 + (-total).exp()))["p"]
