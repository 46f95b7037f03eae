"""What the two versions of OData say differently: one port, behind which `v2` and `v4` stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import polars as pl

from reconcile.connect.odata.metadata import INTEGERS, NUMBERS, EntityType
from reconcile.connect.port import Value

Json = str | int | float | bool | None

_WHOLE = r"[+-]?\d+"
_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d(:\d\d(\.\d+)?)?"
_WRITTEN = {
    **dict.fromkeys(NUMBERS, r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?"),
    **dict.fromkeys(INTEGERS, _WHOLE),
    "Edm.Boolean": "true|false",
    "Edm.Date": rf"{_DAY}(T{_CLOCK})?",
    "Edm.DateTime": rf"{_DAY}(T{_CLOCK})?",
    "Edm.DateTimeOffset": rf"{_DAY}T{_CLOCK}(Z|[+-]\d\d:\d\d)?",
    "Edm.Guid": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "Edm.TimeOfDay": _CLOCK,
    "Edm.Time": _CLOCK,
}
"""How a value of a type that stands in an address without quotes looks."""


@dataclass(frozen=True)
class Page:
    """Records as the service's JSON has them, and the link to the next page."""

    records: list[dict[str, Any]]
    link: str | None


class Dialect(Protocol):
    """One version of OData: how it is asked, answered and written to."""

    update: str
    """The method that changes some fields of a record."""
    pages_by_key: bool
    """Whether a service can't be asked for pages of a size, so that they are made by the key."""
    counted: str
    """Query options by which a list says how many records there are, and gives none."""

    def reading(self, page_size: int) -> Mapping[str, str]:
        """Headers of a read."""
        ...

    def options(self, paths: Sequence[tuple[str, ...]]) -> list[str]:
        """$select and $expand for these paths."""
        ...

    def page(self, body: Any) -> Page | None:
        """The list of records in an answer; None if there is none."""
        ...

    def total(self, body: Any) -> Any:
        """The number in the answer to `counted`; anything else if there is none."""
        ...

    def typed(self, frame: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
        """Columns whose text means a date or a time, as ISO text; by name of the column to its Edm type."""
        ...

    def literal(self, text: str, edm: str) -> str:
        """A value as it stands in a filter or a key, not escaped. The text is one of the type, see `is_written`."""
        ...

    def json(self, value: Value, edm: str) -> Json:
        """A value as the service's JSON has it. What can't be turned into the type goes as it is, for the service to refuse."""
        ...

    def record(self, body: Any) -> Mapping[str, Any]:
        """The one record in an answer; an empty one if there is none."""
        ...

    def etag(self, record: Mapping[str, Any]) -> str | None:
        """The ETag that comes with a record."""
        ...

    def first(self, record: Mapping[str, Any], relation: str) -> Mapping[str, Any] | None:
        """The first record behind a relation that was expanded."""
        ...


def is_written(text: str, edm: str) -> bool:
    """Whether a text is a value of a type, as it would stand in an address. What stands in quotes always is."""
    pattern = _WRITTEN.get(edm)
    return pattern is None or re.fullmatch(pattern, text, re.ASCII) is not None


def quoted(text: str) -> str:
    """Text as it stands in a filter or a key of either version."""
    return "'" + text.replace("'", "''") + "'"


def key_predicate(dialect: Dialect, entity: EntityType, values: Sequence[str]) -> str:
    """`('1')` or `(Order='1',Item='10')`, escaped for an address. Raises ValueError if a value is none of its type."""
    for name, value in zip(entity.key, values, strict=True):
        if not is_written(value, entity.kind(name)):
            raise ValueError(f"{value!r} is no {name}")
    written = [dialect.literal(v, entity.kind(k)) for k, v in zip(entity.key, values, strict=True)]
    escaped = [quote(w, safe="'-_.~:") for w in written]
    if len(escaped) == 1:
        return f"({escaped[0]})"
    return "(" + ",".join(f"{k}={w}" for k, w in zip(entity.key, escaped, strict=True)) + ")"


def any_of(dialect: Dialect, entity: EntityType, fields: Sequence[str], keys: Sequence[str]) -> str:
    """A $filter: the fields, joined, are one of the keys. What can be no key is left out; empty if none is left."""
    rows = [[key] if len(fields) == 1 else key.split("/") for key in keys]
    kinds = [entity.kind(f) for f in fields]
    return " or ".join(
        "(" + " and ".join(f"{f} eq {dialect.literal(v, k)}" for f, v, k in zip(fields, values, kinds, strict=True)) + ")"
        for values in rows
        if len(values) == len(fields) and all(is_written(v, k) for v, k in zip(values, kinds, strict=True))
    )
