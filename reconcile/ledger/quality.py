"""How good the data was, run by run: scores, how each rule ended, and the columns of the systems; rules about a past read it."""

from __future__ import annotations

import datetime as dt

import polars as pl
from sqlalchemy import Column, Connection, Table, delete, insert, select

from reconcile.checks import COLUMNS, HISTORY
from reconcile.ledger.database import Database, instant, read_frame, write_frame
from reconcile.ledger.tables import quality_scores, rule_history, source_columns
from reconcile.results import UTC_TIME
from reconcile.scores import SCORES, SUMMED, outcomes, rolled_up, scores

REMEMBERED = 100
"""So many runs back rules and screens look."""

_OBJECT = ("entity", "system", "object")
_GROUP = ("entity", "system", "dimension")
_RULE = ("entity", "system", "suite", "rule")
KEPT = pl.Schema([("run_id", pl.String()), ("at", UTC_TIME), *SCORES.items()])
"""Scores of several runs, the oldest first."""
_OUTCOME: dict[str, pl.DataType | type[pl.DataType]] = {"success": pl.Boolean, "failed": pl.Int64}
OUTCOMES = pl.Schema([*HISTORY.items(), *_OUTCOME.items()])
"""How each rule ended in several runs, the oldest first."""


class Quality:
    """Scores and outcomes of one project's runs. Safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, checks: pl.DataFrame, run_id: str, at: dt.datetime, columns: pl.DataFrame | None = None) -> None:
        """Keep what a run's checks (CHECKS) say and which columns it found (COLUMNS), in one transaction.

        The same run recorded again takes the place of itself. Columns are kept when those of an object are not as they were.
        """
        told = scores(checks).select(*_GROUP, *SUMMED)
        with self._database.write() as connection:
            for table in (quality_scores, rule_history, source_columns):
                connection.execute(delete(table).where(table.c.run_id == run_id))
            run = {"run_id": pl.lit(run_id), "at": pl.lit(instant(at))}
            write_frame(connection, insert(quality_scores), told.with_columns(**run))
            write_frame(connection, insert(rule_history), outcomes(checks).with_columns(**run))
            if columns is not None:
                write_frame(
                    connection,
                    insert(source_columns),
                    changed(columns, _columns(connection)).with_columns(since=pl.lit(instant(at)), run_id=pl.lit(run_id)),
                )

    def scores(self, runs: int = REMEMBERED) -> pl.DataFrame:
        """The scores of the last `runs` runs that checked anything: KEPT."""
        types = {"at": UTC_TIME, **{name: SCORES[name] for name in SUMMED}}
        with self._database.read() as connection:
            rows = _last(connection, quality_scores, [*KEPT.names()[:2], *_GROUP, *SUMMED], types, runs)
        whole = rolled_up(rows, ("run_id", "at", *_GROUP))
        return whole.sort("at", "run_id", *_GROUP).select(KEPT.names()).cast(dict(KEPT.items()))

    def outcomes(self, runs: int = REMEMBERED) -> pl.DataFrame:
        """How each rule ended in the last `runs` runs that checked anything: OUTCOMES."""
        with self._database.read() as connection:
            rows = _last(connection, rule_history, OUTCOMES.names(), dict(OUTCOMES.items()), runs)
        return rows.sort("at", "run_id", *_RULE).select(OUTCOMES.names())

    def history(self, runs: int = REMEMBERED) -> pl.DataFrame:
        """What each rule observed in the last `runs` runs, the oldest first: HISTORY."""
        return self.outcomes(runs).select(HISTORY.names())

    def columns(self) -> pl.DataFrame:
        """The columns of the systems' objects, all of an object's for each run that found a change of them: COLUMNS."""
        with self._database.read() as connection:
            return _columns(connection)


def changed(now: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The columns of `now` (COLUMNS) whose object has others in `known` (COLUMNS), or is not in it.

    A type that nobody says any more, such as that of a column without a value, is still what it was.
    """
    latest = known.filter(pl.col("since") == pl.col("since").max().over(_OBJECT)).drop("since")
    told = now.join(latest, on=[*_OBJECT, "name"], how="left", suffix="_before", maintain_order="left")
    told = told.with_columns(pl.coalesce("type", "type_before").alias("type")).select(now.columns)
    same = [*_OBJECT, "name", "type"]
    differs = pl.concat(
        [told.join(latest, on=same, how="anti", nulls_equal=True), latest.join(told, on=same, how="anti", nulls_equal=True)],
        how="diagonal",
    )
    return told.join(differs, on=_OBJECT, how="semi", maintain_order="left")


def _columns(connection: Connection) -> pl.DataFrame:
    query = select(*(source_columns.c[name] for name in COLUMNS)).order_by(
        *(source_columns.c[n] for n in (*_OBJECT, "since", "name"))
    )
    return read_frame(connection, query, dict(COLUMNS.items()))


def _last(connection: Connection, table: Table, names: list[str], types: dict[str, pl.DataType], runs: int) -> pl.DataFrame:
    """The rows of the last so many runs."""
    at: Column[str] = table.c.at
    last = connection.execute(select(at).distinct().order_by(at.desc()).offset(runs - 1).limit(1)).scalar()
    query = select(*(table.c[name] for name in names)).where(at >= (last or ""))
    return read_frame(connection, query, types)
