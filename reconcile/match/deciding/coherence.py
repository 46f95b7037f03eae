"""Splits clusters that hold together only through weak chains: average linkage, for many clusters at once.

Two parts are joined while the pairs between them speak for it on average. A pair that was scored and found different speaks
with its negative weight; a pair that was never proposed speaks mildly against, because blocking finds nearly every true pair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reconcile.match.arrays import Flags, Floats, Ints
from reconcile.match.deciding.batches import labels, renumbered

SMALL = 4
"""Up to so many members it says nothing that two of them were never compared."""
UNSCORED = -3.0
"""Bits against, for a pair of a larger cluster that no blocking rule proposed."""
LARGEST = 512
"""Members of a cluster that is examined; a larger one is cut where it is weakest."""
_PIECE = 128
"""Members of each piece of such a cluster: the time to examine one grows with their cube."""
_STEP = 1.0
"""Bits by which pairs must be surer each time a piece is still too large."""
_STEPS = 60
_CELLS = 1_000_000


@dataclass(frozen=True)
class Edges:
    """Pairs of nodes with their weights in bits, each pair once."""

    a: Ints
    b: Ints
    weight: Floats

    def only(self, kept: Flags | Ints) -> Edges:
        """The edges of a mask or of numbers."""
        return Edges(self.a[kept], self.b[kept], self.weight[kept])


@dataclass(frozen=True)
class Parts:
    """Where each node belongs."""

    cluster: Ints
    """Connected by sure pairs."""
    part: Ints
    """The coherent part of the cluster; the same for all its members unless it was split."""
    bounded: int
    """Records of clusters that were too large to be examined as a whole."""


def coherent_parts(nodes: int, sure: Edges, other: Edges, *, cut_large: bool = True) -> Parts:
    """Clusters of sure pairs, and their coherent parts.

    Args:
        nodes: how many there are, numbered from 0.
        sure: pairs that count as the same.
        other: all other pairs that were scored; a negative weight speaks against.
        cut_large: whether clusters that are too large to be examined are cut; otherwise they stay as they are.
    """
    cluster = labels(nodes, sure.a, sure.b)
    size = np.bincount(cluster)
    inside = other.only(cluster[other.a] == cluster[other.b])
    contradicted = np.zeros(len(size), bool)
    contradicted[cluster[inside.a[inside.weight < 0]]] = True
    degree = np.bincount(sure.a, minlength=nodes) + np.bincount(sure.b, minlength=nodes)
    thin = np.zeros(len(size), bool)
    thin[cluster[(2 * degree < size[cluster] - 1) & (size[cluster] > SMALL)]] = True
    doubtful = contradicted | thin
    over = doubtful & (size > LARGEST)
    if cut_large and over.any():
        return _of_pieces(nodes, sure, other, cluster, over)
    doubtful &= ~over
    cut = np.zeros(len(sure.a), bool)
    part = np.full(nodes, -1, np.int64)
    for width in (3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, LARGEST):
        members = np.flatnonzero(doubtful[cluster] & (size[cluster] <= width) & (part < 0))
        if len(members):
            _label(members, width, cluster, sure, inside, part, nodes)
    settled = part >= 0
    cut |= settled[sure.a] & (part[sure.a] != part[sure.b])
    return Parts(cluster, labels(nodes, sure.a[~cut], sure.b[~cut]), 0)


def _of_pieces(nodes: int, sure: Edges, other: Edges, cluster: Ints, over: Flags) -> Parts:
    """The same where some clusters are too large: they are cut at their weakest pairs, and what is left is examined.

    Pairs that are the best of both their ends hold, so equally sure ones bind a whole cluster, however large.
    """
    large = over[cluster]
    held = _best_of_both(nodes, sure)
    kept = np.ones(len(sure.a), bool)
    least = float(sure.weight[large[sure.a]].min())
    for step in range(1, _STEPS + 1):
        kept &= held | ~(large[sure.a] & (sure.weight < least + step * _STEP))
        pieces = labels(nodes, sure.a[kept], sure.b[kept])
        large &= (np.bincount(pieces) > _PIECE)[pieces]
        if not large.any():
            break
    kept &= held | ~large[sure.a]
    loose = np.concatenate
    weak = sure.only(~kept)
    apart = Edges(loose([other.a, weak.a]), loose([other.b, weak.b]), loose([other.weight, weak.weight]))
    found = coherent_parts(nodes, sure.only(kept), apart, cut_large=False)
    return Parts(cluster, found.part, int(np.count_nonzero(over[cluster])))


def _best_of_both(nodes: int, edges: Edges) -> Flags:
    best = np.full(nodes, -np.inf)
    np.maximum.at(best, edges.a, edges.weight)
    np.maximum.at(best, edges.b, edges.weight)
    both: Flags = (best[edges.a] == edges.weight) & (best[edges.b] == edges.weight)
    return both


def _label(members: Ints, width: int, cluster: Ints, sure: Edges, other: Edges, part: Ints, nodes: int) -> None:
    """Write the part of each member of clusters of at most `width` members: the number of one node of the part."""
    members = members[np.argsort(cluster[members], kind="stable")]
    names, number, counts = np.unique(cluster[members], return_inverse=True, return_counts=True)
    slot = np.arange(len(members)) - np.repeat(np.cumsum(counts) - counts, counts)
    there = renumbered(members, nodes)
    row = renumbered(names, int(cluster.max()) + 1)
    step = max(1, _CELLS // width**2)
    pairs = [e.only((there[e.a] >= 0) & (there[e.b] >= 0)) for e in (sure, other)]
    rows = [row[cluster[e.a]] for e in pairs]
    for start in range(0, len(names), step):
        count = min(step, len(names) - start)
        own = (number >= start) & (number < start + count)
        weights = np.where(counts[start : start + count] > SMALL, UNSCORED, 0.0)[:, None, None] * np.ones((1, width, width))
        for e, r in zip(pairs, rows, strict=True):
            now = (r >= start) & (r < start + count)
            k, i, j = r[now] - start, slot[there[e.a[now]]], slot[there[e.b[now]]]
            weights[k, i, j] = weights[k, j, i] = e.weight[now]
        there_now = np.zeros((count, width), bool)
        there_now[number[own] - start, slot[own]] = True
        joined = _average_linkage(weights, there_now)
        place = np.full((count, width), -1, np.int64)
        place[number[own] - start, slot[own]] = members[own]
        part[members[own]] = place[number[own] - start, joined[number[own] - start, slot[own]]]


def _average_linkage(weight: Floats, there: Flags) -> Ints:
    """The part of each member, as the slot of its first member: clusters x slots.

    Equal averages are joined together or, where they contradict each other, not at all: no order breaks a tie.

    Args:
        weight: clusters x slots x slots, symmetric.
        there: clusters x slots: which slots hold a member.
    """
    count = len(there)
    state = _Linkage.of(weight, there)
    result = state.part.copy()
    busy = np.arange(count)
    while len(busy):
        best = state.average.max(axis=(1, 2))
        done = best <= 0
        if done.any():
            result[busy[done]] = state.part[done]
            busy, state = busy[~done], state.only(~done)
            continue
        single = np.count_nonzero(state.average == best[:, None, None], axis=(1, 2)) == 2  # noqa: PLR2004 - one pair, seen from both ends
        state.join_pairs(np.flatnonzero(single))
        state.join_unions(np.flatnonzero(~single), best[~single])
    return result


@dataclass
class _Linkage:
    """Clusters x slots x slots while their parts are joined: a part stands at the slot of one of its members."""

    total: Floats
    pairs: Floats
    barred: Flags
    average: Floats
    part: Ints

    @classmethod
    def of(cls, weight: Floats, there: Flags) -> _Linkage:
        count, width = there.shape
        apart = there[:, :, None] & there[:, None, :] & ~np.eye(width, dtype=bool)
        total = np.where(apart, weight, 0.0)
        part = np.broadcast_to(np.arange(width), (count, width)).copy()
        return cls(total, apart.astype(np.float64), ~apart, np.where(apart, total, -np.inf), part)

    def only(self, kept: Flags) -> _Linkage:
        return _Linkage(self.total[kept], self.pairs[kept], self.barred[kept], self.average[kept], self.part[kept])

    def join_pairs(self, k: Ints) -> None:
        """In the clusters k join the one pair of parts with the best average."""
        if not len(k):
            return
        width = self.part.shape[1]
        i, j = np.divmod(self.average[k].reshape(len(k), -1).argmax(axis=1), width)
        for sums in (self.total, self.pairs):
            row = sums[k, i] + sums[k, j]
            row[np.arange(len(k)), i] = row[np.arange(len(k)), j] = 0.0
            sums[k, i] = sums[k, :, i] = row
            sums[k, j] = sums[k, :, j] = 0.0
        bar = self.barred[k, i] | self.barred[k, j]
        self.barred[k, i] = self.barred[k, :, i] = bar
        self.barred[k, j] = self.barred[k, :, j] = True
        self.average[k, i] = self.average[k, :, i] = _mean(self.total[k, i], self.pairs[k, i], bar)
        self.average[k, j] = self.average[k, :, j] = -np.inf
        self.part[k] = np.where(self.part[k] == j[:, None], i[:, None], self.part[k])

    def join_unions(self, k: Ints, best: Floats) -> None:
        """In the clusters k join all parts that equal averages connect, where they cohere together."""
        if not len(k):
            return
        width = self.part.shape[1]
        equal = self.average[k] == best[:, None, None]
        agree = (self.total[k] > 0).astype(np.float32)
        shared = np.where(equal, agree @ agree, -1.0)  # of equal pairs those first that most others agree with
        label, bar = _unions(shared == np.maximum(shared.max(axis=(1, 2)), 0.0)[:, None, None], self.total[k])
        onto = (label[:, :, None] == np.arange(width)).astype(np.float64)
        turned = onto.transpose(0, 2, 1)
        total, pairs = turned @ self.total[k] @ onto, turned @ self.pairs[k] @ onto
        own = np.arange(width)
        total[:, own, own] = pairs[:, own, own] = 0.0
        barred = (turned @ (self.barred[k] | bar).astype(np.float64) @ onto) > 0
        self.part[k] = np.take_along_axis(label, self.part[k], axis=1)
        self.total[k], self.pairs[k], self.barred[k] = total, pairs, barred
        self.average[k] = _mean(total, pairs, barred)


def _mean(total: Floats, pairs: Floats, barred: Flags) -> Floats:
    mean: Floats = np.where((pairs > 0) & ~barred, total / np.maximum(pairs, 1.0), -np.inf)
    return mean


def _unions(equal: Flags, total: Floats) -> tuple[Ints, Flags]:
    """The slot each slot is joined to, and the pairs that must stay apart because together they would not cohere."""
    width = equal.shape[1]
    reach = equal | np.eye(width, dtype=bool)
    for _ in range(max(1, int(np.ceil(np.log2(width))))):
        reach = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
    speaks = (np.where(reach, total, 0.0).sum(axis=2)[:, :, None] * reach).sum(axis=1)  # of the union, at each member
    fits = speaks > 0
    label = np.where(fits, reach.argmax(axis=2), np.arange(width))
    barred = equal & ~fits[:, :, None]
    return label, barred
