"""Lending the right to decide while away: from one day to another, to one person, who can't lend it on."""

from __future__ import annotations

import datetime as dt

from reconcile.access.people import Person
from reconcile.access.rules import Rules
from reconcile.config.models import ProjectConfig
from reconcile.errors import DelegationUnfit, UnknownPerson
from reconcile.ledger import Ledger


def delegate(
    ledger: Ledger,
    config: ProjectConfig,
    *,
    to: str,
    until: dt.datetime,
    since: dt.datetime | None = None,
    away: str | None = None,
    by: Person | str,
    comment: str = "",
) -> int:
    """Let `to` approve and reject what the person who is away may, from `since` (now) until before `until`; its number.

    One's own right takes the operation `delegate`, somebody else's (`away`) `administer`. Raises NotAllowed, UnknownPerson,
    DelegationUnfit.
    """
    rules = Rules.of(config)
    if not rules.given:
        raise DelegationUnfit("the configuration has no `access`, so that everybody may decide")
    person, lender, deputy = _who(rules, by, away, to)
    rules.check(person, "delegate" if lender.name == person.name else "administer")
    now = dt.datetime.now(dt.UTC)
    begin = since or now
    if until <= max(begin, now):
        raise DelegationUnfit("it would end before it begins, or has ended already")
    if rules.same(lender, deputy.name):
        raise DelegationUnfit(f"{lender.name} can't stand in for {lender.name}")
    if rules.objection(lender, "approve") and rules.objection(lender, "reject"):
        raise DelegationUnfit(
            f"{lender.name} has no role under `access.people` that may approve or reject, and so nothing to lend"
        )
    return ledger.delegate(lender.name, deputy.name, begin, until, comment=comment.strip(), by=person.name)


def end_delegations(
    ledger: Ledger, config: ProjectConfig, *, by: Person | str, away: str | None = None, to: str | None = None
) -> int:
    """Take back what one has lent, or what somebody else has (`away`), all of it or that to one person; how many ended."""
    rules = Rules.of(config)
    person, lender, deputy = _who(rules, by, away, to)
    rules.check(person, "delegate" if lender.name == person.name else "administer")
    mine = [
        id_
        for id_, one, other in ledger.delegations().select("id", "person", "deputy").iter_rows()
        if rules.same(lender, one) and (to is None or rules.same(deputy, other))
    ]
    return ledger.end_delegations(mine, person.name)


def _who(rules: Rules, by: Person | str, away: str | None, to: str | None) -> tuple[Person, Person, Person]:
    """Who asks, who is away, who stands in. Raises UnknownPerson where nobody of that name can exist."""
    person = rules.person(by)
    known = [one.name for one in rules.people()]
    others = []
    for name in (away, to):
        other = rules.person(name) if name is not None else person
        if name is not None and other.name not in known and (name == away or not rules.by_claims):
            raise UnknownPerson(name, known)
        others.append(other)
    return person, others[0], others[1]
