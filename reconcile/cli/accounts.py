"""`reconcile account add`, `password`, `disable`, `enable` and `list`: who may sign in to the dashboard with a password."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from reconcile import wiring
from reconcile.access import Rules
from reconcile.cli import show
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened, whom
from reconcile.ledger.accounts import LONGEST, SHORTEST, fit

account_app = typer.Typer(
    help="Make, change, disable or list the accounts with which people sign in to the dashboard.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="The person, by any name that the configuration gives them.")]


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    app.add_typer(account_app, name="account")


@account_app.command()
def add(name: Name, config: ConfigFile = DEFAULT_CONFIG, *, by: By = None) -> None:
    """Make an account; the password is asked for, or read from standard input, and never an argument."""
    with opened(config) as project:
        who = _administrator(project, by)
        rules = Rules.of(project.config)
        person = rules.person(name)
        project.ledger.accounts.create(person.name, _password(person.name), who)
    show.say(f"{person.name} can sign in to the dashboard.")
    if rules.given and not person.roles:
        show.say("The configuration gives them no role, so they may only look; see `access.people`.")


@account_app.command()
def password(name: Name, config: ConfigFile = DEFAULT_CONFIG, *, by: By = None) -> None:
    """Give an account another password, asked for in the same way; its sessions and its lock end."""
    with opened(config) as project:
        who, account = _administrator(project, by), _account(project, name)
        project.ledger.accounts.set_password(account, _password(account), who)
    show.say(f"{account} has another password. Whoever was signed in with the one before is signed out.")


@account_app.command()
def disable(name: Name, config: ConfigFile = DEFAULT_CONFIG, *, by: By = None) -> None:
    """Let nobody sign in with an account any more; its sessions end at once."""
    with opened(config) as project:
        who, account = _administrator(project, by), _account(project, name)
        project.ledger.accounts.disable(account, who)
    show.say(f"{account} can't sign in any more. `reconcile account enable` lets them again.")


@account_app.command()
def enable(name: Name, config: ConfigFile = DEFAULT_CONFIG, *, by: By = None) -> None:
    """Let a disabled account be used again, and end its lock after wrong passwords."""
    with opened(config) as project:
        who, account = _administrator(project, by), _account(project, name)
        project.ledger.accounts.enable(account, who)
    show.say(f"{account} can sign in.")


@account_app.command("list")
def listed(config: ConfigFile = DEFAULT_CONFIG, *, as_json: AsJson = False) -> None:
    """List the accounts; passwords are not kept, so none is shown."""
    with opened(config) as project:
        found = project.ledger.accounts.all()
        rules = Rules.of(project.config)
    if as_json:
        show.say(json.dumps([asdict(account) for account in found], ensure_ascii=False, default=str))
        return
    rows = [
        [a.name, ", ".join(rules.person(a.name).roles), "disabled" if a.disabled else "", a.locked_until or "", a.changed_at]
        for a in found
    ]
    show.table("Accounts", ("Name", "Roles", "State", "Locked until (UTC)", "Changed (UTC)"), rows)


def _administrator(project: wiring.Project, by: str | None) -> str:
    """Who changes accounts: nobody but administrators, except that the first account of a ledger may be made by anybody."""
    if project.ledger.accounts.all():
        return wiring.allowed(project, whom(project, by), "administer").name
    return wiring.whoami() if by is None else Rules.of(project.config).person(by).name


def _account(project: wiring.Project, name: str) -> str:
    return Rules.of(project.config).person(name).name


def _password(name: str) -> str:
    """Typed twice at a terminal, without being shown; else the first line of standard input."""
    if sys.stdin.isatty():
        asked: str = typer.prompt(
            f"Password of {name}, {SHORTEST} to {LONGEST} characters", hide_input=True, confirmation_prompt=True
        )
    else:
        asked = sys.stdin.readline().rstrip("\r\n")
    return fit(asked)
