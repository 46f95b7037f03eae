"""`reconcile expectations suggest`: suites proposed from the data, to be edited by whoever keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile
from reconcile.records import Role
from reports.suggest_texts import suggested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconcile.config.models import Language
    from reconcile.wiring.suggesting import Proposed

expectations_app = typer.Typer(help="Suites of rules for good data.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(expectations_app, name="expectations")


@expectations_app.callback()
def expectations() -> None:
    """Suites of rules for good data."""


_Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="CSV, XLSX, Parquet or JSON lines; several are also held to each other. Without one, the records of the project.",
    ),
]
_Entity = Annotated[
    str | None,
    typer.Option(
        "--entity",
        help="What the records of one file are, such as customers; the file's name if not given. Of a project, only this entity.",
    ),
]
_System = Annotated[Literal["crm", "erp"] | None, typer.Option("--system", help="Of a project, only this side: crm or erp.")]
_Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="The suite's .yaml file, or a folder for all suites; shown on the screen if not given."),
]
_Force = Annotated[bool, typer.Option("--force", help="Replace suites that are there already, with all that was edited in them.")]
_Most = Annotated[int, typer.Option("--most", min=1, help="So many rules at most in each suite, the most telling ones.")]
_Fresh = Annotated[bool, typer.Option("--fresh", help="Of a project, pull the records now, instead of those of the latest run.")]
_Language = Annotated[
    Literal["en", "zh"] | None,
    typer.Option("--language", help="The language of the reasons: en or zh; the project's if not given, English for files."),
]


@expectations_app.command()
def suggest(
    files: _Files = None,
    *,
    entity: _Entity = None,
    system: _System = None,
    out: _Out = None,
    force: _Force = False,
    fresh: _Fresh = False,
    most: _Most = 60,
    config: ConfigFile = DEFAULT_CONFIG,
    language: _Language = None,
    as_json: AsJson = False,
) -> None:
    """Propose a suite for each file, or for each entity and side of a project, with a reason beside each rule."""
    _fit(files or [], entity, of_project={"--system": system, "--fresh": fresh})
    from reconcile.wiring.suggesting import suggest_for_files, write_suites  # noqa: PLC0415 - what profiles tables, which other commands need not load

    show.speak(language or "en")
    progress = show.BarProgress(quiet=as_json)
    checks: dict[str, list[str]] = {}
    with progress.showing():
        if files:
            proposed = suggest_for_files(files, entity, out, progress, force=force, most=most)
            spoken = language or "en"
        else:
            proposed, checks, spoken = _of_project(
                config, entity, system, out, progress, language, fresh=fresh, force=force, most=most
            )
    write_suites(proposed, spoken)
    if as_json:
        show.say(json.dumps({"suites": [_as_json(one) for one in proposed], "checks": checks}, ensure_ascii=False))
    elif out is None:
        _print(proposed, spoken)
    else:
        _tell(proposed, checks, config, spoken)


def _fit(files: Sequence[Path], entity: str | None, *, of_project: dict[str, object]) -> None:
    """Options that don't go together. Raises BadParameter."""
    if entity is not None and len(files) > 1:
        raise typer.BadParameter("--entity is for one file; several are called as their files are.")
    for name, value in of_project.items():
        if files and value:
            raise typer.BadParameter(f"{name} is for a project.")


def _of_project(
    config: Path,
    entity: str | None,
    system: Literal["crm", "erp"] | None,
    out: Path | None,
    progress: show.BarProgress,
    language: Language | None,
    *,
    fresh: bool,
    force: bool,
    most: int,
) -> tuple[list[Proposed], dict[str, list[str]], Language]:
    """The suites of a project, what `checks` would say to use them, and the language of the reasons."""
    from reconcile.cli.options import opened  # noqa: PLC0415 - as above
    from reconcile.wiring.suggesting_project import AskedOfProject, as_checks, suggest_for_project  # noqa: PLC0415 - as above

    with opened(config) as project:
        spoken = language or project.config.language
        show.speak(spoken)
        asked = AskedOfProject(entity, Role(system) if system else None, out, most, fresh=fresh, force=force)
        proposed = suggest_for_project(project, asked, progress)
        return proposed, as_checks(project, proposed), spoken


def _print(proposed: Sequence[Proposed], language: Language) -> None:
    """The suites as YAML; several as documents of one stream."""
    from expectations.suggest import as_yaml  # noqa: PLC0415 - as above

    typer.echo("---\n".join(as_yaml(one.suggestion, language) for one in proposed), nl=False)


def _tell(proposed: Sequence[Proposed], checks: Mapping[str, Sequence[str]], config: Path, language: Language) -> None:
    """Where each suite lies, how to try it, and how a project takes it."""
    for one in proposed:
        found = one.suggestion
        held = suggested(language, "held", count=found.held) if found.held else ""
        if one.out is None:
            show.say(suggested(language, "none", about=one.about, held=held))
        else:
            show.say(suggested(language, "written", file=one.out, rules=len(found.rules), held=held, check=one.check))
    if checks:
        show.say(suggested(language, "take", config=config) + "\nchecks:")
        for entity, names in checks.items():
            show.say(f"  {entity}: [{', '.join(names)}]")


def _as_json(one: Proposed) -> dict[str, Any]:
    rules = [
        {
            "name": each.rule.name,
            "expect": each.rule.expect,
            "kwargs": dict(each.rule.kwargs),
            "mostly": each.rule.mostly,
            "severity": each.rule.severity,
            "reason": {"en": each.rule.reason.en, "zh": each.rule.reason.zh},
            "found": [{"evaluated": t.evaluated, "failed": t.failed, "success": t.met} for t in each.tally.values()],
        }
        for each in one.suggestion.rules
    ]
    notes = [{"en": note.en, "zh": note.zh} for note in one.suggestion.notes]
    told: dict[str, Any] = {"about": one.about, "entity": one.suggestion.entity, "out": str(one.out) if one.out else None}
    told |= {"system": one.suggestion.system, "held": one.suggestion.held}
    return {**told, "check": one.check or None, "rules": rules, "notes": notes}
