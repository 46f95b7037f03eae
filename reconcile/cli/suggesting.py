"""`reconcile expectations suggest`: suites proposed from the data, to be edited by whoever keeps them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from reconcile.cli import show
from reconcile.cli.options import AsJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.wiring.suggesting import Proposed

expectations_app = typer.Typer(help="Suites of rules for good data.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(expectations_app, name="expectations")


@expectations_app.callback()
def expectations() -> None:
    """Suites of rules for good data."""


_Files = Annotated[list[Path], typer.Argument(help="CSV, XLSX, Parquet or JSON lines; several are also held to each other.")]
_Entity = Annotated[
    str | None,
    typer.Option("--entity", help="What the records of one file are, such as customers; the file's name if not given."),
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="The suite's .yaml file, or a folder for all suites; shown on the screen if not given."),
]
_Force = Annotated[bool, typer.Option("--force", help="Replace suites that are there already, with all that was edited in them.")]
_Most = Annotated[int, typer.Option("--most", min=1, help="So many rules at most in each suite, the most telling ones.")]
_Language = Annotated[Literal["en", "zh"], typer.Option("--language", help="The language of the reasons: en or zh.")]


@expectations_app.command()
def suggest(
    files: _Files,
    *,
    entity: _Entity = None,
    out: _Out = None,
    force: _Force = False,
    most: _Most = 60,
    language: _Language = "en",
    as_json: AsJson = False,
) -> None:
    """Propose a suite for each file, with a reason beside each rule and what it finds today."""
    if entity is not None and len(files) > 1:
        raise typer.BadParameter("--entity is for one file; several are called as their files are.")
    from reconcile.wiring.suggesting import suggest_for_files, write_suites  # noqa: PLC0415 - what profiles tables, which other commands need not load

    show.speak(language)
    progress = show.BarProgress(quiet=as_json)
    with progress.showing():
        proposed = suggest_for_files(files, entity, out, progress, force=force, most=most)
    write_suites(proposed, language)
    if as_json:
        show.say(json.dumps({"suites": [_as_json(one) for one in proposed]}, ensure_ascii=False))
    elif out is None:
        _print(proposed, language)
    else:
        _tell(proposed)


def _print(proposed: Sequence[Proposed], language: Literal["en", "zh"]) -> None:
    """The suites as YAML; several as documents of one stream."""
    from expectations.suggest import as_yaml  # noqa: PLC0415 - as above

    typer.echo("---\n".join(as_yaml(one.suggestion, language) for one in proposed), nl=False)


def _tell(proposed: Sequence[Proposed]) -> None:
    """Where each suite lies, and how to try it."""
    for one in proposed:
        many = len(one.suggestion.rules)
        if one.out is None:
            show.say(f"{one.about}: no rule can be told from so few records, so there is no suite")
        else:
            show.say(f"{one.out}: {many} rules. Edit it, then: {one.check}")


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
    told = {"about": one.about, "entity": one.suggestion.entity, "out": str(one.out) if one.out else None}
    return {**told, "check": one.check or None, "rules": rules, "notes": notes}
