"""What people have said of pairs: the same or not. It holds whatever the pairs look like, and says things of other pairs, too."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from reconcile.match import linkage
from reconcile.match.candidates.blocking import PAIR
from reconcile.match.deciding.resolution import Resolved, called_different
from reconcile.match.keys import by_keys, contradicted
from reconcile.match.linkage import PINNED_BITS, Scored, Settings
from reconcile.match.rows import ENDS

ANSWERS = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "same": pl.Boolean})
"""Row numbers of both sides, and whether a person calls the two the same; each pair once."""


def same_and_apart(answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The pairs (l, r) that are the same, and those that are not."""
    return tuple(answers.filter(one).select(ENDS).cast(PAIR) for one in (pl.col("same"), ~pl.col("same")))  # type: ignore[return-value]  # two of two


def pinned(scored: Scored, answers: pl.DataFrame) -> Scored:
    """The scored pairs in which answers weigh more than anything; two records that are the same as a third are the same."""
    same, apart = same_and_apart(answers)
    twins = [_with_twins(frame, _of_one_side(same, side)) for side, frame in enumerate(scored.twins)]
    return replace(scored.pinned(same, apart), twins=(twins[0], twins[1]))


def _of_one_side(same: pl.DataFrame, side: int) -> pl.DataFrame:
    """Columns a, b (a < b): records of a side that people have called the same as one record of the other."""
    own, other = (ENDS[side], ENDS[1 - side])
    joined = same.join(same, on=other).filter(pl.col(own) < pl.col(f"{own}_right"))
    return joined.select(a=own, b=f"{own}_right").unique()


def _with_twins(known: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    if more.is_empty():
        return known
    rest = known.join(more, on=["a", "b"], how="anti", maintain_order="left")
    sure = more.with_columns(weight=pl.lit(PINNED_BITS), probability=pl.lit(1.0))
    return pl.concat([rest, sure.select(rest.columns).cast(rest.schema)]).sort("a", "b")


def decided(scored: Scored, answers: pl.DataFrame, settings: Settings, sides: tuple[pl.DataFrame, pl.DataFrame]) -> Resolved:
    """What becomes of scored pairs beside answers.

    Args:
        scored: as `linkage.score` or `teaching.taught` gives them.
        answers: ANSWERS.
        settings: by which thresholds.
        sides: the records.

    Returns:
        The decisions; the links have a column `rung` as well: `person` where somebody has said so, or the shared key.
    """
    same, apart = same_and_apart(answers)
    scheme = scored.comparison.scheme
    kinds = dict(scheme.fields)
    keyed = by_keys(*sides, kinds, scheme.keys, same, apart) if scheme.keys else by_keys(*sides, {}, ())
    keyed = keyed.filter(~contradicted(keyed, *sides, kinds)) if keyed.height else keyed
    known = pinned(scored, answers)
    if keyed.height:
        known = replace(known, pairs=known.pinned(keyed, PAIR.to_frame()).pairs)
    found = _held(linkage.decide(known, settings, sides, called_different(apart)), same, apart)
    person = same.with_columns(person=pl.lit("person"))
    rungs = found.links.join(keyed, on=ENDS, how="left", maintain_order="left").join(
        person, on=ENDS, how="left", maintain_order="left"
    )
    return replace(found, links=rungs.with_columns(rung=pl.coalesce("person", "rung", pl.lit("score"))).drop("person"))


def _held(found: Resolved, same: pl.DataFrame, apart: pl.DataFrame) -> Resolved:
    """With every answer in it: what is the same is a link, or a duplicate where a record of it holds another link."""
    links, reviews, duplicates = (
        frame.join(apart, on=ENDS, how="anti", maintain_order="left") for frame in (found.links, found.reviews, found.duplicates)
    )
    reviews = reviews.join(same, on=ENDS, how="anti", maintain_order="left")
    left = same.join(links, on=ENDS, how="anti").join(duplicates, on=ENDS, how="anti")
    if left.height:
        rows = left.with_columns(weight=pl.lit(PINNED_BITS), probability=pl.lit(1.0)).sort(ENDS)
        free = rows
        for end in ENDS:
            free = free.join(links, on=end, how="anti", maintain_order="left")
        free = free.filter(pl.col("l").is_first_distinct()).filter(pl.col("r").is_first_distinct())
        links = pl.concat([links, free.select(links.columns)]).sort(ENDS)
        taken = rows.join(free, on=ENDS, how="anti", maintain_order="left")
        duplicates = pl.concat([duplicates, taken.select(duplicates.columns)]).sort(ENDS)
    return replace(found, links=links, reviews=reviews, duplicates=duplicates)
