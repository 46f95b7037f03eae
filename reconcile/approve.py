"""The first gate: a person, or a named rule, decides on exactly the values that were shown."""

from __future__ import annotations

from collections.abc import Sequence

from reconcile.errors import NobodyDecides, NotPushable
from reconcile.ledger import Ledger
from reconcile.results import ActionKind, ActionState

_MAY_BE_APPROVED = (ActionState.PROPOSED, ActionState.REJECTED, ActionState.UNDONE)
_MAY_BE_REJECTED = (ActionState.PROPOSED, ActionState.APPROVED)


def approve(ledger: Ledger, ids: Sequence[str], *, by: str, comment: str = "") -> int:
    """Approve proposed, rejected or undone actions; how many changed. Others are left as they are.

    Each approval binds the payload as it now stands in the ledger. An action whose parent is not approved waits at the
    push. Raises UnknownActions, NotPushable for actions that only ask for a review, NobodyDecides; then nothing changes.
    """
    if reviews := [action.id for action in ledger.actions(ids=ids, kind=ActionKind.REVIEW)]:
        raise NotPushable(reviews)
    return ledger.decide(ids, ActionState.APPROVED, _MAY_BE_APPROVED, _named(by), comment)


def reject(ledger: Ledger, ids: Sequence[str], *, by: str, comment: str = "") -> int:
    """Reject proposed or approved actions; how many changed. A rejection holds until the proposal says something else.

    Raises UnknownActions and NobodyDecides; then nothing changes.
    """
    return ledger.decide(ids, ActionState.REJECTED, _MAY_BE_REJECTED, _named(by), comment)


def _named(by: str) -> str:
    if not by.strip():
        raise NobodyDecides
    return by.strip()
