"""What the configuration of people must hold beyond the shape of its keys, and when two spellings name one person."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from reconcile.config.access import Access, Approvals, AutomaticApproval
from reconcile.config.document import Fault, KeyPath
from reconcile.config.models import Entity
from reconcile.config.wording import did_you_mean, listed, quoted


def folded(name: str) -> str:
    """A name without what does not tell people apart: case, width, spaces too many, and characters that nobody sees."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) not in ("Cf", "Cc"))
    return " ".join(unicodedata.normalize("NFKC", seen.casefold()).split())


def faults(
    access: Access | None, approvals: Approvals | None, entities: Mapping[str, Entity], names: frozenset[str]
) -> Iterator[Fault]:
    """Roles, entities and fields that there are not, people who can't be told apart, and approvals that nobody could give."""
    if access is not None:
        yield from _roles(access, names)
        yield from _same(access)
    if approvals is not None:
        yield from _needed(access, approvals)
        for at, rule in enumerate(approvals.automatic):
            yield from _rule(("approvals", "automatic", at), rule, approvals, entities, names)


def _roles(access: Access, names: frozenset[str]) -> Iterator[Fault]:
    for name, role in access.roles.items():
        yield from _entities(("access", "roles", name, "entities"), role.entities, names)
    for name, person in access.people.items():
        if folded(name).startswith("rule ") or not folded(name):
            yield Fault(("access", "people", name), "this name can't sign: it is empty, or one under which a rule signs.")
        for at, role_name in enumerate(person.roles):
            yield from _role(("access", "people", name, "roles", at), role_name, access)
    for value, role_name in access.claims.items():
        yield from _role(("access", "claims", value), role_name, access)


def _role(path: KeyPath, name: str, access: Access) -> Iterator[Fault]:
    if name not in access.roles:
        hint = did_you_mean(name, access.roles)
        yield Fault(path, f"there is no role {quoted(name)}{hint} Roles under `access.roles` are {listed(access.roles)}.")


def _entities(path: KeyPath, given: tuple[str, ...] | None, names: frozenset[str]) -> Iterator[Fault]:
    for at, name in enumerate(given or ()):
        if name not in names:
            yield Fault((*path, at), f"{quoted(name)} is not configured under `entities`{did_you_mean(name, names)}")


def _same(access: Access) -> Iterator[Fault]:
    """Two entries that one name, address or account would mean."""
    seen: dict[str, str] = {}
    for name, person in access.people.items():
        for key, said in ((None, name), ("title", person.title), ("email", person.email), ("login", person.login)):
            other = seen.setdefault(folded(said), name) if said else name
            if other != name:
                path: KeyPath = ("access", "people", name)
                yield Fault(
                    path if key is None else (*path, key),
                    f"{quoted(said or '')} names {quoted(other)} already; one name is one person.",
                )


def _needed(access: Access | None, approvals: Approvals) -> Iterator[Fault]:
    able = [name for name, person in access.people.items() if _may_approve(access, person.roles)] if access else []
    for kind, count in approvals.needed.items():
        path: KeyPath = ("approvals", "needed", kind)
        if count < 1:
            yield Fault(path, f"must be at least 1; found `{count}`.")
        elif access is not None and not access.claims and count > len(able):
            yield Fault(path, f"{count} people must approve, and only {len(able)} under `access.people` have a role that may.")


def _may_approve(access: Access, roles: tuple[str, ...]) -> bool:
    return any("approve" in access.roles[role].may for role in roles if role in access.roles)


def _rule(
    path: KeyPath, rule: AutomaticApproval, approvals: Approvals, entities: Mapping[str, Entity], names: frozenset[str]
) -> Iterator[Fault]:
    if rule.name in [other.name for other in approvals.automatic[: int(path[-1])]]:
        yield Fault((*path, "name"), f"there is another rule called {quoted(rule.name)}.")
    yield from _entities((*path, "entities"), rule.entities, names)
    known = {field for name, entity in entities.items() if name in (rule.entities or names) for field in entity.fields}
    for at, field in enumerate(rule.fields or ()):
        if field not in known and entities.keys() == names:
            where = f"of {listed(rule.entities)}" if rule.entities else "of any entity"
            yield Fault((*path, "fields", at), f"{quoted(field)} is no field {where}{did_you_mean(field, known)}")
    for at, tier in enumerate(rule.tiers):
        if (count := approvals.needed.get(tier, 1)) > 1:
            yield Fault((*path, "tiers", at), f"a rule can't approve {tier} risk: {count} people must, by `approvals.needed`.")
