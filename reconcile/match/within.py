"""The records of one frame that are the same business: every pair inside it is a candidate, and nobody competes for a partner."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import polars as pl

from reconcile.match.candidates.blocking import PAIR, Blocks, Rule, brings_nearest, united
from reconcile.match.candidates.gathering import NEIGHBOURS, SMALL
from reconcile.match.candidates.inside import rules_inside
from reconcile.match.candidates.spending import affordable, allowance
from reconcile.match.candidates.splitting import paired
from reconcile.match.deciding.resolution import Resolved, Thresholds, resolve
from reconcile.match.keys import same_key
from reconcile.match.linkage import Settings, apart_from_pairs, as_twins
from reconcile.match.rows import ENDS
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import CROWDED, FITTED_PAIRS, seen, weights
from reconcile.match.scoring.model import Model, learned
from reconcile.progress import Progress
from reconcile.records import KEY

GROUPS = pl.Schema({"key": pl.String, "kept": pl.String, "probability": pl.Float64})
"""One row for each record that is another one, `kept`, once more."""

_WITH_NEAREST = 60_000
"""Up to so many records the nearest of each text are compared, too."""
_PAIRS_OF_A_RULE = (4.2, 20.0)
"""For each record, of large and of small files; a pair is counted from both its ends."""
_PAIRS_OF_A_RULE_IN_ALL = 2_000_000
_SURE_BITS = 40.0
_SURE = 0.9
"""Probability from which two records are the same if none is given: nothing competes here that would make the unsure surer."""
_TWINS = pl.Schema({"a": pl.UInt32, "b": pl.UInt32, "weight": pl.Float64, "probability": pl.Float64})
_CROSS = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "weight": pl.Float64, "probability": pl.Float64})


@dataclass(frozen=True)
class Weighed:
    """The pairs of one frame that were compared."""

    pairs: pl.DataFrame
    """l, r (row numbers, l < r), weight (bits), each pair once."""
    model: Model | None = None
    """None where only keys were looked at."""
    comparison: Comparison | None = None
    rules: tuple[Rule, ...] = ()
    near: bool = False
    """Whether what stands nearest by words was compared as well."""
    left_out: int = 0
    """So many pairs at least share a value, nothing else tells them apart, and they were too many to be compared."""


def dedupe(frame: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> pl.DataFrame:
    """Find the records of a frame that are the same business.

    Args:
        frame: KEY and the scheme's fields in standard form.
        scheme: what they are compared by; records that share a key are the same unless all else contradicts.
        settings: thresholds and budgets.
        progress: where steps are announced.

    Returns:
        GROUPS, sorted by key. Kept is the record with most values; of equally full ones that of the lowest key.
    """
    return groups(frame, judged(frame, scheme, settings, progress)[1])


def judged(frame: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> tuple[Weighed, Resolved]:
    """What `dedupe` tells the groups of, for those who ask why. Arguments as there."""
    if frame.height < 2:  # noqa: PLR2004 - one record is nobody's twin
        found = Weighed(PAIR.to_frame().with_columns(weight=pl.lit(0.0)))
        return found, _decided(frame, scheme, found.pairs, settings)
    with progress.step("compare"):
        found = weighed(frame, scheme, settings)
    with progress.step("decide"):
        return found, _decided(frame, scheme, found.pairs, settings)


def groups(frame: pl.DataFrame, decided: Resolved) -> pl.DataFrame:
    """The records that are another one once more, as GROUPS."""
    keys = frame[KEY].cast(pl.String)
    twins = decided.twins
    found = twins.select(key=keys.gather(twins["a"]), kept=keys.gather(twins["kept"]), probability="probability")
    return found.cast(GROUPS).sort("key")


def link_at(settings: Settings) -> float:
    """The probability from which two records are the same."""
    return _SURE if settings.link_at is None else settings.link_at


def weighed(frame: pl.DataFrame, scheme: Scheme, settings: Settings) -> Weighed:
    """Compare what is worth comparing and weigh it by what is learned from it."""
    keyed = same_key(frame, scheme)
    if not scheme.fields:
        return Weighed(keyed.with_columns(weight=pl.lit(_SURE_BITS)))
    frame, _, scheme = apart_from_pairs(frame, frame, scheme)
    allowed = allowance(settings.pairs, settings.memory, (frame, frame))
    comparison = Comparison.of_one(frame, scheme).at_most(allowed.at_once)
    if not comparison.fields:
        return Weighed(keyed.with_columns(weight=pl.lit(_SURE_BITS)))
    blocks = Blocks.of(comparison)
    limit = min(_PAIRS_OF_A_RULE[1], max(_PAIRS_OF_A_RULE[0], _PAIRS_OF_A_RULE_IN_ALL / frame.height))
    possible = rules_inside(comparison, blocks, scheme.block, limit, allowed.pairs)
    rules = affordable(blocks, possible, allowed.pairs, pinned=bool(scheme.block))
    near_too = frame.height <= _WITH_NEAREST and brings_nearest(scheme.block)
    near = comparison.nearest(NEIGHBOURS, ties=frame.height <= SMALL) if near_too else iter(())
    left_out: list[int] = []
    found = united(list(map(_ordered, chain((paired(blocks, rule, None, left_out) for rule in rules), near, (keyed,)))))
    pairs = comparison.levels(found)
    random = _ordered(comparison.random)
    sample = comparison.sample(pairs, FITTED_PAIRS)
    fields = comparison.fields
    sides = (float(frame.height), (frame.height - 1) / 2)
    model = learned(
        seen(sample, fields), seen(random, fields), comparison.equal, comparison.sizes, sides, most=CROWDED * frame.height
    )
    bits = pl.Series(weights(pairs, model, comparison), dtype=pl.Float64)
    sure = keyed.with_columns(sure=pl.lit(_SURE_BITS))
    scored = pairs.select(ENDS).with_columns(weight=bits).join(sure, on=ENDS, how="left", maintain_order="left")
    found = scored.select(*ENDS, weight=pl.max_horizontal("weight", "sure"))
    return Weighed(found, model, comparison, tuple(rules), near_too, max(left_out, default=0))


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    """Each pair once and none of a record with itself."""
    return pairs.filter(pl.col("l") < pl.col("r"))


def _decided(frame: pl.DataFrame, scheme: Scheme, pairs: pl.DataFrame, settings: Settings) -> Resolved:
    twins = as_twins(pairs)
    rank = _fullest_first(frame, scheme)
    limits = Thresholds(link_at(settings), min(settings.review_at, link_at(settings)), settings.near)
    return resolve(_CROSS.to_frame(), twins.cast(_TWINS), _TWINS.to_frame(), rank, rank.clear(), limits)


def _fullest_first(frame: pl.DataFrame, scheme: Scheme) -> pl.Series:
    """0 for the record with most values; of equally full ones the lowest key comes first."""
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in scheme.fields) if scheme.fields else pl.lit(0)
    order = frame.select(pl.struct(-filled.cast(pl.Int64), pl.col(KEY).alias("_key")).rank("ordinal")).to_series()
    return order.cast(pl.UInt32) - 1
