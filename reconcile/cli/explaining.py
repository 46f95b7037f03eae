"""`reconcile explain`: why two records are linked, or why not; of two files, of one, or of a project's last run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.choosing import known
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, LanguageOption, RunId, opened
from reconcile.errors import StoreUnwritable
from reconcile.match.explaining.explanation import Explanation
from reconcile.records import Role
from reconcile.spreadsheet import write_replacing
from reconcile.standalone.asking import Files, explain_files, explain_one
from reports.waterfall import bar
from reports.why import Why, as_json, bits, why_of, widest
from reports.words import Words

_BLOCKS = 36
_TONES = {"for": "green", "against": "red", "nothing": "dim"}


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(explain)


def explain(
    crm_key: Annotated[str, typer.Argument(help="The key of the CRM's record: the first file's.")],
    erp_key: Annotated[str, typer.Argument(help="The key of the ERP's record: the second file's.")],
    left: Annotated[
        Path | None,
        typer.Option("--left", help="The CRM's records, to ask about two files; alone, the one file that both keys are of."),
    ] = None,
    right: Annotated[Path | None, typer.Option("--right", help="The ERP's records.")] = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", help="What `reconcile match --model` kept; learned from the two files if not given."),
    ] = None,
    entity: Annotated[
        str | None, typer.Option("--entity", help="What kind of record, such as customers, to ask about a project.")
    ] = None,
    within: Annotated[
        Literal["crm", "erp"] | None,
        typer.Option("--within", help="Both keys are of this side: why the two are one business, or are not."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="With files: what pins keys and fields. Otherwise the project's configuration file."),
    ] = None,
    run: RunId = None,
    language: LanguageOption = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the answer to this file too, as a page to send on.")] = None,
    *,
    as_json_line: AsJson = False,
) -> None:
    """Say why two records are linked or are not: every field with what it is worth, and who took the place."""
    if entity is not None and left is None and right is None and model is None:
        with opened(config or Path(os.environ.get("RECONCILE_CONFIG", str(DEFAULT_CONFIG)))) as project:
            known(project, entity)
            ready = wiring.asked(project, entity, run)
            told = ready.within(Role(within), crm_key, erp_key) if within else ready.pair(crm_key, erp_key)
            _show(told, Words(language or project.config.language), html, as_json_line=as_json_line)
        return
    if left is None or entity is not None or run is not None or within is not None or (right is None and model is not None):
        raise typer.BadParameter("Give --left FILE and --right FILE, --left FILE alone, or --entity NAME for a project.")
    progress = show.BarProgress(quiet=as_json_line)
    show.speak(language or "en")
    with progress.showing():
        if right is None:
            told = explain_one(crm_key, erp_key, left, config, environ=os.environ, progress=progress)
        else:
            files = Files(left, right, config, model)
            told = explain_files(crm_key, erp_key, files, environ=os.environ, progress=progress)
    _show(told, Words(language or "en"), html, as_json_line=as_json_line)


def _show(told: Explanation, words: Words, html: Path | None, *, as_json_line: bool) -> None:
    if html is not None:
        from reports.html import render_why  # noqa: PLC0415 - charts take a second to import, which other answers need not pay

        try:
            write_replacing(html, render_why(why_of(words, told)).encode())
        except OSError as error:
            raise StoreUnwritable(html, error.strerror or str(error)) from error
    if as_json_line:
        show.say(json.dumps(as_json(words, told), ensure_ascii=False))
        return
    why = why_of(words, told)
    show.out.print(_drawn(why))
    show.say("")
    show.say(why.sentence)


def _drawn(why: Why) -> Table:
    """Table and waterfall as one: each step with its values, its bits and its bar."""
    say = why.words.say
    low, high = widest(why.steps)
    table = Table(title=why.title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in (say("why.word.step"), *why.heads, say("why.word.likeness")):
        table.add_column(name, overflow="fold")
    table.add_column(say("why.word.bits"), justify="right", no_wrap=True)
    table.add_column(say("why.chart"), no_wrap=True, min_width=_BLOCKS)
    for step in why.steps:
        tone = "bold" if step.kind == "total" else _TONES[step.tone]
        bars = Text(bar(step, low, high, _BLOCKS), style="blue" if step.kind == "total" else _TONES[step.tone])
        likeness = step.likeness + (f"\n{step.forms}" if step.forms else "")
        cells = [Text(text) for text in (step.label, step.crm, step.erp, likeness)]
        table.add_row(*cells, Text(bits(why.words, step.bits), style=tone), bars, style="bold" if step.kind == "total" else None)
    return table
