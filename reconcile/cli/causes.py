"""`reconcile causes`: the handful of causes that explain the differences of a run, and the breaks of one of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, ConfigFile, LanguageOption, RunId, opened
from reconcile.config.wording import printable
from reconcile.records import Role
from reports.details import break_lines
from reports.model import CauseLine, Causes
from reports.words import Words

causes_app = typer.Typer(invoke_without_command=True, help="The causes that explain the differences of a run.")
_SHOWN = 50


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(causes_app, name="causes")


@causes_app.callback()
def causes(
    context: typer.Context,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    run: RunId = None,
    language: LanguageOption = None,
    as_json: AsJson = False,
) -> None:
    """List the causes that explain the differences of a run: how much each covers, how purely, an example and a fix."""
    if context.invoked_subcommand:
        return
    with opened(config) as project:
        told, frame = wiring.causes(project, run, language), wiring.kept_causes(project, run)
        words = Words(language or project.config.language)
    if as_json:
        rows = [{**row, "parameters": json.loads(row["parameters"])} for row in frame.to_dicts()]
        show.say(json.dumps(rows, ensure_ascii=False, default=str))
        return
    show.say(printable(told.sentence), "bold")
    if told.lines:
        _table(words, told)
        show.say(words.say("say.causes_meaning"))
        show.say(words.say("cause.next"))


def _table(words: Words, told: Causes) -> None:
    say = words.say
    heads = [say(f"word.{name}") for name in ("id", "cause", "fields", "covered", "of_all", "purity", "example", "fix")]
    rows = [
        [
            line.id,
            " ".join(filter(None, [line.sentence, line.where])),
            _fields(line),
            line.covered.text,
            line.of_all.text,
            line.purity.text,
            f"{line.crm_key}: {_value(words, line.crm_value.text)} ≠ {_value(words, line.erp_value.text)}",
            line.fix_text,
        ]
        for line in told.lines
    ]
    show.table(say("heading.causes"), heads, rows, numbers=heads[3:6])


def _fields(line: CauseLine) -> str:
    return f"{line.entity.text}: {', '.join(term.text for term in line.fields)}"


def _value(words: Words, text: str) -> str:
    return text or f"({words.say('word.empty')})"


@causes_app.command("show")
def show_cause(
    cause: Annotated[str, typer.Argument(help="The cause's id, as `reconcile causes` lists it.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    run: RunId = None,
    language: LanguageOption = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many breaks.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show one cause in full, and the breaks that it explains."""
    with opened(config) as project:
        breaks = wiring.breaks_of_cause(project, cause, run)
        told = wiring.causes(project, run, language)
        titles = [project.config.title(role) for role in Role]
        spoken = language or project.config.language
    line = next(line for line in told.lines if line.id.startswith(cause))
    if as_json:
        show.say(json.dumps({"cause": line.id, "breaks": breaks.to_dicts()}, ensure_ascii=False, default=str))
        return
    words = Words(spoken)
    say = words.say
    show.say(printable(" ".join(filter(None, [line.sentence, line.where]))), "bold")
    show.say(printable(f"{line.mechanism.text} · {_fields(line)}"))
    for name, text in (("covered", line.covered.text), ("of_fields", line.of_fields.text), ("of_all", line.of_all.text)):
        show.say(printable(f"{say('word.' + name)}: {text}"))
    show.say(printable(f"{say('word.purity')}: {line.pure}"))
    show.say(printable(f"{say('word.fix')}: {line.advice}"))
    show.say(line.fix_text)
    lines = break_lines(spoken, breaks.head(limit))
    heads = [say("word.break"), say("word.record"), say("word.field"), titles[0], "", titles[1], ""]
    rows = [
        [b.fingerprint, b.label, b.field.text if b.field else "", b.crm_key, b.crm_value.text, b.erp_key, b.erp_value.text]
        for b in lines
    ]
    show.table(f"{words.number(len(lines))} / {words.count('breaks', breaks.height)}", heads, rows)
