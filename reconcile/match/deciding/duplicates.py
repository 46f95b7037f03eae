"""All pairs of a linked business: the link, and the duplicates, each with the best evidence there is for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.arrays import Flags, Floats, Ints
from reconcile.match.deciding.clusters import Units
from reconcile.match.deciding.graph import Graph
from reconcile.match.rows import ENDS

MOST = 10_000
"""Pairs of one business that are all listed; of a larger one only those that were scored, or hold one end of the link."""
_SUREST = 2.0**-40


@dataclass(frozen=True)
class Ways:
    """How surely each node is what its business is."""

    kept: Ints
    """Of each node the one of the lowest rank of its group."""
    reach: Floats
    """Probability along the surest way to the link of its cluster or, without one, to the kept node."""
    held: dict[str, Ints]
    """Of each cluster the node that holds the link, under l and r; -1 for numbers that are no cluster."""
    sure: Floats
    """Of each cluster the probability of the link; 1 for numbers that are no cluster."""


def ways(known: Graph, found: Units) -> Ways:
    """What pairs and twins are judged by."""
    count = len(found.group)
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lowest, found.group, known.rank)
    first = np.flatnonzero(lowest[found.group] == known.rank)
    holder = np.zeros(count, np.int64)
    holder[found.group[first]] = first
    held = {end: np.full(count, -1, np.int64) for end in ENDS}
    sure = np.ones(count)
    cluster = found.linked["cluster"].to_numpy()
    for end in ENDS:
        held[end][cluster] = found.linked[end].to_numpy()
    sure[cluster] = found.linked["probability"].to_numpy()
    return Ways(holder[found.group], _reach(known, found, holder[found.group]), held, sure)


def pairs_of_clusters(known: Graph, found: Units, way: Ways, many: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links and duplicates: l, r (nodes), weight, probability.

    A pair's probability is that of its own score or, if it is higher, of the surest way that leads from one to the other.
    """
    linked = found.cluster >= 0
    left, right = np.flatnonzero(linked & ~known.erp), np.flatnonzero(linked & known.erp)
    counts = [np.bincount(found.cluster[side], minlength=len(linked)) for side in (left, right)]
    large = counts[0] * counts[1] > MOST
    small = [side[~large[found.cluster[side]]] for side in (left, right)]
    tables = [pl.DataFrame({end: side, "cluster": found.cluster[side]}) for end, side in zip(ENDS, small, strict=True)]
    pairs = tables[0].join(tables[1], on="cluster").select("l", "r")
    if large.any():
        pairs = pl.concat([pairs, _of_large(known, found, way, large)])
    a, b = pairs["l"].to_numpy(), pairs["r"].to_numpy()
    cluster = found.cluster[a]
    link = ((many == "crm") | (way.held["l"][cluster] == a)) & ((many == "erp") | (way.held["r"][cluster] == b))
    through = pairs.with_columns(link=pl.Series(link), way=pl.Series(way.reach[a] * way.reach[b] * way.sure[cluster]))
    own = pl.col("probability").fill_null(0.0) >= pl.col("way")
    judged = through.join(known.cross, on=["l", "r"], how="left").select(
        "l",
        "r",
        pl.when(own).then("weight").otherwise(_bits(pl.col("way"))).alias("weight"),
        pl.when(own).then("probability").otherwise("way").alias("probability"),
        "link",
    )
    return judged.filter("link").drop("link"), judged.filter(~pl.col("link")).drop("link")


def _of_large(known: Graph, found: Units, way: Ways, large: Flags) -> pl.DataFrame:
    """The pairs of large businesses that are listed: l, r."""
    inside = (found.cluster >= 0) & large[found.cluster]
    left, right = np.flatnonzero(inside & ~known.erp), np.flatnonzero(inside & known.erp)
    a, b = known.cross["l"].to_numpy(), known.cross["r"].to_numpy()
    scored = inside[a] & inside[b] & (found.cluster[a] == found.cluster[b])
    ends = [
        (left, way.held["r"][found.cluster[left]]),
        (way.held["l"][found.cluster[right]], right),
        (a[scored], b[scored]),
    ]
    return pl.concat([pl.DataFrame({"l": one, "r": two}) for one, two in ends]).unique()


def twins_of_units(known: Graph, found: Units, way: Ways, many: str | None) -> pl.DataFrame:
    """a, kept (nodes), probability: each node that is not the one kept of its side and business."""
    kept, sure = way.kept.copy(), np.ones(len(way.kept))
    for name, end, side in (("crm", "l", ~known.erp), ("erp", "r", known.erp)):
        own = np.flatnonzero(side & (found.cluster >= 0))
        if many != name:
            kept[own] = way.held[end][found.cluster[own]]
        sure[own] = way.sure[found.cluster[own]]
    a = np.flatnonzero(kept != np.arange(len(kept)))
    through = pl.DataFrame({"a": a, "kept": kept[a], "way": way.reach[a] * way.reach[kept[a]] * sure[a]})
    direct = pl.concat([known.twins.select("a", "b", "probability"), known.twins.select(a="b", b="a", probability="probability")])
    best = (
        direct.join(through, left_on=["a", "b"], right_on=["a", "kept"], how="semi")
        .group_by("a", kept="b")
        .agg(pl.col("probability").max())
    )
    return through.join(best, on=["a", "kept"], how="left").select(
        "a", "kept", probability=pl.max_horizontal("probability", "way")
    )


def _reach(known: Graph, found: Units, kept: Ints) -> Floats:
    reach = np.zeros(len(found.group))
    reach[kept[found.cluster < 0]] = 1.0
    for end in ENDS:
        reach[found.linked[end].to_numpy()] = 1.0
    ends = [(known.cross, "l", "r"), (known.twins, "a", "b")]
    a = np.concatenate([frame[one].to_numpy() for frame, one, _ in ends])
    b = np.concatenate([frame[two].to_numpy() for frame, _, two in ends])
    p = np.concatenate([frame["probability"].to_numpy() for frame, _, _ in ends])
    together: Flags = (found.group[a] == found.group[b]) | ((found.cluster[a] == found.cluster[b]) & (found.cluster[a] >= 0))
    a, b, p = (
        np.concatenate(both) for both in ((a[together], b[together]), (b[together], a[together]), (p[together], p[together]))
    )
    while len(a):
        further = reach.copy()
        np.maximum.at(further, b, reach[a] * p)
        if np.array_equal(further, reach):
            break
        reach = further
    return reach


def _bits(probability: pl.Expr) -> pl.Expr:
    return (probability.clip(_SUREST, 1 - _SUREST) / (1 - probability.clip(_SUREST, 1 - _SUREST))).log(2)
