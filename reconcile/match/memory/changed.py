"""Which records are not as they were: found by one number for each record, so that nothing of the others is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.memory.remember import MARK, Memory
from reconcile.records import KEY

Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Pair = tuple[Rows, Rows]
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


def marks(frame: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """One number for each record, from the values of these columns; it holds for one version of polars.

    The columns are taken in the order of their names.
    """
    return frame.select(sorted(columns)).hash_rows(17) if columns else pl.Series(np.zeros(frame.height, np.uint64))


def changed(memory: Memory, sides: Sides) -> Changed:
    """Compare the marks of both sides with those of the memory. Raises nothing: a key that repeats counts as new."""
    place, before, rows, old = [], [], [], []
    for known, keys, own in zip(memory.sides, sides.keys, sides.marks, strict=True):
        now = _places(known[KEY], keys)
        there = now >= 0
        back = np.full(len(keys), -1, np.int64)
        back[now[there]] = np.flatnonzero(there)
        marks_now, marks_then = own.to_numpy(), known[MARK].to_numpy()
        same = np.zeros(len(now), bool)
        same[there] = marks_now[now[there]] == marks_then[there]
        kept = np.zeros(len(keys), bool)
        kept[now[same]] = True
        place.append(now)
        before.append(back)
        rows.append(np.flatnonzero(~kept))
        old.append(~same)
    return Changed((place[0], place[1]), (before[0], before[1]), (rows[0], rows[1]), (old[0], old[1]))


def _places(known: pl.Series, keys: pl.Series) -> Rows:
    """The row of each known key; -1 where there is none. Keys are found by their hashes, and then compared."""
    if known.equals(keys):
        return np.arange(len(keys))
    rows = pl.DataFrame({"h": keys.hash(5)}).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
    found = pl.DataFrame({"h": known.hash(5)}).join(rows, on="h", how="left", maintain_order="left")["at"]
    if len(found) != len(known):  # two keys of one hash, or a key that repeats
        by_key = (
            pl.DataFrame({"k": keys}).with_row_index("at").with_columns(pl.col("at").cast(pl.Int64)).unique("k", keep="first")
        )
        found = known.to_frame("k").join(by_key, on="k", how="left", maintain_order="left")["at"]
    same = (keys.gather(found) == known).fill_null(value=False)
    return np.asarray(found.zip_with(same, pl.Series([-1]).new_from_index(0, len(found))).to_numpy(), np.int64)
