"""The causes of a run: shown, and as a way to choose breaks and corrections. Apart from `showing`, which `settling` rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from reconcile import run_folder
from reconcile.config.models import Language
from reconcile.wiring.project import Project
from reconcile.wiring.settling import of_cause
from reconcile.wiring.showing import latest_run, load_run
from reports.causes import causes_of_run
from reports.lives import open_breaks
from reports.model import Causes


def causes(project: Project, run_id: str | None = None, language: Language | None = None) -> Causes:
    """What explains the differences of a run, to be read. Raises NoRunYet, UnknownRun."""
    return causes_of_run(load_run(project, run_id), language or project.config.language, kept_causes(project, run_id))


def kept_causes(project: Project, run_id: str | None = None) -> pl.DataFrame:
    """The same as a frame (CAUSES), the one that explains most first. Raises NoRunYet."""
    return run_folder.load_causes(project.store, run_id or latest_run(project))


def breaks_of_cause(project: Project, cause: str, run_id: str | None = None) -> pl.DataFrame:
    """The breaks that a cause of a run explains, most money first: LIVED and `age_days`.

    The cause is named by its id or its beginning. Raises NoRunYet, UnknownRun, NotSettled.
    """
    result = load_run(project, run_id)
    mine = pl.Series(of_cause(project, cause, result.run_id), dtype=pl.String)
    kept = open_breaks(replace(result, breaks=result.breaks.filter(pl.col("fingerprint").is_in(mine.implode()))))
    return kept.sort(["value_at_risk", "fingerprint"], descending=[True, False], nulls_last=True)


def actions_of_cause(project: Project, cause: str, ids: Sequence[str]) -> list[str]:
    """Of these actions those that correct nothing but what the cause of the latest run explains, in the same order.

    Who decides on a cause decides on its differences alone: an action that also corrects another one is left to a decision of
    its own. Raises NoRunYet, NotSettled.
    """
    mine = set(of_cause(project, cause))
    return [action.id for action in project.ledger.actions(ids=ids) if action.breaks and mine.issuperset(action.breaks)]
