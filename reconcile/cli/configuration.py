"""`reconcile config check` and `reconcile config schema`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, ConfigFile, opened
from reconcile.config.schema import File, json_schema

config_app = typer.Typer(help="Check the configuration, or print what it may say.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    app.add_typer(config_app, name="config")


@config_app.command()
def check(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    connect: Annotated[
        bool, typer.Option("--connect", help="Also ask both systems whether they have every object and field.")
    ] = False,
) -> None:
    """Report everything wrong with the configuration, with file, line and key."""
    with opened(config) as project:
        wiring.check_suites(project)
        show.say(f"{config} is right: {len(project.config.entities)} entities, {len(project.config.systems)} systems.")
        if connect:
            wiring.check_systems(project)
            show.say("Both systems have every object and field that it names.")


@config_app.command()
def schema(
    of: Annotated[
        File, typer.Option("--of", help="Of reconcile.yaml (project), or of the file that `match` or `diff` takes with --config.")
    ] = "project",
) -> None:
    """Print the JSON Schema of a configuration file, so that an editor completes it."""
    typer.echo(json.dumps(json_schema(of), ensure_ascii=False, indent=2))
