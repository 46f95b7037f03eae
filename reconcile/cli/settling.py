"""`reconcile acknowledge`, `accept`, `assign` and `reopen`: what people say of breaks, one by one or all of a filter."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from reconcile import wiring
from reconcile.access import Person
from reconcile.cli import show
from reconcile.cli.breaks import Filter, chosen
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened, whom
from reconcile.cli.signature import spread
from reconcile.config.wording import printable
from reconcile.ledger.lives import Ruled, Wanted
from reconcile.wiring import settling

Fingerprints = Annotated[
    list[str] | None, typer.Argument(help="Fingerprints, or their beginnings, as `reconcile breaks` lists them.")
]
All = Annotated[bool, typer.Option("--all", help="Everything that the other options leave.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the break's log.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (acknowledge, accept, assign, reopen):
        app.command()(command)


@spread
def acknowledge(
    fingerprints: Fingerprints = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    reason: Reason = "",
    everything: All = False,
    narrowed: Filter,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that somebody knows of these breaks and is on to them. They stay open, and are still told when they go past due."""
    _settle(
        config,
        (fingerprints, narrowed, everything),
        lambda project, wanted, who: settling.acknowledge(project, wanted, by=who, reason=reason),
        by,
        as_json=as_json,
    )


@spread
def accept(
    fingerprints: Fingerprints = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    until: Annotated[
        dt.datetime,
        typer.Option("--until", formats=["%Y-%m-%d"], help="The last day on which they are accepted, in UTC, as 2026-12-31."),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why they may stay as they are; kept in the break's log.")],
    everything: All = False,
    narrowed: Filter,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Accept breaks as they are up to a day. They are silent until it is over, their values move or more money is at risk."""
    _settle(
        config,
        (fingerprints, narrowed, everything),
        lambda project, wanted, who: settling.accept(project, wanted, until=until.date(), reason=reason, by=who),
        by,
        as_json=as_json,
    )


@spread
def assign(
    fingerprints: Fingerprints = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    to: Annotated[str, typer.Option("--to", help="The person or team that looks after them; counts before every rule.")],
    everything: All = False,
    narrowed: Filter,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Give breaks to a person or a team."""
    _settle(
        config,
        (fingerprints, narrowed, everything),
        lambda project, wanted, who: settling.assign(project, wanted, to=to, by=who),
        by,
        as_json=as_json,
    )


def reopen(
    fingerprints: Fingerprints = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    reason: Reason = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take back that these breaks were acknowledged or accepted."""
    _settle(
        config,
        (fingerprints, Filter(), False),
        lambda project, wanted, who: settling.reopen(project, wanted, by=who, reason=reason),
        by,
        as_json=as_json,
    )


def _settle(
    config: Path,
    meant: tuple[list[str] | None, Filter, bool],
    say: Callable[[wiring.Project, Wanted, Person], Ruled],
    by: str | None,
    *,
    as_json: bool,
) -> None:
    fingerprints, narrowed, everything = meant
    with opened(config) as project:
        project.ledger.lives.wake()
        wanted = chosen(project, fingerprints, narrowed, everything=everything)
        done = say(project, wanted, whom(project, by))
    if as_json:
        left = {show.told(why): count for why, count in done.left.items()}
        show.say(json.dumps({"changed": done.changed, "left": left}, ensure_ascii=False))
        return
    words = show.words()
    show.say(words.say("say.noted", breaks=words.count("breaks", done.changed)))
    for why, count in done.left.items():
        show.say(words.say("say.left", breaks=words.count("breaks", count), why=printable(show.told(why))))
