"""The matching engine as the two commands use it: frames in standard form and a scheme in, links or groups out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from reconcile.config.models import Entity, FieldMap, Match, Source
from reconcile.match.discovery import Choice
from reconcile.match.scheme import Scheme
from reconcile.progress import Progress
from reconcile.records import Kind
from reconcile.results import LINKS

_BUDGET = 5_000_000
_UNSCORED = (Kind.BOOLEAN, Kind.CODE, Kind.CURRENCY, Kind.COUNTRY)
_EDGE = 1e-12


@dataclass(frozen=True)
class Settings:
    """The thresholds: from `link_at` a pair is linked, from `review_at` a person is asked."""

    link_at: float = 0.9
    review_at: float = 0.5


def link(
    left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress
) -> tuple[pl.DataFrame, tuple[Choice, ...]]:
    """Columns crm_key, erp_key, probability, weight, zone, rung; and what the engine chose."""
    from reconcile.match import match  # noqa: PLC0415 - only matching pays for it

    with progress.step("match"):
        matched, notes = match(left, right, "records", _entity(scheme, settings), LINKS.to_frame(), _BUDGET)
    p = pl.col("probability").clip(_EDGE, 1 - _EDGE)
    weight = ((p / (1 - p)).log() / math.log(2)).alias("weight")
    links = matched.links.select("crm_key", "erp_key", "probability", weight, pl.lit("link").alias("zone"), "rung")
    review = matched.candidates.select(
        "crm_key", "erp_key", "probability", weight, pl.lit("review").alias("zone"), pl.lit("score").alias("rung")
    )
    kept = matched.links.select("crm_key", "erp_key")
    twins = []
    for own in ("crm_key", "erp_key"):
        mine = matched.duplicates.filter(pl.col("system") == own[:3]).rename({"key": own})
        joined = mine.join(kept.rename({own: "kept"}), on="kept")
        twins.append(
            joined.select(
                "crm_key", "erp_key", "probability", weight, pl.lit("duplicate").alias("zone"), pl.lit("score").alias("rung")
            )
        )
    return pl.concat([links, review, *twins]), tuple(Choice("note", "pairs", note) for note in notes)


def dedupe(
    frame: pl.DataFrame, scheme: Scheme, settings: Settings, progress: Progress
) -> tuple[pl.DataFrame, tuple[Choice, ...]]:
    """Columns key, kept, probability; and what the engine chose."""
    from reconcile.match import dedupe as find  # noqa: PLC0415 - only matching pays for it

    with progress.step("compare"):
        return find(frame, "records", _entity(scheme, settings), _BUDGET), ()


def _entity(scheme: Scheme, settings: Settings) -> Entity:
    source = Source(object="records", key=("key",))  # type: ignore[call-arg]  # every other key has a default
    fields = {name: FieldMap(crm=name, erp=name, type=kind) for name, kind in scheme.fields.items()}  # type: ignore[call-arg]  # as above
    scored = tuple(name for name, kind in scheme.fields.items() if kind not in _UNSCORED)
    rules = Match(keys=scheme.keys, fields=scored, block=scheme.block, link_at=settings.link_at, review_at=settings.review_at)
    return Entity(crm=source, erp=source, fields=fields, match=rules)  # type: ignore[call-arg]  # as above
