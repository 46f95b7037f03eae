"""One request of a batch and its answer, whatever the form of the batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Part:
    """One request of a batch, its address relative to the service root."""

    method: str
    url: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None
    """Parts of one group stand side by side, and are done together or not at all."""


@dataclass(frozen=True)
class PartAnswer:
    """What came back for one part."""

    status: int
    headers: Mapping[str, str]
    """Their names in lower case."""
    body: Any


def grouped(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts as they are done: those of one group together, each of the others alone."""
    pairs = groupby(enumerate(parts), key=lambda each: each[1].group or each[0])
    return [[part for _, part in some] for _, some in pairs]
