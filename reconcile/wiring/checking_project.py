"""What expectation suites say of the records of a project: those of its latest run, or pulled now. Only the store is written."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import polars as pl

import expectations
from expectations import Suite, Suites
from reconcile import pipeline
from reconcile.errors import InvalidConfig, Problem, UnknownEntity
from reconcile.progress import Progress
from reconcile.records import PAIR, Role, Scope
from reconcile.results import CheckResult
from reconcile.side_tables import Records, linked, side_tables
from reconcile.wiring.checking import Checked, asked_of, check_places, gathered, keep, narrowed, rules_for, suite_named, timed
from reconcile.wiring.project import Project
from reconcile.wiring.records import newest
from reconcile.wiring.stages import Stages


@dataclass(frozen=True)
class AskedOfProject:
    """What a check of a project was asked for."""

    suite: str | None = None
    """Instead of those that the project has for its entity."""
    entity: str | None = None
    system: Scope | None = None
    """Only rules for this side, or for pairs."""
    rules: Sequence[str] = ()
    out: Path | None = None
    docs: Path | None = None
    fresh: bool = False
    """Pull the records now, although there is a run."""
    language: Literal["en", "zh"] = "en"
    """Of the pages."""


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
    found = newest(project, progress, fresh=asked.fresh)
    suites, records, links, run_id = replace(suites, now=found.at), found.records, found.links, found.run_id
    with progress.step("load Great Expectations"):
        child.wait()
    history = project.ledger.quality.history().filter(pl.col("run_id").ne_missing(pl.lit(run_id))).lazy()
    tables = {system: side_tables(system, records, links, history, found.columns.lazy()) for system in (*Role, PAIR)}
    todo = _todo(project, suites, asked.system)
    results: list[tuple[str, str | None, CheckResult]] = []
    pages, many = [], 0
    rules = sum(rules_for(suites.by_entity[name], system) for name, system in todo)
    with Stages(progress, rules) as stages, child.heard_by(stages):
        for name, system in todo:
            frame = _frame(name, system, records, links)
            one = replace(suites, by_entity={name: suites.by_entity[name]})
            result, told = asked_of(child, asked.docs, expectations.answered, one, name, system, frame, tables[system])
            results.append((name, system, result))
            title = project.config.title(Role(system)) if system != PAIR else PAIR
            pages.append(expectations.Page(name, f"{name} ({title})", tuple(told)))
            many += int(frame.select(pl.len()).collect().item())
    checked = gathered(results, [suite for kept in suites.by_entity.values() for suite in kept], many)
    keep(checked.findings, pages, asked.out, asked.docs, child.run, progress, asked.language)
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


def _todo(project: Project, suites: Suites, only: Scope | None) -> list[tuple[str, Scope]]:
    """Which sides and pairs of which entities there are rules for."""
    out: list[tuple[str, Scope]] = []
    for name, own in suites.by_entity.items():
        entity = project.config.entities[name]
        sides: list[Scope] = [role for role in Role if entity.kept_by(role)]
        systems = [*sides, PAIR] if len(sides) == len(Role) else sides
        out += [(name, system) for system in systems if only in (None, system) and any(suite.holds_for(system) for suite in own)]
    return out


def _frame(name: str, system: Scope, records: Records, links: pl.LazyFrame) -> pl.LazyFrame:
    """The records of one side, or the linked ones of both side by side."""
    if system != PAIR:
        return records[Role(system)][name]
    return linked(records[Role.CRM][name], records[Role.ERP][name], links.filter(pl.col("entity") == name))
