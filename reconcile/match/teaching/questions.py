"""Which pairs to ask a person about: those whose answer is likely to put most decisions right."""

from __future__ import annotations

import numpy as np
import polars as pl

from reconcile.match.candidates.blocking import PAIR
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.linkage import Scored
from reconcile.match.rows import ENDS
from reconcile.match.scoring.model import probability
from reconcile.match.scoring.sampling import mixed
from reconcile.records import KEY

QUESTIONS = pl.Schema(
    {
        "l": pl.UInt32,
        "r": pl.UInt32,
        "weight": pl.Float64,
        "probability": pl.Float64,
        "zone": pl.String,
        "alike": pl.UInt32,
        "value": pl.Float64,
    }
)
"""Row numbers, weight and probability as scored, zone (link, review, duplicate, none), how many pairs of those in question agree
in the same way, and how many decisions the answer is expected to put right."""

_LEAST = 0.01
"""Below this probability a pair that is in no zone is not worth a question."""
_HALF = 2.0
"""The model's bits count half in a question: it may be wrong about a whole pattern, and then is so by many bits."""
_DOUBT = 0.02
"""No pair is so sure that nobody need ever ask."""
_KNOWN = 4.0
"""Answers that the model's own opinion of a pattern is worth."""
_RIVAL = 0.25
"""What a decided rival is worth, of a decided pair."""


def queue(
    scored: Scored,
    decided: Resolved,
    answered: pl.DataFrame | None = None,
    count: int | None = None,
    sure_from: float | None = None,
) -> pl.DataFrame:
    """The pairs whose answers would teach most, best first.

    An answer settles its own pair, says something of its rivals, and tells how far pairs that agree in the same way can be
    trusted: the less, the more of them were asked before. Each record comes once before any comes again.

    Args:
        scored: the pairs that were compared, weighed by the model.
        decided: what became of them.
        answered: l, r: pairs that need no asking again.
        count: at most so many; all if not given.
        sure_from: no pairs of this probability or more, and none below its complement; all if not given.

    Returns:
        QUESTIONS; the same whatever the order of the records.
    """
    known = PAIR.to_frame() if answered is None else answered.select(ENDS).cast(PAIR)
    open_ = in_question(scored, decided)
    if sure_from is not None:
        open_ = open_.filter(pl.col("probability").is_between(1 - sure_from, sure_from, closed="none"))
    asked = open_.join(known, on=ENDS, how="semi").group_by("_pattern").agg(asked=pl.len())
    rest = open_.join(known, on=ENDS, how="anti", maintain_order="left")
    rest = rest.join(asked, on="_pattern", how="left", maintain_order="left").with_columns(pl.col("asked").fill_null(0))
    likely = 1 / (1 + (2.0 ** (-pl.col("weight") / _HALF)))
    rest = rest.with_columns(_p=likely.clip(_DOUBT, 1 - _DOUBT), _mark=_marks(scored, rest))
    rest = rest.with_columns(_own=pl.min_horizontal("_p", 1 - pl.col("_p")))
    rest = _in_order(rest, scored, "_own")
    place = pl.int_range(pl.len()).over("_pattern") + pl.col("asked")
    spread = (pl.col("_p") * (1 - pl.col("_p"))).mean().over("_pattern")
    rivals = pl.sum_horizontal((pl.col("_own").sum().over(end) - pl.col("_own")).clip(upper_bound=1.0) for end in ENDS)
    value = pl.col("_own") + _RIVAL * rivals + spread * pl.col("alike").sqrt() / (_KNOWN + place)
    ranked = _in_order(rest.with_columns(value=value), scored, "value")
    once = ranked["l"].is_first_distinct() & ranked["r"].is_first_distinct()
    ordered = pl.concat([ranked.filter(once), ranked.filter(~once)])
    return (ordered if count is None else ordered.head(count)).select(QUESTIONS.names()).cast(QUESTIONS)


def in_question(scored: Scored, decided: Resolved) -> pl.DataFrame:
    """The pairs that are in a zone or not quite unlikely: l, r, weight, probability, zone, _pattern, alike."""
    zones = pl.concat(
        frame.select(*ENDS, zone=pl.lit(zone))
        for zone, frame in (("link", decided.links), ("review", decided.reviews), ("duplicate", decided.duplicates))
    )
    bits = scored.pairs["weight"].to_numpy()
    found = scored.pairs.select(*ENDS, "weight", _pattern=_pattern(scored)).with_columns(
        probability=pl.Series(probability(bits), dtype=pl.Float64)
    )
    found = found.join(zones.cast({"l": pl.UInt32, "r": pl.UInt32}), on=ENDS, how="left", maintain_order="left")
    found = found.filter(pl.col("zone").is_not_null() | (pl.col("probability") >= _LEAST))
    return found.with_columns(pl.col("zone").fill_null("none"), alike=pl.len().over("_pattern"))


def _pattern(scored: Scored) -> pl.Expr:
    return pl.col("_pattern") if "_pattern" in scored.pairs.columns else pl.lit(0, dtype=pl.UInt64)


def _marks(scored: Scored, pairs: pl.DataFrame) -> pl.Series:
    """A number for each pair from what its records say: what decides between equals is not their place."""
    left, right = scored.comparison.marks
    return pl.Series(mixed(left[pairs["l"].to_numpy()] + np.uint64(3) * right[pairs["r"].to_numpy()]), dtype=pl.UInt64)


def _in_order(pairs: pl.DataFrame, scored: Scored, by: str) -> pl.DataFrame:
    """Highest first; of equals, by what the records say, and last by their keys."""
    keys = [frame[KEY].gather(pairs[end]).alias(f"_{end}") for end, frame in zip(ENDS, scored.comparison.forms, strict=True)]
    # in steps, so that the last bit of a sum has no say
    rounded = pl.col(by).round(9)
    return pairs.with_columns(keys).sort(rounded, "_mark", "_l", "_r", descending=[True, False, False, False]).drop("_l", "_r")
