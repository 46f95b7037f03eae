"""`reconcile run` and `reconcile runs`."""

from __future__ import annotations

import json

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, opened
from reconcile.results import RunResult


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(run)
    app.command()(runs)


def run(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> int:
    """Compare both systems, propose corrections and write the report. Nothing is written to a system."""
    progress = show.BarProgress(quiet=as_json)
    with opened(config) as project:
        with progress.showing():
            result = wiring.run(project, progress)
            with progress.step("report"):
                report = wiring.write_report(project, result.run_id)
        if as_json:
            show.say(wiring.as_json(result))
        else:
            summary(result)
            show.say(f"\nReport: {report}\nNext: `reconcile actions` lists the proposed corrections.")
    return 1 if wiring.open_count(result) else 0


def summary(result: RunResult) -> None:
    """The totals of a run, as a table."""
    counts = result.counts
    columns = (
        "entity",
        "crm_records",
        "erp_records",
        "links",
        "only_crm",
        "only_erp",
        "cells",
        "cells_equal",
        "in_flight",
        "breaks",
    )
    titles = (
        "Entity",
        result.crm_title,
        result.erp_title,
        "Linked",
        "CRM only",
        "ERP only",
        "Values",
        "Equal %",
        "In flight",
        "Breaks",
    )
    rows = []
    for row in counts.select(columns).iter_rows(named=True):
        share = 100 * row["cells_equal"] / row["cells"] if row["cells"] else None
        rows.append([share if name == "cells_equal" else row[name] for name in columns])
    show.table(f"{result.project}: run {result.run_id}", titles, rows, numbers=titles[1:])
    states = dict(result.breaks["state"].value_counts().iter_rows())
    new, regressed = states.get("new", 0), states.get("regressed", 0)
    show.say(
        f"\n{wiring.open_count(result):,} breaks open: {new:,} new, {regressed:,} regressed; {result.fixed:,} fixed since "
        f"the run before. {result.actions:,} actions proposed."
    )
    for note in result.notes:
        show.say(f"Note: {note}", style="yellow")


def runs(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List the project's runs, newest first."""
    with opened(config) as project:
        listed = project.ledger.runs()
    if as_json:
        show.say(json.dumps(listed.to_dicts(), ensure_ascii=False, default=str))
        return
    rows = []
    for row in listed.iter_rows(named=True):
        kept = json.loads(row["summary"] or "{}")
        rows.append([row["run_id"], row["started_at"], row["state"], kept.get("breaks"), kept.get("fixed"), kept.get("actions")])
    show.table(
        "Runs", ("Run", "Started (UTC)", "State", "Breaks", "Fixed", "Actions"), rows, numbers=("Breaks", "Fixed", "Actions")
    )
