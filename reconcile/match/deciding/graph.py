"""The scored pairs as one graph over the records that have more than a single pair, numbered from 0 across both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.arrays import Flags, Floats, Ints
from reconcile.match.deciding.assignment import STEP
from reconcile.match.deciding.batches import renumbered
from reconcile.match.deciding.coherence import Edges
from reconcile.match.rows import ENDS


@dataclass(frozen=True)
class Graph:
    """What is known of the records that need a second look."""

    record: Ints
    """Of each node the number of its record in its own side."""
    erp: Flags
    """Of each node whether its record is the ERP's."""
    rank: Ints
    """Of each node the rank of its record among those of its side."""
    cross: pl.DataFrame
    """l, r (nodes), weight, probability: pairs from review_at on."""
    twins: pl.DataFrame
    """a, b (nodes), weight, probability: pairs inside a side that are surely the same."""
    other: Edges
    """All other scored pairs of these nodes, and those below link_at."""


def busy(likely: pl.DataFrame, twins: tuple[pl.DataFrame, pl.DataFrame], sizes: tuple[int, int]) -> tuple[pl.Series, pl.Series]:
    """Of each side, which records stand in more than one of the pairs or have a twin."""
    found = []
    for side, inside, size in zip(ENDS, twins, sizes, strict=True):
        several = np.bincount(likely[side].to_numpy(), minlength=size) > 1
        for end in ("a", "b"):
            several[inside[end].to_numpy()] = True
        found.append(pl.Series(several))
    return found[0], found[1]


def graph_of(
    cross: pl.DataFrame,
    twins: tuple[pl.DataFrame, pl.DataFrame],
    against: pl.DataFrame,
    ranks: tuple[pl.Series, pl.Series],
    link_at: float,
    review_at: float,
) -> Graph:
    """The graph of the records that are in `cross` from review_at on, or in `twins` from link_at on.

    Args:
        cross: l, r, weight, probability, without the plain pairs.
        twins: of each side a, b, weight, probability.
        against: side, a, b, weight: pairs that were found different.
        ranks: of each side the rank of each record.
        link_at: from here on two records are the same.
        review_at: from here on a pair of both sides counts.
    """
    lefts, total = len(ranks[0]), len(ranks[0]) + len(ranks[1])
    ends = [
        (_ints(cross["l"]), _ints(cross["r"]) + lefts),
        *((_ints(f["a"]) + o, _ints(f["b"]) + o) for f, o in zip(twins, (0, lefts), strict=True)),
    ]
    weights = [_exact(frame["weight"]) for frame in (cross, *twins)]
    chances = [frame["probability"].to_numpy() for frame in (cross, *twins)]
    counts = [chances[0] >= review_at, *(chance >= link_at for chance in chances[1:])]
    there = np.zeros(total, bool)
    for (a, b), counted in zip(ends, counts, strict=True):
        there[a[counted]] = there[b[counted]] = True
    nodes = np.flatnonzero(there)
    place = renumbered(nodes, total)
    tables = [
        pl.DataFrame({"a": place[a[kept]], "b": place[b[kept]], "weight": weight[kept], "probability": chance[kept]})
        for (a, b), kept, weight, chance in zip(ends, counts, weights, chances, strict=True)
    ]
    unsure = [(a, b, weight, chance < link_at) for (a, b), weight, chance in zip(ends, weights, chances, strict=True)]
    for side, shift_a, shift_b in (("crm", 0, 0), ("erp", lefts, lefts), ("cross", 0, lefts)):
        rows = against.filter(pl.col("side") == side)
        unsure.append(
            (_ints(rows["a"]) + shift_a, _ints(rows["b"]) + shift_b, _exact(rows["weight"]), np.ones(rows.height, bool))
        )
    erp = nodes >= lefts
    rank = np.concatenate([_ints(ranks[0]), _ints(ranks[1])])[nodes]
    return Graph(
        nodes - lefts * erp, erp, rank, tables[0].rename({"a": "l", "b": "r"}), pl.concat(tables[1:]), _inside(unsure, place)
    )


def _inside(found: list[tuple[Ints, Ints, Floats, Flags]], place: Ints) -> Edges:
    """Those of the pairs whose ends are both nodes."""
    parts = []
    for a, b, weight, kept in found:
        own = kept & (place[a] >= 0) & (place[b] >= 0)
        parts.append((place[a[own]], place[b[own]], weight[own]))
    return Edges(*(np.concatenate([part[i] for part in parts]) for i in range(3)))


def _ints(column: pl.Series) -> Ints:
    numbers: Ints = column.to_numpy().astype(np.int64)
    return numbers


def _exact(weight: pl.Series) -> Floats:
    """In whole steps, so that sums do not depend on their order."""
    rounded: Floats = np.round(weight.to_numpy() / STEP) * STEP
    return rounded
