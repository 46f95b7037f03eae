"""A random sample of pairs whose answers say how good matching is on these very records: precision and recall with intervals.

Pairs that were asked about because they teach much say nothing of all others; a survey is drawn for measuring alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.candidates.blocking import PAIR
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.linkage import Scored
from reconcile.match.rows import ENDS
from reconcile.match.scoring.sampling import mixed
from reconcile.match.scoring.standing import tops
from reconcile.records import KEY

STRATA = ("link", "duplicate", "review", "near", "far")
"""near: pairs in no zone that are not quite unlikely; far: of the others, the best of each record, where neither is linked."""
SURVEYED = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "stratum": pl.String})

_PARTS = {"link": 0.45, "duplicate": 0.15, "review": 0.1, "near": 0.15, "far": 0.15}
_NEAR = -10.0
"""Bits: from here on a pair in no zone is near."""
_CONFIDENCE = 0.95
_DRAWS = 10_000
_PRIOR = 0.5
"""Answers of each kind that an opinion of nothing is worth (Jeffreys)."""


@dataclass(frozen=True)
class Share:
    """A share of pairs, with the interval that holds the true one in 95 of 100 surveys."""

    estimate: float
    low: float
    high: float
    answered: int
    """Answers that it rests on."""
    of: int
    """Pairs that it speaks of."""


@dataclass(frozen=True)
class Quality:
    """What a survey says; None where nothing can be said, for want of answers or of pairs."""

    links: Share | None
    """Of the links, the share that is right."""
    duplicates: Share | None
    """Of the duplicates, likewise."""
    recall: Share | None
    """Of the pairs that are the same, the share that is a link or a duplicate; pairs far from likely are not counted."""


@dataclass(frozen=True)
class Survey:
    """Pairs to ask about, drawn at random from each stratum."""

    pairs: pl.DataFrame
    """SURVEYED, in an order that is random as well: a survey that is broken off is a smaller one."""
    sizes: Mapping[str, int]
    """Pairs of each stratum of which nobody has said anything before."""
    known: Mapping[str, tuple[int, int]]
    """Of each stratum, the pairs that people had answered before: how many are the same, how many there are."""

    def measured(self, answers: pl.DataFrame) -> Quality:
        """What the answers (ANSWERS) to this survey say; others are not looked at, and not every pair needs one."""
        found = self.pairs.join(answers.cast({"l": pl.UInt32, "r": pl.UInt32}), on=ENDS, how="inner")
        counts = {stratum: found.filter(pl.col("stratum") == stratum)["same"] for stratum in STRATA}
        said = {stratum: (int(same.sum()), same.len()) for stratum, same in counts.items()}
        shares = {stratum: self._share(stratum, *said[stratum]) for stratum in ("link", "duplicate")}
        return Quality(shares["link"], shares["duplicate"], self._recall(said))

    def _share(self, stratum: str, right: int, asked: int) -> Share | None:
        size, (known, before) = self.sizes[stratum], self.known[stratum]
        if size + before == 0 or (asked == 0 and size > 0):
            return None
        low, high = exact_interval(right, asked, size)
        guess = right / asked * size if asked else 0.0
        total = size + before
        return Share((guess + known) / total, (low + known) / total, (high + known) / total, asked + before, total)

    def _recall(self, said: Mapping[str, tuple[int, int]]) -> Share | None:
        """Draws from what is believed of each stratum after the answers, as the product of two shares has no exact interval."""
        if any(self.sizes[stratum] and not said[stratum][1] for stratum in STRATA):
            return None
        rng = np.random.default_rng(0)
        drawn, guess = {}, {}
        for stratum in STRATA:
            right, asked = said[stratum]
            rest, known = self.sizes[stratum] - asked, self.known[stratum][0] + right
            share = rng.beta(right + _PRIOR, asked - right + _PRIOR, _DRAWS) if rest else np.zeros(_DRAWS)
            drawn[stratum] = known + rest * share
            guess[stratum] = known + (rest * right / asked if asked else 0.0)
        found, every = drawn["link"] + drawn["duplicate"], sum(drawn.values())
        expected = sum(guess.values())
        if expected <= 0:
            return None
        low, high = np.quantile(found / np.maximum(every, 1e-9), [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
        estimate = (guess["link"] + guess["duplicate"]) / expected
        answered = sum(asked for _, asked in said.values()) + sum(before for _, before in self.known.values())
        total = sum(self.sizes.values()) + sum(before for _, before in self.known.values())
        return Share(estimate, min(float(low), estimate), max(float(high), estimate), answered, total)


def survey(scored: Scored, decided: Resolved, count: int, seed: int = 0, answered: pl.DataFrame | None = None) -> Survey:
    """Draw pairs to ask about.

    Args:
        scored: the pairs that were compared.
        decided: what became of them.
        count: how many to draw.
        seed: another number draws other pairs; the same number and records draw the same, whatever their order.
        answered: ANSWERS that were there before; those pairs are known and not drawn.
    """
    strata = _strata(scored, decided)
    told = answered if answered is not None else PAIR.to_frame().with_columns(same=pl.lit(value=True))
    judged = strata.join(told.cast({"l": pl.UInt32, "r": pl.UInt32}), on=ENDS, how="left", maintain_order="left")
    known = judged.filter(pl.col("same").is_not_null())
    open_ = _shuffled(judged.filter(pl.col("same").is_null()), scored, seed)
    sizes = {stratum: open_.filter(pl.col("stratum") == stratum).height for stratum in STRATA}
    takes = _allotted(sizes, count)
    place = pl.int_range(pl.len()).over("stratum")
    take = pl.col("stratum").replace_strict(takes, return_dtype=pl.Int64)
    said = {stratum: known.filter(pl.col("stratum") == stratum)["same"] for stratum in STRATA}
    drawn = open_.filter(place < take).select(SURVEYED.names()).cast(SURVEYED)
    return Survey(drawn, sizes, {stratum: (int(same.sum()), same.len()) for stratum, same in said.items()})


def _strata(scored: Scored, decided: Resolved) -> pl.DataFrame:
    zones = (("link", decided.links), ("duplicate", decided.duplicates), ("review", decided.reviews))
    found = pl.concat(frame.select(*ENDS, stratum=pl.lit(zone)) for zone, frame in zones)
    rest = scored.pairs.select(*ENDS, "weight").join(found, on=ENDS, how="anti")
    near = rest.filter(pl.col("weight") >= _NEAR)
    free = rest
    for end in ENDS:
        free = free.join(decided.links, on=end, how="anti")
    bits = free["weight"].to_numpy()
    best = np.logical_or.reduce([bits >= tops(free, end)[free[end].to_numpy()] for end in ENDS])
    far = free.filter(pl.Series(best) & (pl.col("weight") < _NEAR))
    more = [frame.select(*ENDS, stratum=pl.lit(stratum)) for stratum, frame in (("near", near), ("far", far))]
    return pl.concat([found, *more]).cast(SURVEYED)


def _shuffled(pairs: pl.DataFrame, scored: Scored, seed: int) -> pl.DataFrame:
    """In an order that only the seed and the keys decide; records that say the same are not drawn together."""
    start = mixed(np.array([seed], np.uint64))[0]
    keys = [frame[KEY].gather(pairs[end]) for end, frame in zip(ENDS, scored.comparison.forms, strict=True)]
    left, right = (key.hash(at).to_numpy() for at, key in enumerate(keys))
    mark = pl.Series(mixed(mixed(left + start) + right), dtype=pl.UInt64)
    named = pairs.with_columns(_mark=mark, _l=keys[0], _r=keys[1])
    return named.sort("_mark", "_l", "_r")


def _allotted(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of each stratum; what one can't use goes to the links, which are the most."""
    takes = {stratum: min(sizes[stratum], round(count * part)) for stratum, part in _PARTS.items()}
    for stratum in STRATA:
        takes[stratum] = min(sizes[stratum], takes[stratum] + count - sum(takes.values()))
    return takes


def exact_interval(right: int, asked: int, size: int) -> tuple[int, int]:
    """How many of `size` pairs may be right, given that `right` of `asked` random ones are.

    No true number is left out whose sample would be so far off in more than 5 of 100 surveys (Clopper and Pearson, for draws
    without putting back).
    """
    from scipy.stats import hypergeom  # noqa: PLC0415 - half a second that only a survey pays

    tail = (1 - _CONFIDENCE) / 2
    least, most = right, size - (asked - right)
    if asked == 0 or least == most:
        return least, most

    def too_few(total: int) -> bool:
        return bool(hypergeom.sf(right - 1, size, total, asked) <= tail)

    def too_many(total: int) -> bool:
        return bool(hypergeom.cdf(right, size, total, asked) <= tail)

    low = least if not too_few(least) else _border(too_few, least, most)
    high = most if not too_many(most) else _border(lambda total: not too_many(total), least, most) - 1
    return low, max(high, low)


def _border(before: Callable[[int], bool], low: int, high: int) -> int:
    """The first number at which `before` no longer holds, where it holds at `low` and not at `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if before(middle) else (low, middle)
    return high
