"""Cuts many small graphs into batches of whole ones: so a solver that is quadratic in its input is linear in their number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reconcile.match.arrays import Ints


def labels(nodes: int, a: Ints, b: Ints, strong: bool = False) -> Ints:
    """The component of each node, 0 to count - 1.

    Args:
        nodes: how many nodes there are, numbered from 0.
        a: one end of each edge.
        b: the other end.
        strong: follow edges from a to b alone, and join only what is reached both ways.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - only a run that matches pays for it
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - the same

    graph = csr_array((np.ones(len(a), np.int8), (a.astype(np.int32), b.astype(np.int32))), shape=(nodes, nodes))
    found: Ints = connected_components(graph, directed=strong, connection="strong")[1].astype(np.int64)
    return found


def batches(label: Ints, size: int) -> Iterator[Ints]:
    """Nodes of whole components, about `size` of them together; a larger component comes alone.

    Args:
        label: the component of each node, 0 to count - 1.
        size: nodes of a batch.
    """
    order = np.argsort(label, kind="stable")
    sizes = np.bincount(label) if len(label) else np.zeros(0, np.int64)
    ends = np.cumsum(sizes)
    start = 0
    while start < len(order):
        last = np.searchsorted(ends, start + size, side="right") - 1
        first = np.searchsorted(ends, start, side="right")
        end = int(ends[max(last, first)])
        yield order[start:end]
        start = end


def renumbered(nodes: Ints, total: int) -> Ints:
    """The place of each node in `nodes`; -1 for all others."""
    place = np.full(total, -1, np.int64)
    place[nodes] = np.arange(len(nodes))
    return place
