"""From JSON records to a page: columns of fixed dtypes, where a path reaches into nested records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import polars as pl

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """Where a column's values stand in a record, and what they are."""

    path: tuple[str, ...]
    dtype: pl.DataType
    lists: frozenset[int] = frozenset()
    """Steps of the path that hold a list of records; the first of them counts."""


def path_of(field: str) -> tuple[str, ...]:
    """The steps of `Account.Name` or `to_Address/CityName`."""
    return tuple(re.split(r"[./]", field))


def page_of(records: Sequence[Mapping[str, Any]], columns: Mapping[str, Column]) -> pl.DataFrame:
    """One row for each record; the dtypes are those of `columns`, whatever the records hold. What is not there is null."""
    schema = _schema([(c.path, c) for c in columns.values()])
    frame = pl.from_dicts(list(records), schema=schema, strict=False)
    return frame.select(_value(c).alias(name) for name, c in columns.items())


def first_at(record: Mapping[str, Any], path: Sequence[str]) -> Any:
    """The value at a path of one record; the first of a list; None if there is none."""
    value: Any = record
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, list):
            value = value[0] if value else None
    return value


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The items, at most `size` at a time, in order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def address_chunks(texts: Sequence[str], size: int, characters: int = 4000) -> Iterator[list[str]]:
    """Different texts, at most `size` at a time and so many that they fit into an address, where some count ninefold."""
    some: list[str] = []
    room = characters
    for text in dict.fromkeys(texts):
        needs = len(quote(text)) + 12  # quotes and a comma, escaped
        if some and (len(some) == size or needs > room):
            yield some
            some, room = [], characters
        some.append(text)
        room -= needs
    if some:
        yield some


def _schema(columns: Sequence[tuple[tuple[str, ...], Column]], depth: int = 0) -> dict[str, pl.DataType]:
    out: dict[str, pl.DataType] = {}
    for step in dict.fromkeys(path[0] for path, _ in columns):
        below = [(path[1:], c) for path, c in columns if path[0] == step]
        if not below[0][0]:
            out[step] = below[0][1].dtype
            continue
        nested = pl.Struct(_schema(below, depth + 1))
        out[step] = pl.List(nested) if depth in below[0][1].lists else nested
    return out


def _value(column: Column) -> pl.Expr:
    value = pl.col(column.path[0])
    for at, step in enumerate(column.path[1:]):
        if at in column.lists:
            value = value.list.first()
        value = value.struct.field(step)
    return value
