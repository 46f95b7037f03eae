"""What a run of two whole files hands on: apart, since a run remembers it and what remembers reads it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.linkage import Scored
from reconcile.standalone.pinning import Said


@dataclass(frozen=True)
class Whole:
    """All that a run of two whole files has come to."""

    said: Said
    scored: Scored
    decided: Resolved
    frames: list[pl.DataFrame]
    """Both files as they were read."""
    sides: list[pl.DataFrame]
    """KEY and fields in standard form."""
