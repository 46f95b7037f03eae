"""Which pairs are worth scoring: blocking rules chosen from the data, within a budget of pairs.

A rule brings together records that are equal in all its parts. A missing value brings nobody together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import polars as pl

from reconcile.match.forms import Family, field_of, parts

PAIR = pl.Schema({"l": pl.UInt32, "r": pl.UInt32})
_GOLDEN = 0x9E3779B97F4A7C15
_OFTEN = 3
"""Rules that should find a pair: one that only a single value found needs two more."""
_LEAST_GAIN = 0.002
"""Share of the known pairs that a further rule must find."""
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

    def part(self, side: int, part: str, rows: pl.Series | None = None) -> pl.Series:
        """The hash of one part of each record (or of the given rows), null where it is missing."""
        frame = self._frames[side].select(field_of(part))
        value = self._parts[part]
        there = pl.when(value != "").then(value.hash(11))
        return (frame if rows is None else frame[rows]).select(there.alias(part)).to_series()

    def hashed(self, side: int, rule: Sequence[str]) -> pl.DataFrame:
        """Columns i (row) and b (hash of the rule's parts), without the rows of which one part is missing."""
        return mixed([self.part(side, part) for part in rule]).with_row_index("i").drop_nulls()

    def sizes(self) -> tuple[int, int]:
        """How many records each side has."""
        return self._frames[0].height, self._frames[1].height

    def sampled(self, side: int, rows: pl.Series) -> pl.DataFrame:
        """The hashes of all parts of some records."""
        return pl.DataFrame([self.part(side, part, rows) for part in self.names])


def mixed(hashes: Sequence[pl.Series]) -> pl.DataFrame:
    """Column b: the hashes of several parts as one; null where one part is missing."""
    frame = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(hashes)])
    value = pl.col("0")
    for at in range(1, len(hashes)):
        value = (value * pl.lit(_GOLDEN, pl.UInt64)) ^ pl.col(str(at))
    return frame.select(b=value)


def possible_rules(blocks: Blocks, pairs_per_record: float, sample: tuple[pl.Series, pl.Series]) -> list[Rule]:
    """Rules that cost no more than so many pairs for each record of the larger side, cheapest first.

    Args:
        blocks: the parts of both sides.
        pairs_per_record: what one rule may cost.
        sample: for each side the rows by which the cost is judged.

    Single parts come first; what is too common alone is tried together with a part of another field.
    """
    samples = [blocks.sampled(side, rows) for side, rows in enumerate(sample)]
    share = 1.0
    for taken, size in zip(samples, blocks.sizes(), strict=True):
        share *= max(taken.height, 1) / max(size, 1)
    limit = pairs_per_record * max(blocks.sizes())

    def cost(rule: tuple[str, ...]) -> Rule:
        counts = [
            mixed([sample[part] for part in rule]).drop_nulls().group_by("b").agg(n=pl.len().cast(pl.Float64))
            for sample in samples
        ]
        joined = counts[0].join(counts[1], on="b").select((pl.col("n") * pl.col("n_right")).sum()).item()
        return Rule(rule, float(joined) / share)

    single = [cost((part,)) for part in blocks.names]
    rules = [rule for rule in single if 0 < rule.pairs <= limit]
    rest = [rule.parts[0] for rule in single if rule.pairs > limit]
    double = [cost(pair) for pair in combinations(rest, 2) if field_of(pair[0]) != field_of(pair[1])]
    rules += [rule for rule in double if 0 < rule.pairs <= limit * 2]
    return sorted(rules, key=lambda rule: (rule.pairs, rule.parts))


def pinned_rules(blocks: Blocks, fields: Sequence[Sequence[str]]) -> list[Rule]:
    """The rules that a configuration names by fields: each part of a field in turn, together with each of the others'."""
    named: dict[str, list[str]] = {}
    for part in blocks.names:
        named.setdefault(field_of(part), []).append(part)
    asked = [rule for rule in fields if all(name in named for name in rule)]
    return [Rule(parts_of, 0.0) for rule in asked for parts_of in product(*(named[name] for name in rule))]


def within_budget(rules: Sequence[Rule], budget: int) -> list[Rule]:
    """The cheapest rules that together give no more pairs than that; one at least."""
    kept: list[Rule] = []
    spent = 0.0
    for rule in rules:
        spent += rule.pairs
        if spent > budget and kept:
            break
        kept.append(rule)
    return kept


def covering(blocks: Blocks, rules: Sequence[Rule], known: pl.DataFrame, found_by: Sequence[str], most: int) -> list[Rule]:
    """The rules that together would have found known pairs a second time, by other fields than those that found them.

    Args:
        blocks: the parts of both sides.
        rules: what may be chosen.
        known: pairs that are surely the same, columns l and r.
        found_by: the parts whose equality found them.
        most: at most so many rules.
    """
    names = sorted({part for rule in rules for part in rule.parts} | set(found_by))
    equal = {}
    for part in names:
        own, other = blocks.part(0, part, known["l"]), blocks.part(1, part, known["r"])
        equal[part] = (own == other).fill_null(value=False).to_numpy()
    times = np.sum([equal[part] for part in found_by], axis=0)
    lone = times == 1
    hits = {}
    for rule in rules:
        hit = np.logical_and.reduce([equal[part] for part in rule.parts])
        for part in found_by:
            if field_of(part) in {field_of(own) for own in rule.parts}:
                hit = hit & ~(lone & equal[part])
        hits[rule] = hit
    need = np.clip(_OFTEN - times, 0, 2)
    chosen: list[Rule] = []
    while len(chosen) < most and len(chosen) < len(rules):
        gains = {rule: float(np.count_nonzero(hits[rule] & (need > 0))) for rule in rules if rule not in chosen}
        best = max(gains, key=lambda rule: (gains[rule] / (rule.pairs + 0.2 * max(blocks.sizes())), rule.parts))
        if gains[best] < _LEAST_GAIN * known.height:
            break
        chosen.append(best)
        need = need - hits[best]
    return chosen


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
    """All pairs once, sorted, without those that were seen before (sorted likewise)."""
    codes = [pair.select((pl.col("l").cast(pl.UInt64) * 2**32) + pl.col("r")).to_series() for pair in found]
    code = np.unique(pl.concat(codes).to_numpy()) if codes else np.zeros(0, np.uint64)
    if seen is not None and seen.height and len(code):
        known = seen.select((pl.col("l").cast(pl.UInt64) * 2**32) + pl.col("r")).to_series().to_numpy()
        at = np.minimum(np.searchsorted(known, code), len(known) - 1)
        code = code[known[at] != code]
    return pl.DataFrame({"l": (code >> np.uint64(32)).astype(np.uint32), "r": (code & np.uint64(0xFFFFFFFF)).astype(np.uint32)})
