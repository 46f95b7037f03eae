"""What earlier runs said of data quality, as far as one run's page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from reconcile.ledger.quality import KEPT, OUTCOMES
from reconcile.results import RunResult
from reconcile.scores import rolled_up, scores

RULE = ("suite", "rule", "entity", "system")
_SHOWN = 30


@dataclass(frozen=True)
class Past:
    """Of the runs that checked anything, in any order; runs after the one that is shown are left out."""

    scores: pl.DataFrame = field(default_factory=KEPT.to_frame)
    """KEPT of the ledger."""
    outcomes: pl.DataFrame = field(default_factory=OUTCOMES.to_frame)
    """OUTCOMES of the ledger."""


def newly_failing(result: RunResult, past: Past | None) -> pl.DataFrame:
    """The rules (suite, rule, entity, system) that fail and did not in the run before; none where there is no run before."""
    failed = result.checks.filter(~pl.col("success")).select(RULE).unique()
    before = _earlier(result, past.outcomes) if past else OUTCOMES.to_frame()
    if before.is_empty():
        return failed.clear()
    last = before.filter(pl.col("at") == pl.col("at").max())
    return failed.join(last.filter(~pl.col("success")), on=RULE, how="anti", nulls_equal=True)


def over_runs(result: RunResult, past: Past | None, by: Sequence[str]) -> pl.DataFrame:
    """Scores of groups in this run and the ones before: `by`, `at`, and what `rolled_up` gives, the oldest first."""
    here = scores(result.checks).with_columns(run_id=pl.lit(result.run_id), at=pl.lit(result.started_at).cast(KEPT["at"]))
    earlier = _earlier(result, past.scores) if past else KEPT.to_frame()
    everything = pl.concat([earlier, here.select(KEPT.names())])
    moments = everything["at"].unique().sort().tail(_SHOWN)
    recent = everything.filter(pl.col("at").is_in(moments.implode()))
    return rolled_up(recent, ("at", *by)).sort("at")


def _earlier(result: RunResult, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter((pl.col("run_id") != result.run_id) & (pl.col("at") < result.started_at))
