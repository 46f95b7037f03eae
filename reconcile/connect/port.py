"""The port that every system stands behind: describe, read, fetch, find, write. Adapters are the other files of this folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

import polars as pl

from reconcile.config.models import Source
from reconcile.results import Rules

Value = str | int | float | Decimal | bool | dt.date | dt.datetime | None
"""What a field holds on its way to a system; the adapter writes it as the system wants it."""


def key_text(fields: Sequence[str]) -> pl.Expr:
    """A record's key as text (String): its key fields joined by `/`; null if one of them is null."""
    return pl.concat_str([pl.col(f).cast(pl.String) for f in fields], separator="/")


@dataclass(frozen=True)
class Current:
    """A record as the system holds it now."""

    key: str
    values: Mapping[str, Value]
    """By source field, as the system says them."""
    version: str | None = None
    """What the system offers for a precondition: an ETag, a modification time; None if it has nothing."""
    binding: bool = True
    """Whether the system itself refuses a write under a version that has passed; if not, the connector compares just before."""


@dataclass(frozen=True)
class Write:
    """One approved change of one record, in the system's own field names."""

    action_id: str
    source: Source
    values: Mapping[str, Value]
    key: str | None = None
    """Key of the record to update; None for a create."""
    version: str | None = None
    """The version that was read just before; the write must fail if the record has moved on."""
    external_id: tuple[str, str] | None = None
    """For a create: (field, value) that makes writing twice the same as writing once."""
    parent: str | None = None
    """Key of the record that this one hangs on, if it is known; a system may lock it, so such writes go one after the other."""


class OutcomeStatus(StrEnum):
    """How a write ended. UNKNOWN is resolved by reading, never by writing again."""

    OK = "ok"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """What the system said to one write."""

    action_id: str
    status: OutcomeStatus
    key: str | None = None
    """Key of the written record; for a create, the new one."""
    message: str = ""
    """The system's own words."""
    locked: bool = False
    """It was refused because somebody holds the record at the moment: nothing was done, and it may be sent again."""


@dataclass(frozen=True)
class ObjectShape:
    """What the system's metadata says of one object."""

    fields: frozenset[str]
    """Field names and, for relations, the paths that can be read, in the connector's own notation."""
    relations: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Relation name to the fields behind it: {"to_Address": {"CityName"}}."""
    rules: Rules = field(default_factory=dict)
    """What is demanded of values, of the fields that the metadata says something about; see FieldRule."""


@dataclass(frozen=True)
class Search:
    """Which records of an object hold one of these values in a field."""

    source: Source
    field: str
    values: Sequence[str]


class Connector(Protocol):
    """One system. Raises only SystemUnreachable, SystemRefused, SystemAnswerUnreadable, FileMissing and FileUnreadable.

    A record's key is the text of its key fields joined by `/`. Everything a connector holds open is released by `close`.
    """

    name: str

    def describe(self, source: Source) -> ObjectShape | None:
        """The object's fields from metadata alone, or None if the system has no such object."""
        ...

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records, page by page: exactly the columns `fields` (no repeats), the system's dtypes, the same on every page.

        No row is dropped. Where there is none, there is one empty page.
        """
        ...

    def count(self, source: Source) -> int | None:
        """How many records there are, if the system says so cheaply; for progress and for the limits of a push."""
        ...

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """These records as they are now, by key; a key that no longer exists is left out."""
        ...

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys of the records whose `field` equals each value: the search before a create. A value with none is left out."""
        ...

    def find_each(self, searches: Sequence[Search]) -> list[dict[str, list[str]]]:
        """What `find` says to each search, in order: one after the other, unless a system can be asked several at once."""
        return [self.find(each.source, each.field, each.values) for each in searches]

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Write each once, under its precondition; one outcome for each, in order. Never raises for a single record."""
        ...

    def close(self) -> None:
        """Release connections. What other threads have not sent by then is not sent."""
        ...
