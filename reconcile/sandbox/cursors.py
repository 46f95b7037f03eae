"""Results that are handed out page by page: what matched at the first page stays what is handed out."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")
Q = TypeVar("Q")


@dataclass(frozen=True)
class Cursor(Generic[Q, R]):
    """All rows of one result, the question they answer, and how many go on a page."""

    question: Q
    rows: Sequence[R]
    page: int


class Cursors(Generic[Q, R]):
    """The last `most` results that were not read to their end at once, under names nobody can guess."""

    def __init__(self, prefix: str, most: int = 200) -> None:
        self._prefix = prefix
        self._most = most
        self._kept: OrderedDict[str, Cursor[Q, R]] = OrderedDict()

    def keep(self, cursor: Cursor[Q, R]) -> str:
        """Remember a result; its name."""
        name = self._prefix + secrets.token_hex(8)
        self._kept[name] = cursor
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return name

    def get(self, name: str) -> Cursor[Q, R] | None:
        """The result of that name, None if it is unknown or forgotten."""
        return self._kept.get(name)
