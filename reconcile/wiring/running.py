"""What speaks to the systems on its own account: a run, a push, and a look at what they would need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import expectations
from reconcile import automatic, pipeline
from reconcile import push as push_gate
from reconcile.access import Person
from reconcile.progress import Progress
from reconcile.results import RunResult
from reconcile.wiring.project import Project, connected
from reconcile.wiring.who import allowed, lapse
from reports.view import summary_of


def run(project: Project, progress: Progress, by: Person | str | None = None) -> RunResult:
    """One run, noted in the ledger from its beginning to its end, however it ends. Raises NotAllowed."""
    who = allowed(project, by, "run").name
    started = dt.datetime.now(dt.UTC)
    run_id = started.strftime("%Y%m%dT%H%M%S%f")[:-3] + "Z"
    suites = replace(expectations.Suites.of(project.config, project.folder), now=started)
    with (
        project.ledger.locked(f"run {run_id} by {who}"),
        connected(project) as connectors,
        expectations.Apart(suites) as check,
    ):
        project.ledger.start_run(run_id, started, who)
        lapse(project)
        try:
            result = pipeline.run(project.config, project.store, connectors, project.ledger, check, progress, run_id)
            approved = automatic.apply(project.ledger, project.config, run_id)
        except BaseException as error:
            state = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
            project.ledger.finish_run(run_id, state, {"error": str(error) or type(error).__name__})
            raise
        summary = {**summary_of(result), **({"approved_by_rules": approved} if approved else {})}
        project.ledger.finish_run(run_id, "finished", summary, result.finished_at)
    return result


def push(
    project: Project,
    ids: Sequence[str] | None,
    *,
    dry_run: bool,
    by: Person | str | None,
    progress: Progress,
    beyond_limits: bool = False,
) -> push_gate.PushResult:
    """Send approved actions (all, or these) to the systems, or only say what would be sent."""
    who = allowed(project, by, "push")
    with connected(project) as connectors:
        return push_gate.push(
            project.ledger,
            connectors,
            project.config,
            ids,
            dry_run,
            by=who,
            progress=progress,
            beyond_limits=beyond_limits,
        )


def check_suites(project: Project) -> None:
    """Read every expectation suite of the project. Raises FileMissing, FileUnreadable, InvalidConfig."""
    expectations.Suites.of(project.config, project.folder)


def check_systems(project: Project) -> None:
    """Ask both systems whether they have what the configuration names. Raises NotInSystem, RetryLater kinds."""
    with connected(project) as connectors:
        pipeline.check_shapes(project.config, pipeline.in_order(project.config), connectors)
