"""What becomes of a broken rule: by which day its breaks are to be settled, and how many corrections are proposed for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from reconcile.records import PAIR, Role
from reconcile.results import Action, BreakKind

Rule = tuple[str, str, str]
"""Reason (suite and rule), entity, and system; an empty system for a break that is about no record."""


@dataclass(frozen=True)
class Fate:
    """Of all open breaks of one rule."""

    due: dt.datetime | None
    """The first day on which one of them is to be settled."""
    corrections: int


def fates(breaks: pl.DataFrame, actions: Sequence[Action]) -> dict[Rule, Fate]:
    """By rule, from open breaks (LIVED) and the actions of their run."""
    crm, erp = pl.col("crm_key").is_not_null(), pl.col("erp_key").is_not_null()
    side = pl.when(crm & erp).then(pl.lit(PAIR)).when(crm).then(pl.lit(str(Role.CRM))).when(erp).then(pl.lit(str(Role.ERP)))
    broken = breaks.filter(pl.col("kind") == str(BreakKind.BROKEN_RULE)).with_columns(_side=side.otherwise(pl.lit("")))
    settled = {one for action in actions for one in action.breaks}
    grouped = broken.group_by("reason", "entity", "_side").agg(
        pl.col("due_at").min(), pl.col("fingerprint").is_in(list(settled)).sum()
    )
    return {(reason, entity, system): Fate(due, int(some)) for reason, entity, system, due, some in grouped.iter_rows()}
