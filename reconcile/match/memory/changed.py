"""Which records are not as they were: found by one number for each record, so that nothing of the others is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.arrays import Flags, Marks, Pair, Rows
from reconcile.match.memory.lookup import places
from reconcile.match.memory.remember import Memory, Numbers, hashed

MOST_CHANGED = 0.1
"""Share of the records that may have changed since the last full run; beyond, what was learned may no longer hold."""


@dataclass(frozen=True)
class Sides:
    """Both sides as they are now."""

    keys: tuple[pl.Series, pl.Series]
    marks: tuple[pl.Series, pl.Series]
    standard: Callable[[int, pl.Series], pl.DataFrame]
    """Given a side (0, 1) and numbers of rows: KEY and the scheme's fields of these records in standard form."""


@dataclass(frozen=True)
class Changed:
    """What is not as it was."""

    place: Pair
    """For each record of the memory its row now; -1 where it is gone."""
    before: Pair
    """For each row of now its row in the memory; -1 where it is new."""
    rows: Pair
    """Rows of now that are new, or say something else."""
    old: tuple[Flags, Flags]
    """Which records of the memory are gone or say something else."""
    repeats: tuple[bool, bool]
    """For each side whether two records seem to have one key; where not, none have."""

    @property
    def gone(self) -> tuple[int, int]:
        """How many records are there no longer, of both sides."""
        return int((self.place[0] < 0).sum()), int((self.place[1] < 0).sum())

    @property
    def count(self) -> int:
        """How many records changed, came and went."""
        return sum(len(rows) for rows in self.rows) + sum(self.gone)

    @property
    def share(self) -> float:
        """The same as a share of all that there were."""
        return self.count / max(sum(len(place) for place in self.place), 1)


def either(one: Pair, other: Pair) -> Pair:
    """The rows that are in one of the two or in both, of both sides, ascending."""
    return np.union1d(one[0], other[0]), np.union1d(one[1], other[1])


def marks(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """One number for each record, from the values of these columns; it holds for one version of polars.

    The columns are taken in the order of their names.
    """
    return frame.select(sorted(columns)).hash_rows(17) if columns else pl.Series(np.zeros(frame.height, np.uint64))


def changed(memory: Memory, sides: Sides) -> Changed:
    """Compare the marks of both sides with those of the memory. Raises nothing: a key that repeats counts as new."""
    found = side_by_side(lambda side: _changed(memory.sides[side], hashed(sides.keys[side]), sides.marks[side]), (0, 1))
    place, before, rows, old, repeats = zip(*found, strict=True)
    return Changed(place, before, rows, old, repeats)


def _changed(known: Numbers, keys: Marks, marks: pl.Series) -> tuple[Rows, Rows, Rows, Flags, bool]:
    """Keys are known by their hashes: two of one hash count as a record that has changed, if they don't say the same."""
    before = places(known.keys, keys)
    met = np.flatnonzero(before >= 0)
    place = np.full(known.count, -1, np.int64)
    place[before[met]] = met
    again = met[place[before[met]] != met]
    before[again] = -1
    there = np.flatnonzero(place >= 0)
    same = marks.to_numpy()[place[there]] == known.marks[there]
    old = np.ones(known.count, bool)
    old[there[same]] = False
    kept = np.zeros(len(keys), bool)
    kept[place[there[same]]] = True
    new = keys[before < 0]
    repeats = len(again) > 0 or len(np.unique(new)) < len(new)
    return place, before, np.flatnonzero(~kept), old, repeats
