"""Records of the memory that share a value with one that has changed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reconcile.lanes import side_by_side
from reconcile.match.arrays import Codes, Marks, Pair, Rows, each_once, without_none
from reconcile.match.candidates.blocking import LARGEST_BLOCK, together
from reconcile.match.memory.lookup import index_in, may_hold
from reconcile.match.memory.world import World

Rules = Sequence[Sequence[str]]


def mates(world: World, rules: Rules, seekers: Pair) -> Pair:
    """Rows of now that are as they were and share a rule with one that seeks; what too many share brings nobody.

    Args:
        world: what is there.
        rules: parts by which records are brought together.
        seekers: rows of now.
    """
    parts = sorted({part for rule in rules for part in rule})
    asked = {part: tuple(world.part(side, part, seekers[side]) for side in (0, 1)) for part in parts}
    flagged = side_by_side(
        lambda at: may_hold(world.memory.sides[at[1]].parts[at[0]], np.concatenate(asked[at[0]])),
        [(part, side) for part in parts for side in (0, 1)],
    )
    maybe = {part: (flagged[2 * at], flagged[2 * at + 1]) for at, part in enumerate(parts)}

    def found(rule: Sequence[str]) -> list[Rows]:
        wanted = without_none(each_once([_together([asked[part][side] for part in rule]) for side in (0, 1)]))
        hits = []
        for side in (0, 1):
            rows = np.flatnonzero(np.logical_and.reduce([maybe[part][side] for part in rule]))
            codes = [world.memory.sides[side].parts[part][rows] for part in rule]
            at = index_in(_together(codes), wanted)
            hits.append((rows[at >= 0], at[at >= 0]))
        sizes = [np.bincount(at, minlength=len(wanted)) for _, at in hits]
        few = sizes[0] * sizes[1] <= LARGEST_BLOCK
        return [rows[few[at]] for rows, at in hits]

    each = side_by_side(found, rules)
    sides = []
    for side in (0, 1):
        here = np.zeros(world.memory.sides[side].count, bool)
        for rows in each:
            here[rows[side]] = True
        here &= world.stays[side]
        sides.append(np.sort(world.changed.place[side][here]))
    return sides[0], sides[1]


def _together(codes: Sequence[Codes]) -> Marks:
    """One number of all parts of a rule; 0 where one is missing."""
    value = codes[0].astype(np.uint64)
    for more in codes[1:]:
        value = together(value, more)
    there = np.logical_and.reduce([part > 0 for part in codes])
    return np.where(there, np.maximum(value, np.uint64(1)), np.uint64(0))


def key_values(world: World, seekers: Pair) -> dict[str, Codes]:
    """For each shared key the values (hashes, ascending) that these rows of now have, and those that changed records had."""
    found = {}
    for rung in world.shared[0]:
        own = [world.key(side, rung, seekers[side]) for side in (0, 1)]
        old = [world.memory.sides[side].shared[rung][world.changed.old[side]] for side in (0, 1)]
        values = np.unique(np.concatenate([*own, *old]))
        found[rung] = values[values > 0]
    return found


def key_mates(world: World, values: dict[str, Codes]) -> Pair:
    """Rows of now that are as they were and have one of these values in one of the shared keys."""

    def of_side(side: int) -> Rows:
        rows = [np.zeros(0, np.int64)]
        for rung, wanted in values.items():
            column = world.memory.sides[side].shared[rung]
            maybe = np.flatnonzero(may_hold(column, wanted) & world.stays[side])
            hit = maybe[index_in(column[maybe], wanted) >= 0]
            rows.append(world.changed.place[side][hit])
        return np.unique(np.concatenate(rows))

    left, right = side_by_side(of_side, (0, 1))
    return left, right
