"""`reconcile delegate`: let somebody else decide while you are away."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

import typer

from reconcile.access.delegation import delegate as lend
from reconcile.access.delegation import end_delegations
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened, whom
from reconcile.wiring import Project

_DAY = ["%Y-%m-%d"]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(delegate)


def delegate(
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    to: Annotated[str | None, typer.Option("--to", help="Who decides in your place.")] = None,
    until: Annotated[dt.datetime | None, typer.Option("--until", formats=_DAY, help="The last day, UTC.")] = None,
    since: Annotated[
        dt.datetime | None, typer.Option("--since", formats=_DAY, help="The first day, UTC; now if not given.")
    ] = None,
    away: Annotated[
        str | None, typer.Option("--away", help="Who is away, if not you; that takes the right to administer.")
    ] = None,
    end: Annotated[bool, typer.Option("--end", help="Take back what was delegated; with --to, only to that person.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List all delegations, those that are over included.")] = False,
    by: By = None,
    comment: Annotated[str, typer.Option("--comment", help="Why; kept with the delegation.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let somebody approve and reject what you may, while you are away. It ends by itself, and can't be passed on."""
    if (end and (until or since)) or (listed and (end or to or until)):
        raise typer.BadParameter("--end and --list stand alone; --end may have --to and --away.")
    with opened(config) as project:
        if listed:
            _show(project, as_json=as_json)
            return
        person = whom(project, by)
        if end:
            ended = end_delegations(project.ledger, project.config, by=person, away=away, to=to)
            show.say(json.dumps({"ended": ended}) if as_json else f"{ended:,} delegations ended.")
            return
        if to is None or until is None:
            raise typer.BadParameter("Name the deputy with --to and the last day with --until, or use --end or --list.")
        after = _utc(until) + dt.timedelta(days=1)
        begins = None if since is None else _utc(since)
        id_ = lend(project.ledger, project.config, to=to, until=after, since=begins, away=away, by=person, comment=comment)
    said = f"Delegation {id_}: {to} decides in place of {away or person.name} until the end of {until:%Y-%m-%d} UTC."
    show.say(json.dumps({"delegation": id_}) if as_json else f"{said} `reconcile delegate --end` takes it back.")


def _utc(day: dt.datetime) -> dt.datetime:
    return day.replace(tzinfo=dt.UTC)


def _show(project: Project, *, as_json: bool) -> None:
    rows = project.ledger.delegations()
    if as_json:
        show.say(json.dumps(rows.to_dicts(), default=str, ensure_ascii=False))
        return
    names = ("id", "person", "deputy", "since", "until", "ended_at", "made_by", "comment")
    heads = ("No.", "Away", "Deputy", "Since (UTC)", "Until (UTC)", "Ended", "By", "Comment")
    show.table("Delegations", heads, rows.select(names).iter_rows())
