"""The matching engine as the two commands use it: frames in standard form and a scheme in, links or groups out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from reconcile.match import linkage
from reconcile.match.linkage import Scored, Settings
from reconcile.match.model import Model
from reconcile.match.resolution import Resolved
from reconcile.match.scheme import Scheme
from reconcile.progress import Progress
from reconcile.records import Kind

__all__ = ["Settings", "dedupe", "judged", "link"]

if TYPE_CHECKING:
    from reconcile.config.models import Entity

_BUDGET = 5_000_000
_UNSCORED = (Kind.BOOLEAN, Kind.CODE, Kind.CURRENCY, Kind.COUNTRY)


def link(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> pl.DataFrame:
    """The pairs that count, as `reconcile.match.linkage.ZONES`."""
    return linkage.link(left, right, scheme, settings, progress)


def judged(
    left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress, known: Model | None = None
) -> tuple[Scored, Resolved]:
    """What is scored and what is decided of it: the links with everything behind them. `known`: weigh by this model."""
    return linkage.judged(left, right, scheme, settings, progress, known)


def dedupe(frame: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress) -> pl.DataFrame:
    """Columns key, kept, probability."""
    from reconcile.match.dedupe import dedupe as find  # noqa: PLC0415 - the configuration's models, which linking need not load

    with progress.step("compare"):
        return find(frame, "records", _entity(scheme, settings), _BUDGET)


def _entity(scheme: Scheme, settings: Settings) -> Entity:
    from reconcile.config import models  # noqa: PLC0415 - as above

    source = models.Source(object="records", key=("key",))  # type: ignore[call-arg]  # every other key has a default
    fields = {name: models.FieldMap(crm=name, erp=name, type=kind) for name, kind in scheme.fields.items()}  # type: ignore[call-arg]  # as above
    scored = tuple(name for name, kind in scheme.fields.items() if kind not in _UNSCORED)
    rules = models.Match(
        keys=scheme.keys, fields=scored, block=scheme.block, link_at=settings.link_at or 0.9, review_at=settings.review_at
    )
    return models.Entity(crm=source, erp=source, fields=fields, match=rules)  # type: ignore[call-arg]  # as above
