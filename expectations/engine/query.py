"""Metrics gathered into one select per batch and row condition, and what becomes of those that fail."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from expectations.engine.batch import Frames
from expectations.engine.parts import ROW, Answer

Read = Callable[[Any], Any]


@dataclass
class Query:
    """One select over a batch: masks that several expressions share, and an expression of one row for each key."""

    frames: Frames
    kept: pl.Expr | None = None
    """The row condition."""
    masks: dict[Hashable, pl.Expr] = field(default_factory=dict)
    answers: dict[Hashable, Answer] = field(default_factory=dict)

    def mask(self, key: Hashable, unexpected: Callable[[], pl.Expr]) -> pl.Expr:
        """A column of truth values that is computed once for all who name the same key."""
        if key not in self.masks:
            self.masks[key] = unexpected()
        return pl.col(self._mask_name(key))

    def _mask_name(self, key: Hashable) -> str:
        return f"\ue000mask {list(self.masks).index(key)}"

    def lazy(self, keys: list[Hashable]) -> pl.LazyFrame:
        """The query for some of the answers: one row, a column for each, named by its place."""
        answers = [self.answers[key] for key in keys]
        frame = self.frames.lazy
        if any(one.numbers_rows for one in answers):
            frame = frame.with_row_index(ROW)
        if self.kept is not None:
            frame = frame.filter(self.kept)
        expressions = [one.expression.alias(str(at)) for at, one in enumerate(answers)]
        used = {name for one in expressions for name in one.meta.root_names()}
        masks = {self._mask_name(key): mask for key, mask in self.masks.items()}
        if used & masks.keys():
            frame = frame.with_columns(**{name: mask for name, mask in masks.items() if name in used})
        return frame.select(expressions)

    def read(self, keys: list[Hashable], found: pl.DataFrame) -> dict[Hashable, Any]:
        """The answers' Python values."""
        return {key: self.answers[key].read(found.item(0, at)) for at, key in enumerate(keys)}


def answers_of(query: Query) -> tuple[dict[Hashable, Any], dict[Hashable, Exception]]:
    """Every answer of a query, or why there is none. One `collect`; more only if it fails, to find what made it fail."""
    return _answers(query, list(query.answers))


def _answers(query: Query, keys: list[Hashable]) -> tuple[dict[Hashable, Any], dict[Hashable, Exception]]:
    if not keys:
        return {}, {}
    try:
        found = query.lazy(keys).collect(engine="streaming" if query.frames.streamed else "auto")
        return query.read(keys, found), {}
    except Exception as error:  # noqa: BLE001 # whatever it is, it is the answer of the metric that caused it
        if len(keys) == 1:
            return {}, {keys[0]: error}
        middle = len(keys) // 2
        (good, bad), (more_good, more_bad) = _answers(query, keys[:middle]), _answers(query, keys[middle:])
        return good | more_good, bad | more_bad
