"""`reconcile sandbox` and `reconcile demo`: two systems on this machine that disagree, and the whole way to where they agree."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import typer

from reconcile import approve, wiring
from reconcile.cli import show
from reconcile.cli.reporting import show_dashboard
from reconcile.cli.running import summary
from reconcile.results import ActionKind, ActionState, RunResult
from reconcile.sandbox.score import Score, score

Folder = Annotated[Path | None, typer.Option("--dir", help="Folder to use; a new temporary one if not given.")]
Seed = Annotated[int, typer.Option("--seed", help="Another seed makes other data and other damage.")]
_SEED = 7
_PEOPLE = ("walkthrough anna", "walkthrough bert")
"""Who approves in the walkthrough: a merge needs two."""


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(sandbox)
    app.command()(demo)


def sandbox(
    folder: Folder = None,
    *,
    seed: Seed = _SEED,
    crm_port: Annotated[int, typer.Option("--crm-port", help="Port of the CRM; 0 takes a free one.")] = 8101,
    erp_port: Annotated[int, typer.Option("--erp-port", help="Port of the ERP; 0 takes a free one.")] = 8102,
) -> None:
    """Run a Salesforce-like CRM and an S/4-like ERP on this machine, with data that disagrees, until Ctrl-C."""
    from reconcile.sandbox.servers import Sandbox  # noqa: PLC0415 - a server that other commands do not need

    place = folder or Path(tempfile.mkdtemp(prefix="reconcile-sandbox-"))
    with Sandbox(place / "systems", seed=seed, crm_port=crm_port, erp_port=erp_port) as running:
        config = write_project(place, running.environment)
        show.say(f"CRM (Salesforce REST): {running.crm_url}\nERP (OData V4): {running.erp_url}\nProject: {config}")
        show.say(f"In another terminal: reconcile run --config {config}\nCtrl-C stops both systems.")
        with _until_stopped():
            threading.Event().wait()


class _until_stopped:  # noqa: N801 - reads as what it does
    def __enter__(self) -> None:
        """Wait inside."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        """Ctrl-C is how a sandbox ends: no complaint."""
        return kind is not None and issubclass(kind, KeyboardInterrupt)


def write_project(place: Path, environment: Mapping[str, str], language: Literal["en", "zh"] = "en") -> Path:
    """The demo's commented configuration in `place`, with the sandbox's addresses as defaults of its variables."""
    text = resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text(encoding="utf-8")
    for name, value in environment.items():
        text = text.replace(f"${{{name}}}", f"${{{name}:-{value}}}")
    text = text.replace("language: en ", f"language: {language} ", 1)
    place.mkdir(parents=True, exist_ok=True)
    config = place / "reconcile.yaml"
    config.write_text(text, encoding="utf-8")
    return config


@dataclass(frozen=True)
class _Walk:
    """What the walkthrough did."""

    approved: int
    pushed: int
    verified: int
    after: RunResult


def demo(
    folder: Folder = None,
    *,
    dashboard: Annotated[bool, typer.Option("--dashboard/--no-dashboard", help="Open the dashboard at the end.")] = True,
    walkthrough: Annotated[
        bool, typer.Option("--walkthrough", help="Approve and push everything that is safe, then run again.")
    ] = False,
    seed: Seed = _SEED,
    port: Annotated[int, typer.Option("--port", help="Port of the dashboard.")] = 8501,
    language: Annotated[Literal["en", "zh"], typer.Option("--language", help="Language of the demo's project.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object on the last line.")] = False,
) -> None:
    """Two systems that disagree, a first run, its report, and the dashboard: the product in a minute."""
    from reconcile.sandbox.servers import Sandbox  # noqa: PLC0415 - as above

    begun = time.monotonic()
    place = folder or Path(tempfile.mkdtemp(prefix="reconcile-demo-"))
    progress = show.BarProgress(quiet=as_json)
    with progress.showing(), progress.step("sandbox"):
        running = Sandbox(place / "systems", seed=seed)
    with running:
        config = write_project(place, running.environment, language)
        project = wiring.open_project(config, os.environ)
        try:
            with progress.showing():
                result = wiring.run(project, progress)
                reports = [wiring.write_report(project, result.run_id, language) for language in ("en", "zh")]
            seconds = time.monotonic() - begun
            planted = pl.read_parquet(place / "systems" / "planted.parquet")
            judged = score(planted, result.breaks)
            if not as_json:
                summary(wiring.view(project, result.run_id))
                _show_first(judged, reports, seconds)
            walk = _walk(project, progress) if walkthrough else None
            if walk and not as_json:
                _show_walk(result, walk)
        finally:
            project.close()
        if dashboard and not as_json:
            _open_dashboard(config, port)
    if as_json:
        show.say(json.dumps(_figures(judged, seconds, walk, planted)))


def _figures(judged: Score, seconds: float, walk: _Walk | None, planted: pl.DataFrame) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "planted": judged.planted,
        "found": judged.found,
        "false": judged.false,
        "seconds": round(seconds, 1),
    }
    if walk:
        left = score(planted.filter(pl.col("pushable")), walk.after.breaks)
        figures |= {"pushed": walk.pushed, "verified": walk.verified, "left": left.found, "open_after": walk.after.breaks.height}
    return figures


def _walk(project: wiring.Project, progress: show.BarProgress) -> _Walk:
    """Approve everything but what needs a person, push it, and run again."""
    proposed = project.ledger.actions([ActionState.PROPOSED])
    safe = [action.id for action in proposed if action.kind is not ActionKind.REVIEW and action.part_of is None]
    comment = "Approved by `reconcile demo --walkthrough`."
    approved = sum(approve.approve(project.ledger, project.config, safe, by=who, comment=comment).changed for who in _PEOPLE)
    with progress.showing():
        pushed = wiring.push(project, None, dry_run=False, by=_PEOPLE[0], progress=progress)
        after = wiring.run(project, progress)
        wiring.write_report(project, after.run_id)
    return _Walk(approved, pushed.planned, pushed.verified, after)


def _show_first(judged: Score, reports: list[Path], seconds: float) -> None:
    show.say(
        f"\nPlanted {judged.planted:,} defects; found {judged.found:,}; {judged.false:,} breaks that nobody planted. "
        f"{seconds:.1f} s from start to report.\nReports: {', '.join(str(report) for report in reports)}"
    )


def _show_walk(before: RunResult, walk: _Walk) -> None:
    show.say(f"\nApproved {walk.approved:,}, pushed {walk.pushed:,}, verified {walk.verified:,}. Then run again:\n")
    kinds = ("kind", "before", "after")
    then, now = (run.breaks.group_by("kind").len() for run in (before, walk.after))
    joined = then.join(now, on="kind", how="full", coalesce=True, suffix="_after").fill_null(0).sort("kind")
    show.table("Breaks", kinds, joined.iter_rows(), numbers=kinds[1:])


def _open_dashboard(config: Path, port: int) -> None:
    show.say(f"\nDashboard: http://127.0.0.1:{port} (Ctrl-C ends it and both systems)")
    show_dashboard(config, port, headless=False)
