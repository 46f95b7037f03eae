"""A run by what is remembered: the records that changed and their neighbours are decided anew, all others stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from reconcile.match.arrays import Flags, Pair
from reconcile.match.deciding.resolution import Resolved
from reconcile.match.keys import KEYED, by_keys
from reconcile.match.linkage import judged_again
from reconcile.match.memory.around import touched
from reconcile.match.memory.changed import Changed, Sides, either
from reconcile.match.memory.mates import key_mates, key_values
from reconcile.match.memory.remember import DECIDED, INNER, Memory, inner_at
from reconcile.match.memory.world import World, known_of, world_of
from reconcile.match.rows import ENDS, of_side
from reconcile.match.scoring.known import Known
from reconcile.records import Role

_ROUNDS = 3
"""A record that loses its partner may take that of another; beyond so many steps it waits for the next full run."""
_NOWHERE = 2**32 - 1


@dataclass(frozen=True)
class Decided:
    """What became of some records, by row numbers of now."""

    pairs: pl.DataFrame
    """DECIDED."""
    inner: pl.DataFrame
    """INNER."""


@dataclass(frozen=True)
class Near:
    """The records that are decided anew."""

    world: World
    rows: Pair
    """Their rows of now, sorted."""
    frames: tuple[pl.DataFrame, pl.DataFrame]
    """KEY and fields in standard form."""
    known: Known
    """What was learned of all records, with how often the values of these stand on both sides."""
    keyed_rows: Pair
    """Rows of now that have a key which one of them has: they themselves, and others."""
    keyed_frames: tuple[pl.DataFrame, pl.DataFrame]
    """The records of these rows."""

    def places(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs of rows of now (l, r, and more) by places in `rows`, without those of which an end is no such row."""
        return _placed(pairs, self.rows, outside=False)

    def keyed(self, linked: pl.DataFrame | None = None, apart: pl.DataFrame | None = None) -> pl.DataFrame:
        """KEYED, by places in `rows`: pairs that share a key which stands once on each side among all that have no link.

        Args:
            linked: l, r, rows of now: pairs that are linked already.
            apart: l, r, rows of now: pairs that are not the same.
        """
        keys = self.world.memory.keys
        if not keys.keys:
            return KEYED.to_frame()
        ends = self.keyed_rows
        known = None if linked is None else _placed(linked.select(ENDS), ends, outside=True)
        others = None if apart is None else _placed(apart.select(ENDS), ends, outside=False)
        found = by_keys(*self.keyed_frames, keys.kinds, keys.keys, known, others)
        rows = [pl.Series(end, ends[side][found[end].to_numpy()], pl.UInt32) for side, end in enumerate(ENDS)]
        return self.places(found.with_columns(rows)).cast(KEYED)


@dataclass(frozen=True)
class Again:
    """The result, and how much was looked at."""

    memory: Memory
    changed: Changed
    groups: Flags = field(repr=False)
    """Which groups of the memory were decided anew."""
    local: Decided
    """What became of them."""
    rows: Pair
    """Rows of now that were decided anew, of both sides."""

    @property
    def looked_at(self) -> int:
        """How many those are."""
        return len(self.rows[0]) + len(self.rows[1])

    @cached_property
    def stands(self) -> Flags:
        """Which of the pairs that were decided then still stand."""
        left, right = self._free
        pairs = self.memory.decided
        return np.asarray(left[pairs["l"].to_numpy()] & right[pairs["r"].to_numpy()])

    @cached_property
    def decided(self) -> Decided:
        """What became of all records: of those that were not looked at, what was decided then."""
        pairs = self.memory.decided.filter(pl.Series(self.stands)).select(DECIDED.names())
        sides = [of_side(self.memory.inner, role) for role in Role]
        inner = [own.filter(pl.Series(self._free[at][own["a"].to_numpy()])) for at, own in enumerate(sides)]
        rest = _numbered(Decided(pairs, pl.concat(inner)), self.changed.place)
        whole = Decided(pl.concat([rest.pairs, self.local.pairs]), pl.concat([rest.inner, self.local.inner]))
        return Decided(whole.pairs.sort(ENDS), whole.inner.sort("side", "a"))

    @cached_property
    def _free(self) -> tuple[Flags, Flags]:
        left, right = (~self.groups[side.groups] & (self.changed.place[at] >= 0) for at, side in enumerate(self.memory.sides))
        return left, right


Judge = Callable[[Near], Decided]


def again(
    memory: Memory, sides: Sides, found: Changed, judge: Judge, asked: Pair | None = None, *, inside: bool = False
) -> Again:
    """Decide what has changed.

    Args:
        memory: the last full run.
        sides: both sides as they are now.
        found: what has changed since.
        judge: decides the records it is given among each other; row numbers are places in `Near.rows`.
        asked: rows of now that are to be decided anew though they are as they were.
        inside: whether records are looked at that are likely the same as one of their own side.
    """
    seekers = _first(memory, found, asked)
    if not (len(seekers[0]) or len(seekers[1]) or found.count):
        nobody = np.zeros(0, np.int64)
        nothing = Decided(DECIDED.to_frame(), INNER.to_frame())
        return Again(memory, found, np.zeros(memory.sides[0].count + memory.sides[1].count, bool), nothing, (nobody, nobody))
    world = world_of(memory, sides, found, inside=inside)
    groups, reached = touched(world, seekers)
    for side, old in zip(memory.sides, found.old, strict=True):
        groups[side.groups[old]] = True
    rows = _rows(world, groups, either(seekers, reached))
    local = _numbered(judge(_near(world, rows)), rows)
    for _ in range(_ROUNDS):
        freed = _freed(world, groups, local, seekers)
        if not (len(freed[0]) or len(freed[1])):
            break
        seekers = either(seekers, freed)
        more, reached = touched(world, freed)
        beyond = _rows(world, more & ~groups, reached)
        beyond = (np.setdiff1d(beyond[0], rows[0]), np.setdiff1d(beyond[1], rows[1]))
        if not (len(beyond[0]) or len(beyond[1])):
            break  # all that they could be linked with was there when they lost their partner
        groups, rows = groups | more, either(rows, beyond)
        part = _hanging_on(world, local, more, either(freed, reached))
        local = _with(local, _numbered(judge(_near(world, part)), part), part)
    return Again(memory, found, groups, local, rows)


def link_again(near: Near) -> Decided:
    """Judge as `linkage.link` does."""
    memory = near.world.memory
    decided = judged_again(*near.frames, near.keyed(), memory.scheme, memory.kept.settings, near.known)[1]
    return Decided(as_decided(decided), decided.twins.select(INNER.names()))


def as_decided(found: Resolved) -> pl.DataFrame:
    """DECIDED."""
    zones = (("link", found.links), ("review", found.reviews), ("duplicate", found.duplicates))
    parts = [
        frame.with_columns(zone=pl.lit(zone), rung=pl.col("rung") if zone == "link" else pl.lit("score")).select(DECIDED.names())
        for zone, frame in zones
    ]
    return pl.concat(parts).cast(DECIDED)


def _first(memory: Memory, found: Changed, asked: Pair | None) -> Pair:
    """Rows of now that look for a partner: what changed, and what has lost its partner."""
    linked = (memory.decided["zone"] == "link").to_numpy()
    ends = (memory.decided["l"].to_numpy(), memory.decided["r"].to_numpy())
    rows = []
    for side in (0, 1):
        lost = (found.place[1 - side] < 0)[ends[1 - side]] & linked
        left = found.place[side][ends[side][lost]]
        more = np.zeros(0, np.int64) if asked is None else asked[side]
        rows.append(np.unique(np.concatenate([found.rows[side], left[left >= 0], more])))
    return rows[0], rows[1]


def _rows(world: World, groups: Flags, more: Pair) -> Pair:
    """All records of these groups that are as they were, and these."""
    rows = []
    for side in (0, 1):
        inside = groups[world.memory.sides[side].groups] & world.stays[side]
        own = world.changed.place[side][inside]
        rows.append(np.unique(np.concatenate([own, more[side]])))
    return rows[0], rows[1]


def _hanging_on(world: World, local: Decided, groups: Flags, more: Pair) -> Pair:
    """These records, those of these groups, and all that something was decided of together with one of them."""
    rows = _rows(world, groups, more)
    ends = local.pairs.select(ENDS).rename({"l": "0", "r": "1"})
    pairs = [(0, ends["0"].to_numpy(), 1, ends["1"].to_numpy())]
    for side, role in enumerate(Role):
        inner = of_side(local.inner, role)
        pairs.append((side, inner["a"].to_numpy(), side, inner["kept"].to_numpy()))
    count = -1
    while count != len(rows[0]) + len(rows[1]):
        count = len(rows[0]) + len(rows[1])
        for one, a, other, b in pairs:
            for side, own, to, partner in ((one, a, other, b), (other, b, one, a)):
                found = np.union1d(rows[to], partner[np.isin(own, rows[side])])
                rows = (found, rows[1]) if to == 0 else (rows[0], found)
    return rows[0].astype(np.int64), rows[1].astype(np.int64)


def _with(local: Decided, later: Decided, rows: Pair) -> Decided:
    """What was decided first, with what was decided later of these rows in its place."""
    apart = [~np.isin(local.pairs[end].to_numpy(), rows[side]) for side, end in enumerate(ENDS)]
    inner = []
    for side, role in enumerate(Role):
        own = of_side(local.inner, role)
        inner.append(own.filter(pl.Series(~np.isin(own["a"].to_numpy(), rows[side]))))
    pairs = local.pairs.filter(pl.Series(apart[0] & apart[1]))
    return Decided(pl.concat([pairs, later.pairs]), pl.concat([*inner, later.inner]))


def _near(world: World, rows: Pair) -> Near:
    """The records of these rows. Of a key all who have it are looked at, so that it is known whether it stands once."""
    every = either(rows, key_mates(world, key_values(world, rows)))
    left, right = (world.standard.of(side, every[side]) for side in (0, 1))
    inner = (left[np.searchsorted(every[0], rows[0])], right[np.searchsorted(every[1], rows[1])])
    return Near(world, rows, inner, known_of(world, rows)[0], every, (left, right))


def _placed(pairs: pl.DataFrame, rows: Pair, *, outside: bool) -> pl.DataFrame:
    """Pairs of rows by their places; an end that has none is left as a number beyond all, or its pair left out."""
    for side, end in enumerate(ENDS):
        own = pairs[end].to_numpy().astype(np.int64)
        at = np.searchsorted(rows[side], own)
        there = at < len(rows[side])
        there[there] = rows[side][at[there]] == own[there]
        pairs = pairs.with_columns(pl.Series(end, np.where(there, at, _NOWHERE), pl.UInt32))
        if not outside:
            pairs = pairs.filter(pl.Series(there))
    return pairs


def _freed(world: World, groups: Flags, local: Decided, seekers: Pair) -> Pair:
    """Records as they were that had a link and have none now, and have not been seeking yet."""
    memory = world.memory
    inside = [groups[side.groups[memory.decided[end].to_numpy()]] for side, end in zip(memory.sides, ENDS, strict=True)]
    links = memory.decided.filter(pl.Series(inside[0] | inside[1])).filter(pl.col("zone") == "link")
    now = local.pairs.filter(pl.col("zone") == "link")
    rows = []
    for side, end in enumerate(ENDS):
        had = links[end].to_numpy()
        near = world.stays[side][had] & groups[memory.sides[side].groups[had]]
        lost = np.setdiff1d(world.changed.place[side][had[near]], now[end].to_numpy())
        rows.append(np.setdiff1d(lost, seekers[side]))
    return rows[0], rows[1]


def _numbered(decided: Decided, rows: Pair) -> Decided:
    """The same with the number that stands in `rows` at each number, which may be a place or an earlier row."""
    pairs = [pl.Series(end, rows[side][decided.pairs[end].to_numpy()], pl.UInt32) for side, end in enumerate(ENDS)]
    return Decided(decided.pairs.with_columns(pairs), inner_at(decided.inner, rows))
