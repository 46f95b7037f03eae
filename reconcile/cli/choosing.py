"""Which actions a command is about: by their ids, or by what they have in common. Shared by every command that decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

import typer

from reconcile import wiring
from reconcile.errors import NothingChosen, UnknownEntity
from reconcile.results import ActionState

Ids = Annotated[list[str] | None, typer.Argument(help="Ids of actions, as `reconcile actions` lists them.")]
Entity = Annotated[str | None, typer.Option("--entity", help="Only this entity, such as customers.")]
Tier = Annotated[Literal["low", "medium", "high"] | None, typer.Option("--tier", help="Only this risk: low, medium or high.")]
Cause = Annotated[
    str | None,
    typer.Option("--cause", help="Only what corrects nothing but differences of this cause, as `reconcile causes` lists it."),
]
All = Annotated[bool, typer.Option("--all", help="Everything that the other options leave.")]
Comment = Annotated[str, typer.Option("--comment", help="Why; kept with the decision.")]


def chosen(
    project: wiring.Project,
    ids: Collection[str] | None,
    entity: str | None,
    tier: str | None,
    *,
    everything: bool,
    states: Collection[ActionState],
    cause: str | None = None,
) -> list[str]:
    """The ids that were named, else those of the filter that write something. Raises NothingChosen, UnknownEntity, NotSettled.

    Of what was verified, undos are left out: to undo one of them, name it.
    """
    if ids:
        return list(ids)
    if not (everything or entity or tier or cause):
        raise NothingChosen
    known(project, entity)
    found = project.ledger.writing(states, entity, tier, but_undos=ActionState.VERIFIED in states)
    return found if cause is None else wiring.actions_of_cause(project, cause, found)


def known(project: wiring.Project, entity: str | None) -> None:
    """Raises UnknownEntity if the project has no such entity."""
    if entity is not None and entity not in project.config.entities:
        raise UnknownEntity(entity, tuple(project.config.entities))
