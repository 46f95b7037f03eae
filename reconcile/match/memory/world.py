"""A memory beside what is there now: the numbers of any record, whether it has changed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from reconcile.match.arrays import Codes, Flags, Floats, Pair, Rows
from reconcile.match.candidates.blocking import Blocks
from reconcile.match.linkage import apart_from_pairs
from reconcile.match.memory.changed import Changed, Sides
from reconcile.match.memory.lookup import index_in
from reconcile.match.memory.remember import Memory, keys_of, parts_of
from reconcile.match.scoring.forms import match_forms
from reconcile.match.scoring.known import Known, Usual
from reconcile.records import KEY


class Standard:
    """Records in standard form and in match form; what was asked for once is remembered."""

    def __init__(self, memory: Memory, sides: Sides) -> None:
        """None yet."""
        self._memory = memory
        self._sides = sides
        self._rows = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
        self._frames: list[list[pl.DataFrame]] = [[], []]
        self._forms: list[list[pl.DataFrame]] = [[], []]

    def of(self, side: int, rows: Rows) -> pl.DataFrame:
        """The records of these rows in standard form, in their order."""
        return pl.concat(self._known(side, rows)[0])[self._order(side, rows)]

    def forms(self, side: int, rows: Rows) -> pl.DataFrame:
        """KEY and the fields that are compared in match form, likewise."""
        return pl.concat(self._known(side, rows)[1])[self._order(side, rows)]

    def _known(self, side: int, rows: Rows) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
        new = np.setdiff1d(rows, self._rows[side])
        if len(new) or not self._frames[side]:
            frame = self._sides.standard(side, pl.Series(new, dtype=pl.UInt32))
            marked, _, scheme = apart_from_pairs(frame, frame.clear(), self._memory.scheme)
            self._frames[side].append(frame)
            self._forms[side].append(match_forms(marked, scheme).select(KEY, *self._memory.known.usual.kinds))
            self._rows[side] = np.concatenate([self._rows[side], new])
        return self._frames[side], self._forms[side]

    def _order(self, side: int, rows: Rows) -> Rows:
        order = np.argsort(self._rows[side], kind="stable")
        return np.asarray(order[np.searchsorted(self._rows[side][order], rows)])


@dataclass(frozen=True)
class World:
    """A memory and what is there now."""

    memory: Memory
    sides: Sides
    standard: Standard
    changed: Changed
    fresh: tuple[Mapping[str, Codes], Mapping[str, Codes]]
    """The parts of the records that have changed, in the order of `changed.rows`; as of `Numbers`."""
    shared: tuple[Mapping[str, Codes], Mapping[str, Codes]]
    """Their shared keys, likewise."""
    stays: tuple[Flags, Flags] = field(repr=False)
    """Which records of the memory are as they were."""
    inside: bool
    """Whether records that are likely the same as another of their side are neighbours."""
    came: dict[str, list[Codes]] = field(default_factory=dict, repr=False)
    """For each value whose rarity counts the hashes of what has gone and of what has come, sorted, once they are asked for."""

    def part(self, side: int, name: str, rows: Rows) -> Codes:
        """A part of these rows of now, whether they have changed or not."""
        return self._now(side, rows, self.memory.sides[side].parts[name], self.fresh[side][name])

    def key(self, side: int, rung: str, rows: Rows) -> Codes:
        """Likewise a shared key."""
        return self._now(side, rows, self.memory.sides[side].shared[rung], self.shared[side][rung])

    def _now(self, side: int, rows: Rows, then: Codes, fresh: Codes) -> Codes:
        at = index_in(rows, self.changed.rows[side])
        found = np.zeros(len(rows), np.uint32)
        new = at >= 0
        found[new] = fresh[at[new]]
        found[~new] = then[self.changed.before[side][rows[~new]]]
        return found

    def usual(self, blocks: Blocks, forms: tuple[pl.DataFrame, pl.DataFrame]) -> Usual:
        """What is usual, with how often the values of these records stand on both sides now.

        Args:
            blocks: the parts of these records.
            forms: these records of both sides in match form.
        """
        usual = self.memory.known.usual
        counts = {}
        for name in usual.totals:
            codes = [blocks.codes(side, name) for side in (0, 1)]
            value = pl.concat([form[name].hash(3) for form in forms])
            number = np.concatenate(codes)
            known = pl.DataFrame({"v": value, "n": self._times(name, number)})
            counts[name] = known.filter(pl.Series(number > 0)).unique("v")
        return replace(usual, counts=counts)

    def _times(self, name: str, asked: Codes) -> Floats:
        """How often each of these values stands on both sides now."""
        values, times = self.memory.times[name]
        order = np.argsort(asked)
        wanted = asked[order]  # neighbours are found faster one after the other
        at = index_in(wanted, values)
        count = np.where(at >= 0, times[at] if len(times) else 0, 0).astype(np.float64)
        for codes, sign in zip(self._came(name), (-1.0, 1.0), strict=True):
            count += sign * (np.searchsorted(codes, wanted, side="right") - np.searchsorted(codes, wanted))
        found = np.empty(len(asked))
        found[order] = count
        return found

    def _came(self, name: str) -> list[Codes]:
        if name not in self.came:
            gone = [own.parts[name][old] for own, old in zip(self.memory.sides, self.changed.old, strict=True)]
            self.came[name] = [np.sort(np.concatenate(codes)) for codes in (gone, [own[name] for own in self.fresh])]
        return self.came[name]


def world_of(memory: Memory, sides: Sides, changed: Changed, *, inside: bool) -> World:
    """Look at the records that have changed."""
    fresh, shared, standard = [], [], Standard(memory, sides)
    for side in (0, 1):
        forms = standard.forms(side, changed.rows[side])
        fresh.append(parts_of(Blocks(forms, forms, dict(memory.known.usual.kinds)), 0, memory.known))
        shared.append(keys_of(standard.of(side, changed.rows[side]), memory.keys))
    stays = (~changed.old[0], ~changed.old[1])
    return World(memory, sides, standard, changed, (fresh[0], fresh[1]), (shared[0], shared[1]), stays, inside)


def known_of(world: World, rows: Pair) -> tuple[Known, Blocks, tuple[pl.DataFrame, pl.DataFrame]]:
    """What is known, with how often the values of these rows of now stand on both sides; their parts; and their match forms."""
    forms = (world.standard.forms(0, rows[0]), world.standard.forms(1, rows[1]))
    blocks = Blocks(*forms, dict(world.memory.known.usual.kinds))
    return replace(world.memory.known, usual=world.usual(blocks, forms)), blocks, forms


def whole(world: World) -> Pair:
    """All rows of now."""
    return np.arange(len(world.sides.keys[0])), np.arange(len(world.sides.keys[1]))
