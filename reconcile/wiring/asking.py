"""What a person asks for: links, merges, deactivations, that something be taken back. It is proposed, never written at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import polars as pl

from reconcile import approve, proposing
from reconcile.access import Person, Rules
from reconcile.access.rules import frame_of
from reconcile.errors import NotAllowed, UnknownActions
from reconcile.ledger.decisions import Decided
from reconcile.plan import Reversal
from reconcile.proposing import Asked
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import Action, ActionKind, ActionState
from reconcile.wiring.project import Project, connected
from reconcile.wiring.who import allowed


def undo(project: Project, ids: Sequence[str], *, by: Person | str | None) -> tuple[Reversal, ...]:
    """Propose what takes these verified updates back, the last write first; doing it twice proposes once.

    Nothing is written to a system: the proposals are approved and pushed like any other.
    Raises UnknownActions, NobodyDecides, NotAllowed.
    """
    person = allowed(project, by, "undo")
    who = person.name
    ledger, actions = project.ledger, project.ledger.actions(ids=ids)
    if missing := sorted(set(ids) - {action.id for action in actions}):
        raise UnknownActions(missing)
    with _asked(project) as asked:
        found = proposing.undo(asked, ids)
    whys = Rules.of(project.config).objections(person, "undo", frame_of([one.action for one in found]))
    closed = {(one.action.part_of or one.action.id): why for one, why in zip(found, whys, strict=True) if why}
    found = tuple(
        replace(one, proposal=None, reason=why) if (why := closed.get(one.action.part_of or one.action.id)) else one
        for one in found
    )
    proposed = [(one.action.id, one.proposal) for one in found if one.proposal]
    standing = ledger.propose_undos(proposed, who)
    return tuple(
        replace(one, proposal=None, reason=_standing(one.proposal.id, standing[one.proposal.id]))
        if one.proposal and one.proposal.id in standing
        else one
        for one in found
    )


@dataclass(frozen=True)
class Proposal:
    """What came of asking for something."""

    actions: tuple[Action, ...]
    """What would be written, in that order."""
    standing: Mapping[str, ActionState]
    """Those that had been proposed before and stand as they are, by id."""
    needed: int = 1
    """How many different people must approve them."""
    approvers: tuple[str, ...] = ()
    """Who may, of those whom the configuration names; empty also where it names nobody."""

    @property
    def whole(self) -> Action:
        """What is decided on: the action itself, or the whole of its parts."""
        return next(action for action in self.actions if action.part_of is None)


def propose(
    project: Project, what: Callable[[Asked], tuple[Action, ...]], *, by: Person | str | None, comment: str = ""
) -> Proposal:
    """Propose what a person asks for, such as `lambda asked: proposing.link(asked, "customers", "A1", "E1")`.

    Nothing is written to a system: it is approved and pushed like any other action. Raises UnknownEntity, NoSuchRecord,
    NotProposable, NobodyDecides, NotAllowed (also if a role does not reach one part of a whole), and what the connectors raise.
    """
    person, rules = allowed(project, by, "propose"), Rules.of(project.config)
    with _asked(project) as asked:
        actions = proposing.foretold(asked, what(asked))
    frame = frame_of(actions)
    whys = rules.objections(person, "propose", frame)
    if (closed := whys != "").any():
        raise NotAllowed(person.name, "propose this", whys.filter(closed)[0], rules.who_may("propose", frame.filter(closed)))
    standing = project.ledger.propose_by_person(actions, person.name, comment)
    kept = {action.id: action for action in project.ledger.actions(ids=[action.id for action in actions])}
    return Proposal(actions, standing, *rules.approvers([kept[action.id] for action in actions]))


def open_links(project: Project, entity: str, crm_key: str, erp_key: str) -> list[Action]:
    """What waits for a decision, or to be written, and would link these two."""
    states, keys = [ActionState.PROPOSED, ActionState.APPROVED], {Role.CRM: crm_key, Role.ERP: erp_key}
    found = [
        action
        for role, key in keys.items()
        for action in project.ledger.actions(
            states, entity, kind=ActionKind.LINK, target=role, target_key=key, source_key=keys[role.other]
        )
    ]
    return [action for action in found if not action.undoes and action.changes[0].after]


def call_different(
    project: Project, entity: str, crm_key: str, erp_key: str, *, by: Person | str | None, comment: str = ""
) -> Decided:
    """Note that two records are not the same, by rejecting what proposes to link them; proposed first, where nothing does.

    What is noted already stays as it is, so that doing it twice notes it once.
    Raises UnknownEntity, NoSuchRecord, NotProposable if they are linked, NobodyDecides, NotAllowed, and what connectors raise.
    """
    person = allowed(project, by, "reject")
    linking = [action.id for action in open_links(project, entity, crm_key, erp_key)]
    if not linking:
        noted = project.ledger.not_same(entity)
        if not noted.filter(pl.col("crm_key") == crm_key, pl.col("erp_key") == erp_key).is_empty():
            return Decided(changed=0)
        asked = propose(project, lambda a: proposing.link(a, entity, crm_key, erp_key), by=person, comment=comment)
        linking = [asked.whole.id]
    return approve.reject(project.ledger, project.config, linking, by=person, comment=comment)


def keys_of(project: Project, entity: str, side: Role, key: str) -> tuple[str | None, str | None]:
    """The CRM's key and the ERP's of a record that one side calls `key`; None where it has no counterpart."""
    other = project.ledger.counterparts(entity, side, [key]).get(key)
    return (key, other) if side is Role.CRM else (other, key)


def _standing(id_: str, state: ActionState) -> str:
    if state is ActionState.REJECTED:
        return refusal("undo_rejected", id=id_)
    return refusal("undo_stands", id=id_, state=state)


@contextmanager
def _asked(project: Project) -> Iterator[Asked]:
    with connected(project) as connectors:
        yield Asked(project.config, project.ledger, connectors)
