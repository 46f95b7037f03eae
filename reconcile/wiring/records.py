"""The canonical records of a project with its links: those of its latest run, or pulled now. Only the store is written."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from reconcile import pipeline, run_folder, snapshot
from reconcile.errors import StoreUnwritable
from reconcile.normalise import normalise
from reconcile.progress import Progress
from reconcile.records import KEY, Role
from reconcile.side_tables import Records
from reconcile.wiring.project import Project, connected


@dataclass(frozen=True)
class Newest:
    """The newest records that there are."""

    records: Records
    links: pl.LazyFrame
    """entity, crm_key, erp_key (String)."""
    run_id: str | None
    """The run that read them; None of records that were pulled for this."""
    at: dt.datetime
    """When they were read, in UTC."""
    columns: pl.DataFrame
    """COLUMNS: those of the systems' objects in past runs, and the latest in what was read."""


def newest(project: Project, progress: Progress, *, fresh: bool) -> Newest:
    """The records of the latest run, as it compared them; pulled now if there is none, or if they are to be `fresh`.

    Raises:
        NotInSystem: a system lacks what the mapping names.
        RetryLater kinds: a system can't be reached.
        StoreUnwritable: the store can't be written.
    """
    finished = run_folder.finished_runs(project.store)
    run_id = None if fresh or not finished else finished[-1]
    at = run_folder.started_at(project.store, run_id) if run_id else dt.datetime.now(dt.UTC)
    columns = project.ledger.quality.columns()
    if run_id is None:
        columns = pl.concat([columns, _pull(project, progress, at)])
    records, links = _of_run(project, run_id) if run_id else _pulled(project)
    return Newest(records, links, run_id, at, columns)


def _of_run(project: Project, run_id: str) -> tuple[Records, pl.LazyFrame]:
    """The canonical records of a run, as it compared them, and its links (LINKS)."""
    links = pl.scan_parquet(run_folder.run_path(project.store, run_id) / "links.parquet")
    return _scanned(project, run_folder.run_path(project.store, run_id) / "records"), links


def _pull(project: Project, progress: Progress, at: dt.datetime) -> pl.DataFrame:
    """Read both systems into the store, where the records lie until the next time; the columns of their objects (COLUMNS)."""
    place = _place(project)
    entities = pipeline.in_order(project.config)
    with connected(project) as connectors:
        taken = pipeline.take_snapshots(project.config, entities, connectors, place, progress)
    with progress.step("standard forms", len(entities)) as step:
        for name, entity in entities.items():
            for role in Role:
                if entity.kept_by(role):
                    raw = snapshot.load(place, project.config.system_name(role), name)
                    frame = normalise(raw, name, entity, role, project.config.system(role)).frame
                    _write(frame, place / "records" / f"{name}.{role}.parquet")
            step.advance()
    return snapshot.columns(taken, at)


def _pulled(project: Project) -> tuple[Records, pl.LazyFrame]:
    """The records that were pulled, and the links that are remembered."""
    links = project.ledger.crosswalk().select("entity", "crm_key", "erp_key").lazy()
    return _scanned(project, _place(project) / "records"), links


def _place(project: Project) -> Path:
    return project.store / "checks"


def _scanned(project: Project, place: Path) -> Records:
    """What lies in a folder of canonical records; no record where a side does not keep an entity."""
    nothing = pl.LazyFrame(schema={KEY: pl.String})
    files = {(name, role): place / f"{name}.{role}.parquet" for name in project.config.entities for role in Role}
    there = {which: pl.scan_parquet(file) if file.exists() else nothing for which, file in files.items()}
    return {role: {name: there[name, role] for name in project.config.entities} for role in Role}


def _write(frame: pl.DataFrame, place: Path) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(place, compression="zstd", compression_level=1)
    except OSError as error:
        raise StoreUnwritable(place.parent, error.strerror or str(error)) from error
