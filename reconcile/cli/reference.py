"""Writes `docs/commands.md` from the commands themselves, so that the page never says something else than `--help` does.

`python -m reconcile.cli.reference docs/commands.md` rewrites it; a test holds that it is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import typer

from reconcile.cli.commands import app

_HEAD = """\
# Commands

<!-- Written by `python -m reconcile.cli.reference docs/commands.md`; change the commands, then run it again. -->

Every command says the same with `--help`. Commands that read a project look for `reconcile.yaml` in the folder where you are;
`--config`, or the variable `RECONCILE_CONFIG`, names another file.

## Exit codes

| code | meaning |
| --- | --- |
| 0 | done, and nothing needs a person that did not before |
| 1 | done, and something needs a person: see the table below |
| 2 | the configuration, the command or an input file is wrong |
| 3 | a system can't be reached or refuses, the store can't be written, another run is under way, or pushes are stopped |
| 130 | stopped by you, with Ctrl-C |

What exit code 1 says, by command:

| command | exit code 1 |
| --- | --- |
| `run` | breaks are new, came back, are open again after an acceptance, or went past due since the run before |
| `diff` | a cell or a record differs, or a column of both files could not be compared |
| `check` | a rule fails, of the severity that `--fail-on` says or above |
| `cleanse` | the records are not ready to move |
| `push --yes` | a correction did not land, or the push ended early |
| `audit verify` | the audit trail was changed by hand |

With `--json` the result is one JSON object on the last line of standard output. Progress and errors go to standard error.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, such as (`config check`, ...), in the order of `reconcile --help`."""
    yield from _below(typer.main.get_command(app), "")


def _below(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if getattr(command, "invoke_without_command", False):
            yield before + name, command
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield before + name, command
            yield from _below(command, f"{before}{name} ")
        else:
            yield before + name, command


def page() -> str:
    """The whole page, as Markdown."""
    parts = [_HEAD, "## All commands\n\n" + _overview()]
    parts += [f"## `reconcile {name}`\n\n{_text(command.help)}\n\n{_usage(name, command)}" for name, command in commands()]
    return "\n".join(parts)


def _overview() -> str:
    rows = ["| command | what it does |", "| --- | --- |"]
    rows += [f"| [`{name}`](#reconcile-{name.replace(' ', '-')}) | {_text(command.help)} |" for name, command in commands()]
    return "\n".join(rows) + "\n"


def _usage(name: str, command: Any) -> str:
    words = [_placeholder(p) for p in command.params if p.param_type_name == "argument"]
    usage = " ".join(["reconcile", name, *words, *(["[OPTIONS]"] if _options(command) else [])])
    rows = [f"| {_written(p)} | {_text(p.help)}{_choices(command, p)} | {_default(p)} |" for p in _shown(command)]
    table = "\n".join(["| option | what it says | if not given |", "| --- | --- | --- |", *rows]) + "\n" if rows else ""
    return f"```\n{usage}\n```\n" + (f"\n{table}" if table else "")


def _shown(command: Any) -> list[Any]:
    return [p for p in command.params if p.name != "help"]


def _options(command: Any) -> list[Any]:
    return [p for p in _shown(command) if p.param_type_name == "option"]


def _placeholder(param: Any) -> str:
    name = f"{param.name.upper()}..." if param.nargs == -1 else param.name.upper()
    return name if param.required else f"[{name}]"


def _written(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{param.name.upper()}`"
    return ", ".join(f"`{text}`" for text in (*param.opts, *param.secondary_opts))


def _choices(command: Any, param: Any) -> str:
    """The words that may be written, if they are a list that the description does not hold."""
    words = [word for option in _alternatives(get_type_hints(command.callback)[param.name]) for word in _words_of(option)]
    return "" if all(word in param.help for word in words) else f" One of: {', '.join(f'`{word}`' for word in words)}."


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """`X | None` as (X, None); a Literal is one alternative of its own."""
    return (annotation,) if get_origin(annotation) is Literal else get_args(annotation) or (annotation,)


def _words_of(option: Any) -> list[str]:
    if get_origin(option) is Literal:
        return list(get_args(option))
    return [member.value for member in option] if isinstance(option, type) and issubclass(option, Enum) else []


def _default(param: Any) -> str:
    if param.required:
        return "**required**"
    if param.default in (None, "") or param.nargs == -1:
        return ""
    if isinstance(param.default, bool):
        return "" if not param.secondary_opts else f"`{(param.opts if param.default else param.secondary_opts)[0]}`"
    return f"`{param.default}`"


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
