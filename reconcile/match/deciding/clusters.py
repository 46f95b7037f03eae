"""Records that may be one business: twins count as one, the best total assignment links them, what is left over joins them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.arrays import Flags, Floats, Ints
from reconcile.match.deciding.assignment import STEP, Assignment, assign
from reconcile.match.deciding.batches import labels
from reconcile.match.deciding.coherence import Edges, Parts, coherent_parts
from reconcile.match.deciding.graph import Graph

_FEWEST_BITS = STEP
_AS_GOOD = 1.0
"""Bits: of pairs of the same two businesses that differ by less none is better."""


@dataclass(frozen=True)
class Units:
    """What each node belongs to."""

    group: Ints
    """Twins of one side, as the number of a group."""
    cluster: Ints
    """The linked business, of both sides; -1 where the group is not linked."""
    linked: pl.DataFrame
    """cluster, l, r (nodes that hold the link), probability."""
    reviews: pl.DataFrame
    """l, r (nodes), weight, probability, why."""
    parts: Parts
    bounded: int


def units(known: Graph, link_at: float, floor: float, near: float, many: str | None, crowded: bool = False) -> Units:
    """Groups of twins, and which of them are linked.

    Args:
        known: the graph.
        link_at: probability from which a pair is sure.
        floor: bits at which a link is worth no more than none.
        near: bits below which alternatives are ambiguous.
        many: the side of which several may link to one, or None.
        crowded: whether all records of a side that cohere are twins, although no pair of them was found to be.
    """
    count = len(known.record)
    sure = known.cross.filter(pl.col("probability") >= link_at)
    sure_edges = Edges(
        *(
            np.concatenate([sure[one].to_numpy(), known.twins[two].to_numpy()])
            for one, two in (("l", "a"), ("r", "b"), ("weight",) * 2)
        )
    )
    parts = coherent_parts(count, sure_edges, known.other)
    a, b = known.twins["a"].to_numpy(), known.twins["b"].to_numpy()
    whole = parts.part[a] == parts.part[b]
    group = _by_side(parts.part, known.erp) if crowded else labels(count, a[whole], b[whole])
    edges = _group_edges(known, group)
    gain = np.maximum(edges["weight"].to_numpy() - floor, _FEWEST_BITS)
    decided = _decided(edges["gl"].to_numpy(), edges["gr"].to_numpy(), gain, near, many)
    edges = edges.with_columns(
        chosen=pl.Series(decided.chosen),
        tied=pl.Series(decided.tied),
        sure=pl.col("probability") >= link_at,
        same=pl.Series(parts.part[edges["l"].to_numpy()] == parts.part[edges["r"].to_numpy()]),
    )
    cluster_of_group, linked = _linked(known, edges, count)
    cluster_of_group = _attached(edges, cluster_of_group, near)
    return Units(
        group, cluster_of_group[group], linked, _reviews(edges, cluster_of_group, many), parts, decided.bounded + parts.bounded
    )


def _by_side(part: Ints, erp: Flags) -> Ints:
    """The number of each part's records of one side."""
    group: Ints = np.unique(2 * part + erp, return_inverse=True)[1].astype(np.int64)
    return group


def _group_edges(known: Graph, group: Ints) -> pl.DataFrame:
    """gl, gr, l, r, weight, probability: of each two groups the weight of the best pair, and the pair that stands for them.

    That is the pair of the lowest ranks of those that come near the best: so that which twin holds a link does not turn on
    hundredths of a bit, which another record somewhere may add or take.
    """
    pairs = known.cross.with_columns(
        gl=pl.Series(group[known.cross["l"].to_numpy()]),
        gr=pl.Series(group[known.cross["r"].to_numpy()]),
        rl=pl.Series(known.rank[known.cross["l"].to_numpy()]),
        rr=pl.Series(known.rank[known.cross["r"].to_numpy()]),
    )
    size = np.bincount(group)
    twinned = pl.Series((size[pairs["gl"].to_numpy()] > 1) | (size[pairs["gr"].to_numpy()] > 1))
    single, several = pairs.filter(~twinned), pairs.filter(twinned)
    top = several.with_columns(
        top=pl.col("weight").max().over("gl", "gr"),
        surest=pl.col("probability").max().over("gl", "gr"),
        low=pl.col("rl") + pl.col("rr"),
    )
    best = top.filter(pl.col("top") - pl.col("weight") < _AS_GOOD)
    for first in (pl.col("low") == pl.col("low").min(), pl.col("weight") == pl.col("weight").max()):
        best = best.filter(first.over("gl", "gr"))
    chosen = best.group_by("gl", "gr").agg(
        l=pl.col("l").get(pl.col("rl").arg_min()),
        r=pl.col("r").get(pl.col("rr").arg_min()),
        weight=pl.col("top").first(),
        probability=pl.col("surest").first(),
    )
    columns = ["gl", "gr", "l", "r", "weight", "probability"]
    return pl.concat([single.select(columns), chosen.select(columns)])


def _decided(left: Ints, right: Ints, gain: Floats, near: float, many: str | None) -> Assignment:
    if many is None:
        return assign(left, right, gain, near)
    node = left if many == "crm" else right
    best = np.zeros(int(node.max()) + 1 if len(node) else 0)
    np.maximum.at(best, node, gain)
    possible = best[node] - gain < max(near, STEP)
    alone: Flags = np.bincount(node[possible], minlength=len(best))[node] == 1
    return Assignment(possible & alone, possible & ~alone, 0)


def _linked(known: Graph, edges: pl.DataFrame, count: int) -> tuple[Ints, pl.DataFrame]:
    """The cluster of each group, -1 without one, and of each cluster the nodes that hold its link."""
    links = edges.filter(pl.col("chosen") & pl.col("sure") & pl.col("same"))
    gl, gr = links["gl"].to_numpy(), links["gr"].to_numpy()
    label = labels(count, gl, gr)
    cluster = np.full(count, -1, np.int64)
    cluster[gl] = label[gl]
    cluster[gr] = label[gr]
    ranked = links.with_columns(
        cluster=pl.Series(label[gl]),
        rl=pl.Series(known.rank[links["l"].to_numpy()]),
        rr=pl.Series(known.rank[links["r"].to_numpy()]),
    )
    best = ranked.filter(pl.col("weight") == pl.col("weight").max().over("cluster"))
    held = best.group_by("cluster").agg(
        l=pl.col("l").get(pl.col("rl").arg_min()),
        r=pl.col("r").get(pl.col("rr").arg_min()),
        probability=pl.col("probability").max(),
    )
    return cluster, held


def _attached(edges: pl.DataFrame, cluster: Ints, near: float) -> Ints:
    """The clusters, with the groups that are surely the same as one linked group of the other side, and as one only."""
    tied = np.zeros(len(cluster), bool)
    for end in ("gl", "gr"):
        tied[edges.filter("tied")[end].to_numpy()] = True
    sure = edges.filter(pl.col("sure") & pl.col("same"))
    ways = []
    for free, held in (("gl", "gr"), ("gr", "gl")):
        g, to = sure[free].to_numpy(), cluster[sure[held].to_numpy()]
        open_ = (cluster[g] < 0) & ~tied[g] & (to >= 0)
        ways.append(pl.DataFrame({"g": g[open_], "cluster": to[open_], "weight": sure["weight"].to_numpy()[open_]}))
    near_best = pl.concat(ways).filter(pl.col("weight").max().over("g") - pl.col("weight") < max(near, STEP))
    only = near_best.select("g", "cluster").unique().filter(pl.col("g").is_unique())
    joined = cluster.copy()
    joined[only["g"].to_numpy()] = only["cluster"].to_numpy()
    return joined


def _reviews(edges: pl.DataFrame, cluster: Ints, many: str | None) -> pl.DataFrame:
    """Pairs of groups that a person must decide, with the reason."""
    of_left, of_right = cluster[edges["gl"].to_numpy()], cluster[edges["gr"].to_numpy()]
    free = pl.Series(((of_left < 0) | (many == "erp")) & ((of_right < 0) | (many == "crm")))  # the one side may be linked
    open_ = pl.Series((of_left < 0) | (of_right < 0))
    why = (
        pl.when("tied")
        .then(pl.lit("ambiguous"))
        .when(pl.col("chosen") & ~pl.col("sure") & free)
        .then(pl.lit("below_link_at"))
        .when(pl.col("sure") & open_)
        .then(pl.when("same").then(pl.lit("ambiguous")).otherwise(pl.lit("split")))
    )
    return edges.with_columns(why=why).drop_nulls("why").select("l", "r", "weight", "probability", "why")
