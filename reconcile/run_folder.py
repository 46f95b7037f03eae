"""Where a run's results lie: `runs/<run id>/` with one Parquet file per frame and a summary; readers page from these files."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import TypeVar

import polars as pl

from reconcile.causes import CAUSE_BREAKS, CAUSES
from reconcile.errors import StoreUnwritable, UnknownRun
from reconcile.records import Role
from reconcile.results import CHECKS, FINDINGS, LIVED, RunResult

FRAMES = ("counts", "links", "candidates", "breaks", "findings", "checks", "gone", "conservation", "residuals")
_SUMMARY = "summary.json"
_GROWN = {"breaks": LIVED, "findings": FINDINGS, "checks": CHECKS}
"""Frames that hold more than they once did: what an earlier version of the program has not kept is null."""
AnyFrame = TypeVar("AnyFrame", pl.DataFrame, pl.LazyFrame)


def run_path(store: Path, run_id: str) -> Path:
    """The folder of one run."""
    return store / "runs" / run_id


def snapshots_path(store: Path, run_id: str) -> Path:
    """The folder of one run's snapshots: `<system>/<entity>.parquet`."""
    return store / "snapshots" / run_id


def records_path(store: Path, run_id: str, entity: str, role: Role) -> Path:
    """The canonical records of one entity of one side, as the run compared them: what a person sees side by side."""
    return run_path(store, run_id) / "records" / f"{entity}.{role}.parquet"


def model_path(store: Path, run_id: str, entity: str) -> Path:
    """What matching learned of one entity: by it a pair can be explained later."""
    return run_path(store, run_id) / "models" / f"{entity}.json"


def memory_path(store: Path, run_id: str, entity: str) -> Path:
    """The folder with what a run that has matched all records of an entity leaves for the next ones."""
    return run_path(store, run_id) / "memory" / entity


def last_memory(store: Path, entity: str) -> Path | None:
    """The latest memory of a run that came to its end."""
    paths = (memory_path(store, run_id, entity) for run_id in reversed(finished_runs(store)))
    return next((path for path in paths if path.is_dir()), None)


def forget_older(store: Path, run_id: str, entity: str) -> None:
    """Remove the memories that a newer one takes the place of; one that can't be removed stays."""
    if memory_path(store, run_id, entity).is_dir():
        for known in finished_runs(store):
            if known != run_id:
                shutil.rmtree(memory_path(store, known, entity), ignore_errors=True)


def changes_path(store: Path, run_id: str) -> Path:
    """What became of the links since the run before: entity, and the columns of `match.changes`."""
    return run_path(store, run_id) / "link_changes.parquet"


def causes_path(store: Path, run_id: str) -> Path:
    """The causes of a run's differences."""
    return run_path(store, run_id) / "causes.parquet"


def cause_members_path(store: Path, run_id: str) -> Path:
    """Which break is explained by which cause: columns fingerprint and cause."""
    return run_path(store, run_id) / "cause_members.parquet"


def save_causes(store: Path, run_id: str, causes: pl.DataFrame, members: pl.DataFrame) -> None:
    """Write the causes and the breaks that they explain (CAUSES, CAUSE_BREAKS). Raises StoreUnwritable."""
    place = causes_path(store, run_id).parent
    try:
        place.mkdir(parents=True, exist_ok=True)
        causes.write_parquet(causes_path(store, run_id))
        members.write_parquet(cause_members_path(store, run_id))
    except OSError as error:
        raise StoreUnwritable(place, error.strerror or str(error)) from error


def load_causes(store: Path, run_id: str) -> pl.DataFrame:
    """CAUSES of a run, the one that explains most first; none of a run from before causes were looked for."""
    file = causes_path(store, run_id)
    return pl.read_parquet(file) if file.exists() else CAUSES.to_frame()


def last_links(store: Path) -> pl.DataFrame | None:
    """The links of the last run that came to its end; None if there was none."""
    runs = finished_runs(store)
    return pl.read_parquet(run_path(store, runs[-1]) / "links.parquet") if runs else None


def save_changes(store: Path, run_id: str, changes: pl.DataFrame) -> None:
    """Write what became of the links. Raises StoreUnwritable."""
    place = changes_path(store, run_id)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        changes.write_parquet(place)
    except OSError as error:
        raise StoreUnwritable(place.parent, error.strerror or str(error)) from error


def save(store: Path, result: RunResult) -> None:
    """Write everything a run found; the summary comes last, so that a run that has one is whole. Raises StoreUnwritable."""
    place = run_path(store, result.run_id)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for name in FRAMES:
            getattr(result, name).write_parquet(place / f"{name}.parquet")
        summary = {
            "run_id": result.run_id,
            "project": result.project,
            "crm_title": result.crm_title,
            "erp_title": result.erp_title,
            "started_at": result.started_at.isoformat(),
            "finished_at": result.finished_at.isoformat(),
            "fixed": result.fixed,
            "actions": result.actions,
            "notes": list(result.notes),
        }
        partial = place / "summary.partial"
        partial.write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        partial.rename(place / _SUMMARY)
    except OSError as error:
        raise StoreUnwritable(place, error.strerror or str(error)) from error


def save_records(store: Path, run_id: str, entity: str, role: Role, frame: pl.DataFrame) -> None:
    """Write one side's canonical records of one entity. Raises StoreUnwritable."""
    target = records_path(store, run_id, entity, role)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(target, compression="zstd", compression_level=1)
    except OSError as error:
        raise StoreUnwritable(target.parent, error.strerror or str(error)) from error


def doubts_path(store: Path, run_id: str, entity: str) -> Path:
    """The few pairs of one entity that a report explains."""
    return run_path(store, run_id) / "models" / f"{entity}.doubts.json"


def save_model(store: Path, run_id: str, entity: str, model: bytes, doubts: bytes) -> None:
    """Keep what matching learned of one entity, and what a report explains. Raises StoreUnwritable."""
    target = model_path(store, run_id, entity)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(model)
        doubts_path(store, run_id, entity).write_bytes(doubts)
    except OSError as error:
        raise StoreUnwritable(target.parent, error.strerror or str(error)) from error


def load(store: Path, run_id: str) -> RunResult:
    """Everything a run found. Raises UnknownRun if there is no such run, or if it did not come to its end."""
    place = run_path(store, run_id)
    if not (place / _SUMMARY).exists():
        raise UnknownRun(run_id)
    summary = json.loads((place / _SUMMARY).read_text(encoding="utf-8"))
    times = {name: dt.datetime.fromisoformat(summary.pop(name)) for name in ("started_at", "finished_at")}
    frames = {name: pl.read_parquet(file) for name in FRAMES if (file := place / f"{name}.parquet").exists()}
    for name, schema in _GROWN.items():
        frames[name] = _filled(frames[name], schema)
    return RunResult(**{**summary, **times, **frames, "notes": tuple(summary["notes"])})


def started_at(store: Path, run_id: str) -> dt.datetime:
    """When a run that came to its end began to read, in UTC."""
    summary = json.loads((run_path(store, run_id) / _SUMMARY).read_text(encoding="utf-8"))
    return dt.datetime.fromisoformat(summary["started_at"])


def with_life(breaks: AnyFrame) -> AnyFrame:
    """Breaks of any run as LIVED: an earlier version of the program has kept less of them."""
    return _filled(breaks, LIVED)


def with_counterpart(findings: AnyFrame) -> AnyFrame:
    """Findings of any run as FINDINGS: an earlier version of the program knew nothing of pairs."""
    return _filled(findings, FINDINGS)


def _filled(frame: AnyFrame, schema: pl.Schema) -> AnyFrame:
    there = frame.collect_schema().names()
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in there]
    return frame.with_columns(missing).select(schema.names())


def cause_members(store: Path, run_id: str) -> pl.DataFrame:
    """Which break is explained by which cause of a run (CAUSE_BREAKS); no row where the run has kept none."""
    place = cause_members_path(store, run_id)
    return pl.read_parquet(place, columns=CAUSE_BREAKS.names()) if place.exists() else CAUSE_BREAKS.to_frame()


def finished_runs(store: Path) -> list[str]:
    """Ids of the runs that came to their end, the latest last."""
    return sorted(path.parent.name for path in store.glob(f"runs/*/{_SUMMARY}"))
