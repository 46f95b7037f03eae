"""One entity of one system, cleaned, with the page that says whether it is ready to move."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from reconcile import pipeline, snapshot
from reconcile.cleanse import ReadinessView, readiness, rules_for, write_cleaned, write_rejects
from reconcile.cleanse import cleanse as clean
from reconcile.config.models import Entity, Language
from reconcile.errors import UnknownEntity
from reconcile.match.dedupe import dedupe
from reconcile.normalise import normalise
from reconcile.progress import Progress
from reconcile.records import Role
from reconcile.wiring.project import Project, connected


@dataclass(frozen=True)
class CleansedFiles:
    """What a cleansing wrote."""

    view: ReadinessView
    cleaned: tuple[Path, ...]
    rejects: Path
    page: Path


def cleanse(
    project: Project,
    entity_name: str,
    role: Role,
    *,
    out: Path,
    as_format: Literal["csv", "xlsx", "parquet"],
    language: Language | None,
    progress: Progress,
) -> CleansedFiles:
    """Read one entity of one system, clean it, and write the cleaned file, the rejects and the readiness page into `out`."""
    entity = _entity(project, entity_name, role)
    system = project.config.system(role)
    spoken = language or project.config.language
    name = project.config.system_name(role)
    with connected(project) as connectors:
        needs = pipeline.wanted(project.config, {entity_name: entity}, role)
        pipeline.check_shapes(project.config, {entity_name: entity}, connectors)
        for _, source, fields in needs:
            snapshot.take(connectors[role], name, entity_name, source, fields, project.store / "cleanse", progress)
    with progress.step("cleanse"):
        raw = snapshot.load(project.store / "cleanse", name, entity_name)
        normalised = normalise(raw, entity_name, entity, role, system)
        rules = rules_for(entity_name, entity, role)

        def similar(frame: pl.DataFrame) -> pl.DataFrame:
            return dedupe(frame, entity_name, entity, project.config.limits.candidate_pairs)

        cleansed = clean(normalised, rules, raw=raw, similar=similar, language=spoken)
        shown = readiness(
            cleansed, project=project.config.project, system=project.config.title(role), made_at=dt.datetime.now(dt.UTC)
        )
    with progress.step("write"):
        from reports.readiness import render_readiness  # noqa: PLC0415 - charts take a second to import, which a run need not pay

        page = out / f"{entity_name}_{role}_readiness.{spoken}.html"
        cleaned, rejects = write_cleaned(cleansed, out, as_format), write_rejects(cleansed, out)
        page.write_text(render_readiness(shown, spoken), encoding="utf-8")
    return CleansedFiles(shown, tuple(cleaned), rejects, page)


def _entity(project: Project, name: str, role: Role) -> Entity:
    """One that the side keeps."""
    there = tuple(known for known, entity in project.config.entities.items() if entity.kept_by(role))
    if name not in there:
        raise UnknownEntity(name, there)
    return project.config.entities[name]
