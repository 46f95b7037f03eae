"""Metrics gathered into one select per batch and row condition, and what becomes of those that fail."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from expectations.engine.batch import Frames
from expectations.engine.parts import ROW, WHOLE, Answer

Key = Hashable
HEARD: ContextVar[Callable[[int, int], None] | None] = ContextVar("heard", default=None)
"""Gets how many answers of a query there are, of how many, after each pass over the batch."""
FAILED: tuple[type[BaseException], ...] = (Exception, pl.exceptions.PanicException)
"""Whatever may go wrong with a metric; what polars did not expect is no `Exception`."""


def told(error: BaseException) -> Exception:
    """An error as Great Expectations takes it."""
    return error if isinstance(error, Exception) else RuntimeError(str(error))


@dataclass
class Query:
    """What is asked of a batch under one row condition: masks that several answers share, and the answers by key."""

    frames: Frames
    kept: pl.Expr | None = None
    """The row condition."""
    masks: dict[str, pl.Expr] = field(default_factory=dict)
    """Columns of truth values that are computed once, by name."""
    answers: dict[Key, Answer] = field(default_factory=dict)
    _names: dict[Key, str] = field(default_factory=dict)

    def mask(self, key: Key, unexpected: Callable[[], pl.Expr]) -> str:
        """The name of the mask for a key; made when the key is new."""
        if key not in self._names:
            made = unexpected()
            self._names[key] = f"\ue000mask {len(self._names)}"
            self.masks[self._names[key]] = made
        return self._names[key]

    def collect(self, keys: list[Key]) -> dict[Key, Any]:
        """The values of some answers, by one collect; a streamed batch is passed again for what must hold whole columns."""
        if not self.frames.streamed:
            # of pieces, two at a time, a judgement of Python's would be asked about most values twice
            return self._read(keys, self._select(keys).collect(engine="in-memory"))
        heard = HEARD.get() or _nobody
        apart: dict[Key, list[Key]] = {}
        together: list[Key] = []
        for key in keys:
            held = self._held(key)
            (together if held is None else apart.setdefault(held, [])).append(key)
        out = self._streamed(together) if together else {}
        heard(len(out), len(keys))
        for some in apart.values():
            out |= self._read(some, self._select(some).collect(engine="streaming"))
            heard(len(out), len(keys))
        return out

    def _held(self, key: Key) -> Key | None:
        """What an answer holds in memory while the file passes, so that it gets a pass of its own; nothing, if it needs nothing.

        A mask that is not made row by row, or the columns of an aggregate that is not a sum over a mask.
        """
        masks = self._masks_of(key)
        if masks:
            return min((name for name in masks if _needs_whole(self.masks[name])), default=None)
        return frozenset(self.answers[key].expression.meta.root_names()) or None

    def _masks_of(self, key: Key) -> set[str]:
        answer = self.answers[key]
        return ({answer.listed} if answer.listed else set()) | (set(answer.expression.meta.root_names()) & self.masks.keys())

    def _source(self, keys: Iterable[Key]) -> pl.LazyFrame:
        frame = self.frames.lazy
        if any(self.answers[key].numbers_rows for key in keys):
            frame = frame.with_row_index(ROW)
        return frame if self.kept is None else frame.filter(self.kept)

    def _select(self, keys: list[Key]) -> pl.LazyFrame:
        """One row, with a column for each answer, named by its place."""
        frame = self._source(keys)
        used = {name for key in keys for name in self._masks_of(key)}
        if used:
            frame = frame.with_columns(**{name: mask for name, mask in self.masks.items() if name in used})
        return frame.select(self.answers[key].single.alias(str(at)) for at, key in enumerate(keys))

    def _read(self, keys: list[Key], found: pl.DataFrame) -> dict[Key, Any]:
        return {key: self.answers[key].read(found.item(0, at)) for at, key in enumerate(keys)}

    def _streamed(self, keys: list[Key]) -> dict[Key, Any]:
        """One pass over the file. A list within a row would hold back all its columns, so that lists are queries beside it."""
        lists: dict[str, list[Key]] = {}
        single: list[Key] = []
        for key in keys:
            listed = self.answers[key].listed
            (single if listed is None else lists.setdefault(listed, [])).append(key)
        source = self._source(keys)
        plans = [self._list(source, name, some) for name, some in lists.items()]
        masks = {name for key in single for name in self._masks_of(key)}
        with_masks = source.with_columns(**{name: self.masks[name] for name in sorted(masks)}) if masks else source
        if single:
            plans.append(with_masks.select(self.answers[key].single.alias(str(at)) for at, key in enumerate(single)))
        found = pl.collect_all(plans, engine="streaming")
        out = self._read(single, found[-1]) if single else {}
        for some, frame in zip(lists.values(), found, strict=False):
            for at, key in enumerate(some):
                few = self.answers[key].few
                out[key] = self.answers[key].read(frame.to_series(at).head(frame.height if few is None else few))
        return out

    def _list(self, source: pl.LazyFrame, mask: str, keys: list[Key]) -> pl.LazyFrame:
        """The rows of one mask, a column for each answer."""
        answers = [self.answers[key] for key in keys]
        rows = source.filter(self.masks[mask])
        few = [one.few for one in answers]
        if None not in few:
            rows = rows.head(max(one for one in few if one is not None))
        return rows.select(one.expression.alias(str(at)) for at, one in enumerate(answers))


def _nobody(_done: int, _all: int) -> None:
    """Listens."""


def _needs_whole(mask: pl.Expr) -> bool:
    if WHOLE in str(mask):
        return True
    try:
        return not mask.meta.is_row_separable()
    except pl.exceptions.ColumnNotFoundError:  # polars asks for the types before it says what it thinks of a function of Python
        return False


def answers_of(query: Query) -> tuple[dict[Key, Any], dict[Key, Exception]]:
    """Every answer of a query, or why there is none. If it fails, halves of it are collected, to find what made it fail."""
    return _answers(query, list(query.answers))


def _answers(query: Query, keys: list[Key]) -> tuple[dict[Key, Any], dict[Key, Exception]]:
    if not keys:
        return {}, {}
    try:
        return query.collect(keys), {}
    except FAILED as error:  # whatever it is, it is the answer of the metric that caused it
        if len(keys) == 1:
            return {}, {keys[0]: told(error)}
        middle = len(keys) // 2
        (good, bad), (more_good, more_bad) = _answers(query, keys[:middle]), _answers(query, keys[middle:])
        return good | more_good, bad | more_bad
