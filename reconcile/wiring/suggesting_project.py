"""Suites proposed for each entity and side of a project, from its newest records, without what its suites ask already."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import polars as pl

import expectations
from expectations.suggest import MOST, Both, Suggestion, most_telling, references_of_model, suggest, table_of_entity
from reconcile import pipeline
from reconcile.config.models import kinds_of
from reconcile.errors import UnknownEntity
from reconcile.progress import Progress
from reconcile.records import KEY, Role
from reconcile.wiring.project import Project
from reconcile.wiring.records import Newest, newest
from reconcile.wiring.suggesting import Proposed, places_of


@dataclass(frozen=True)
class AskedOfProject:
    """What suggestions for a project were asked for."""

    entity: str | None = None
    system: Role | None = None
    """Only this side."""
    out: Path | None = None
    most: int = MOST
    """Rules of one suite."""
    fresh: bool = False
    """Pull the records now, although there is a run."""
    force: bool = False
    """Replace suites that are there."""


def suggest_for_project(project: Project, asked: AskedOfProject, progress: Progress) -> list[Proposed]:
    """A suite for each entity and each side that keeps it, called as both are, such as customers.crm.yaml.

    Raises:
        ConfigError kinds: an entity, a suite of the project or the place of the result is wrong.
        RetryLater kinds: a system can't be reached, where there is no run yet or the records are to be fresh.
        StoreUnwritable: the store can't be written.
    """
    if asked.entity is not None and asked.entity not in project.config.entities:
        raise UnknownEntity(asked.entity, tuple(project.config.entities))
    todo = _todo(project, asked)
    places = places_of(asked.out, [f"{name}.{role}.yaml" for name, role in todo], force=asked.force)
    suites = expectations.Suites.of(project.config, project.folder)
    records = newest(project, progress, fresh=asked.fresh)
    found = []
    with progress.step("suggest", len(todo)) as step:
        for (name, role), place in zip(todo, places, strict=True):
            in_use = [one for one in suites.by_entity.get(name, ()) if place is None or one.name != place.stem]
            suggestion = _suggested(project, records, in_use, name, role)
            found.append(_proposed(project, most_telling(suggestion, asked.most), records.run_id, name, role, place))
            step.advance()
    return found


def as_checks(project: Project, proposed: Sequence[Proposed]) -> dict[str, list[str]]:
    """What `checks` of the configuration would say to use the suites as they are: by entity, those in use and the new ones."""
    packaged = list(expectations.packaged_suites())
    told: dict[str, list[str]] = {}
    for one in proposed:
        name = one.suggestion.entity
        if one.out is not None:
            in_use = project.config.checks.get(name, [n for n in packaged if n.removesuffix(expectations.PAIRS) == name])
            told.setdefault(name, list(in_use)).append(_from(project.folder, one.out))
    return {name: list(dict.fromkeys(suites)) for name, suites in told.items()}


def _todo(project: Project, asked: AskedOfProject) -> list[tuple[str, Role]]:
    """Which entities of which side are looked at, parents first."""
    entities = pipeline.in_order(project.config)
    sides = [role for role in Role if asked.system in (None, role)]
    return [(n, role) for n, one in entities.items() if asked.entity in (None, n) for role in sides if one.kept_by(role)]


def _suggested(project: Project, found: Newest, suites: Sequence[expectations.Suite], name: str, role: Role) -> Suggestion:
    entity = project.config.entities[name]
    table = table_of_entity(found.records[role][name].collect(), name, kinds_of(name, entity), dt.datetime.now(dt.UTC))
    in_use = [rule for suite in suites for rule in suite.rules if role in suite.systems_of(rule)]
    return suggest(table, references_of_model(table, _parents(project, found, name, role), role), role, in_use)


def _parents(project: Project, found: Newest, name: str, role: Role) -> Mapping[str, tuple[str, Callable[[], pl.Series]]]:
    """By field what it refers to on this side, and the keys there."""
    entities = project.config.entities
    refers = pipeline.references_of(name, entities[name])

    def keys(parent: str) -> Callable[[], pl.Series]:
        return lambda: found.records[role][parent].select(KEY).collect().to_series()

    return {field: (to, keys(to)) for field, to in refers.items() if to in entities and entities[to].kept_by(role)}


def _proposed(
    project: Project, suggestion: Suggestion, run_id: str | None, name: str, role: Role, place: Path | None
) -> Proposed:
    """With where the records are from, and how to try it."""
    title = project.config.title(role)
    seen = (
        Both(f"Records of run {run_id}.", f"运行 {run_id} 的记录。")
        if run_id
        else Both("Records pulled now.", "当前读取的记录。")
    )
    told = dataclasses.replace(suggestion, seen=suggestion.seen.joined(seen))
    if place is None or not suggestion.rules:
        return Proposed(told, f"{name} ({title})", None)
    where = "" if str(project.config_file) == "reconcile.yaml" else f" --config {quote(str(project.config_file))}"
    check = f"reconcile check --suite {quote(str(place))}{where}"
    return Proposed(told, f"{name} ({title})", place, check)


def _from(folder: Path, file: Path) -> str:
    """The file as a configuration in `folder` names it."""
    place, start = file.resolve(), folder.resolve()
    return Path(os.path.relpath(place, start)).as_posix() if place.is_relative_to(start) else str(place)
