"""`reconcile expectations suggest`: a suite proposed from the data, to be edited by whoever keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from reconcile.cli import show
from reconcile.cli.options import AsJson

expectations_app = typer.Typer(help="Suites of rules for good data.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(expectations_app, name="expectations")


@expectations_app.callback()
def expectations() -> None:
    """Suites of rules for good data."""


@expectations_app.command()
def suggest(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, Parquet or JSON lines.")],
    *,
    entity: Annotated[
        str | None, typer.Option("--entity", help="What the records are, such as customers; the file's name if not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The suite's file; shown on the screen if not given.")] = None,
    language: Annotated[Literal["en", "zh"], typer.Option("--language", help="The language of the reasons: en or zh.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Propose a suite for a file, with a reason beside each rule and what it finds today."""
    from expectations.suggest import as_yaml  # noqa: PLC0415 - what profiles tables, which other commands need not load
    from reconcile.wiring.suggesting import suggest_for_file, write_suggestion  # noqa: PLC0415 - as above

    show.speak(language)
    progress = show.BarProgress(quiet=as_json)
    with progress.showing():
        suggestion = suggest_for_file(file, entity, progress)
    if out is not None:
        write_suggestion(suggestion, out, language)
    if as_json:
        rules = [
            {
                "name": one.rule.name,
                "expect": one.rule.expect,
                "kwargs": dict(one.rule.kwargs),
                "severity": one.rule.severity,
                "reason": {"en": one.rule.reason.en, "zh": one.rule.reason.zh},
                "found": [{"evaluated": t.evaluated, "failed": t.failed, "success": t.met} for t in one.tally.values()],
            }
            for one in suggestion.rules
        ]
        show.say(json.dumps({"entity": suggestion.entity, "out": str(out) if out else None, "rules": rules}, ensure_ascii=False))
    elif out is not None:
        show.say(f"{out}: {len(suggestion.rules)} rules. Edit it, then: reconcile check {file} --suite {out}")
    else:
        typer.echo(as_yaml(suggestion, language))
