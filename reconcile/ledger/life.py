"""What becomes of a break when a run has looked: its next state, since when it is open, when it is due, who looks after it.

Pure expressions, apart from `breaks`, which reads and writes the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from reconcile.ledger.database import instant
from reconcile.results import BreakState, News
from reconcile.values.text import clean

VALUES_MOVED, MORE_AT_RISK, ACCEPTANCE_OVER = "values_moved", "more_at_risk", "acceptance_over"
_CENT = 0.005
"""Sums that differ by less are one sum."""
_STAMP = "%Y-%m-%dT%H:%M:%S%.6fZ"


def text(at: pl.Expr) -> pl.Expr:
    """A Datetime in UTC as instants are stored."""
    return at.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")


def next_life(seen: pl.DataFrame, run_id: str, at: dt.datetime, due_days: Mapping[str, float]) -> pl.DataFrame:
    """The life of each break that a run has seen.

    Args:
        seen: one row each: severity, crm_value, erp_value, value_at_risk and `by_rule` (who looks after it by the rules) as
            the run has them; what the ledger held, null where it did not know the break: state, first_seen, open_since,
            last_seen, first_run_id, last_run_id, overdue_since, assignee, assigned_by, accepted_until, note, reopened,
            reopened_at (instants as text), and of accepted ones was_crm_value, was_erp_value, accepted_at_risk.
        run_id: the run.
        at: when it looked.
        due_days: severity to days until a break is due.

    Returns:
        The same rows with their life brought up to now, `due_at`, `news`, and beside it was_state and was_assignee.
        A run that is recorded twice changes nothing.
    """
    state, now = pl.col("state"), pl.lit(instant(at))
    again = (pl.col("last_run_id") == run_id).fill_null(value=False)
    starts = state.is_null() | (state == BreakState.FIXED)
    why = pl.when(state == BreakState.ACCEPTED).then(_moved()).otherwise(pl.lit(None, pl.String))
    kept = state.is_in([BreakState.ACCEPTED, BreakState.ACKNOWLEDGED]) & why.is_null()
    judged = seen.with_columns(
        was_state="state",
        was_assignee="assignee",
        was_seen="last_seen",
        was_overdue=pl.when(starts).then(None).otherwise("overdue_since"),
        state=pl.when(state.is_null())
        .then(pl.lit(BreakState.NEW.value))
        .when(state == BreakState.FIXED)
        .then(pl.lit(BreakState.REGRESSED.value))
        .when(again | kept)
        .then(state)
        .otherwise(pl.lit(BreakState.OPEN.value)),
        reopened=pl.when(starts).then(None).otherwise(pl.coalesce(why, "reopened")),
        reopened_at=pl.when(starts).then(None).when(why.is_not_null()).then(now).otherwise("reopened_at"),
        note=pl.when(starts).then(None).otherwise("note"),
        accepted_until=pl.when(kept).then("accepted_until"),
        first_seen=pl.col("first_seen").fill_null(now),
        first_run_id=pl.col("first_run_id").fill_null(pl.lit(run_id)),
        open_since=pl.when(starts).then(now).otherwise(pl.coalesce("open_since", "first_seen")),
        last_seen=now,
        last_run_id=pl.lit(run_id),
        assignee=pl.when(pl.col("assigned_by").is_not_null()).then("assignee").otherwise("by_rule"),
    )
    return _with_news(_with_term(judged, at, due_days))


def _moved() -> pl.Expr:
    """Why an acceptance no longer counts: it was given to other values, or to less money. Null where it still does."""
    moved = [clean(pl.col(name)).ne_missing(clean(pl.col(f"was_{name}"))) for name in ("crm_value", "erp_value")]
    before = pl.col("accepted_at_risk").fill_null(0.0)
    more = pl.col("value_at_risk").fill_null(0.0) > before * (1 + 1e-9) + _CENT
    return pl.when(pl.any_horizontal(moved)).then(pl.lit(VALUES_MOVED)).when(more).then(pl.lit(MORE_AT_RISK))


def _with_term(judged: pl.DataFrame, at: dt.datetime, due_days: Mapping[str, float]) -> pl.DataFrame:
    """Until when it should be fixed, counted from when it opened, and since when it is past that; accepted ones are not."""
    days = pl.col("severity").replace_strict(dict(due_days), default=None, return_dtype=pl.Float64)
    since = pl.col("open_since").str.to_datetime(_STAMP, time_unit="us")
    due = judged.with_columns(due_at=text(since + pl.duration(seconds=days * 86_400)))
    over = (pl.col("due_at") <= instant(at)) & (pl.col("state") != BreakState.ACCEPTED)
    return due.with_columns(overdue_since=pl.when(over).then(pl.coalesce("was_overdue", pl.lit(instant(at)))))


def _with_news(judged: pl.DataFrame) -> pl.DataFrame:
    state, silent = pl.col("state"), pl.col("state") == BreakState.ACCEPTED
    reopened = pl.col("reopened").is_not_null() & (pl.col("reopened_at") > pl.col("was_seen")) & (state == BreakState.OPEN)
    return judged.with_columns(
        news=pl.when(silent)
        .then(None)
        .when(state.is_in([BreakState.NEW, BreakState.REGRESSED]))
        .then(state)
        .when(reopened)
        .then(pl.lit(News.REOPENED.value))
        .when(pl.col("overdue_since").is_not_null() & pl.col("was_overdue").is_null())
        .then(pl.lit(News.OVERDUE.value))
    )
