"""The suites of a project in a process of their own, which has Great Expectations loaded by the time they are asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

import polars as pl

from expectations.child import Child
from expectations.port import Suites
from reconcile.checks import Tables
from reconcile.records import Scope
from reconcile.results import CheckResult


@dataclass
class Apart:
    """The `Check` port, answered by a child process; by this process if the child is lost. Close it, or use `with`."""

    suites: Suites
    child: Child = field(default_factory=Child)

    def __call__(
        self, entity: str, system: Scope, frame: pl.DataFrame | pl.LazyFrame, tables: Tables | None = None
    ) -> CheckResult:
        """Run every suite that applies."""
        suites = tuple(suite for suite in self.suites.by_entity.get(entity, ()) if suite.holds_for(system))
        if not suites:
            return self.suites(entity, system, frame, tables)
        return self.child.run(answered, replace(self.suites, by_entity={entity: suites}), entity, system, frame, tables)

    def close(self) -> None:
        """End the child, whatever it does."""
        self.child.close()

    def __enter__(self) -> Self:
        """Nothing more to start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the child."""
        self.close()


def answered(
    suites: Suites, entity: str, system: Scope, frame: pl.DataFrame | pl.LazyFrame, tables: Tables | None = None
) -> CheckResult:
    """What the suites say; run by the child."""
    return suites(entity, system, frame, tables)
