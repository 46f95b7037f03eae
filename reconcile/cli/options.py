"""The options that several commands share, and opening a project by them."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from reconcile import wiring
from reconcile.access import Person, Rules
from reconcile.cli import show
from reconcile.errors import NotSignedIn

ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", envvar="RECONCILE_CONFIG", help="The project's configuration file.", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object on the last line.")]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Who decides; you, by your log-in name, if not given. Where `access` is configured, it takes their password.",
    ),
]
RunId = Annotated[str | None, typer.Option("--run", help="A run's id; the latest if not given.")]
LanguageOption = Annotated[
    Literal["en", "zh"] | None, typer.Option("--language", help="en or zh; the project's language if not given.")
]
DEFAULT_CONFIG = Path("reconcile.yaml")
PASSWORD = "RECONCILE_PASSWORD"  # noqa: S105  # the name of a variable, no password


@contextmanager
def opened(config: Path) -> Iterator[wiring.Project]:
    """The project, closed at the end."""
    project = wiring.open_project(config, os.environ)
    show.speak(project.config.language)
    try:
        yield project
    finally:
        project.close()


def whom(project: wiring.Project, by: str | None) -> Person:
    """Who this is: whoever is at the keyboard, or, with `--by`, somebody else.

    Once the configuration has `access`, somebody else gives the password of their account: asked for, or in the environment
    variable RECONCILE_PASSWORD. Raises NotSignedIn, NobodyDecides.
    """
    rules = Rules.of(project.config)
    me = rules.at_the_keyboard(wiring.whoami())
    if by is None:
        return me
    person = rules.person(by)
    if not rules.given or person.name == me.name:
        return person
    password = os.environ.get(PASSWORD)
    if password is None and not sys.stdin.isatty():
        raise NotSignedIn(person.name, f"it takes the password of that account, in the environment variable {PASSWORD}")
    if password is None:
        password = getpass.getpass(f"Password of {person.name}: ")
    if project.ledger.accounts.sign_in(person.name, password) is None:
        raise NotSignedIn(person.name, "there is no such account, its password is another one, or it is disabled or locked")
    return person
