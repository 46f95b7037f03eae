"""All pairs of a linked business: the link, and the duplicates, each with the best evidence there is for it."""

from __future__ import annotations

import numpy as np
import polars as pl

from reconcile.match.batches import Flags, Floats, Ints
from reconcile.match.clusters import Units
from reconcile.match.evidence import Evidence

MOST = 10_000
"""Pairs of one business that are all listed; of a larger one only those that were scored, or hold one end of the link."""
_SUREST = 2.0**-40


def pairs_of_clusters(known: Evidence, found: Units, many: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links and duplicates: l, r (nodes), weight, probability.

    A pair's probability is that of its own score or, if it is higher, of the surest way that leads from one to the other.
    """
    reach = _reach(known, found)
    members = pl.DataFrame(
        {"node": np.arange(len(found.cluster)), "cluster": found.cluster, "erp": known.erp, "reach": reach}
    ).filter(pl.col("cluster") >= 0)
    left, right = (members.filter(pl.col("erp") == erp).drop("erp") for erp in (False, True))
    held = found.linked.select("cluster", held_l="l", held_r="r", sure="probability")
    sizes = left.group_by("cluster").len().join(right.group_by("cluster").len(), on="cluster")
    large = sizes.filter(pl.col("len").cast(pl.Int64) * pl.col("len_right") > MOST)["cluster"].implode()
    small = ~pl.col("cluster").is_in(large)
    left, right = left.rename({"node": "l", "reach": "reach_l"}), right.rename({"node": "r", "reach": "reach_r"})
    all_pairs = left.filter(small).join(right.filter(small), on="cluster").join(held, on="cluster")
    of_large = _of_large(known, left.filter(~small), right.filter(~small), held)
    every = pl.concat([all_pairs, of_large.select(all_pairs.columns)])
    way = pl.col("reach_l") * pl.col("reach_r") * pl.col("sure")
    scored = every.join(known.cross, on=["l", "r"], how="left")
    own = pl.col("probability").fill_null(0.0) >= way
    judged = scored.select(
        "l",
        "r",
        pl.when(own).then("weight").otherwise(_bits(way)).alias("weight"),
        pl.when(own).then("probability").otherwise(way).alias("probability"),
        link=(pl.lit(many == "crm") | (pl.col("l") == pl.col("held_l")))
        & (pl.lit(many == "erp") | (pl.col("r") == pl.col("held_r"))),
    )
    return judged.filter("link").drop("link"), judged.filter(~pl.col("link")).drop("link")


def _of_large(known: Evidence, left: pl.DataFrame, right: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The pairs of a large business that are listed."""
    scored = left.join(known.cross.select("l", "r"), on="l").join(right, on=["r", "cluster"]).join(held, on="cluster")
    from_left = (
        left.join(held, on="cluster")
        .join(right, left_on=["cluster", "held_r"], right_on=["cluster", "r"])
        .with_columns(r="held_r")
    )
    from_right = (
        right.join(held, on="cluster")
        .join(left, left_on=["cluster", "held_l"], right_on=["cluster", "l"])
        .with_columns(l="held_l")
    )
    columns = ["l", "cluster", "reach_l", "r", "reach_r", "held_l", "held_r", "sure"]
    return pl.concat([frame.select(columns) for frame in (scored, from_left, from_right)]).unique(["l", "r"])


def twins_of_units(known: Evidence, found: Units, many: str | None) -> pl.DataFrame:
    """a, kept (nodes), probability: each node that is not the one kept of its side and business."""
    reach = _reach(known, found)
    nodes = pl.DataFrame(
        {"a": np.arange(len(found.group)), "group": found.group, "cluster": found.cluster, "erp": known.erp, "reach": reach}
    )
    sides = []
    for erp, name, end in ((False, "crm", "l"), (True, "erp", "r")):
        own = nodes.filter(pl.col("erp") == erp)
        held = found.linked.select("cluster", kept=end, sure="probability")
        if many == name:
            held = held.clear()
        lowest = pl.DataFrame({"group": found.group, "kept": _kept(known, found)}).unique()
        sides.append(
            own.join(held, on="cluster", how="left")
            .join(lowest, on="group", how="left")
            .select("a", "reach", kept=pl.coalesce("kept", "kept_right"), sure=pl.col("sure").fill_null(1.0))
        )
    both = pl.concat(sides).filter(pl.col("a") != pl.col("kept"))
    direct = pl.concat([known.twins, known.twins.select(a="b", b="a", weight="weight", probability="probability")])
    best = direct.group_by("a", kept="b").agg(pl.col("probability").max())
    return both.join(best, on=["a", "kept"], how="left").select(
        "a", "kept", probability=pl.max_horizontal("probability", pl.col("reach") * pl.col("sure"))
    )


def _kept(known: Evidence, found: Units) -> Ints:
    """Of each node the node of the lowest rank of its group."""
    order = np.lexsort((known.rank, found.group))
    first = np.ones(len(order), bool)
    first[1:] = np.diff(found.group[order]) != 0
    lowest = np.zeros(int(found.group.max()) + 1 if len(order) else 0, np.int64)
    lowest[found.group[order[first]]] = order[first]
    kept: Ints = lowest[found.group]
    return kept


def _reach(known: Evidence, found: Units) -> Floats:
    """The probability along the surest way from each node to the link of its cluster, else to the kept node of its group."""
    reach = np.zeros(len(found.group))
    kept = _kept(known, found)
    reach[kept[found.cluster < 0]] = 1.0
    for end in ("l", "r"):
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
