"""`reconcile run` and `reconcile runs`."""

from __future__ import annotations

import json

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, opened
from reports.model import View

_NAMES_A_SYSTEM = ("crm_records", "erp_records", "only_crm", "only_erp")


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
            show.say(wiring.as_json(project, result))
        else:
            summary(wiring.view(project, result.run_id))
            show.say(f"\nReport: {report}\nNext: `reconcile actions` lists the proposed corrections.")
    return 1 if wiring.noise(result) else 0


def summary(view: View) -> None:
    """The totals of a run as a table, the headline as sentences, in the view's language."""
    words = view.words
    titles = {"crm": view.run.crm_title, "erp": view.run.erp_title}
    columns = ("crm_records", "erp_records", "links", "only_crm", "only_erp", "candidates", "in_flight", "cells_equal", "breaks")
    heads = [words.say(f"word.{name}", **(titles if name in _NAMES_A_SYSTEM else {})) for name in columns]
    rows = [[line.entity.text, *(getattr(line, name).text for name in columns)] for line in view.entities]
    show.table(f"{view.run.project} · {view.run.run_id}", [words.say("word.entity"), *heads], rows, numbers=heads)
    if view.balances and view.balances.rules:
        show.say("")
        _balances(view)
    if view.quality.dimensions:
        show.say("")
        _quality(view)
    show.say("")
    for sentence in view.headline.sentences:
        show.say(sentence)
    if view.quality.news:
        show.say(view.quality.news)
    for note in view.run.notes:
        show.say(f"{words.say('heading.notes')}: {note}", style="yellow")


def _quality(view: View) -> None:
    """The score of each dimension."""
    names = ("dimension", "score", "change", "checks", "rules_failed")
    heads = [view.words.say(f"word.{name}") for name in names]
    lines = ((d.dimension.text, d.score.text, d.change.text, d.checks.text, d.failed.text) for d in view.quality.dimensions)
    show.table(view.words.say("heading.quality"), heads, lines, numbers=heads[1:])


def _balances(view: View) -> None:
    """What must add up, rule by rule."""
    words = view.words
    numbers = [words.say(f"word.{name}") for name in ("judged", "broken", "in_flight", "not_judged")]
    heads = [*(words.say(f"word.{name}") for name in ("conservation_rule", "entity", "system")), *numbers]
    lines = view.balances.rules if view.balances else ()
    rows = [
        [
            line.rule.text,
            line.entity.text,
            line.system.text,
            *(f.text for f in (line.judged, line.broken, line.in_flight, line.not_judged)),
        ]
        for line in lines
    ]
    show.table(words.say("heading.conservation"), heads, rows, numbers=numbers)
    if view.balances and view.balances.lacking:
        show.say(view.balances.lacking)


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
