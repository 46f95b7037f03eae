"""`reconcile cleanse` and `reconcile check`: one entity of one system, or one file, on its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, LanguageOption, opened
from reconcile.records import Role

_SHOWN = 20


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command()(cleanse)
    app.command()(check)


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


def check(
    file: Annotated[Path, typer.Argument(help="CSV, XLSX, Parquet or JSON lines.")],
    *,
    suite: Annotated[
        str, typer.Option("--suite", help="A suite's YAML file, or the name of one that comes along, such as customers.")
    ],
    as_json: AsJson = False,
) -> int:
    """Check a file's records with an expectation suite."""
    progress = show.BarProgress(quiet=as_json)
    with progress.showing(), progress.step("check (loading Great Expectations takes some seconds)"):
        result = wiring.check_file(file, suite)
    failed = int((~result.checks["success"]).sum())
    if as_json:
        show.say(json.dumps({"checks": result.checks.to_dicts(), "findings": result.findings.to_dicts()}, default=str))
        return 1 if failed else 0
    columns = ("rule", "field", "severity", "success", "evaluated", "failed", "message_en")
    titles = ("Rule", "Field", "Severity", "Holds", "Records", "Failing", "Meaning")
    show.table(f"{file} against {suite}", titles, result.checks.select(columns).iter_rows(), numbers=("Records", "Failing"))
    for (rule,), group in result.findings.group_by("rule", maintain_order=True):
        shown = ", ".join(str(key) for key in group["key"].head(_SHOWN))
        show.say(f"{rule}: {group.height:,} records: {shown}{' ...' if group.height > _SHOWN else ''}")
    return 1 if failed else 0
