"""Samples that depend on what records say: row order has no say in them, the sides mirror, and one more record moves little."""

from __future__ import annotations

import zlib

import numpy as np
import polars as pl

from reconcile.match.arrays import Ends, Marks
from reconcile.records import KEY

_ODD = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(29)
_FEWEST_PARTNERS = 4
"""Each record that is in the sample has at least so many partners."""


def identity(frame: pl.DataFrame) -> Marks:
    """For each record a number from its fields: not from its key or the order of columns, and a missing value adds nothing.

    Args:
        frame: KEY and fields in match form.
    """
    total = np.zeros(frame.height, np.uint64)
    for name in frame.columns:
        if name != KEY:
            own = pl.col(name).hash(zlib.crc32(name.encode()))
            total += frame.select(pl.when(pl.col(name).is_not_null()).then(own).otherwise(0)).to_series().to_numpy()
    return mixed(total)


def mixed(numbers: Marks) -> Marks:
    """Numbers that go on evenly over all of UInt64, whatever the order of those given."""
    found = (numbers ^ (numbers >> _FOLD)) * _ODD
    found = (found ^ (found >> _FOLD)) * _ODD
    return np.asarray(found ^ (found >> _FOLD), np.uint64)


def twins_sampled(left: Marks, right: Marks) -> pl.DataFrame:
    """Records that say the very same on both sides, by the marks of two samples that were taken by marks.

    Such a pair is in both samples as often as one record is in one of them, and so far too often among the sampled pairs.

    Returns:
        Columns i (place in the left sample, one for each mark) and n (UInt64, pairs of that mark).
    """
    own = pl.DataFrame({"m": left}).with_row_index("i").group_by("m").agg(pl.col("i").first(), n=pl.len().cast(pl.UInt64))
    other = pl.DataFrame({"m": right}).group_by("m").agg(more=pl.len().cast(pl.UInt64))
    return own.join(other, on="m").select("i", n=pl.col("n") * pl.col("more"))


def pairs_equal(left: pl.Series, right: pl.Series) -> int:
    """How many pairs of two columns are equal, counted without making them; nulls are equal to nothing."""
    counts = [column.drop_nulls().to_frame("v").group_by("v").agg(n=pl.len().cast(pl.UInt64)) for column in (left, right)]
    return int(counts[0].join(counts[1], on="v").select((pl.col("n") * pl.col("n_right")).sum()).item())


def pairs_equal_by_chance(left: pl.Series, right: pl.Series, twins: pl.DataFrame, share: float) -> float:
    """The same of two samples, without what is there too often because two records say the very same.

    Args:
        left: the values of the sampled records of one side.
        right: of the other side.
        twins: as of `twins_sampled`.
        share: how many of a side's records are sampled, 0 to 1, of the side where more are.
    """
    same = int(twins["n"].filter(left.gather(twins["i"]).is_not_null()).sum())
    return pairs_equal(left, right) - same * (1 - share)  # whole numbers are summed: their order, which is any, does not count


def random_pairs(identities: tuple[Marks, Marks], count: int) -> pl.DataFrame:
    """About so many pairs, columns l and r.

    Records stand on a ring by their identity; each meets those of the other side that come next after some fixed steps. So
    one more record takes a few pairs from its neighbours on the ring and leaves all others alone.
    """
    identities = _apart(identities[0]), _apart(identities[1])
    total = sum(len(own) for own in identities)
    most = count // _FEWEST_PARTNERS
    partners = max(_FEWEST_PARTNERS, _power(count // max(total, 1)))
    ends: tuple[list[Ends], list[Ends]] = ([], [])
    for side in (0, 1):
        own, other = identities[side], identities[1 - side]
        rows = np.flatnonzero(own < np.uint64(most / total * 2**64)) if total > most else np.arange(len(own))
        ring = np.argsort(other, kind="stable")
        places = other[ring]
        for step in range(1, partners + 1):
            start = mixed(own[rows] + np.uint64(step))
            met = ring[np.searchsorted(places, start) % len(ring)]
            ends[side].append(rows.astype(np.uint32))
            ends[1 - side].append(met.astype(np.uint32))
    return pl.DataFrame({"l": np.concatenate(ends[0]), "r": np.concatenate(ends[1])})


def _apart(own: Marks) -> Marks:
    """The same numbers, with another for each further record that says the same; which of them gets which, says nothing."""
    order = np.argsort(own, kind="stable")
    first = np.searchsorted(own[order], own[order])
    found = np.empty_like(own)
    found[order] = mixed(own[order] + (np.arange(len(own)) - first).astype(np.uint64))
    return found


def _power(number: int) -> int:
    """The power of two below: it seldom moves as records are added."""
    return 1 << max(number.bit_length() - 1, 0)
