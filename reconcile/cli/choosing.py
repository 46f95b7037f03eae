"""Which actions a command is about: by their ids, or by what they have in common. Shared by every command that decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from reconcile import wiring
from reconcile.cli.options import DEFAULT_CONFIG, By, ConfigFile
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


@dataclass(frozen=True)
class Meant:
    """The options by which a command says which actions it is about."""

    ids: Ids = None
    config: ConfigFile = DEFAULT_CONFIG
    everything: All = False
    entity: Entity = None
    tier: Tier = None

    def of(self, project: wiring.Project, states: Collection[ActionState], cause: str | None = None) -> list[str]:
        """The ids that were named, else those of the filter that write something; of what was verified, no undos: name them.

        Raises: NothingChosen, UnknownEntity, NotSettled.
        """
        if self.ids:
            return list(self.ids)
        if not (self.everything or self.entity or self.tier or cause):
            raise NothingChosen
        known(project, self.entity)
        found = project.ledger.writing(states, self.entity, self.tier, but_undos=ActionState.VERIFIED in states)
        return found if cause is None else wiring.actions_of_cause(project, cause, found)


@dataclass(frozen=True)
class ToDecide(Meant):
    """The options of a command that decides: which actions, who says so, and why."""

    cause: Cause = None
    by: By = None
    comment: Comment = ""

    def proposed(self, project: wiring.Project) -> list[str]:
        """Which proposed actions are meant. Raises as `of`."""
        return self.of(project, [ActionState.PROPOSED], self.cause)


def known(project: wiring.Project, entity: str | None) -> None:
    """Raises UnknownEntity if the project has no such entity."""
    if entity is not None and entity not in project.config.entities:
        raise UnknownEntity(entity, tuple(project.config.entities))
