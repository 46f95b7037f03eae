"""The matching engine as the two commands use it: frames in standard form and a scheme in, links or groups out."""

from __future__ import annotations

import polars as pl

from reconcile.match import linkage
from reconcile.match.linkage import Scored, Settings
from reconcile.match.model import Model
from reconcile.match.resolution import Resolved
from reconcile.match.scheme import Scheme
from reconcile.progress import Progress

__all__ = ["Settings", "dedupe", "judged", "link"]


def link(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> pl.DataFrame:
    """The pairs that count, as `reconcile.match.linkage.ZONES`."""
    return linkage.link(left, right, scheme, settings, progress)


def judged(
    left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress, known: Model | None = None
) -> tuple[Scored, Resolved]:
    """What is scored and what is decided of it: the links with everything behind them. `known`: weigh by this model."""
    return linkage.judged(left, right, scheme, settings, progress, known)


def dedupe(frame: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> pl.DataFrame:
    """The records that are another one once more, as `reconcile.match.within.GROUPS`."""
    from reconcile.match import within  # noqa: PLC0415 - linking need not load it

    return within.dedupe(frame, scheme, settings, progress)
