"""`reconcile propose merge` and its like ask for what no run can know; `reconcile copies` shows what a merge has kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from reconcile import proposing, wiring
from reconcile.cli import show
from reconcile.cli.choosing import Comment
from reconcile.cli.detail import change_text
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened, whom
from reconcile.errors import UnknownActions
from reconcile.proposing import Asked
from reconcile.records import Role
from reconcile.results import Action

propose_app = typer.Typer(
    help="Ask for a link, a deactivation or a merge. Nothing is sent: it is approved first.", no_args_is_help=True
)

Entity = Annotated[str, typer.Argument(help="The entity, such as customers.")]
CrmKey = Annotated[str, typer.Argument(help="The record's key in the CRM.")]
ErpKey = Annotated[str, typer.Argument(help="The record's key in the ERP.")]
Side = Annotated[Role, typer.Argument(help="The side of the record: crm or erp.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(propose_app, name="propose")
    app.command()(copies)


@propose_app.command()
def link(
    entity: Entity,
    crm_key: CrmKey,
    erp_key: ErpKey,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    by: By = None,
    comment: Comment = "",
    as_json: AsJson = False,
) -> None:
    """Link two records: a person says that they are the same. No run takes such a link back."""
    _propose(config, lambda asked: proposing.link(asked, entity, crm_key, erp_key), by, comment, as_json=as_json)


@propose_app.command()
def unlink(
    entity: Entity,
    crm_key: CrmKey,
    erp_key: ErpKey,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    by: By = None,
    comment: Comment = "",
    as_json: AsJson = False,
) -> None:
    """Take a link back: a person says that the two are not the same. No run links them again."""
    _propose(config, lambda asked: proposing.unlink(asked, entity, crm_key, erp_key), by, comment, as_json=as_json)


@propose_app.command()
def deactivate(
    entity: Entity,
    side: Side,
    key: Annotated[str, typer.Argument(help="The record's key.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    by: By = None,
    comment: Comment = "",
    as_json: AsJson = False,
) -> None:
    """Make a record inactive, as `inactive` in the configuration says. It is not removed."""
    _propose(config, lambda asked: proposing.deactivate(asked, entity, side, key), by, comment, as_json=as_json)


@propose_app.command()
def merge(
    entity: Entity,
    side: Side,
    stays: Annotated[str, typer.Argument(help="Key of the record that stays.")],
    goes: Annotated[str, typer.Argument(help="Key of the record that goes: it is made inactive, not removed.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    by: By = None,
    comment: Comment = "",
    as_json: AsJson = False,
) -> None:
    """Make one of two records of the same side. Links, missing values and whatever refers to the other one move first."""
    _propose(config, lambda asked: proposing.merge(asked, entity, side, stays, goes), by, comment, as_json=as_json)


def _propose(config: Path, what: Callable[[Asked], tuple[Action, ...]], by: str | None, comment: str, *, as_json: bool) -> None:
    with opened(config) as project:
        done = wiring.propose(project, what, by=whom(project, by), comment=comment)
    whole, problem = next(((action.id, action.problem) for action in done.actions if action.part_of is None), ("", ""))
    if as_json:
        fresh = [a.id for a in done.actions if a.id not in done.standing]
        show.say(json.dumps({"action": whole, "proposed": fresh} | ({"problem": problem} if problem else {}), ensure_ascii=False))
        return
    rows = [[a.id, a.kind, a.entity, a.target, a.target_key, change_text(a), done.standing.get(a.id, "")] for a in done.actions]
    show.table("Proposed", ("Id", "Kind", "Entity", "In", "Key", "Change", "Stands already as"), rows)
    if len(done.actions) > 1:
        show.say(f"\nThey are decided and written as a whole, by the id {whole}.")
    if problem:
        show.say(f"\nIt can't be approved, the target would refuse it: {problem}")
        return
    show.say(f"Nothing was sent. Next: `reconcile approve {whole}`, then `reconcile push`.")


def copies(
    action: Annotated[str, typer.Argument(help="The id of a merge.")],
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the whole records that were copied before a merge wrote anything."""
    with opened(config) as project:
        if action not in project.ledger.action_states([action]):
            raise UnknownActions([action])
        found = project.ledger.copies(action)
    if as_json:
        kept = [{**row, "content": json.loads(row["content"])} for row in found.iter_rows(named=True)]
        show.say(json.dumps(kept, ensure_ascii=False, default=str))
        return
    for row in found.iter_rows(named=True):
        held = json.loads(row["content"])
        title = f"{row['entity']} {row['key']} in {row['system']}, {row['at']:%Y-%m-%d %H:%M:%S} UTC"
        show.table(title, ("Field", "Held"), sorted(held.items()))
    if found.is_empty():
        show.say("Nothing was copied: the action is no merge, or it has not begun.")
