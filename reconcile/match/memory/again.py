"""A run by what is remembered: the records that changed and their neighbours are decided anew, all others stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.blocking import PAIR
from reconcile.match.keys import KEYED, by_keys
from reconcile.match.known import Known
from reconcile.match.linkage import judged_again
from reconcile.match.memory.around import World, key_mates, key_values, known_of, of_rows, touched, world_of
from reconcile.match.memory.changed import Changed, Pair, Rows, Sides
from reconcile.match.memory.remember import DECIDED, GROUP, INNER, Memory
from reconcile.match.resolution import Resolved

_ROUNDS = 3
"""A record that loses its partner may take that of another; beyond so many steps it waits for the next full run."""
_SIDES = ("crm", "erp")


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
    keyed: pl.DataFrame
    """KEYED, by places in `rows`: those that share a key which stands once on each side of all records."""
    known: Known
    """What was learned of all records, with how often the values of these stand on both sides."""


@dataclass(frozen=True)
class Again:
    """The result, and how much was looked at."""

    decided: Decided
    """Of all records."""
    looked_at: int
    """Records that were decided anew, of both sides."""


Judge = Callable[[Near], Decided]


def again(memory: Memory, sides: Sides, found: Changed, judge: Judge, asked: Pair | None = None) -> Again:
    """Decide what has changed.

    Args:
        memory: the last full run.
        sides: both sides as they are now.
        found: what has changed since.
        judge: decides the records it is given among each other; row numbers are places in `Near.rows`.
        asked: rows of now that are to be decided anew though they are as they were.
    """
    seekers = _first(memory, found, asked)
    if not (len(seekers[0]) or len(seekers[1]) or found.count):
        return Again(_kept(memory, found, np.zeros(0, np.int64)), 0)
    world = world_of(memory, sides, found)
    groups, new, more = np.zeros(0, np.int64), seekers, seekers
    for _ in range(_ROUNDS):
        found_now, reached = touched(world, new)
        groups = np.union1d(groups, found_now)
        more = (np.union1d(more[0], reached[0]), np.union1d(more[1], reached[1]))
        rows = _rows(world, groups, more)
        local = _numbered(judge(_near(world, rows)), rows)
        new = _freed(world, groups, local, seekers)
        if not (len(new[0]) or len(new[1])):
            break
        seekers = (np.union1d(seekers[0], new[0]), np.union1d(seekers[1], new[1]))
    rest = _kept(memory, found, groups)
    whole = Decided(
        pl.concat([rest.pairs, local.pairs]).sort(PAIR.names()), pl.concat([rest.inner, local.inner]).sort("side", "a")
    )
    return Again(whole, len(rows[0]) + len(rows[1]))


def link_again(near: Near) -> Decided:
    """Judge as `linkage.link` does."""
    memory = near.world.memory
    decided = judged_again(*near.frames, near.keyed, memory.scheme, memory.kept.settings, near.known)[1]
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
    links = memory.decided.filter(pl.col("zone") == "link")
    ends = (links["l"].to_numpy(), links["r"].to_numpy())
    rows = []
    for side in (0, 1):
        gone = found.place[1 - side][ends[1 - side]] < 0
        left = found.place[side][ends[side][gone]]
        more = np.zeros(0, np.int64) if asked is None else asked[side]
        rows.append(np.unique(np.concatenate([found.rows[side], left[left >= 0], more])))
    return rows[0], rows[1]


def _rows(world: World, groups: Rows, more: Pair) -> Pair:
    """All records of these groups that are still there, those that changed, and these."""
    rows = []
    for side in (0, 1):
        inside = np.isin(world.memory.sides[side][GROUP].to_numpy(), groups) & world.stays[side]
        own = world.changed.place[side][inside]
        rows.append(np.unique(np.concatenate([own, more[side], world.changed.rows[side]])))
    return rows[0], rows[1]


def _near(world: World, rows: Pair) -> Near:
    """The records of these rows. Of a key all who have it are looked at, so that it is known whether it stands once."""
    numbers = (of_rows(world, 0, rows[0]), of_rows(world, 1, rows[1]))
    mates = key_mates(world, key_values(world, numbers))
    every = [np.union1d(rows[side], mates[side]) for side in (0, 1)]
    frames = [world.sides.standard(side, pl.Series(every[side], dtype=pl.UInt32)) for side in (0, 1)]
    keys = world.memory.keys
    keyed = by_keys(frames[0], frames[1], keys.kinds, keys.keys) if keys.keys else KEYED.to_frame()
    own = [np.searchsorted(every[side], rows[side]) for side in (0, 1)]
    for side, end in enumerate(PAIR.names()):
        places = np.full(len(every[side]), -1, np.int64)
        places[own[side]] = np.arange(len(own[side]))
        keyed = keyed.with_columns(pl.Series(end, places[keyed[end].to_numpy()])).filter(pl.col(end) >= 0)
    inner = (frames[0][own[0]], frames[1][own[1]])
    return Near(world, rows, inner, keyed.cast(KEYED), known_of(world, inner)[0])


def _freed(world: World, groups: Rows, local: Decided, seekers: Pair) -> Pair:
    """Records as they were that had a link and have none now, and have not been seeking yet."""
    links = world.memory.decided.filter(pl.col("zone") == "link")
    now = local.pairs.filter(pl.col("zone") == "link")
    rows = []
    for side, end in enumerate(PAIR.names()):
        had = links[end].to_numpy()
        near = world.stays[side][had] & np.isin(world.memory.sides[side][GROUP].to_numpy()[had], groups)
        lost = np.setdiff1d(world.changed.place[side][had[near]], now[end].to_numpy())
        rows.append(np.setdiff1d(lost, seekers[side]))
    return rows[0], rows[1]


def _numbered(local: Decided, rows: Pair) -> Decided:
    """Places in `rows` to rows of now."""
    ends = [pl.Series(end, rows[side][local.pairs[end].to_numpy()], pl.UInt32) for side, end in enumerate(PAIR.names())]
    inner = []
    for side, name in enumerate(_SIDES):
        own = local.inner.filter(pl.col("side") == name)
        inner.append(own.with_columns(pl.Series(end, rows[side][own[end].to_numpy()], pl.UInt32) for end in ("a", "kept")))
    return Decided(local.pairs.with_columns(ends), pl.concat(inner))


def _kept(memory: Memory, found: Changed, groups: Rows) -> Decided:
    """What was decided of all other records, by rows of now."""
    free = [~np.isin(side[GROUP].to_numpy(), groups) & (found.place[at] >= 0) for at, side in enumerate(memory.sides)]
    left, right = (memory.decided[end].to_numpy() for end in PAIR.names())
    pairs = memory.decided.filter(pl.Series(free[0][left] & free[1][right]))
    ends = [pl.Series(end, found.place[at][pairs[end].to_numpy()], pl.UInt32) for at, end in enumerate(PAIR.names())]
    inner = []
    for at, name in enumerate(_SIDES):
        own = memory.inner.filter(pl.col("side") == name)
        own = own.filter(pl.Series(free[at][own["a"].to_numpy()]))
        inner.append(own.with_columns(pl.Series(end, found.place[at][own[end].to_numpy()], pl.UInt32) for end in ("a", "kept")))
    return Decided(pairs.with_columns(ends).sort(PAIR.names()), pl.concat(inner).sort("side", "a"))
