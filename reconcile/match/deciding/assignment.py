"""One to one: the pairs with the best total weight, and every pair that could take part at hardly any loss.

Weights are multiples of 1/65536 bit, so that sums are exact and a tie is a tie whatever the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reconcile.match.arrays import Flags, Floats, Ints
from reconcile.match.deciding.batches import batches, labels, renumbered

STEP = 1 / 65536
_BATCH = 256
"""Nodes that are solved together: many small components at once, without the quadratic cost of a large problem."""
LARGEST = 20_000
"""Records of one side in a component that is solved exactly; beyond, only pairs that are clearly best for both are chosen."""
_LARGEST_TIE = 1_500
"""Nodes of a knot of near-ties whose losses are measured; in a larger one every pair counts as a near-tie."""


@dataclass(frozen=True)
class Assignment:
    """What was decided of each edge."""

    chosen: Flags
    """In the best assignment, and nothing else comes near."""
    tied: Flags
    """Could be in the assignment at a loss below `near`, and so could another edge of one of its ends."""
    bounded: int
    """Records in components that were too large to be solved exactly."""


def assign(left: Ints, right: Ints, gain: Floats, near: float) -> Assignment:
    """The assignment of the best total gain, in which each node is used at most once; to leave a node out costs nothing.

    Args:
        left: left node of each edge, from 0.
        right: right node of each edge, from 0, numbered apart from the left.
        gain: positive multiples of STEP.
        near: a loss below it is no difference; an exact tie never is.

    Returns:
        One flag per edge.
    """
    near = max(near, STEP)
    chosen, rest = _clearly_best(left, right, gain, near)
    tied = np.zeros(len(left), bool)
    if not len(rest):
        return Assignment(chosen, tied, 0)
    lefts, a = np.unique(left[rest], return_inverse=True)
    rights, b = np.unique(right[rest], return_inverse=True)
    component = labels(len(lefts) + len(rights), a, b + len(lefts))
    rows, columns = np.bincount(component[: len(lefts)]), np.bincount(component[len(lefts) :])  # each has both sides
    exact = (np.maximum(rows, columns) <= LARGEST)[component[a]]
    hopeless = rest[~exact]
    chosen[hopeless], tied[hopeless] = _near_best(left[hopeless], right[hopeless], gain[hopeless], near)
    rest, a, b = rest[exact], a[exact], b[exact]
    w = gain[rest]
    partner = _solve(a, b, w, component, len(lefts))
    possible = _loss(a, b, w, partner, component, len(rights), near) < near
    choices_left = np.bincount(a[possible], minlength=len(lefts))
    choices_right = np.bincount(b[possible], minlength=len(rights))
    alone = (choices_left[a] <= 1) & (choices_right[b] <= 1)
    chosen[rest] = (partner[a] == b) & alone
    tied[rest] = possible & ~alone
    return Assignment(chosen, tied, int((rows + columns)[np.maximum(rows, columns) > LARGEST].sum()))


def _clearly_best(left: Ints, right: Ints, gain: Floats, near: float) -> tuple[Flags, Ints]:
    """Edges that beat the best other edges of both ends together by `near`: no better assignment is without them.

    What they decide is taken away, and so on until nothing is clear; the edges that are left are returned by number.
    """
    chosen = np.zeros(len(left), bool)
    rest = np.arange(len(left))
    size_l, size_r = (int(side.max()) + 1 if len(side) else 0 for side in (left, right))
    while len(rest):
        a, b, w = left[rest], right[rest], gain[rest]
        (best_l, second_l), (best_r, second_r) = _two_best(a, w, size_l), _two_best(b, w, size_r)
        number = np.arange(len(rest))
        clear = (best_l[a] == number) & (best_r[b] == number) & (w - second_l[a] - second_r[b] >= near)
        if not clear.any():
            break
        chosen[rest[clear]] = True
        taken_l, taken_r = np.zeros(size_l, bool), np.zeros(size_r, bool)
        taken_l[a[clear]] = taken_r[b[clear]] = True
        rest = rest[~(taken_l[a] | taken_r[b])]
    return chosen, rest


def _two_best(node: Ints, weight: Floats, size: int) -> tuple[Ints, Floats]:
    """For each node the number of one of its best edges, and the weight of the best of the others (0 if there is none)."""
    best, edge = np.zeros(size), np.full(size, -1, np.int64)
    np.maximum.at(best, node, weight)
    top = np.flatnonzero(best[node] == weight)
    edge[node[top]] = top
    others = weight.copy()
    others[edge[edge >= 0]] = 0.0
    second = np.zeros(size)
    np.maximum.at(second, node, others)
    return edge, second


def _near_best(left: Ints, right: Ints, gain: Floats, near: float) -> tuple[Flags, Flags]:
    """Edges that no end could better by `near`: the only ones of both ends, and the others.

    Used where a component is too large to be solved.
    """
    if not len(left):
        return np.zeros(0, bool), np.zeros(0, bool)
    best_l, best_r = np.zeros(int(left.max()) + 1), np.zeros(int(right.max()) + 1)
    np.maximum.at(best_l, left, gain)
    np.maximum.at(best_r, right, gain)
    close = (best_l[left] - gain < near) & (best_r[right] - gain < near)
    rivals_l, rivals_r = np.bincount(left[best_l[left] - gain < near]), np.bincount(right[best_r[right] - gain < near])
    rivals_l.resize(len(best_l))
    rivals_r.resize(len(best_r))
    alone = (rivals_l[left] <= 1) & (rivals_r[right] <= 1)
    return close & alone, close & ~alone


def _solve(a: Ints, b: Ints, w: Floats, component: Ints, lefts: int) -> Ints:
    """The right node of each left node in one best assignment; -1 where it has none."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - only a run that matches pays for it
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415 - the same

    partner = np.full(lefts, -1, np.int64)
    used = np.unique(a)
    if not len(used):
        return partner
    order = np.argsort(a, kind="stable")
    starts = np.searchsorted(a[order], np.arange(lefts + 1))
    dense = np.unique(component[used], return_inverse=True)[1]
    for batch in batches(dense, _BATCH):
        rows = used[batch]
        edges = np.concatenate([order[starts[row] : starts[row + 1]] for row in rows])
        columns, c = np.unique(b[edges], return_inverse=True)
        n, own = len(rows), np.arange(len(rows))
        row_of = np.repeat(own, starts[rows + 1] - starts[rows])
        weights = np.concatenate([w[edges] + 1.0, np.ones(n)])  # each row may take a column of its own: no partner
        table = csr_array(
            (weights, (np.concatenate([row_of, own]), np.concatenate([c, len(columns) + own]))), shape=(n, len(columns) + n)
        )
        row, column = min_weight_full_bipartite_matching(table, maximize=True)
        there = column < len(columns)
        partner[rows[row[there]]] = columns[column[there]]
    return partner


def _loss(a: Ints, b: Ints, w: Floats, partner: Ints, component: Ints, rights: int, near: float) -> Floats:
    """What the total loses at least if an edge must be used: 0 for the chosen ones, infinite where it is `near` or more.

    A left node that takes another's partner displaces it, which takes another's, and so on: the loss is the length of the
    shortest such round. One more node per component stands for all that is free.
    """
    lefts = len(partner)
    chosen = partner[a] == b
    own = np.zeros(lefts)
    own[a[chosen]] = w[chosen]
    holder = np.full(rights, -1, np.int64)
    holder[partner[partner >= 0]] = np.flatnonzero(partner >= 0)
    used = np.unique(a)
    free = lefts + component  # of each left node the node that stands for what is free in its component
    other = np.flatnonzero(~chosen)
    target = np.where(holder[b[other]] >= 0, holder[b[other]], free[a[other]])
    src = np.concatenate([a[other], used, free[used]])
    dst = np.concatenate([target, free[used], used])
    cost = np.concatenate([own[a[other]] - w[other], own[used], np.zeros(len(used))])
    nodes, ends = np.unique(np.concatenate([src, dst]), return_inverse=True)
    rounds = _round_trips(ends[: len(src)], ends[len(src) :], cost, len(nodes), near)
    loss = np.full(len(a), np.inf)
    loss[chosen] = 0.0
    loss[other] = rounds[: len(other)]
    return loss


def _round_trips(src: Ints, dst: Ints, cost: Floats, nodes: int, near: float) -> Floats:
    """The length of the shortest round through each edge, infinite from `near` on; there are no negative rounds."""
    reach = np.zeros(nodes)
    while True:  # ends: without negative rounds a shortest way uses each node once
        shorter = reach.copy()
        np.minimum.at(shorter, dst, reach[src] + cost)
        if np.array_equal(shorter, reach):
            break
        reach = shorter
    height = cost + reach[src] - reach[dst]  # never negative now, and the same along every round
    length = np.full(len(src), np.inf)
    low = np.flatnonzero(height < near)
    knot = labels(nodes, src[low], dst[low], strong=True)
    low = low[knot[src[low]] == knot[dst[low]]]
    if not len(low):
        return length
    inside = np.unique(src[low])
    dense = np.unique(knot[inside], return_inverse=True)[1]
    place = renumbered(inside, nodes)
    sizes = np.bincount(dense)
    large = sizes[dense[place[src[low]]]] > _LARGEST_TIE
    length[low[large]] = 0.0
    low = low[~large]
    length[low] = height[low] + _way_back(place[src[low]], place[dst[low]], height[low], dense, near)
    length[length >= near] = np.inf
    return length


def _way_back(src: Ints, dst: Ints, height: Floats, knot: Ints, near: float) -> Floats:
    """The shortest way from the target of each edge to its source, inside its knot."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - only a run that matches pays for it
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 - the same

    back = np.full(len(src), np.inf)
    order = np.argsort(knot[src], kind="stable")
    ordered = knot[src][order]
    for batch in batches(knot, _BATCH):
        members = knot[batch]
        edges = order[np.searchsorted(ordered, members[0]) : np.searchsorted(ordered, members[-1], side="right")]
        if not len(edges):
            continue
        names, ends = np.unique(np.concatenate([src[edges], dst[edges]]), return_inverse=True)
        a, b = ends[: len(edges)], ends[len(edges) :]
        by_height = np.lexsort((height[edges], b, a))
        first = np.ones(len(edges), bool)
        first[1:] = (np.diff(a[by_height]) != 0) | (np.diff(b[by_height]) != 0)
        kept = by_height[first]
        graph = csr_array((height[edges][kept], (a[kept], b[kept])), shape=(len(names), len(names)))
        back[edges] = dijkstra(graph, directed=True, limit=near)[b, a]
    return back
