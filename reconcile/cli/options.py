"""The options that several commands share, and opening a project by them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from reconcile import wiring

ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", envvar="RECONCILE_CONFIG", help="The project's configuration file.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object on the last line.")]
By = Annotated[str | None, typer.Option("--by", help="Who decides; your log-in name if not given.")]
RunId = Annotated[str | None, typer.Option("--run", help="A run's id; the latest if not given.")]
LanguageOption = Annotated[
    Literal["en", "zh"] | None, typer.Option("--language", help="en or zh; the project's language if not given.")
]
DEFAULT_CONFIG = Path("reconcile.yaml")


@contextmanager
def opened(config: Path) -> Iterator[wiring.Project]:
    """The project, closed at the end."""
    project = wiring.open_project(config, os.environ)
    try:
        yield project
    finally:
        project.close()
