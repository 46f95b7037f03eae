"""The suites of a project behind the `Check` port: which files hold for which entity, loaded once, run per side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from expectations.load import PAIRS, line_of, load_suite, packaged_suites
from expectations.run import run_suites
from expectations.suite import Suite
from expectations.values import Codes
from reconcile.checks import Tables
from reconcile.config.models import Entity, ProjectConfig
from reconcile.config.wording import quoted
from reconcile.errors import FileMissing, InvalidConfig, Problem
from reconcile.records import PAIR, RAW, Role, Scope
from reconcile.results import CheckResult


@dataclass(frozen=True)
class Suites:
    """The suites of a project; called as `Check`."""

    by_entity: Mapping[str, tuple[Suite, ...]]
    codes: Mapping[Role, Codes] = field(default_factory=dict)
    """For `$codes`."""
    named: frozenset[str] = frozenset()
    """Entities whose suites the project names itself."""
    now: dt.datetime | None = None
    """When the records were read, which is what `$now` and `$today` mean; the present if not given."""

    @classmethod
    def of(cls, config: ProjectConfig, folder: Path) -> Suites:
        """The suites of a project with the codes of its code maps; `folder` is where its configuration file is.

        Raises: as `load`.
        """
        codes = {role: {name: _codes(entity, role) for name, entity in config.entities.items()} for role in Role}
        return cls.load(config.checks, folder, codes=codes)

    @classmethod
    def load(cls, checks: Mapping[str, tuple[str, ...]], folder: Path, *, codes: Mapping[Role, Codes] | None = None) -> Suites:
        """The files that `checks` names per entity; for any other entity the suite that comes with the product, if there is one.

        A name is a file of `folder`, or a suite that comes with the product.

        Raises:
            FileMissing: a file is not there.
            FileUnreadable: a file may not be read.
            InvalidConfig: everything wrong with a file, also rules that bear the name of one in a file before; the first file
                with a problem.
        """
        packaged = packaged_suites()
        by_entity: dict[str, tuple[Suite, ...]] = {}
        for name, path in packaged.items():
            entity = name.removesuffix(PAIRS)
            if entity not in checks:
                by_entity[entity] = (*by_entity.get(entity, ()), load_suite(path))
        for entity, names in checks.items():
            files = dict.fromkeys(_file(name, entity, folder, packaged) for name in names)
            own = {file: _about(entity, file) for file in files}
            _told_apart(own)
            by_entity[entity] = tuple(own.values())
        return cls(by_entity, codes or {}, frozenset(checks))

    def __call__(
        self, entity: str, system: Scope, frame: pl.DataFrame | pl.LazyFrame, tables: Tables | None = None
    ) -> CheckResult:
        """Run every suite that applies to one normalised frame, or to the linked pairs of an entity."""
        suites = [suite for suite in self.by_entity.get(entity, ()) if suite.holds_for(system)]
        codes = None if system == PAIR else self.codes.get(Role(system))
        named = entity in self.named
        return run_suites(suites, entity, system, frame, tables=tables, codes=codes, now=self.now, asked_for=named)

    def owners(self) -> pl.DataFrame:
        """Who mends what: suite, entity, rule, owner (String), a row for each rule."""
        rows = [
            (suite.name, suite.entity, rule.name, suite.owner_of(rule))
            for suites in self.by_entity.values()
            for suite in suites
            for rule in suite.rules
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(("suite", "entity", "rule", "owner"), pl.String), orient="row")


def check_records(
    suite: Suite, role: Scope | None, frame: pl.DataFrame | pl.LazyFrame, tables: Mapping[str, pl.DataFrame] | None = None
) -> CheckResult:
    """One suite on records with `_key`, of no project, with `tables` to look into: rules of `role`, of either side if None."""
    return run_suites([suite], suite.entity, role, frame, tables={name: table.lazy() for name, table in (tables or {}).items()})


def _codes(entity: Entity, role: Role) -> dict[str, tuple[str, ...]]:
    """Allowed codes per column: canonical ones, and this side's own words for the evidence column."""
    out = {}
    for name, spec in entity.fields.items():
        if spec.values:
            out[name] = tuple(dict.fromkeys(spec.values.values()))
            out[RAW + name] = tuple(spec.values) if role is Role.CRM else out[name]
    return out


def _file(name: str, entity: str, folder: Path, packaged: Mapping[str, Path]) -> Path:
    own = [path for path in (folder / name, folder / f"{name}.yaml") if path.is_file()]
    path = own[0] if own else packaged.get(name.removesuffix(".yaml"))
    if path is None:
        raise FileMissing(folder / name, named_by=f"checks.{entity}")
    return path


def _about(entity: str, file: Path) -> Suite:
    suite = load_suite(file)
    if suite.entity != entity:
        text = f"the suite is about {suite.entity}, but the project names it under checks.{entity}."
        raise InvalidConfig(file, [Problem("entity", text)])
    return suite


def _told_apart(suites: Mapping[Path, Suite]) -> None:
    """Raise InvalidConfig if two rules for one side bear one name: findings, breaks and decisions know a rule by it."""
    first: dict[tuple[str, str], Path] = {}
    for file, suite in suites.items():
        problems = []
        for at, rule in enumerate(suite.rules):
            named = [(side, rule.name) for side in suite.systems_of(rule)]
            before = next((first[one] for one in named if one in first), None)
            first |= dict.fromkeys(named, file)
            if before:
                text = f"{quoted(rule.name)} is the name of a rule in {before} too, for the same side. Give it another name."
                problems.append(Problem(f"rules.{at + 1}.name", text, line_of(file, ("rules", at, "name"))))
        if problems:
            raise InvalidConfig(file, problems)
