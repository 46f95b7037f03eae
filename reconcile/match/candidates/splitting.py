"""The pairs of a rule. Values that too many share are split by a further part of a field, and again, until they fit.

A record without a value in that part goes on to the next part, so that a missing value parts nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from reconcile.match.arrays import Rows
from reconcile.match.candidates.blocking import LARGEST_BLOCK, PAIR, Blocks, Rule, together
from reconcile.match.scoring.forms import field_of
from reconcile.match.scoring.sampling import pairs_equal

Halves = tuple[pl.DataFrame, pl.DataFrame]
"""Of both sides, columns i (row) and b (value that brings rows together)."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_LOOKED_AT = 100_000
"""Records of a side by which the next part is chosen."""
_DEEPEST = 6
"""At most so many parts are added to a rule."""
_KNOWN = 0.5
"""Share of the pairs that must have a value in the next part, where there is such a part."""
_SPLITS = 0.9
"""A part must leave fewer than this share of the pairs."""


def paired(
    blocks: Blocks, rule: Rule, free: tuple[pl.Series, pl.Series] | None, left_out: list[int] | None = None
) -> pl.DataFrame:
    """The pairs of one rule, columns l and r; a value that too many share is split.

    Args:
        blocks: the parts of both sides.
        rule: which parts must be equal.
        free: for each side whether a record still looks for a partner; a pair needs one that does. None: all do.
        left_out: takes the number of pairs that nothing tells apart and that are too many to be compared.
    """
    lost: list[int] = []
    portions = [portion for half in halves(blocks, rule, free) for portion in fitting(blocks, rule.parts, half, lost)]
    if left_out is not None:
        left_out.append(sum(lost))
    joined = [one.lazy().join(other.lazy(), on="b").select(l="i", r="i_right").collect() for one, other in portions]
    return pl.concat(joined) if joined else PAIR.to_frame()


def fitting(blocks: Blocks, used: tuple[str, ...], halves: Halves, left_out: list[int] | None = None) -> Iterator[Halves]:
    """The same rows in portions in which no value brings more than LARGEST_BLOCK pairs together; to be joined by b.

    Args:
        blocks: the parts of both sides.
        used: the parts that b stands for.
        halves: rows of both sides.
        left_out: takes the number of pairs that nothing tells apart and that are too many to be compared.
    """
    left, right = _shared(halves)
    large = _large(left, right)
    if large.is_empty():
        yield left, right
        return
    yield left.join(large, on="b", how="anti"), right.join(large, on="b", how="anti")
    rest = left.join(large, on="b", how="semi"), right.join(large, on="b", how="semi")
    part = _next_part(blocks, used, rest, large.height)
    if part is None:
        alike, lost = _alike(blocks, rest)
        if left_out is not None:
            left_out.append(lost)
        yield alike
        return
    known, unknown = zip(*(_by_value(blocks, side, part, half) for side, half in enumerate(rest)), strict=True)
    plain = [_plain(own, half) for own, half in zip(known, rest, strict=True)]
    parted = ((known[0], known[1]), (unknown[0], plain[1]), (plain[0], unknown[1]), (unknown[0], unknown[1]))
    for both in parted:
        if both[0].height and both[1].height:
            yield from fitting(blocks, (*used, part), both, left_out)


def pairs_in(halves: Halves) -> int:
    """How many pairs joining them would give."""
    return pairs_equal(halves[0]["b"], halves[1]["b"])


def halves(blocks: Blocks, rule: Rule, free: tuple[pl.Series, pl.Series] | None) -> Iterator[Halves]:
    """The rows of both sides that a rule brings together, columns i and b; arguments as of `paired`."""
    left, right = (blocks.hashed(side, rule.parts) for side in (0, 1))
    if free is None:
        yield left, right
        return
    seeks = [free[side].gather(half["i"]) for side, half in enumerate((left, right))]
    yield left.filter(seeks[0]), right
    if not seeks[0].all():
        yield left.filter(~seeks[0]), right.filter(seeks[1])


def _places(values: pl.Series, bits: int) -> Rows:
    return np.asarray((values.to_numpy() * _GOLDEN) >> np.uint64(64 - bits), np.int64)


def _shared(halves: Halves) -> Halves:
    """Without most of the rows whose value the other side lacks: seen by a bit for each bucket of values."""
    bits = max(10, int(4 * max(half.height for half in halves)).bit_length())
    places = [_places(half["b"], bits) for half in halves]
    there = [np.zeros(2**bits, bool) for _ in halves]
    for flags, place in zip(there, places, strict=True):
        flags[place] = True
    kept = [there[1 - side][place] for side, place in enumerate(places)]
    left, right = (half if own.all() else half.filter(pl.Series(own)) for half, own in zip(halves, kept, strict=True))
    return left, right


def _large(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """The values (b) that bring too many pairs together; only those in crowded buckets are counted."""
    bits = max(10, int(max(left.height, right.height)).bit_length())
    places = _places(left["b"], bits), _places(right["b"], bits)
    counts = [np.bincount(place, minlength=2**bits) for place in places]
    crowded = counts[0] * counts[1] > LARGEST_BLOCK
    if not crowded.any():
        return left.select("b").clear()
    sizes = [
        half.select("b").filter(pl.Series(crowded[place])).group_by("b").agg(n=pl.len().cast(pl.UInt64))
        for half, place in zip((left, right), places, strict=True)
    ]
    return sizes[0].join(sizes[1], on="b").filter(pl.col("n") * pl.col("n_right") > LARGEST_BLOCK).select("b")


def _next_part(blocks: Blocks, used: tuple[str, ...], rest: Halves, values: int) -> str | None:
    """The part that splits them as little as is enough; where none is enough, the one that splits them most; None: none does.

    What splits most of all, such as an identifier, brings only those together that it would bring together alone.
    """
    if len(used) > _DEEPEST:
        return None
    whole = set(used)
    parts = [part for part in blocks.names if part not in whole and field_of(part) not in whole]
    looked = tuple(_some(blocks, side, half) for side, half in enumerate(rest))
    share = float(np.prod([seen.height / half.height for seen, half in zip(looked, rest, strict=True)]))
    total = pairs_in((looked[0], looked[1])) / share
    enough: list[tuple[float, str]] = []
    best: list[tuple[float, str]] = []
    for part in parts:
        halves = [_by_value(blocks, side, part, half)[0] for side, half in enumerate(looked)]
        known = pairs_in((_plain(halves[0], looked[0]), _plain(halves[1], looked[1]))) / share
        pairs = pairs_in((halves[0], halves[1])) / share
        if pairs > _SPLITS * known:
            continue
        best.append((pairs + total - known, part))
        if pairs <= values * LARGEST_BLOCK and known >= _KNOWN * total:
            enough.append((-pairs, part))
    return min(enough or best)[1] if best else None


def _some(blocks: Blocks, side: int, half: pl.DataFrame) -> pl.DataFrame:
    """A share of the rows, chosen by what their records say."""
    if half.height <= _LOOKED_AT:
        return half
    marks = blocks.marks[side][half["i"].to_numpy()]
    return half.filter(pl.Series(marks < np.uint64(int(_LOOKED_AT / half.height * 2**64))))


def _by_value(blocks: Blocks, side: int, part: str, half: pl.DataFrame) -> Halves:
    """The rows with a value in a part, b now standing for it as well; and the rows without, as they were."""
    own = blocks.part(side, part, half["i"])
    there = own.is_not_null()
    known = half.filter(there)
    mixed = together(known["b"].to_numpy(), own.filter(there).to_numpy())
    return known.with_columns(pl.Series("b", mixed)), half.filter(~there)


def _plain(parted: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Rows that a part was added to, as they were before it."""
    return before.join(parted.select("i"), on="i", how="semi")


def _alike(blocks: Blocks, rest: Halves) -> tuple[Halves, int]:
    """Of rows that nothing splits those that say the very same, unless too many do; and how many pairs that leaves out."""
    told = [
        half.with_columns(pl.Series("b", together(half["b"].to_numpy(), blocks.marks[side][half["i"].to_numpy()])))
        for side, half in enumerate(rest)
    ]
    large = _large(told[0], told[1])
    kept = told[0].join(large, on="b", how="anti"), told[1].join(large, on="b", how="anti")
    return kept, pairs_in(rest) - pairs_in(kept)
