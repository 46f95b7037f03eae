"""What matching may spend, in pairs and memory; what can't be afforded is refused before anything heavy is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from reconcile.errors import NotEnoughMemory, TooManyPairs
from reconcile.match.candidates.blocking import Blocks, Rule
from reconcile.match.candidates.splitting import fitting, halves, pairs_in

MEGABYTE = 2**20
_STARTED = 250 * MEGABYTE
"""What the program itself takes."""
_COPIES = 8.0
"""Forms, hashes, vectors and random pairs take so many times what the records take."""
_PAIR = 150
"""Bytes of one scored pair, with all that is made of it."""
_PAIR_AT_ONCE = 600
"""Bytes of one pair while its values are compared."""
_AT_ONCE = (20_000, 2_000_000)
_COUNTED_RULES = 5
"""Of rules that look too dear, so many are counted exactly."""


@dataclass(frozen=True)
class Allowance:
    """How many pairs may be scored, and how many may be compared at once; the latter has no say in the result."""

    pairs: int
    at_once: int


def allowance(pairs: int, memory: int | None, frames: Sequence[pl.DataFrame]) -> Allowance:
    """What the memory allows.

    Args:
        pairs: at most so many pairs are asked for.
        memory: bytes that the program may take; None: no limit.
        frames: the records.

    Raises:
        NotEnoughMemory: the records alone need more.
    """
    if memory is None:
        return Allowance(pairs, _AT_ONCE[1])
    needed = _STARTED + int(_COPIES * sum(frame.estimated_size() for frame in frames))
    rest = memory - needed
    least = 2 * sum(frame.height for frame in frames) * _PAIR
    if rest < least:
        raise NotEnoughMemory(needed + least, memory)
    at_once = int(0.25 * rest / _PAIR_AT_ONCE)
    return Allowance(min(pairs, int(0.75 * rest / _PAIR)), min(max(at_once, _AT_ONCE[0]), _AT_ONCE[1]))


def affordable(blocks: Blocks, rules: Sequence[Rule], most: int, *, pinned: bool) -> list[Rule]:
    """The rules that give no more than so many pairs, even if each has to be split; pinned ones must be so together.

    Raises:
        TooManyPairs: none is; or a pinned one is not.
    """
    if pinned:
        counted = [replace(rule, pairs=float(after_splitting(blocks, rule, most))) for rule in rules]
        if sum(rule.pairs for rule in counted) > most:
            worst = max(counted, key=lambda rule: (rule.pairs, rule.parts))
            raise TooManyPairs(worst.parts, worst.pairs, most, pinned=True)
        return list(rules)
    cheap = [rule for rule in rules if rule.pairs <= most]
    if cheap or not rules:
        return cheap
    counted = [replace(rule, pairs=float(after_splitting(blocks, rule, most))) for rule in rules[:_COUNTED_RULES]]
    cheap = [rule for rule in counted if rule.pairs <= most]
    if not cheap:
        best = min(counted, key=lambda rule: (rule.pairs, rule.parts))
        raise TooManyPairs(best.parts, best.pairs, most, pinned=False)
    return sorted(cheap, key=lambda rule: (rule.pairs, rule.parts))


def after_splitting(blocks: Blocks, rule: Rule, most: int) -> int:
    """How many pairs a rule gives, counted without making them, and no further than twice what is allowed."""
    found = 0
    for half in halves(blocks, rule, None):
        for portion in fitting(blocks, rule.parts, half):
            found += pairs_in(portion)
            if found > 2 * most:
                return found
    return found
