"""`reconcile cleanse`: one entity of one system on its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, ConfigFile, LanguageOption, opened
from reconcile.records import Role


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(cleanse)


def cleanse(
    entity: Annotated[str, typer.Argument(help="What to cleanse, such as customers.")],
    side: Annotated[Role, typer.Argument(help="Whose: crm or erp.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = Path("cleansed"),
    as_format: Annotated[Literal["csv", "xlsx", "parquet"], typer.Option("--format", help="Format of the cleaned file.")] = "csv",
    language: LanguageOption = None,
) -> int:
    """Standardise one entity of one system, find its duplicates and rejects, and say whether it is ready to move."""
    progress = show.BarProgress()
    with opened(config) as project, progress.showing():
        written = wiring.cleanse(project, entity, side, out=out, as_format=as_format, language=language, progress=progress)
    view = written.view
    show.say(
        f"{view.system}: {view.records:,} {entity} read; {view.cleaned:,} cleaned, of which {view.changed:,} changed; "
        f"{view.duplicates:,} duplicates; {view.rejected:,} rejected."
    )
    for path in (*written.cleaned, written.rejects, written.page):
        show.say(f"  {path}")
    show.say(f"Readiness: {view.verdict}")
    return 0 if view.verdict == "ready" else 1
