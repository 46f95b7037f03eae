"""Finds the records of one system that are the same business, by what its entity's configuration says."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from reconcile.config.models import Entity
from reconcile.match import within
from reconcile.match.ladder import plan_of
from reconcile.match.linkage import Settings
from reconcile.progress import Silent


def dedupe(frame: pl.DataFrame, entity_name: str, entity: Entity, budget: int = 5_000_000) -> pl.DataFrame:
    """Duplicates inside one normalised frame.

    Args:
        frame: normalised records of one system.
        entity_name: canonical name.
        entity: its configuration.
        budget: the largest number of candidate pairs.

    Returns:
        `within.GROUPS`: one row for each record that is not the kept one of its group.
    """
    plan = plan_of(entity_name, entity)
    settings = Settings(link_at=entity.match.link_at, review_at=entity.match.review_at, pairs=budget)
    keyed = {name for key in plan.keys for name in key}
    fields = dict(plan.scored.fields) | {name: kind for name, kind in plan.kinds.items() if name in keyed}
    return within.dedupe(frame, replace(plan.scored, fields=fields, keys=plan.keys), settings, Silent())
