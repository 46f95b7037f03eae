"""Finds what two frames are matched by, from the data alone: record keys, shared identifiers, column pairs and their kinds."""

from reconcile.match.discovery.discover import discover, discover_one, kind_of_columns
from reconcile.match.discovery.found import Choice, Column, Discovered, PinnedField, Pins, Side
from reconcile.match.discovery.standardising import keys_of, needed, standardised

__all__ = [
    "Choice",
    "Column",
    "Discovered",
    "PinnedField",
    "Pins",
    "Side",
    "discover",
    "discover_one",
    "keys_of",
    "kind_of_columns",
    "needed",
    "standardised",
]
