"""What closes a record without removing it: the value that its system takes for inactive, and where it stands."""

from __future__ import annotations

from reconcile.config.models import Entity, Source, field_at, kind_of
from reconcile.plan.identity import identified
from reconcile.records import Kind, Role
from reconcile.refusals import Refusal, refusal
from reconcile.results import Action, ActionKind, Change

INACTIVE = "inactive"
"""What the field is called where it is not mapped."""


def source_of(entity: Entity, role: Role) -> Source:
    """Where one side keeps the entity."""
    return entity.crm if role is Role.CRM else entity.erp


def closing(name: str, entity: Entity, role: Role, held: str | None) -> Change | None:
    """What makes a record of this side inactive, given what its field holds now; None where that is not configured."""
    inactive = source_of(entity, role).inactive
    if inactive is None:
        return None
    mapped = field_at(entity, role, inactive.field)
    kind = kind_of(name, mapped, entity.fields[mapped]) if mapped else None
    if kind is None:
        kind = Kind.BOOLEAN if inactive.value.lower() in ("true", "false") else Kind.TEXT
    return Change(mapped or INACTIVE, inactive.field, held, inactive.value, str(kind))


def not_configured(name: str, role: Role) -> Refusal:
    """Why a record of this side can't be made inactive."""
    return refusal("no_inactive", name=name, side=role)


def deactivation(name: str, role: Role, key: str, label: str, *changes: Change) -> Action:
    """The action that makes one record inactive."""
    clause = f"{name}: deactivate in {role}"
    draft = Action("", ActionKind.DEACTIVATE, name, role, key, None, label, changes, clause, (), "medium")
    return identified(draft)
