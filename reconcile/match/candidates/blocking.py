"""Which pairs are worth scoring: blocking rules chosen from the data, within a budget of pairs.

A rule brings together records that are equal in all its parts. A missing value brings nobody together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.arrays import Codes, Marks, each_once
from reconcile.match.rows import ENDS
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.forms import Family, field_of, parts
from reconcile.match.scoring.sampling import identity, pairs_equal_by_chance, twins_sampled

PAIR = pl.Schema(dict.fromkeys(ENDS, pl.UInt32))
_GOLDEN = 0x9E3779B97F4A7C15
_REMEMBERED = 16
"""Parts whose hashes are kept: 4 bytes for each record."""
_OFTEN = 3
"""Rules that should find a pair: one that only a single value found needs two more."""
_LEAST_GAIN = 0.002
"""Share of the known pairs that a further rule must find."""
LARGEST_BLOCK = 40_000
"""Pairs of one value; what more of them share is split by a further part."""
_MERGED = 8_000_000
"""Pairs from which those found twice are put together before the next rule."""
WHOLE = "whole"
NEAREST = "nearest"
"""A rule of this name alone, among pinned ones: names and texts that stand nearest by their words are compared, too."""
_LAST_RESORT = 3
"""Where no rule is cheap enough, so many of the cheapest are taken: their blocks are split."""


@dataclass(frozen=True)
class Rule:
    """Records that are equal in all these parts are compared."""

    parts: tuple[str, ...]
    pairs: float
    """How many pairs that is expected to give."""


class Blocks:
    """The parts of two frames' fields, hashed when they are asked for."""

    def __init__(
        self,
        left: pl.DataFrame,
        right: pl.DataFrame,
        kinds: dict[str, Family],
        marked: Callable[[], tuple[Marks, Marks]] | None = None,
    ) -> None:
        """Match forms of both sides, the family of each field, and what gives the records' marks if others know them."""
        self._frames = (left, right)
        self._marked = marked
        self._parts = {part: expr for name, family in kinds.items() for part, expr in parts(name, family).items()}
        self.names = tuple(self._parts)
        self._codes: dict[tuple[int, str], Codes] = {}
        self._remembering = Lock()  # rules are looked at side by side

    @classmethod
    def of(cls, comparison: Comparison) -> Blocks:
        """The parts of what is compared."""
        return cls(*comparison.forms, comparison.kinds, lambda: comparison.marks)

    def part(self, side: int, part: str, rows: pl.Series | None = None) -> pl.Series:
        """The hash of one part of each record (or of the given rows), null where it is missing."""
        frame = self._frames[side].select(field_of(part))
        value = self._parts[part]
        there = pl.when(value != "").then(value.hash(11))
        return (frame if rows is None else frame[rows]).select(there.alias(part)).to_series()

    def codes(self, side: int, part: str) -> Codes:
        """The hash of one part of each record in 32 bits, 0 where it is missing; the last ones are remembered."""
        known = self._codes.get((side, part))
        if known is not None:
            return known
        own = self.part(side, part)
        code = (own.fill_null(0).to_numpy() >> np.uint64(32)).astype(np.uint32)
        found = np.where(own.is_not_null().to_numpy(), np.maximum(code, 1), 0).astype(np.uint32)
        with self._remembering:
            while len(self._codes) >= _REMEMBERED:
                del self._codes[next(iter(self._codes))]
            self._codes[side, part] = found
        return found

    def hashed(self, side: int, rule: Sequence[str]) -> pl.DataFrame:
        """Columns i (row) and b (hash of the rule's parts), without the rows of which one part is missing."""
        codes = [self.codes(side, part) for part in rule]
        rows = np.flatnonzero(np.logical_and.reduce([code > 0 for code in codes])).astype(np.uint32)
        value = codes[0][rows].astype(np.uint64)
        for code in codes[1:]:
            value = together(value, code[rows])
        return pl.DataFrame({"i": rows, "b": value})

    @cached_property
    def marks(self) -> tuple[Marks, Marks]:
        """For each record a number from what it says."""
        return self._marked() if self._marked else (identity(self._frames[0]), identity(self._frames[1]))

    def sizes(self) -> tuple[int, int]:
        """How many records each side has."""
        return self._frames[0].height, self._frames[1].height

    def sampled(self, side: int, rows: pl.Series) -> pl.DataFrame:
        """The hashes of all parts of some records."""
        return pl.DataFrame([self.part(side, part, rows) for part in self.names])


def together(hashes: Marks, more: npt.NDArray[Any]) -> Marks:
    """One hash of what two hashes stand for, as `as_one` gives it."""
    return np.asarray((hashes * np.uint64(_GOLDEN)) ^ more.astype(np.uint64))


def mixed(hashes: Sequence[pl.Series]) -> pl.Series:
    """The hashes of several parts as one; null where one part is missing."""
    frame = pl.DataFrame([part.alias(str(at)) for at, part in enumerate(hashes)])
    return frame.select(as_one([pl.col(name) for name in frame.columns])).to_series()


def as_one(hashes: Sequence[pl.Expr]) -> pl.Expr:
    """One hash of what several hashes stand for; null where one is. A single one stays what it is."""
    value, *more = hashes
    for part in more:
        value = (value.cast(pl.UInt64) * pl.lit(_GOLDEN, pl.UInt64)) ^ part.cast(pl.UInt64)
    return value


def possible_rules(blocks: Blocks, pairs_per_record: float, sample: tuple[pl.Series, pl.Series]) -> list[Rule]:
    """Rules that cost no more than so many pairs for each record of the larger side, cheapest first.

    Args:
        blocks: the parts of both sides.
        pairs_per_record: what one rule may cost.
        sample: for each side the rows by which the cost is judged.

    Single parts come first; what is too common alone is tried together with a part of another field.
    """
    cost = _costs(blocks, sample)
    limit = pairs_per_record * max(blocks.sizes())
    single = [cost((part,)) for part in blocks.names]
    rules = [rule for rule in single if 0 < rule.pairs <= limit]
    rest = [rule.parts[0] for rule in single if rule.pairs > limit]
    double = [cost(pair) for pair in combinations(rest, 2) if field_of(pair[0]) != field_of(pair[1])]
    rules += [rule for rule in double if 0 < rule.pairs <= limit * 2]
    if not rules:
        dear = sorted((rule for rule in (*single, *double) if rule.pairs > 0), key=lambda rule: (rule.pairs, rule.parts))
        return dear[:_LAST_RESORT]
    return sorted(rules, key=lambda rule: (rule.pairs, rule.parts))


def _costs(blocks: Blocks, sample: tuple[pl.Series, pl.Series]) -> Callable[[tuple[str, ...]], Rule]:
    """What says how many pairs a rule would give, by the sampled rows of each side."""
    samples = [blocks.sampled(side, rows) for side, rows in enumerate(sample)]
    shares = [max(taken.height, 1) / max(size, 1) for taken, size in zip(samples, blocks.sizes(), strict=True)]
    left, right = (blocks.marks[side][rows.to_numpy()] for side, rows in enumerate(sample))
    twins = twins_sampled(left, right)

    def cost(rule: tuple[str, ...]) -> Rule:
        own, other = (mixed([taken[part] for part in rule]) for taken in samples)
        return Rule(rule, pairs_equal_by_chance(own, other, twins, max(shares)) / (shares[0] * shares[1]))

    return cost


def pinned_rules(blocks: Blocks, names: Sequence[Sequence[str]], sample: tuple[pl.Series, pl.Series]) -> list[Rule]:
    """The rules that a configuration names, cheapest first.

    Args:
        blocks: the parts of both sides.
        names: fields and parts of fields. `phone` stands for each part of it in turn, `phone:end` for this part alone and
            `phone:whole` for the whole value. Rules with a field that is not compared are left out.
        sample: for each side the rows by which the cost is judged.
    """
    known: dict[str, list[str]] = {}
    for part in blocks.names:
        known.setdefault(field_of(part), []).append(part)
        known[part if ":" in part else f"{part}:{WHOLE}"] = [part]
    asked = [rule for rule in names if all(name in known for name in rule)]
    found = dict.fromkeys(parts_of for rule in asked for parts_of in product(*(known[name] for name in rule)))
    if not found:
        return []
    cost = _costs(blocks, sample)
    return sorted((cost(rule) for rule in found), key=lambda rule: (rule.pairs, rule.parts))


def brings_nearest(names: Sequence[Sequence[str]]) -> bool:
    """Whether what stands nearest by words is compared as well: unless rules are pinned that do not say so."""
    return not names or (NEAREST,) in {tuple(rule) for rule in names}


def spelled(rules: Iterable[Rule], *, near: bool) -> tuple[tuple[str, ...], ...]:
    """Rules as a configuration names them, so that `pinned_rules` and `brings_nearest` give the same."""
    named = (tuple(part if ":" in part else f"{part}:{WHOLE}" for part in rule.parts) for rule in rules)
    return (*named, *([(NEAREST,)] if near else []))


def within_budget(rules: Sequence[Rule], budget: int, least: int = 1) -> list[Rule]:
    """The first rules that together give no more pairs than that; so many at least."""
    kept: list[Rule] = []
    spent = 0.0
    for rule in rules:
        spent += rule.pairs
        if spent > budget and len(kept) >= least:
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


def united(found: Iterable[pl.DataFrame], seen: pl.DataFrame | None = None) -> pl.DataFrame:
    """All pairs once, sorted, without those that were seen before (sorted likewise)."""
    codes: list[Marks] = []
    held = 0
    for pair in found:
        codes.append(_codes(pair))
        held += len(codes[-1])
        if held > _MERGED and held > 2 * len(codes[0]):  # pairs that several rules find need not all be held
            codes = [each_once(codes)]
            held = len(codes[0])
    code = each_once(codes)
    if seen is not None and seen.height and len(code):
        known = _codes(seen)
        at = np.minimum(np.searchsorted(known, code), len(known) - 1)
        code = code[known[at] != code]
    return pl.DataFrame({"l": (code >> np.uint64(32)).astype(np.uint32), "r": (code & np.uint64(0xFFFFFFFF)).astype(np.uint32)})


def _codes(pairs: pl.DataFrame) -> Marks:
    return np.asarray((pairs["l"].to_numpy().astype(np.uint64) << np.uint64(32)) | pairs["r"].to_numpy())
