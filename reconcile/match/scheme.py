"""What two frames are matched by: the fields both have, the identifiers they share, and pinned blocking rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconcile.records import Kind


@dataclass(frozen=True)
class Scheme:
    """What two frames are matched by; the order of `fields` says nothing."""

    fields: Mapping[str, Kind]
    """Canonical field to its kind, present in both frames."""
    keys: tuple[tuple[str, ...], ...] = ()
    """Shared external keys, the same identifier in both systems: an equal value is the same record."""
    block: tuple[tuple[str, ...], ...] = ()
    """Pinned blocking rules; chosen from the data if empty."""
