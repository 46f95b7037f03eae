"""`reconcile expectations schema`: what a suite may say, for editors. Apart from `suggesting`, which reads data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from reconcile.cli import show
from reconcile.cli.suggesting import expectations_app
from reconcile.errors import StoreUnwritable
from reconcile.spreadsheet import write_replacing


def add_to(_app: typer.Typer) -> None:
    """Register the command in the group that `suggesting` opens."""
    expectations_app.command()(schema)


def schema(
    *,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The schema's file; shown on the screen if not given.")] = None,
) -> None:
    """Print the JSON Schema of a suite, so that an editor completes it."""
    from expectations.schema import suite_schema  # noqa: PLC0415 - reads every expectation, which other commands need not

    text = json.dumps(suite_schema(), ensure_ascii=False, indent=2)
    if out is None:
        typer.echo(text)
    else:
        try:
            write_replacing(out, f"{text}\n".encode())
        except OSError as error:
            raise StoreUnwritable(out, error.strerror or str(error)) from error
        show.say(str(out))
