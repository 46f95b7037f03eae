"""A memory beside what is there now: the numbers of any record, whether it has changed or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from reconcile.match.candidates.blocking import Blocks
from reconcile.match.linkage import apart_from_pairs
from reconcile.match.memory.changed import Changed, Pair, Sides
from reconcile.match.memory.lookup import Codes, Flags, Rows, index_in
from reconcile.match.memory.remember import Memory, keys_of, parts_of
from reconcile.match.scoring.forms import match_forms
from reconcile.match.scoring.known import Known, Usual
from reconcile.records import KEY


class Standard:
    """Records in standard form; what was asked for once is remembered."""

    def __init__(self, sides: Sides) -> None:
        """None yet."""
        self._sides = sides
        self._rows = [np.zeros(0, np.int64), np.zeros(0, np.int64)]
        self._frames: list[list[pl.DataFrame]] = [[], []]

    def of(self, side: int, rows: Rows) -> pl.DataFrame:
        """The records of these rows, in their order."""
        new = np.setdiff1d(rows, self._rows[side])
        if len(new) or not self._frames[side]:
            self._frames[side].append(self._sides.standard(side, pl.Series(new, dtype=pl.UInt32)))
            self._rows[side] = np.concatenate([self._rows[side], new])
        order = np.argsort(self._rows[side], kind="stable")
        return pl.concat(self._frames[side])[order[np.searchsorted(self._rows[side][order], rows)]]


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

    def _times(self, name: str, asked: Codes) -> np.typing.NDArray[np.float64]:
        """How often each of these values stands on both sides now."""
        values, times = self.memory.times[name]
        at = index_in(asked, values)
        found = np.where(at >= 0, times[at] if len(times) else 0, 0).astype(np.float64)
        for side in (0, 1):
            gone = self.memory.sides[side].parts[name][self.changed.old[side]]
            for codes, sign in ((gone, -1.0), (self.fresh[side][name], 1.0)):
                ordered = np.sort(codes)
                found += sign * (np.searchsorted(ordered, asked, side="right") - np.searchsorted(ordered, asked))
        return found


def world_of(memory: Memory, sides: Sides, changed: Changed, *, inside: bool) -> World:
    """Look at the records that have changed."""
    fresh, shared, standard = [], [], Standard(sides)
    for side in (0, 1):
        frame = standard.of(side, changed.rows[side])
        marked, _, scheme = apart_from_pairs(frame, frame.clear(), memory.scheme)
        usual = memory.known.usual
        forms = match_forms(marked, scheme).select(KEY, *usual.kinds)
        fresh.append(parts_of(Blocks(forms, forms, dict(usual.kinds)), 0, memory.known))
        shared.append(keys_of(frame, memory.keys))
    stays = (~changed.old[0], ~changed.old[1])
    return World(memory, sides, standard, changed, (fresh[0], fresh[1]), (shared[0], shared[1]), stays, inside)


def known_of(world: World, frames: tuple[pl.DataFrame, pl.DataFrame]) -> tuple[Known, Blocks]:
    """What is known, with how often the values of these records (standard form) stand on both sides now; and their parts."""
    left, right, scheme = apart_from_pairs(*frames, world.memory.scheme)
    usual = world.memory.known.usual
    forms = [match_forms(frame, scheme).select(KEY, *usual.kinds) for frame in (left, right)]
    blocks = Blocks(forms[0], forms[1], dict(usual.kinds))
    return replace(world.memory.known, usual=world.usual(blocks, (forms[0], forms[1]))), blocks


def whole(world: World) -> Pair:
    """All rows of now."""
    return np.arange(len(world.sides.keys[0])), np.arange(len(world.sides.keys[1]))
