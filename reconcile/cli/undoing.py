"""`reconcile undo`: propose the way back from what was written."""

from __future__ import annotations

import json

import typer

from reconcile import wiring
from reconcile.cli import show
from reconcile.cli.choosing import Meant
from reconcile.cli.detail import change_text
from reconcile.cli.options import AsJson, By, opened, whom
from reconcile.cli.signature import spread
from reconcile.results import ActionState


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(undo)


@spread
def undo(
    meant: Meant,
    *,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Propose to take back what was written and verified. Nothing is sent: that is approved and pushed like any other."""
    with opened(meant.config) as project:
        named = meant.of(project, [ActionState.VERIFIED])
        found = wiring.undo(project, named, by=whom(project, by))
    proposed = [one.proposal for one in found if one.proposal]
    if as_json:
        left = [{"id": one.action.id, "reason": one.reason} for one in found if not one.proposal]
        pairs = [
            {"id": one.action.id, "undo": one.proposal.id} | ({"problem": one.proposal.problem} if one.proposal.problem else {})
            for one in found
            if one.proposal
        ]
        show.say(json.dumps({"proposed": pairs, "left": left}))
        return
    rows = [
        [
            *(one.action.id, one.action.entity, one.action.target, one.action.label),
            *((one.proposal.id, change_text(one.proposal), one.note) if one.proposal else ("", "", one.reason)),
        ]
        for one in found
    ]
    show.table("To undo", ("Id", "Entity", "In", "Record", "Undo", "Change", "Said"), rows)
    show.say(f"\n{len(proposed):,} undos proposed, {len(found) - len(proposed):,} actions left as they are.")
    if proposed:
        if refused := sum(bool(proposal.problem) for proposal in proposed):
            show.say(f"Of these, {refused:,} would be refused, which is said beside them: they can't be approved as they are.")
        show.say("Nothing was sent. Next: `reconcile approve` the ids under Undo, then `reconcile push --yes`.")
