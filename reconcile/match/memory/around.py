"""The neighbours of records that have changed: who shares something with them, who is likely the same, and who hangs on those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.arrays import Flags, Pair, Rows
from reconcile.match.candidates.blocking import Blocks, Rule, united
from reconcile.match.candidates.gathering import NEIGHBOURS
from reconcile.match.candidates.splitting import paired
from reconcile.match.linkage import apart_from_pairs
from reconcile.match.memory.changed import either
from reconcile.match.memory.mates import Rules, key_mates, key_values, mates
from reconcile.match.memory.world import World, known_of, whole
from reconcile.match.rows import ENDS
from reconcile.match.scoring.comparison import Comparison
from reconcile.match.scoring.fitting import weights

_LIKELY = -8.0
"""Bits from which a pair may come to count, whatever its standing adds."""


@dataclass(frozen=True)
class Part:
    """Some records of both sides, ready to be compared."""

    rows: Pair
    comparison: Comparison
    blocks: Blocks


def part_of(world: World, rows: Pair) -> Part:
    """Prepare these rows of now (sorted)."""
    known, blocks, forms = known_of(world, rows)
    standard = (world.standard.of(0, rows[0]), world.standard.of(1, rows[1]))
    left, right, scheme = apart_from_pairs(*standard, world.memory.scheme)
    return Part(rows, Comparison.as_usual((left, right), forms, scheme, known.usual), blocks)


def touched(world: World, seekers: Pair) -> tuple[Flags, Pair]:
    """Which groups of the memory the seekers belong to, or reach by a likely pair or a shared key; and the rows of now reached.

    All that brings records together is looked at for each: of few it costs less than to ask first who is settled.

    Args:
        world: what is there.
        seekers: rows of now.
    """
    known, memory = world.memory.known, world.memory
    rules = (*known.telling, *known.further)
    near = whole(world) if known.near else mates(world, rules, seekers)
    reached = _likely(world, seekers, near, rules)
    reached = either(reached, key_mates(world, key_values(world, seekers)))
    groups = np.zeros(memory.sides[0].count + memory.sides[1].count, bool)
    for side in (0, 1):
        before = world.changed.before[side][np.union1d(reached[side], seekers[side])]
        groups[memory.sides[side].groups[before[before >= 0]]] = True
    return groups, reached


def _likely(world: World, seekers: Pair, around: Pair, rules: Rules) -> Pair:
    """Rows of now that make a likely pair with a seeker.

    Args:
        world: what is there.
        seekers: rows of now.
        around: those that may share a rule with them.
        rules: by which they are brought together.
    """
    rows = either(seekers, around)
    part = part_of(world, rows)
    seeking = [np.isin(rows[side], seekers[side]) for side in (0, 1)]
    flags = (pl.Series(seeking[0]), pl.Series(seeking[1]))
    near = _nearest(part, seeking) if world.memory.known.near else []
    pairs = united([*(paired(part.blocks, Rule(tuple(rule), 0.0), flags) for rule in rules), *near])
    pairs = part.comparison.levels(pairs)
    bits = weights(pairs, world.memory.known.model, part.comparison)
    likely = pairs.select(ENDS).filter(pl.Series(bits >= _LIKELY))
    ends = [np.unique(rows[side][likely[end].to_numpy()]) for side, end in enumerate(ENDS)]
    if world.inside:
        ends = [np.union1d(ends[side], rows[side][_twins(world, part, side, rules, flags[side])]) for side in (0, 1)]
    return ends[0], ends[1]


def _twins(world: World, part: Part, side: int, rules: Rules, seeking: pl.Series) -> Rows:
    """Places of the records of one side that are likely the same as a seeker of that side, and of these seekers."""
    form, within = part.comparison.forms[side], part.comparison.within(side)
    blocks = Blocks(form, form, dict(world.memory.known.usual.kinds))
    found = united(paired(blocks, Rule(tuple(rule), 0.0), (seeking, seeking)) for rule in rules)
    pairs = within.levels(found.filter(pl.col("l") < pl.col("r")))
    same = pairs.filter(pl.Series(weights(pairs, world.memory.known.inside[side], within) > 0))
    return np.union1d(same["l"].to_numpy(), same["r"].to_numpy()).astype(np.int64)


def _nearest(part: Part, seeking: Sequence[Flags]) -> list[pl.DataFrame]:
    """The nearest of each seeker in each text."""
    texts = part.comparison.texts.values()
    found = (vectors.nearest_of(side, np.flatnonzero(seeking[side]), NEIGHBOURS) for vectors in texts for side in (0, 1))
    return [pairs.select(ENDS) for pairs in found]
