"""Pages where the service makes none: in the order of the key, each page asked for from the last key on.

Apart from the connector, because it promises that no record is lost, whatever the service makes of what it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from reconcile.connect.odata.dialect import Dialect, is_written
from reconcile.connect.odata.metadata import EntityType

Ask = Callable[[str | None, int | None], Iterator[pl.DataFrame]]
"""Records that meet a $filter: the first so many in the order of the key, or, without a number, all as they come."""


def by_key(ask: Ask, dialect: Dialect, entity: EntityType, where: str | None, size: int) -> Iterator[pl.DataFrame]:
    """All records that meet `where`, about `size` at a time. The frames hold the key.

    It goes on until a page is empty, since a service may give less than it is asked for without saying so. One that sorts in
    an order of its own is asked for all records at once; one that gives more than it is asked for is taken to give all.
    Raises ValueError if a later page is out of order.
    """
    last: Sequence[str] | None = None
    before: pl.DataFrame | None = None
    while True:
        condition = where if last is None else _both(where, _after(dialect, entity, last))
        held: list[pl.DataFrame] = []
        rows, ordered = 0, True
        for frame in ask(condition, size):
            keys = frame.select(entity.key)
            ordered = ordered and _ascending(keys, before)
            before = keys.tail(1) if keys.height else before
            rows += frame.height
            held.append(frame)
            if rows > size:
                yield from held
                held = []
        texts = before.select(pl.all().cast(pl.String)).row(0) if before is not None else ()
        if not ordered or not _written(texts, entity):
            if last is not None:
                raise ValueError("its pages are not in the order of the key")
            yield from ask(where, None) if rows <= size else ()
            return
        if rows or last is None:
            yield from held
        if not rows:
            return
        last = texts


def _ascending(keys: pl.DataFrame, before: pl.DataFrame | None) -> bool:
    """Whether each key is greater than the one before it, and the first than the last one of the page before."""
    whole = keys if before is None else pl.concat([before, keys])
    return whole.equals(whole.sort(pl.all())) and not whole.is_duplicated().any()


def _written(texts: Sequence[str | None], entity: EntityType) -> bool:
    """Whether a key can stand in a filter."""
    return all(text is not None and is_written(text, entity.kind(name)) for name, text in zip(entity.key, texts, strict=False))


def _after(dialect: Dialect, entity: EntityType, last: Sequence[str]) -> str:
    """A $filter: the key is greater than the last one, its first field counting most."""
    literals = [dialect.literal(value, entity.kind(name)) for name, value in zip(entity.key, last, strict=True)]
    steps = []
    for at, (name, literal) in enumerate(zip(entity.key, literals, strict=True)):
        same = [f"{n} eq {v}" for n, v in zip(entity.key[:at], literals[:at], strict=True)]
        steps.append("(" + " and ".join([*same, f"{name} gt {literal}"]) + ")")
    return " or ".join(steps)


def _both(where: str | None, condition: str) -> str:
    return f"({where}) and ({condition})" if where else condition
