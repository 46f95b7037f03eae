"""From scored pairs to decisions: links, reviews, duplicates and split clusters, the same for every order of the rows.

Most records have one pair and nothing else; these are decided at once. Only the rest is looked at as a graph.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.match.arrays import Ints
from reconcile.match.deciding.clusters import Units, units
from reconcile.match.deciding.duplicates import pairs_of_clusters, twins_of_units, ways
from reconcile.match.deciding.graph import Graph, busy, graph_of
from reconcile.match.rows import ENDS

AGAINST = {"side": pl.String, "a": pl.UInt32, "b": pl.UInt32, "weight": pl.Float64}
_APART_BITS = -1000.0
"""Against a pair that a person has called different: no other evidence makes up for it."""
_PAIR = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "weight": pl.Float64, "probability": pl.Float64})
_TWIN = pl.Schema({"side": pl.String, "a": pl.UInt32, "kept": pl.UInt32, "probability": pl.Float64})
_SPLIT = pl.Schema({"cluster": pl.UInt32, "part": pl.UInt32, "side": pl.String, "record": pl.UInt32})


@dataclass(frozen=True)
class Thresholds:
    """Where the zones begin."""

    link_at: float
    """Probability from which two records are surely the same."""
    review_at: float
    """Probability from which a person should look; not above link_at."""
    near: float = 3.0
    """Bits: alternatives whose total weight differs by less are ambiguous."""
    many: str | None = None
    """The side of which several records may link to the same one of the other: "crm", "erp", or None for one to one."""
    crowded: bool = False
    """Whether most businesses stand several times on both sides: then what coheres is one, and nobody competes for it."""


@dataclass(frozen=True)
class Resolved:
    """What was decided; each pair stands in one frame of pairs at most. All frames are sorted."""

    links: pl.DataFrame
    """l, r, weight, probability."""
    reviews: pl.DataFrame
    """l, r, weight, probability, why: below_link_at, ambiguous (others come near) or split (only a weak chain joins them)."""
    duplicates: pl.DataFrame
    """l, r, weight, probability: the same business, but another record of a side holds the link."""
    twins: pl.DataFrame
    """side (crm, erp), a, kept, probability: a is the same business as the record kept of its own side."""
    split: pl.DataFrame
    """cluster, part, side, record: members of clusters that did not cohere, and the part each went to."""
    bounded: int
    """Records in clusters too large to be solved exactly: of these only what is clearly best was decided."""


def resolve(
    cross: pl.DataFrame,
    twins_left: pl.DataFrame,
    twins_right: pl.DataFrame,
    rank_left: pl.Series,
    rank_right: pl.Series,
    thresholds: Thresholds,
    against: pl.DataFrame | None = None,
) -> Resolved:
    """Decide which pairs are links.

    Args:
        cross: l, r, weight (bits, log2 of the odds), probability: scored pairs, each once; those below review_at speak
            against clusters that would hold both.
        twins_left: a, b, weight, probability: scored pairs inside the CRM, each once, in either order.
        twins_right: the same of the ERP.
        rank_left: a number of its own for each CRM record, from its content and key: the lowest of twins is kept.
        rank_right: the same of the ERP.
        thresholds: where the zones begin.
        against: more pairs that were scored and found different: side (crm, erp, or cross: a is the CRM's), a, b, weight.

    Returns:
        The decisions, over record numbers.
    """
    sizes = (len(rank_left), len(rank_right))
    twins = (twins_left.filter(pl.col("a") != pl.col("b")), twins_right.filter(pl.col("a") != pl.col("b")))
    same = [frame.filter(pl.col("probability") >= thresholds.link_at) for frame in twins]
    likely = cross.filter(pl.col("probability") >= thresholds.review_at)
    busy_left, busy_right = busy(likely, (same[0], same[1]), sizes)
    plain = ~(busy_left.gather(likely["l"]) | busy_right.gather(likely["r"]))
    simple, rest = likely.filter(plain), likely.filter(~plain)
    sure = pl.col("probability") >= thresholds.link_at
    links, waiting = simple.filter(sure), simple.filter(~sure).with_columns(why=pl.lit("below_link_at"))
    if rest.is_empty() and same[0].is_empty() and same[1].is_empty():
        return Resolved(
            _pairs(links), _pairs(waiting), pl.DataFrame(schema=_PAIR), pl.DataFrame(schema=_TWIN), pl.DataFrame(schema=_SPLIT), 0
        )
    unlike = cross.filter(pl.col("probability") < thresholds.review_at)
    unlike = unlike.filter(busy_left.gather(unlike["l"]) & busy_right.gather(unlike["r"]))
    known = graph_of(
        pl.concat([rest, unlike]),
        twins,
        pl.DataFrame(schema=AGAINST) if against is None else against,
        (rank_left, rank_right),
        thresholds.link_at,
        thresholds.review_at,
    )
    found = units(known, thresholds.link_at, _floor(thresholds.review_at), thresholds.near, thresholds.many, thresholds.crowded)
    way = ways(known, found)
    more, duplicates = pairs_of_clusters(known, found, way, thresholds.many)
    return Resolved(
        _pairs(pl.concat([links.select(*_PAIR), _records(known, more)])),
        _pairs(pl.concat([waiting.select(*_PAIR, "why"), _records(known, found.reviews)])),
        _pairs(_records(known, duplicates)),
        _twins(known, twins_of_units(known, found, way, thresholds.many)),
        _split(known, found),
        found.bounded,
    )


def called_different(apart: pl.DataFrame) -> pl.DataFrame:
    """Pairs (l, r) that a person has called different, as AGAINST."""
    return apart.select(side=pl.lit("cross"), a="l", b="r", weight=pl.lit(_APART_BITS)).cast(pl.Schema(AGAINST))


def _floor(review_at: float) -> float:
    """The weight at which a pair counts nothing in a total: even odds, or less if pairs below them are to be reviewed."""
    return min(0.0, math.log2(review_at / (1 - review_at))) if 0 < review_at < 1 else 0.0


def _pairs(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.cast(_PAIR).sort("l", "r")


def _records(known: Graph, pairs: pl.DataFrame) -> pl.DataFrame:
    """Nodes to record numbers."""
    numbers = [pl.Series(end, known.record[pairs[end].to_numpy()], pl.UInt32) for end in ENDS]
    return pairs.with_columns(numbers)


def _twins(known: Graph, twins: pl.DataFrame) -> pl.DataFrame:
    a = twins["a"].to_numpy()
    named = twins.with_columns(
        side=_side(known, a), a=pl.Series(known.record[a]), kept=pl.Series(known.record[twins["kept"].to_numpy()])
    )
    return named.select(*_TWIN).cast(_TWIN).sort("side", "a")


def _split(known: Graph, found: Units) -> pl.DataFrame:
    """The clusters of more than one part."""
    cluster, part = found.parts.cluster, found.parts.part
    one = np.zeros(len(cluster), np.int64)
    one[cluster] = part
    several = np.zeros(len(cluster), bool)
    several[cluster[part != one[cluster]]] = True
    nodes = np.flatnonzero(several[cluster])
    members = pl.DataFrame({"cluster": cluster[nodes], "part": part[nodes], "record": known.record[nodes]})
    return members.with_columns(side=_side(known, nodes)).select(*_SPLIT).cast(_SPLIT).sort("cluster", "part", "side", "record")


def _side(known: Graph, nodes: Ints) -> pl.Series:
    return pl.Series("side", known.erp[nodes]).replace_strict({False: "crm", True: "erp"}, return_dtype=pl.String)
