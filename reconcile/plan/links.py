"""Links as actions: what the crosswalk shall say of two records, and where their systems keep each other's key.

A link is one action, or two where both sides keep a key: the second is a part of the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reconcile.config.models import Entity
from reconcile.plan.deactivations import source_of
from reconcile.plan.identity import identified
from reconcile.records import Kind, Role
from reconcile.results import LINK_CHANGE, Action, ActionKind, Change

KEEPS_KEY = "external_id"
"""What the field that keeps the other system's key is called where it is not mapped."""


def link_change(before: str | None, after: str | None) -> Change:
    """What the crosswalk shall say: the target's key that the source record is linked with."""
    return Change(LINK_CHANGE, "", before, after, LINK_CHANGE)


def key_change(entity: Entity, role: Role, held: str | None, after: str | None) -> Change | None:
    """What writes the other side's key into a record of this side; None if it holds that, or there is no field to write."""
    field = key_field(entity, role)
    if field is None or (held or "") == (after or ""):
        return None
    named = next((name for name, spec in entity.fields.items() if getattr(spec, role) == field), KEEPS_KEY)
    return Change(named, field, held, after, str(Kind.IDENTIFIER))


def key_field(entity: Entity, role: Role) -> str | None:
    """The field of this side that keeps the other system's key and may be written; None if there is none."""
    source = source_of(entity, role)
    return source.external_id if source.external_id and source.external_id not in source.key else None


def linking(
    name: str,
    entity: Entity,
    pair: Mapping[Role, str],
    label: str,
    held: Mapping[Role, str | None],
    evidence: Sequence[tuple[str, str]] = (),
) -> tuple[Action, ...]:
    """The actions that link two records, the link first.

    Args:
        name: the entity.
        entity: its configuration.
        pair: the two keys.
        label: what people call the record.
        held: what the field that keeps the other's key holds now; a side that is left out is not written.
        evidence: why.
    """
    return _both(name, entity, pair, label, held, (None, True), f"{name}: link", tuple(evidence))


def unlinking(
    name: str, entity: Entity, pair: Mapping[Role, str], label: str, held: Mapping[Role, str | None], rung: str
) -> tuple[Action, ...]:
    """The actions that take a link back: keys that point to the other record are emptied, other keys are left."""
    pointing = {role: text for role, text in held.items() if text == pair[role.other]}
    return _both(name, entity, pair, label, pointing, (True, None), f"{name}: unlink", (("linked_by", rung),))


def _both(
    name: str,
    entity: Entity,
    pair: Mapping[Role, str],
    label: str,
    held: Mapping[Role, str | None],
    turn: tuple[bool | None, bool | None],
    clause: str,
    evidence: tuple[tuple[str, str], ...],
) -> tuple[Action, ...]:
    """`turn`: whether the two are linked before and after."""
    was, shall = turn
    keys = {
        role: change
        for role in held
        if (change := key_change(entity, role, held[role], pair[role.other] if shall else None)) is not None
    }
    target = Role.CRM if keys.keys() == {Role.CRM} else Role.ERP
    link = link_change(pair[target] if was else None, pair[target] if shall else None)
    changes = (link, *([keys[target]] if target in keys else []))
    root = Action("", ActionKind.LINK, name, target, pair[target], pair[target.other], label, changes, clause, (), "medium")
    other = target.other
    rest = [
        identified(Action("", ActionKind.UPDATE, name, other, pair[other], None, label, (change,), clause, (), "medium"))
        for role, change in keys.items()
        if role is other
    ]
    return whole(replace(root, evidence=evidence), rest, before=False)


def whole(root: Action, parts: Sequence[Action], *, before: bool) -> tuple[Action, ...]:
    """The root and its parts as one decision: the parts are written `before` the root, or after it."""
    seed = identified(root).id
    own = {part.id: identified(part, within=seed) for part in parts}
    ids = tuple(part.id for part in own.values())
    root = identified(replace(root, parts=ids, depends_on=ids if before else root.depends_on))
    more = () if before else (root.id,)
    of_root = tuple(
        replace(part, part_of=root.id, tier=root.tier, depends_on=(*(own[id_].id for id_ in part.depends_on), *more))
        for part in own.values()
    )
    return (*of_root, root) if before else (root, *of_root)
