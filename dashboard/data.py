"""What the pages read, each thing once: the open project, the view of a run, pages of breaks, one pair, the actions.

Cached by run and by the ledger's revision; a page of breaks is read lazily from disk, so a large run costs no memory.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import streamlit as st

from dashboard.jobs import Desk
from reconcile import explained, run_folder, surveyed, wiring
from reconcile.config.models import Language
from reconcile.records import KEY, PAIR, RAW, SHAPES, Role
from reconcile.results import BREAKS, LIVED, Action, ActionState, RunResult
from reconcile.values.standard import as_text
from reconcile.wiring import Project
from reports.details import SEVERITIES
from reports.lives import lived
from reports.model import View
from reports.quality import messages
from reports.view import build_view
from reports.words import Words

PAGE = 50
"""Breaks on one page."""


def config_file(arguments: Sequence[str] | None = None) -> Path:
    """`--config FILE` after the `--` of `streamlit run`, else RECONCILE_CONFIG, else reconcile.yaml here."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--config")
    given, _ = parser.parse_known_args(sys.argv[1:] if arguments is None else list(arguments))
    return Path(given.config or os.environ.get("RECONCILE_CONFIG") or "reconcile.yaml")


def project(file: Path) -> Project:
    """The project of a configuration file, opened once, and anew when the file changes. Raises ConfigError kinds."""
    return _project(str(file.resolve()), file.stat().st_mtime_ns)


@st.cache_resource(show_spinner=False, max_entries=4)
def _project(file: str, changed: int) -> Project:  # noqa: ARG001  # `changed` is part of the cache's key
    return wiring.open_project(Path(file), os.environ)


@st.cache_resource(show_spinner=False)
def desk(store: str) -> Desk:  # noqa: ARG001  # one desk for each project's store
    """Where the project's job lies, for every session."""
    return Desk()


def revision(project: Project) -> int:
    """Grows with everything that is noted in the ledger."""
    last = project.ledger.audit_entries(limit=1)
    return int(last["seq"][0]) if last.height else 0


def runs(project: Project) -> list[str]:
    """Runs that came to their end, the newest first."""
    return run_folder.finished_runs(project.store)[::-1]


def result(project: Project, run_id: str) -> RunResult:
    """Everything a run found; kept for the last runs that were looked at."""
    return _result(project, str(project.store), run_id)


@st.cache_resource(show_spinner=False, max_entries=3)
def _result(_project: Project, store: str, run_id: str) -> RunResult:  # noqa: ARG001  # as above
    return wiring.load_run(_project, run_id)


def view(project: Project, run_id: str, language: Language) -> View:
    """The view model of a run, computed anew when the ledger has moved."""
    return _view(project, str(project.store), run_id, language, revision(project))


@st.cache_resource(show_spinner=False, max_entries=6)
def _view(_project: Project, store: str, run_id: str, language: Language, revision: int) -> View:  # noqa: ARG001  # as above
    found, shown = result(_project, run_id), _project.config.limits.shown_breaks
    waiting = _project.ledger.count_actions([ActionState.PROPOSED], run_id=run_id)
    causes = run_folder.load_causes(_project.store, run_id)
    past = wiring.past_of(_project)
    return build_view(found, (), _project.ledger.runs(), language, shown, waiting=waiting, causes=causes, past=past)


def rules(project: Project, run_id: str, language: Language) -> Mapping[str, str]:
    """What people read for the reason of a broken rule of a run."""
    return messages(Words(language), result(project, run_id).checks)


def started(project: Project, run_id: str) -> dt.datetime:
    """When a run began."""
    return result(project, run_id).started_at


# Breaks

SORTS: Mapping[str, tuple[pl.Expr, bool]] = {
    "value": (pl.col("value_at_risk").fill_null(0.0), True),
    "severity": (
        pl.col("severity").replace_strict(list(SEVERITIES), list(range(len(SEVERITIES))), default=9, return_dtype=pl.Int8),
        False,
    ),
    "oldest": (pl.col("first_seen"), False),
    "newest": (pl.col("first_seen"), True),
    "label": (pl.col("label"), False),
}
"""Ways to sort breaks: by what, and whether the largest comes first."""
FILTERS = ("entity", "kind", "field", "owner", "state", "severity", "assignee")
"""Columns of LIVED that a list is narrowed by."""
_SAID = ("state", "assignee", "assigned_by", "accepted_until", "note", "reopened", "overdue_since")
"""What may have changed since the run, because a person has said something or a day has passed."""
_SEARCHED = ("label", "crm_key", "erp_key", "crm_value", "erp_value", "fingerprint", "reason")


@dataclass(frozen=True)
class BreakPage:
    """One page of a narrowed list."""

    rows: pl.DataFrame
    """BREAKS and `age_days`, `PAGE` rows at most."""
    total: int
    """Rows of all pages."""


def is_latest(project: Project, run_id: str) -> bool:
    """Whether it is the last run that came to its end: what people say of breaks now is about its breaks."""
    return run_folder.finished_runs(project.store)[-1:] == [run_id]


def _breaks(project: Project, run_id: str) -> pl.LazyFrame:
    """The run's breaks that are not fixed, LIVED; of the latest run as people and dates have left them."""
    file = run_folder.run_path(project.store, run_id) / "breaks.parquet"
    kept = run_folder.with_life(pl.scan_parquet(file)).filter(pl.col("state").fill_null("new") != "fixed")
    if not is_latest(project, run_id):
        return kept
    project.ledger.lives.wake()
    told = _touched(project, str(project.store), revision(project))
    now = kept.join(told.lazy(), on="fingerprint", how="left", suffix=" now")
    known = pl.col("known").is_not_null()
    return now.with_columns(pl.when(known).then(f"{name} now").otherwise(name).alias(name) for name in _SAID).select(
        LIVED.names()
    )


@st.cache_resource(show_spinner=False, max_entries=3)
def _touched(_project: Project, store: str, revision: int) -> pl.DataFrame:  # noqa: ARG001  # as above
    touched = _project.ledger.lives.touched()
    return touched.select("fingerprint", *_SAID, known=pl.lit(value=True)).cast({name: LIVED[name] for name in _SAID})


def break_page(
    project: Project, run_id: str, chosen: Mapping[str, str], text: str, sort: str, page: int, cause: str = ""
) -> BreakPage:
    """One page of the breaks that fit, read from the run's file; accepted ones only if asked for.

    `page` counts from 0; `cause` is a cause's id.
    """
    silent = [pl.col("state") != "accepted"] if chosen.get("state") != "accepted" else []
    fit = [*silent, *(pl.col(column) == value for column, value in chosen.items() if value)]
    if cause:
        fit.append(pl.col("fingerprint").is_in(of_cause(project, run_id, cause).implode()))
    if text.strip():
        sought = text.strip().lower()
        fit.append(pl.any_horizontal(pl.col(c).str.to_lowercase().str.contains(sought, literal=True) for c in _SEARCHED))
    frame = _breaks(project, run_id).filter(*fit) if fit else _breaks(project, run_id)
    by, largest_first = SORTS[sort]
    ordered = frame.with_columns(by.alias("_by")).sort("_by", "fingerprint", descending=[largest_first, False], nulls_last=True)
    total, rows = pl.collect_all([frame.select(pl.len()), ordered.slice(page * PAGE, PAGE).drop("_by")])
    return BreakPage(_aged(project, run_id, rows), int(total.item()))


def of_cause(project: Project, run_id: str, cause: str) -> pl.Series:
    """Fingerprints of the breaks that a cause of the run explains."""
    return run_folder.cause_members(project.store, run_id).filter(pl.col("cause") == cause)["fingerprint"]


def one_break(project: Project, run_id: str, fingerprint: str) -> pl.DataFrame:
    """The break with this fingerprint, with `age_days`; no row if the run does not have it."""
    return _aged(project, run_id, _breaks(project, run_id).filter(pl.col("fingerprint") == fingerprint).head(1).collect())


def breaks_about(project: Project, run_id: str, entity: str, role: Role, keys: Sequence[str]) -> pl.DataFrame:
    """The open breaks (LIVED) of these records of one side."""
    same = pl.col("entity") == entity, pl.col(f"{role}_key").is_in(keys), pl.col("state") != "accepted"
    return _breaks(project, run_id).filter(*same).collect()


def _aged(project: Project, run_id: str, rows: pl.DataFrame) -> pl.DataFrame:
    return lived(result(project, run_id), rows)


def choices(project: Project, run_id: str, chosen: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """For each filter: its values and how many breaks each would leave, given the other filters."""
    return _choices(project, str(project.store), run_id, tuple(sorted(chosen.items())), revision(project))


@st.cache_resource(show_spinner=False, max_entries=200)
def _choices(
    _project: Project,
    store: str,  # noqa: ARG001  # part of the cache's key
    run_id: str,
    chosen: tuple[tuple[str, str], ...],
    revision: int,  # noqa: ARG001  # as above
) -> dict[str, dict[str, int]]:
    out = {}
    for column in FILTERS:
        others = [pl.col(name) == value for name, value in chosen if value and name != column]
        if column != "state" and ("state", "accepted") not in chosen:
            others.append(pl.col("state") != "accepted")
        counted = _breaks(_project, run_id).filter(*others) if others else _breaks(_project, run_id)
        rows = counted.filter(pl.col(column).is_not_null()).group_by(column).len().collect()
        out[column] = dict(rows.sort("len", column, descending=[True, False]).iter_rows())
    return out


def fixed_in(project: Project, run_id: str, most: int) -> pl.DataFrame:
    """Breaks that were gone in this run (BREAKS and `age_days`), the most money first, `most` at most."""
    known = project.ledger.breaks(states=["fixed"])
    rows = known.filter(pl.col("fixed_run_id") == run_id).head(most)
    return rows.select(BREAKS.names()).with_columns(age_days=pl.lit(0, pl.Int64))


# Pairs


@dataclass(frozen=True)
class Pair:
    """One pair as the run compared it: canonical field to (value, raw value) of each side; None where there is no record."""

    crm: Mapping[str, tuple[str | None, str | None]] | None
    erp: Mapping[str, tuple[str | None, str | None]] | None
    on_disk: bool
    """Whether the run's records are still there."""


def pair(project: Project, run_id: str, entity: str, crm_key: str | None, erp_key: str | None) -> Pair:
    """Both records with all their fields, found in the run's files without reading them whole."""
    files = {role: run_folder.records_path(project.store, run_id, entity, role) for role in Role}
    if not all(file.exists() for file in files.values()):
        return Pair(None, None, on_disk=False)
    crm, erp = (_record(files[role], key) for role, key in ((Role.CRM, crm_key), (Role.ERP, erp_key)))
    return Pair(crm, erp, on_disk=True)


def one_record(
    project: Project, run_id: str, entity: str, role: Role, key: str
) -> dict[str, tuple[str | None, str | None]] | None:
    """One record of a side as `pair` has it; None where the run's files do not hold it."""
    file = run_folder.records_path(project.store, run_id, entity, role)
    return _record(file, key) if run_id and file.exists() else None


def _record(file: Path, key: str | None) -> dict[str, tuple[str | None, str | None]] | None:
    if key is None:
        return None
    found = pl.scan_parquet(file).filter(pl.col(KEY) == key).head(1).collect()
    if found.is_empty():
        return None
    fields = [name for name in found.columns if not name.startswith((RAW, "_"))]
    texts = found.select(as_text(pl.col(name), found.schema[name]).alias(name) for name in fields).row(0, named=True)
    raws = found.select(pl.col(RAW + name) if RAW + name in found.columns else pl.lit(None).alias(RAW + name) for name in fields)
    return {name: (texts[name], raws[RAW + name][0]) for name in fields}


def compared_fields(project: Project, entity: str) -> set[str]:
    """The fields that the configuration compares."""
    spec = project.config.entities.get(entity)
    return {name for name, field in spec.fields.items() if field.compare and field.crm and field.erp} if spec else set()


def broken_fields(project: Project, run_id: str, row: Mapping[str, str | None]) -> list[str]:
    """The fields with an open break of the same pair as a row of BREAKS."""
    same = [pl.col(name).eq_missing(pl.lit(row[name], pl.String)) for name in ("entity", "crm_key", "erp_key")]
    return _breaks(project, run_id).filter(*same, pl.col("field").is_not_null()).select("field").collect()["field"].to_list()


def asked(project: Project, run_id: str, entity: str) -> explained.Asked:
    """An entity of a run, made ready to be asked why records are linked or not. Raises NotExplainable, UnknownRun."""
    found = _asked(project, str(project.store), run_id, entity)
    return dataclasses.replace(found, known=wiring.asked_of(project, entity))


@st.cache_resource(show_spinner=False, max_entries=3)
def _asked(_project: Project, store: str, run_id: str, entity: str) -> explained.Asked:  # noqa: ARG001  # as above
    return wiring.asked(_project, entity, run_id)


def questions(project: Project, run_id: str, entity: str) -> pl.DataFrame:
    """The pairs that teach most, best first, without those that were answered (crm_key, erp_key, zone)."""
    return _questions(project, str(project.store), run_id, entity, revision(project))


@st.cache_resource(show_spinner=False, max_entries=6)
def _questions(_project: Project, store: str, run_id: str, entity: str, revision: int) -> pl.DataFrame:  # noqa: ARG001  # as above
    return surveyed.questions(asked(_project, run_id, entity), _project.ledger.answers.of(entity), PAGE)


def record_counts(project: Project, run_id: str, entity: str) -> int:
    """How many records the larger side has, of an entity that a run has kept; 0 where its records are gone."""
    files = [run_folder.records_path(project.store, run_id, entity, role) for role in Role]
    return max((pl.scan_parquet(file).select(pl.len()).collect().item() for file in files if file.exists()), default=0)


# Actions


def outline(project: Project, states: Collection[ActionState], *, parts: bool = False) -> pl.DataFrame:
    """The actions in these states as the ledger has them now, as one frame: columns of OUTLINE, in the order of the plan."""
    return _outline(project, str(project.store), tuple(sorted(states)), parts, revision(project))


@st.cache_resource(show_spinner=False, max_entries=8)
def _outline(_project: Project, store: str, states: tuple[ActionState, ...], parts: bool, revision: int) -> pl.DataFrame:  # noqa: ARG001  # as above
    return _project.ledger.outline(states, parts=parts)


def in_order(project: Project, ids: Sequence[str]) -> list[Action]:
    """These actions in full, in this order: a page of them, not all."""
    found = {action.id: action for action in project.ledger.actions(ids=ids)}
    return [found[id_] for id_ in ids if id_ in found]


def action_counts(project: Project) -> dict[str, int]:
    """State to how many actions are in it."""
    counts = project.ledger.action_counts()
    return dict(counts.group_by("state").agg(pl.col("count").sum()).iter_rows())


def resolving(project: Project, fingerprint: str, most: int) -> tuple[Action, ...]:
    """The corrections, in any state that matters, that would resolve a break; so many at most."""
    return tuple(project.ledger.resolving(fingerprint, most))


def failing_records(
    project: Project, run_id: str, entity: str, system: str, rule: str, field: str | None, most: int
) -> pl.DataFrame:
    """Records that fail one rule (columns of FINDINGS), `most` at most, from the run's file."""
    file = run_folder.run_path(project.store, run_id) / "findings.parquet"
    same = [pl.col(c) == v for c, v in (("entity", entity), ("system", system), ("rule", rule))]
    fit = [*same, pl.col("field").eq_missing(pl.lit(field, pl.String))]
    return run_folder.with_counterpart(pl.scan_parquet(file)).filter(*fit).sort("key").head(most).collect()


def names(project: Project, run_id: str, entity: str, role: str, keys: pl.Series) -> dict[str, str]:
    """Record keys to what a person knows the records by, of a pair the CRM's; none where the run's records are gone."""
    file = run_folder.records_path(project.store, run_id, entity, Role.CRM if role == PAIR else Role(role))
    shape = SHAPES.get(entity)
    if not file.exists() or shape is None:
        return {}
    records = pl.scan_parquet(file)
    known = [name for name in shape.label.split() if name in records.collect_schema().names()]
    label = pl.concat_str([pl.col(name).cast(pl.String) for name in known] or [pl.lit("")], separator=" ", ignore_nulls=True)
    return dict(records.filter(pl.col(KEY).is_in(keys.to_list())).select(KEY, label.alias("label")).collect().iter_rows())
