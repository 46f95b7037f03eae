"""`reconcile teach`: asks about the pairs whose answers teach most, or about a random sample; of two files, or of a project."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from reconcile.cli import answering_project, asking, show
from reconcile.cli.options import AsJson, By, LanguageOption, RunId
from reconcile.standalone import answering, teaching
from reports.words import Words


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(teach)


def teach(
    left: Annotated[Path | None, typer.Argument(help="The CRM's records: CSV, XLSX, Parquet or JSON lines.")] = None,
    right: Annotated[Path | None, typer.Argument(help="The ERP's records.")] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="Where answers are kept, as .csv or .xlsx; what is there counts, and is added to."),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help="Ask nothing; write the pairs into this .csv or .xlsx, to be answered there.")
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="At most so many pairs.")] = 200,
    measure: Annotated[
        bool, typer.Option("--measure", help="Ask about a random sample instead, and say how good the links are.")
    ] = False,
    beside: Annotated[
        Path | None, typer.Option("--beside", help="With --measure: the answers that the links to be measured were taught by.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="With --measure: another number draws another sample.")] = 0,
    entity: Annotated[str | None, typer.Option("--entity", help="Ask about a project's records, such as customers.")] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="With files: what pins keys and fields. Otherwise the project's configuration file."),
    ] = None,
    run: RunId = None,
    by: By = None,
    language: LanguageOption = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Ask a person about pairs of records, best the ones that teach most; every answer is kept at once, and holds."""
    if sheet is not None and sheet.suffix.lower() not in answering.WRITTEN:
        raise typer.BadParameter("--sheet is a file that ends in .csv or .xlsx.")
    if entity is not None and left is None and beside is None and not seed:
        wish = answering_project.Wish(entity, answers, sheet, count, run, by, measure=measure)
        answering_project.teach(wish, config, language, as_json=as_json)
        return
    if left is None or right is None or answers is None or entity is not None or run is not None:
        raise typer.BadParameter("Give two files and --answers FILE, or --entity NAME for a project.")
    if beside is not None and not measure:
        raise typer.BadParameter("--beside goes with --measure.")
    show.speak(language or "en")
    words = Words(language or "en")
    progress = show.BarProgress(quiet=as_json)
    with progress.showing():
        taught_by = beside if measure else answers if answers.exists() else None
        asked = teaching.opened(left, right, answers, config=config, environ=os.environ, progress=progress, taught_by=taught_by)
    asked.measure(count, seed) if measure else asked.ask(count)
    if sheet is not None:
        answering.write_sheet(sheet, asked.sheet())
        asking.say_sheet(words, sheet, asked.questions.height, as_json=as_json)
        return
    if not as_json:
        asking.ask(words, asked)
    _tell(words, asked, left, right, as_json=as_json)


def _tell(words: Words, asked: teaching.Teaching, left: Path, right: Path, *, as_json: bool) -> None:
    """What the answers come to."""
    quality = asked.quality()
    if as_json:
        lesson = {name: getattr(asked.lesson, name) for name in ("used", "reason", "link_at", "link_at_before")}
        told = {"answers": asked.said.height, "lost": asked.lost, "open": asked.questions.height}
        show.say(json.dumps(told | (asking.told_quality(quality) or {"lesson": lesson}), ensure_ascii=False))
        return
    show.say(words.say("teach.kept", count=f"{asked.said.height:,}", file=asked.place))
    if asked.lost:
        show.say(words.say("teach.lost", count=f"{asked.lost:,}"))
    if quality is not None:
        asking.say_quality(words, quality)
        return
    if asked.lesson.answers:
        used, reason = words.label("taught", asked.lesson.used), words.label("taught_reason", asked.lesson.reason)
        show.say(words.say("teach.lesson", count=f"{asked.lesson.answers:,}", used=used, reason=reason))
    show.say(words.say("teach.use", left=left, right=right, file=asked.place))
