"""What expectation suites say of the records of a project: those of its latest run, or pulled now. Only the store is written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

import expectations
from expectations import Suite, Suites
from reconcile import pipeline, run_folder, snapshot
from reconcile.config.models import Entity
from reconcile.errors import InvalidConfig, Problem, UnknownEntity
from reconcile.normalise import normalise
from reconcile.progress import Progress
from reconcile.records import Role
from reconcile.results import CheckResult
from reconcile.wiring.checking import Checked, asked_of, check_places, gathered, keep, narrowed, suite_named, timed
from reconcile.wiring.project import Project, connected


@dataclass(frozen=True)
class AskedOfProject:
    """What a check of a project was asked for."""

    suite: str | None = None
    """Instead of those that the project has for its entity."""
    entity: str | None = None
    role: Role | None = None
    rules: Sequence[str] = ()
    out: Path | None = None
    docs: Path | None = None
    fresh: bool = False
    """Pull the records now, although there is a run."""


def check_project(project: Project, asked: AskedOfProject, child: expectations.Child, progress: Progress) -> Checked:
    """Every suite of the project on the records of its latest run; on records that are pulled now if there is none.

    Raises:
        ConfigError kinds: a suite, entity, rule or place of the result is wrong, or a system lacks what the mapping names.
        RetryLater kinds: a system can't be reached.
        StoreUnwritable: the store, the findings or the pages can't be written.
    """
    begun = time.perf_counter()
    check_places(asked.out, asked.docs)
    suites = _suites(project, asked)
    finished = run_folder.finished_runs(project.store)
    run_id = None if asked.fresh or not finished else finished[-1]
    if run_id is None:
        _pull(project, list(suites.by_entity), asked.role, progress)
    with progress.step("load Great Expectations"):
        child.wait()
    results: list[tuple[str, str | None, CheckResult]] = []
    pages, records = [], 0
    sides = _sides(project, list(suites.by_entity), asked.role)
    with progress.step("check", len(sides)) as step:
        for name, entity, role in sides:
            frame = _frame(project, suites.by_entity[name], name, entity, role, run_id)
            one = replace(suites, by_entity={name: suites.by_entity[name]})
            result, told = asked_of(child, asked.docs, expectations.answered, one, name, role, frame)
            results.append((name, role.value, result))
            pages.append(expectations.Page(name, f"{name} ({project.config.title(role)})", tuple(told)))
            records += frame.height
            step.advance()
    checked = gathered(results, [suite for kept in suites.by_entity.values() for suite in kept], records)
    keep(checked.findings, pages, asked.out, asked.docs, child.run, progress)
    return timed(checked, begun, run_id)


def _suites(project: Project, asked: AskedOfProject) -> Suites:
    """The suites of the entities that are looked at, with the rules that are asked for. Raises UnknownEntity, NoSuchRule."""
    suites = Suites.of(project.config, project.folder)
    entities = [name for name in pipeline.in_order(project.config) if suites.by_entity.get(name)]
    if asked.entity is not None and asked.entity not in project.config.entities:
        raise UnknownEntity(asked.entity, tuple(project.config.entities))
    by_entity: dict[str, tuple[Suite, ...]] = {name: suites.by_entity[name] for name in entities}
    named = suites.named
    if asked.suite is not None:
        given = suite_named(asked.suite)
        if given.entity not in project.config.entities or asked.entity not in (None, given.entity):
            text = f"the suite is about {given.entity}, and {asked.entity or 'no entity of the project'} is to be checked."
            raise InvalidConfig(Path(asked.suite), [Problem("entity", text)])
        by_entity, named = {given.entity: (given,)}, named | {given.entity}
    kept = {name: own for name, own in by_entity.items() if asked.entity in (None, name)}
    left = narrowed([suite for own in kept.values() for suite in own], asked.rules)
    chosen = {name: tuple(suite for suite in left if suite.entity == name) for name in kept}
    return replace(suites, by_entity={name: own for name, own in chosen.items() if own}, named=frozenset(named))


def _sides(project: Project, names: Sequence[str], only: Role | None) -> list[tuple[str, Entity, Role]]:
    entities = project.config.entities
    kept = ((name, entities[name], role) for name in names for role in Role if entities[name].kept_by(role))
    return [(name, entity, role) for name, entity, role in kept if only in (None, role)]


def _frame(project: Project, suites: Sequence[Suite], name: str, entity: Entity, role: Role, run_id: str | None) -> pl.DataFrame:
    """The canonical records of one side: the columns that the rules name."""
    if run_id is not None:
        place = run_folder.records_path(project.store, run_id, name, role)
        if place.exists():
            lazy = pl.scan_parquet(place)
            return lazy.select(expectations.columns_asked(suites, lazy.collect_schema().names())).collect()
        return pl.DataFrame(schema={"_key": pl.String})
    raw = snapshot.load(_pulled(project), project.config.system_name(role), name)
    return normalise(raw, name, entity, role, project.config.system(role)).frame


def _pulled(project: Project) -> Path:
    return project.store / "checks"


def _pull(project: Project, names: Sequence[str], only: Role | None, progress: Progress) -> None:
    """Read what is to be checked from the systems into the store."""
    entities = {name: project.config.entities[name] for name in names}
    with connected(project) as connectors:
        for role in _roles(only):
            kept = {name: entity for name, entity in entities.items() if entity.kept_by(role)}
            wanted = pipeline.wanted(project.config, kept, role)
            pipeline.check_shapes(project.config, kept, connectors)
            for entity, source, fields in wanted:
                system = project.config.system_name(role)
                snapshot.take(connectors[role], system, entity, source, fields, _pulled(project), progress)


def _roles(only: Role | None) -> Iterator[Role]:
    yield from (role for role in Role if only in (None, role))
