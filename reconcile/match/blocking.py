"""Which pairs are worth scoring: blocking rules chosen from the data, within a budget of pairs.

A rule brings together records that are equal in all its parts. A missing value brings nobody together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from reconcile.match.forms import Family, field_of, parts
from reconcile.records import KEY

PAIR = pl.Schema({"l": pl.UInt32, "r": pl.UInt32})
_SAMPLE = 100_000
_LARGEST_BLOCK = 40_000
"""Pairs of one value; a value that so many share is split by a second part, or left to other rules."""


@dataclass(frozen=True)
class Rule:
    """Records that are equal in all these parts are compared."""

    parts: tuple[str, ...]
    pairs: float
    """How many pairs that is expected to give."""


class Blocks:
    """The parts of two frames' fields, hashed when they are asked for."""

    def __init__(self, left: pl.DataFrame, right: pl.DataFrame, kinds: dict[str, Family]) -> None:
        """Match forms of both sides, and the family of each field."""
        self._frames = (left, right)
        self._parts = {part: expr for name, family in kinds.items() for part, expr in parts(name, family).items()}
        self.names = tuple(self._parts)

    def hashed(self, side: int, rule: Sequence[str], rows: pl.Series | None = None) -> pl.DataFrame:
        """Columns i (row) and b (hash of the rule's parts), without the rows of which one part is missing."""
        frame = self._frames[side] if rows is None else self._frames[side][rows]
        value = [pl.when(self._parts[part] != "").then(self._parts[part]).hash(11) for part in rule]
        there = pl.all_horizontal((self._parts[part].is_not_null() & (self._parts[part] != "")) for part in rule)
        mixed = value[0]
        for more in value[1:]:
            mixed = (mixed * pl.lit(0x9E3779B97F4A7C15, pl.UInt64)) ^ more
        index = pl.int_range(pl.len(), dtype=pl.UInt32) if rows is None else pl.lit(rows)
        return frame.lazy().select(i=index, b=pl.when(there).then(mixed)).drop_nulls().collect()

    def sizes(self) -> tuple[int, int]:
        """How many records each side has."""
        return self._frames[0].height, self._frames[1].height


def chosen_rules(blocks: Blocks, pairs_per_record: float, budget: int) -> list[Rule]:
    """The rules that bring true pairs together at little cost, cheapest first.

    Args:
        blocks: the parts of both sides.
        pairs_per_record: what one rule may cost, for each record of the larger side.
        budget: at most so many pairs in all; the dearest rules are dropped first.
    """
    rows = [_sampled(blocks, side) for side in (0, 1)]
    share = 1.0
    for side, size in enumerate(blocks.sizes()):
        share *= max(len(rows[side]), 1) / max(size, 1)
    limit = pairs_per_record * max(blocks.sizes())

    def cost(rule: tuple[str, ...]) -> Rule:
        counts = [blocks.hashed(side, rule, rows[side]).group_by("b").agg(n=pl.len().cast(pl.Float64)) for side in (0, 1)]
        joined = counts[0].join(counts[1], on="b").select(n=pl.col("n") * pl.col("n_right"))["n"]
        return Rule(rule, float(joined.sum()) / share)

    single = [cost((part,)) for part in blocks.names]
    rules = [rule for rule in single if 0 < rule.pairs <= limit]
    rest = [rule.parts[0] for rule in single if rule.pairs > limit]
    for one, other in combinations(rest, 2):
        if field_of(one) != field_of(other):
            both = cost((one, other))
            if 0 < both.pairs <= limit / 2:
                rules.append(both)
    rules.sort(key=lambda rule: (rule.pairs, rule.parts))
    kept: list[Rule] = []
    spent = 0.0
    for rule in rules:
        spent += rule.pairs
        if spent > budget and kept:
            break
        kept.append(rule)
    return kept


def _sampled(blocks: Blocks, side: int) -> pl.Series:
    """Rows of a sample that depends on what the records say and not on their order."""
    frame = blocks._frames[side]  # noqa: SLF001 - its own class
    rows = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    if frame.height <= _SAMPLE:
        return rows
    order = frame.select(pl.exclude(KEY)).hash_rows(seed=5)
    limit = int(_SAMPLE / frame.height * 2**64)
    return rows.filter(order < limit)


def paired(blocks: Blocks, rule: Rule, free: tuple[pl.Series, pl.Series] | None) -> pl.DataFrame:
    """The pairs of one rule, columns l and r.

    Args:
        blocks: the parts of both sides.
        rule: which parts must be equal.
        free: for each side whether a record still looks for a partner; a pair needs one that does. None: all do.
    """
    left, right = (blocks.hashed(side, rule.parts) for side in (0, 1))
    if free is None:
        return _joined(left, right)
    seeking = [part.filter(free[side].gather(part["i"])) for side, part in enumerate((left, right))]
    settled = right.filter(~free[1].gather(right["i"]))
    return (
        pl.concat([_joined(seeking[0], right), _joined(left.filter(~free[0].gather(left["i"])), seeking[1])])
        if settled.height
        else _joined(left, right)
    )


def _joined(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    sizes = left.group_by("b").len().join(right.group_by("b").len(), on="b")
    common = sizes.filter(pl.col("len").cast(pl.UInt64) * pl.col("len_right") > _LARGEST_BLOCK).select("b")
    if common.height:
        left = left.join(common, on="b", how="anti")
    return left.lazy().join(right.lazy(), on="b").select(l="i", r="i_right").collect()


def united(found: Iterable[pl.DataFrame], seen: pl.DataFrame | None = None) -> pl.DataFrame:
    """All pairs once, sorted, without those that were seen before."""
    pairs = pl.concat([PAIR.to_frame(), *found]).unique().sort("l", "r")
    return pairs if seen is None else pairs.join(seen, on=["l", "r"], how="anti", maintain_order="left")
