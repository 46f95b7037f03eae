"""The first gate: a person, or a named rule, decides on exactly the values that were shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconcile.access import Person, Rules
from reconcile.access.rules import frame_of
from reconcile.config.models import ProjectConfig
from reconcile.errors import NotAllowed, NotPushable
from reconcile.ledger import Ledger
from reconcile.results import ActionKind, ActionState

_MAY_BE_APPROVED = (ActionState.PROPOSED, ActionState.REJECTED, ActionState.UNDONE)
_MAY_BE_REJECTED = (ActionState.PROPOSED, ActionState.APPROVED)


@dataclass(frozen=True)
class Decided:
    """What came of a decision. Counts are actions."""

    changed: int
    """Now approved, or rejected."""
    waiting: int = 0
    """The approval is on record, and others must approve as well."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Why others were left as they are, and how many; what had been decided so already is not among them."""


def approve(ledger: Ledger, config: ProjectConfig, ids: Sequence[str], *, by: Person | str, comment: str = "") -> Decided:
    """Approve proposed, rejected or undone actions, as far as this person may; the others are left and counted by reason.

    Each approval binds the payload as it now stands in the ledger. An action whose parent is not approved waits at the push.
    Raises UnknownActions, NotPushable for actions that only ask for a review, NobodyDecides, NotAllowed if this person may
    approve none of them; then nothing changes.
    """
    rules = Rules.of(config)
    person = rules.person(by)
    rules.check(person, "approve")
    if reviews := [action.id for action in ledger.actions(ids=ids, kind=ActionKind.REVIEW)]:
        raise NotPushable(reviews)
    return _decide(ledger, rules, ids, person, comment, ActionState.APPROVED, _MAY_BE_APPROVED)


def reject(ledger: Ledger, config: ProjectConfig, ids: Sequence[str], *, by: Person | str, comment: str = "") -> Decided:
    """Reject proposed or approved actions, as far as this person may. A rejection holds until the proposal says something else.

    Raises UnknownActions, NobodyDecides, NotAllowed if this person may reject none of them; then nothing changes.
    """
    rules = Rules.of(config)
    person = rules.person(by)
    rules.check(person, "reject")
    return _decide(ledger, rules, ids, person, comment, ActionState.REJECTED, _MAY_BE_REJECTED)


def _decide(
    ledger: Ledger,
    rules: Rules,
    ids: Sequence[str],
    person: Person,
    comment: str,
    decision: ActionState,
    allowed: Sequence[ActionState],
) -> Decided:
    actions = ledger.actions(ids=ids)
    whys = rules.objections(person, "approve" if decision is ActionState.APPROVED else "reject", frame_of(actions)).to_list()
    left = Counter(why for why in whys if why)
    if left and all(whys):
        raise NotAllowed(person.name, "decide on these actions", next(iter(left)))
    forbidden = {action.id for action, why in zip(actions, whys, strict=True) if why}
    chosen = [id_ for id_ in ids if id_ not in forbidden]
    return Decided(ledger.decide(chosen, decision, allowed, person.name, comment), 0, left)
