"""Independent steps done at the same time: what they call works on columns without holding Python's lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import polars as pl

Given = TypeVar("Given")
Found = TypeVar("Found")


def side_by_side(step: Callable[[Given], Found], each: Iterable[Given]) -> list[Found]:
    """The step's result for each of these, in their order; as many at once as the machine gives to columns."""
    waiting = list(each)
    if len(waiting) < 2 or pl.thread_pool_size() < 2:  # noqa: PLR2004 - one needs no company
        return [step(one) for one in waiting]
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        return list(pool.map(step, waiting))
