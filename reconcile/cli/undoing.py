"""`reconcile undo`: propose the way back from what was written."""

from __future__ import annotations

import json

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.gates import All, Entity, Ids, Tier, change_text
from reconcile.cli.options import DEFAULT_CONFIG, AsJson, By, ConfigFile, opened
from reconcile.errors import NothingChosen, UnknownEntity
from reconcile.results import ActionState


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(undo)


def undo(
    ids: Ids = None,
    config: ConfigFile = DEFAULT_CONFIG,
    *,
    everything: All = False,
    entity: Entity = None,
    tier: Tier = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Propose to take verified updates back. Nothing is sent: the proposals are approved and pushed like any other."""
    with opened(config) as project:
        chosen = ids or _verified(project, entity, tier, everything=everything)
        found = wiring.undo(project, chosen, by=by)
    proposed = [one.proposal for one in found if one.proposal]
    if as_json:
        left = [{"id": one.action.id, "reason": one.reason} for one in found if not one.proposal]
        pairs = [{"id": one.action.id, "undo": one.proposal.id} for one in found if one.proposal]
        show.say(json.dumps({"proposed": pairs, "left": left}))
        return
    rows = [
        [one.action.id, one.action.entity, one.action.target, one.action.label, one.proposal.id, change_text(one.proposal), ""]
        if one.proposal
        else [one.action.id, one.action.entity, one.action.target, one.action.label, "", "", one.reason]
        for one in found
    ]
    show.table("To undo", ("Id", "Entity", "In", "Record", "Undo", "Change", "Said"), rows)
    show.say(f"\n{len(proposed):,} undos proposed, {len(found) - len(proposed):,} actions left as they are.")
    if proposed:
        show.say("Nothing was sent. Next: `reconcile approve` the ids under Undo, then `reconcile push --yes`.")


def _verified(project: wiring.Project, entity: str | None, tier: str | None, *, everything: bool) -> list[str]:
    """What was written and verified, undos themselves left out: those are named by their ids only."""
    if not (everything or entity or tier):
        raise NothingChosen
    if entity is not None and entity not in project.config.entities:
        raise UnknownEntity(entity, tuple(project.config.entities))
    return [action.id for action in project.ledger.actions([ActionState.VERIFIED], entity, tier=tier) if not action.undoes]
