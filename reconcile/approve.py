"""The first gate: a person, or a named rule, decides on exactly the values that were shown."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.access import Person, Rules
from reconcile.access.judgement import approving, holds, rejecting
from reconcile.config.models import ProjectConfig
from reconcile.errors import NotPushable
from reconcile.ledger import Ledger
from reconcile.ledger.decisions import Decided, Said
from reconcile.results import ActionKind, ActionState

_MAY_BE_APPROVED = (ActionState.PROPOSED, ActionState.REJECTED, ActionState.UNDONE)
_MAY_BE_REJECTED = (ActionState.PROPOSED, ActionState.APPROVED)


def approve(ledger: Ledger, config: ProjectConfig, ids: Sequence[str], *, by: Person | str, comment: str = "") -> Decided:
    """Approve proposed, rejected or undone actions, as far as this person may; the others are left and counted by reason.

    Each approval binds the payload as it now stands in the ledger. An action whose parent is not approved waits at the push.
    Where more people must approve, it stays proposed until they have. Raises UnknownActions, NotPushable for actions that only
    ask for a review, NobodyDecides; and if nothing may be approved NotAllowed, OwnProposal, WouldBeRefused. Then nothing changes.
    """
    rules = Rules.of(config)
    person = rules.person(by)
    if reviews := [action.id for action in ledger.actions(ids=ids, kind=ActionKind.REVIEW)]:
        raise NotPushable(reviews)
    said = Said(ActionState.APPROVED, person.name, comment, holds=holds(config.approvals.expire_days))
    return ledger.decide(ids, _MAY_BE_APPROVED, approving(rules, person), said)


def reject(ledger: Ledger, config: ProjectConfig, ids: Sequence[str], *, by: Person | str, comment: str = "") -> Decided:
    """Reject proposed or approved actions, as far as this person may. A rejection holds until the proposal says something else.

    Raises UnknownActions, NobodyDecides, NotAllowed if this person may reject none of them; then nothing changes.
    """
    rules = Rules.of(config)
    person = rules.person(by)
    said = Said(ActionState.REJECTED, person.name, comment)
    return ledger.decide(ids, _MAY_BE_REJECTED, rejecting(rules, person), said)
