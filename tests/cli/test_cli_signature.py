"""A dataclass in a command's signature stands for its fields: as options, with their defaults, and put together again."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from reconcile.cli.signature import spread

Number = Annotated[int, typer.Option("--number", "-n", help="How many.")]


@dataclass(frozen=True)
class Asked:
    place: Annotated[str, typer.Argument(help="Where.")]
    number: Number = 3


@dataclass(frozen=True)
class More(Asked):
    loud: Annotated[bool, typer.Option("--loud")] = False


def command(first: Annotated[str, typer.Option()] = "a", *, asked: More, last: Annotated[bool, typer.Option("--last")] = False):
    """Says what it was given."""
    typer.echo(f"{first} {asked} {last}")


def call(*arguments: str):
    app = typer.Typer()
    app.command()(spread(command))
    return CliRunner().invoke(app, arguments)


def test_the_fields_stand_where_the_dataclass_stood():
    seen = inspect.signature(spread(command)).parameters
    assert list(seen) == ["first", "place", "number", "loud", "last"]
    assert seen["place"].default is inspect.Parameter.empty
    assert seen["number"].default == 3
    assert spread(command).__doc__ == "Says what it was given."


def test_what_is_given_is_put_together():
    assert call("here").output == "a More(place='here', number=3, loud=False) False\n"
    assert call("here", "-n", "4", "--loud", "--last").output == "a More(place='here', number=4, loud=True) True\n"
    assert call().exit_code == 2
    assert "--number" in call("--help").output
