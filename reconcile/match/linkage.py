"""Two frames to linked pairs: candidates, levels, model, decisions. The whole of matching on one page.

Large files are scored in two goes: first what shares a telling value; then what still looks for a partner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.arrays import Floats
from reconcile.match.candidates.blocking import PAIR, Blocks, Rule, brings_nearest, pinned_rules, possible_rules, united
from reconcile.match.candidates.gathering import (
    NEIGHBOURS,
    PAIRS_OF_A_RULE,
    SAMPLE,
    SMALL,
    Spend,
    at_once,
    in_two_goes,
    paired_by,
    settled,
    unsettled,
    wide_rules,
)
from reconcile.match.candidates.spending import Allowance, affordable, allowance
from reconcile.match.deciding.resolution import Resolved, Thresholds, resolve
from reconcile.match.keys import by_keys, contradicted
from reconcile.match.rows import ENDS
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import seen, weights
from reconcile.match.scoring.known import Known
from reconcile.match.scoring.model import Model, Tables, probability, retuned
from reconcile.match.scoring.standing import gained, mutual_best, standing, standing_gains
from reconcile.progress import Progress
from reconcile.records import KEY

ZONES = pl.Schema(
    {
        "crm_key": pl.String,
        "erp_key": pl.String,
        "probability": pl.Float64,
        "weight": pl.Float64,
        "zone": pl.String,
        "rung": pl.String,
    }
)
"""What matching gives: one row for each pair that counts."""

_TAKEN = ("l", "r", "n", "p", "k", "b", "weight", "_rare", "_n", "_pattern")
_EVEN = 0.5
USUAL_PRECISION = 0.995
_LARGEST_STAR = 40
PINNED_BITS = 500.0
"""More than what two records say of themselves ever comes to."""
_NO_PAIRS = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "weight": pl.Float64})
_NO_TWINS = pl.Schema({"a": pl.UInt32, "b": pl.UInt32, "weight": pl.Float64, "probability": pl.Float64})
NO_MODEL = Model(Tables({}), Tables({}), 0.0, 0.0)


@dataclass(frozen=True)
class Settings:
    """How sure is sure, and what may be spent."""

    link_at: float | None = None
    """Probability from which a pair is linked; None: the lowest, not below even odds, that keeps the target precision."""
    review_at: float = 0.2
    """Probability from which a person is asked."""
    target_precision: float | None = None
    """Share of the links that are to be right; None: the usual, or less where keeping it would leave out much."""
    near: float = 3.0
    """Bits: partners whose totals differ by less are ambiguous."""
    many: str | None = None
    """The side of which several records may link to one of the other: crm, erp, or None."""
    pairs: int = 50_000_000
    """At most so many pairs are scored."""
    memory: int | None = None
    """Bytes that the program may take; it scores fewer pairs, and fewer at once, where this asks for it. None: no limit."""
    small: int = SMALL
    """Up to so many records a side everything that shares something is compared; larger files look for the telling first."""


@dataclass(frozen=True)
class Scored:
    """The pairs that were compared."""

    pairs: pl.DataFrame
    """l, r (row numbers), weight (bits), one column of levels per field."""
    model: Model
    comparison: Comparison
    rules: tuple[Rule, ...]
    twins: tuple[pl.DataFrame, pl.DataFrame]
    """For each side a, b, weight, probability: compared records that may be the same business."""
    known: Known | None = None
    """What was learned on the way, so that single records can be weighed again as all were; None where there are no pairs."""
    left_out: int = 0
    """So many pairs at least share a value, nothing else tells them apart, and they were too many to be compared."""
    again: bool = False
    """Whether these are a few of many records, weighed by what all have taught."""
    linked_at: float | None = None
    """The probability from which pairs were linked, once they are judged."""

    def pinned(self, links: pl.DataFrame, apart: pl.DataFrame) -> Scored:
        """The same with pairs (l, r) that are links whatever they look like, and others that are none."""
        rest = self.pairs.select(*ENDS, "weight")
        for known in (links, apart):
            rest = rest.join(known, on=ENDS, how="anti", maintain_order="left")
        sure = links.select(ENDS).cast(PAIR).with_columns(weight=pl.lit(PINNED_BITS))
        return replace(self, pairs=pl.concat([rest, sure]).sort(ENDS))


def link(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> pl.DataFrame:
    """Link two frames.

    Args:
        left: records of the CRM: KEY and the scheme's fields in standard form.
        right: records of the ERP, likewise.
        scheme: what they are matched by.
        settings: thresholds and budgets.
        progress: where steps are announced.

    Returns:
        ZONES, sorted by keys.
    """
    return zones(judged(left, right, scheme, settings, progress)[1], left[KEY], right[KEY])


@dataclass(frozen=True)
class Ready:
    """Two frames ready to be compared: of the records themselves only the keys and what is compared are left."""

    scheme: Scheme
    keys: tuple[pl.DataFrame, pl.DataFrame]
    """Column KEY of both sides."""
    keyed: pl.DataFrame
    """KEYED: the pairs that share a key, and nothing speaks against it."""
    doubtful: pl.DataFrame
    """Likewise, of those that something speaks against."""
    comparison: Comparison
    allowed: Allowance


def ready(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> Ready:
    """Make two frames ready; arguments as of `link`. Who lets go of the frames then, saves their memory.

    Raises:
        NotEnoughMemory: the records alone need more than is allowed.
    """
    keyed = by_keys(left, right, scheme.fields, scheme.keys)
    doubted = contradicted(keyed, left, right, scheme.fields)
    left, right, scheme = apart_from_pairs(left, right, scheme)
    allowed = allowance(settings.pairs, settings.memory, (left, right))
    with progress.step("prepare"):
        comparison = Comparison.of(left, right, scheme).at_most(allowed.at_once)
    keys = left.select(KEY), right.select(KEY)
    return Ready(scheme, keys, keyed.filter(~doubted), keyed.filter(doubted), comparison, allowed)


def judged(
    left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress, known: Model | None = None
) -> tuple[Scored, Resolved]:
    """As `judge`, of two frames. Arguments as of `link`."""
    return judge(ready(left, right, scheme, settings, progress), settings, progress, known)


def judge(own: Ready, settings: Settings, progress: Progress, known: Model | None = None) -> tuple[Scored, Resolved]:
    """What `link` tells the pairs of, for those who ask why; `known` as of `score`.

    Returns:
        What each pair weighs by itself; and what was decided, where the links have a column `rung` as well.

    Raises:
        TooManyPairs: what would have to be compared is more than is allowed.
    """
    scored = _scored(own, settings, progress, known)
    with progress.step("decide"):
        return _judged(scored, own.keyed, own.doubtful, settings, own.keys)


def judged_again(
    left: pl.DataFrame, right: pl.DataFrame, keyed: pl.DataFrame, scheme: Scheme, settings: Settings, known: Known
) -> tuple[Scored, Resolved]:
    """The same for a few of many records, by what all have taught.

    Args:
        left: these records of the CRM.
        right: these records of the ERP.
        keyed: KEYED, the pairs of them that share a key which stands once on each side of all.
        scheme: what they are matched by.
        settings: as they were when all were judged, and with the probability from which pairs were linked.
        known: what was learned of all.
    """
    doubted = contradicted(keyed, left, right, scheme.fields)
    scored = score_again(left, right, scheme, settings, known)
    return _judged(scored, keyed.filter(~doubted), keyed.filter(doubted), settings, (left, right))


def _judged(
    scored: Scored, keyed: pl.DataFrame, doubtful: pl.DataFrame, settings: Settings, sides: tuple[pl.DataFrame, pl.DataFrame]
) -> tuple[Scored, Resolved]:
    sure = scored.pinned(keyed, PAIR.to_frame()) if keyed.height else scored
    at = link_at(sure.pairs, settings)
    decided = _asked(decide(sure, replace(settings, link_at=at), sides), doubtful)
    rungs = decided.links.join(keyed, on=ENDS, how="left", maintain_order="left").with_columns(pl.col("rung").fill_null("score"))
    return replace(scored, linked_at=at), replace(decided, links=rungs)


def score(
    left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress, known: Model | None = None
) -> Scored:
    """Compare what is worth comparing and weigh it: by the `known` model, or by one that is learned from it.

    Where no field says something on both sides, there are no pairs.

    Raises:
        NotEnoughMemory: the records alone need more than is allowed.
        TooManyPairs: what would have to be compared is more than is allowed.
    """
    return _scored(ready(left, right, scheme, settings, progress), settings, progress, known)


def _scored(own: Ready, settings: Settings, progress: Progress, known: Model | None) -> Scored:
    comparison, allowed, block = own.comparison, own.allowed, own.scheme.block
    if not comparison.fields:
        return Scored(_NO_PAIRS.to_frame(), known or NO_MODEL, comparison, (), (_NO_TWINS.to_frame(), _NO_TWINS.to_frame()))
    spend = Spend(allowed.pairs, progress)
    with progress.step("compare"):
        blocks = Blocks.of(comparison)
        small = max(comparison.heights) <= settings.small
        sample = (comparison.low(0, SAMPLE), comparison.low(1, SAMPLE))
        pinned = pinned_rules(blocks, block, sample)
        near_too = not pinned or brings_nearest(block)
        possible = pinned or possible_rules(blocks, PAIRS_OF_A_RULE[small], sample)
        rules = affordable(blocks, possible, allowed.pairs, pinned=bool(pinned))
        found = None if small else in_two_goes(blocks, rules, comparison, known, spend)
        if found is None:
            wide = rules if small or pinned else affordable(blocks, wide_rules(blocks, comparison), allowed.pairs, pinned=False)
            found = at_once(blocks, wide, comparison, known, spend, near=near_too)
        pairs, model = found.pairs, found.model
        weighed = pairs.with_columns(weight=pl.Series(weights(pairs, model, comparison)))
        inside = side_by_side(lambda side: inside_of(weighed, model, comparison, side, settings), (0, 1))
        twins = (as_twins(inside[0].pairs), as_twins(inside[1].pairs))
        gains, weighed = (None, weighed) if model.crowded else _with_standing(weighed, twins, None)
    telling, later = (tuple(rule.parts for rule in some) for some in (found.rules, found.further))
    taught = Known(model, comparison.usual(), telling, later, found.near, (inside[0].model, inside[1].model), gains)
    return Scored(weighed, model, comparison, (*found.rules, *found.further), twins, taught, max(spend.left_out, default=0))


def apart_from_pairs(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme) -> tuple[pl.DataFrame, pl.DataFrame, Scheme]:
    """The same, with a mark on each field whose name is taken by a column of the pairs."""
    other = {name: f"{name}=" for name in scheme.fields if name in _TAKEN}
    fields = {other.get(name, name): kind for name, kind in scheme.fields.items()}
    return left.rename(other), right.rename(other), replace(scheme, fields=fields)


def score_again(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, known: Known) -> Scored:
    """A few of many records compared among each other and weighed as all of them were; arguments as of `score`."""
    left, right, scheme = apart_from_pairs(left, right, scheme)
    comparison = Comparison.of(left, right, scheme, known.usual)
    blocks = Blocks.of(comparison)
    rules, further = ([Rule(parts, 0.0) for parts in some] for some in (known.telling, known.further))
    near = comparison.nearest(NEIGHBOURS) if known.near else ()
    first = united([*paired_by(blocks, rules, None), *near])
    rest = united(paired_by(blocks, further, None), first)
    pairs = comparison.levels(pl.concat([first, rest]))  # of few pairs all together cost less than in two goes
    weighed = pairs.with_columns(weight=pl.Series(weights(pairs, known.model, comparison)))
    if further:
        told = weighed.head(first.height)
        free = unsettled(settled(told, told["weight"].to_numpy()), blocks.sizes())
        open_ = free[0].gather(weighed["l"]) | free[1].gather(weighed["r"])
        weighed = weighed.filter(open_ | (pl.int_range(weighed.height, eager=True) < first.height))
    inner = [inside_of(weighed, known.model, comparison, side, settings, known=known.inside[side]) for side in (0, 1)]
    twins = (as_twins(inner[0].pairs), as_twins(inner[1].pairs))
    _, weighed = _with_standing(weighed, twins, known)
    return Scored(weighed, known.model, comparison, (*rules, *further), twins, known, again=True)


def _with_standing(
    weighed: pl.DataFrame, twins: tuple[pl.DataFrame, pl.DataFrame], known: Known | None
) -> tuple[Floats | None, pl.DataFrame]:
    """What a standing is worth, and the pairs with it in their weight."""
    same = [pair.filter(pl.col("probability") >= _EVEN) for pair in twins]
    bits, stand = weighed["weight"].to_numpy(), standing(weighed, (same[0], same[1]))
    gains = standing_gains(bits, stand) if known is None else known.gains
    return gains, weighed.with_columns(weight=pl.col("weight") + pl.Series(gained(bits, stand, gains)))


def as_twins(pairs: pl.DataFrame) -> pl.DataFrame:
    """Weighed pairs inside one side as columns a, b, weight, probability."""
    bits = pairs["weight"].to_numpy()
    return pairs.select(a="l", b="r", weight="weight", probability=pl.Series(probability(bits), dtype=pl.Float64))


def inside_of(
    pairs: pl.DataFrame,
    model: Model,
    comparison: Comparison,
    side: int,
    settings: Settings,
    more: pl.DataFrame | None = None,
    known: Model | None = None,
) -> Scored:
    """The pairs inside one side whose records may both be the partner of one record of the other side.

    Args:
        pairs: scored pairs of both sides.
        model: what patterns are worth.
        comparison: both sides.
        side: 0 for the CRM, 1 for the ERP.
        settings: from which probability a pair counts.
        more: l, r (l < r): other pairs inside the side.
        known: the model for the side; learned from the pairs if not given.

    Returns:
        Pairs of l < r, both of that side, and the model that they are weighed by.
    """
    own, other = ("r", "l") if side else ("l", "r")
    least = float(np.log2(settings.review_at / (1 - settings.review_at)))
    likely = pairs.lazy().filter(pl.col("weight") >= least).select(own, other).collect()
    several = likely.filter(pl.len().over(other).is_between(2, _LARGEST_STAR))
    joined = several.join(several, on=other).filter(pl.col(own) < pl.col(f"{own}_right"))
    found = united([joined.select(l=own, r=f"{own}_right"), *([] if more is None else [more])])
    within = comparison.within(side)
    compared = within.levels(found)
    inner = known or _inside(pairs, model, comparison, side, compared)
    bits = pl.Series(weights(compared, inner, within), dtype=pl.Float64)
    return Scored(compared.with_columns(weight=bits), inner, within, (), (_NO_TWINS.to_frame(), _NO_TWINS.to_frame()))


def _inside(pairs: pl.DataFrame, model: Model, comparison: Comparison, side: int, compared: pl.DataFrame) -> Model:
    """The model for one side: two records that each have their own clear partner are not the same, unless all are there often."""
    own, other = ("r", "l") if side else ("l", "r")
    if model.crowded:
        none = seen(compared.clear(), comparison.fields)
        return retuned(model, seen(compared, comparison.fields), (none, 0.0), comparison.heights[side])
    best = mutual_best(pairs.select("l", "r", "weight")).filter(pl.col("weight") > 0)
    partner = best.filter(pl.len().over(own) == 1).select(pl.col(own).alias("k"), p=other)
    both = compared.join(partner, left_on="l", right_on="k", how="left", maintain_order="left").join(
        partner, left_on="r", right_on="k", how="left", maintain_order="left"
    )
    apart = both.filter((pl.col("p") != pl.col("p_right")).fill_null(value=False)).select(compared.columns)
    size = comparison.heights[side]
    looked_at = pl.concat([compared["l"], compared["r"]]).unique()
    partnered = looked_at.filter(looked_at.is_in(partner["k"].implode()))
    share = max(len(partnered) / max(len(looked_at), 1), 0.1) ** 2
    fields = comparison.fields
    return retuned(model, seen(compared, fields), (seen(apart, fields), apart.height / share), size)


def decide(
    scored: Scored, settings: Settings, frames: tuple[pl.DataFrame, pl.DataFrame], against: pl.DataFrame | None = None
) -> Resolved:
    """Links, reviews and duplicates of the scored pairs; `against` holds pairs known to be different, as `resolve` takes them."""
    bits = scored.pairs["weight"].to_numpy()
    cross = scored.pairs.select("l", "r", "weight", probability=pl.Series(probability(bits)))
    cross = cross.filter(pl.col("weight") > -20)  # noqa: PLR2004 - a millionth: it changes nothing
    ranks = [
        _rank(frame[KEY], cross[end], scored.twins[side]) for side, (end, frame) in enumerate(zip(ENDS, frames, strict=True))
    ]
    limits = Thresholds(link_at(scored.pairs, settings), settings.review_at, settings.near, settings.many, scored.model.crowded)
    return resolve(cross, scored.twins[0], scored.twins[1], ranks[0], ranks[1], limits, against)


def link_at(pairs: pl.DataFrame, settings: Settings) -> float:
    """The probability from which pairs are linked: the settings', or what the calibrated probabilities say.

    The mean probability of the links is the share of them that one expects to be right. Where nobody has named that share,
    less than the usual will do if so many more pairs are found that F0.5, in which precision counts more, is expected higher.
    """
    if settings.link_at is not None:
        return settings.link_at
    best = mutual_best(pairs.select("l", "r", "weight"))
    sure = np.sort(probability(best["weight"].to_numpy()))[::-1]
    right = np.cumsum(sure) / np.arange(1, len(sure) + 1) if len(sure) else sure
    kept = int(np.count_nonzero(right >= (settings.target_precision or USUAL_PRECISION)))
    if settings.target_precision is None and kept < np.count_nonzero(sure >= _EVEN):
        found = np.cumsum(sure) / sure.sum()
        kept = max(kept, 1 + int(np.argmax(np.where(sure >= _EVEN, right * found / (right / 4 + found), 0.0))))
    first_wrong = float(np.nextafter(sure[kept], 1.0)) if kept < len(sure) else 0.0
    return max(min(first_wrong, 1.0 - 1e-6), _EVEN, settings.review_at)


def _rank(keys: pl.Series, paired_rows: pl.Series, twins: pl.DataFrame) -> pl.Series:
    """A number of its own for each record: by key among those with several pairs, which are all that it matters for."""
    times = np.bincount(paired_rows.to_numpy(), minlength=keys.len()) > 1
    times[twins["a"].to_numpy()] = True
    times[twins["b"].to_numpy()] = True
    several = np.flatnonzero(times)
    rank = np.empty(keys.len(), np.uint32)
    rank[several] = keys.gather(several).rank("ordinal").to_numpy() - 1
    rank[~times] = np.arange(len(several), keys.len(), dtype=np.uint32)
    return pl.Series(rank)


def _asked(decided: Resolved, doubtful: pl.DataFrame) -> Resolved:
    """With the pairs (l, r) as reviews that share a key and nothing else, unless more is known of their records."""
    for end in ENDS:
        doubtful = doubtful.join(decided.links, on=end, how="anti")
    asked = doubtful.join(decided.reviews, on=ENDS, how="anti")
    rows = asked.select(*ENDS, weight=pl.lit(0.0), probability=pl.lit(_EVEN), why=pl.lit("below_link_at"))
    return replace(decided, reviews=pl.concat([decided.reviews, rows]))


def zones(decided: Resolved, left: pl.Series, right: pl.Series) -> pl.DataFrame:
    """The decided pairs with their keys; links that have no rung of their own are the score's."""
    found = (("link", decided.links), ("review", decided.reviews), ("duplicate", decided.duplicates))
    parts = [
        frame.select(
            crm_key=left.gather(frame["l"]),
            erp_key=right.gather(frame["r"]),
            probability="probability",
            weight="weight",
            zone=pl.lit(zone),
            rung="rung" if "rung" in frame.columns else pl.lit("score"),
        )
        for zone, frame in found
    ]
    return pl.concat(parts).cast(ZONES).sort("crm_key", "erp_key")
