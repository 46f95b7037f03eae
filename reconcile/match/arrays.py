"""What arrays of numbers mean in matching, one name for each kind; and how those in order are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
"""Counts, labels, places."""
Rows = npt.NDArray[np.int64]
"""Row numbers; -1 where there is none."""
Pair = tuple[Rows, Rows]
"""Rows of the CRM, and of the ERP."""
Ends = npt.NDArray[np.uint32]
"""Row numbers of one side as pairs hold them."""
Levels = npt.NDArray[np.uint8]
"""How alike two values are."""
Codes = npt.NDArray[np.uint32]
"""Hashes of values in 32 bits; 0 where there is none."""
Marks = npt.NDArray[np.uint64]
"""What stands for a value, a key, a record or a pair in 64 bits; mostly a hash."""

_Number = TypeVar("_Number", bound=np.generic)


def each_once(parts: Sequence[Marks]) -> Marks:
    """All numbers of several arrays, once each, ascending."""
    if not parts:
        return np.zeros(0, np.uint64)
    every = np.sort(np.concatenate(parts))  # np.unique hashes numbers first, which takes twenty times as long
    return np.asarray(every[firsts(every)])


def firsts(ordered: npt.NDArray[np.generic]) -> Flags:
    """Of numbers in order, which are not the same as the one before."""
    return np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])


def without_none(ordered: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Of ascending hashes those that stand for a value: 0 stands for none."""
    return ordered[np.searchsorted(ordered, 1) :]
