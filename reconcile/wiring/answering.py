"""A person's answer about a pair: it goes through the gates that it needs, and is kept in the ledger."""

from __future__ import annotations

from enum import StrEnum

from reconcile import approve, proposing
from reconcile.access import Person
from reconcile.errors import NotAllowed, OwnProposal, WouldBeRefused
from reconcile.records import Role
from reconcile.results import ActionState
from reconcile.wiring.asking import call_different, open_links, propose
from reconcile.wiring.project import Project
from reconcile.wiring.who import allowed


class Outcome(StrEnum):
    """What came of an answer."""

    PINNED = "pinned"
    """They were linked: no score undoes it any more."""
    APPROVED = "approved"
    """The link, or its end, is approved and waits to be written."""
    PROPOSED = "proposed"
    """It is proposed and waits for somebody else's approval."""
    SAME = "same"
    """They are one business, but one of them is linked with another record, and stays so."""
    APART = "apart"
    """No run links or proposes the two any more."""
    UNSURE = "unsure"
    """Nothing but that somebody looked."""


def answer(
    project: Project, entity: str, crm_key: str, erp_key: str, *, same: bool | None, by: Person | str | None, comment: str = ""
) -> Outcome:
    """Say of two records that they are the same, are not, or that one can't tell (None).

    What changes a link goes through the gates: it is proposed, approved if this person may, and pushed like any correction.
    Raises NobodyDecides, NotAllowed, NoSuchRecord, NotProposable, and what connectors raise where a link must be proposed first.
    """
    person = allowed(project, by, "propose" if same is None else "approve" if same else "reject")
    other = project.ledger.counterparts(entity, Role.CRM, [crm_key]).get(crm_key)
    linked = other == erp_key
    taken = not linked and bool(other or project.ledger.counterparts(entity, Role.ERP, [erp_key]))
    outcome = Outcome.UNSURE
    if same is not None and taken:
        outcome = Outcome.SAME if same else Outcome.APART
    elif same and not linked:
        outcome = _linked(project, entity, crm_key, erp_key, person, comment)
    elif same is False and linked:
        asked = propose(project, lambda one: proposing.unlink(one, entity, crm_key, erp_key), by=person, comment=comment)
        outcome = _approved(project, asked.whole.id, person, comment)
    elif same is False:
        call_different(project, entity, crm_key, erp_key, by=person, comment=comment)
        outcome = Outcome.APART
    pinned = project.ledger.answers.record(entity, crm_key, erp_key, same=same, by=person.name)
    return Outcome.PINNED if pinned else outcome


def _linked(project: Project, entity: str, crm_key: str, erp_key: str, person: Person, comment: str) -> Outcome:
    """Approve what proposes the link; it is proposed first, where nothing does."""
    waiting = open_links(project, entity, crm_key, erp_key)
    if any(action.state is ActionState.APPROVED for action in waiting):
        return Outcome.APPROVED
    if waiting:
        return _approved(project, waiting[0].id, person, comment)
    asked = propose(project, lambda one: proposing.link(one, entity, crm_key, erp_key), by=person, comment=comment)
    return _approved(project, asked.whole.id, person, comment)


def _approved(project: Project, action: str, person: Person, comment: str) -> Outcome:
    """Approve it if this person may; otherwise it waits for somebody who may."""
    try:
        approve.approve(project.ledger, project.config, [action], by=person, comment=comment)
    except (NotAllowed, OwnProposal, WouldBeRefused):
        return Outcome.PROPOSED
    (now,) = project.ledger.actions(ids=[action])
    return Outcome.APPROVED if now.state is ActionState.APPROVED else Outcome.PROPOSED
