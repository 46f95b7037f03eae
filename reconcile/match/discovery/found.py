"""What discovery answers with: where each field stands on each side, the record keys, and every choice with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.match.scheme import Scheme
from reconcile.records import Kind


@dataclass(frozen=True)
class Column:
    """Where one side keeps a field: one column, or several whose texts are joined by a space."""

    sources: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True)
class Choice:
    """One thing that was chosen, and why."""

    what: str
    value: str
    reason: str


@dataclass(frozen=True)
class Side:
    """One side: its record key and its fields."""

    key: tuple[str, ...]
    """The columns of the record key; empty: rows are numbered from 1."""
    fields: Mapping[str, Column]
    """Canonical field to its place."""


@dataclass(frozen=True)
class Discovered:
    """How two frames can be matched."""

    scheme: Scheme
    left: Side
    right: Side
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class PinnedField:
    """A field that the user has placed; its kind is found from the values if it is None."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    kind: Kind | None


@dataclass(frozen=True)
class Pins:
    """What is not to be found but was said by the user; None for what was not. An empty key numbers the rows."""

    left_key: tuple[str, ...] | None = None
    right_key: tuple[str, ...] | None = None
    fields: Mapping[str, PinnedField] | None = None
    keys: tuple[tuple[str, ...], ...] | None = None
    block: tuple[tuple[str, ...], ...] = ()
