"""What cleansing one system's entity goes by: kinds, required fields, what makes a record itself, and the gates' limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconcile.config.models import Entity, kind_of
from reconcile.errors import UnknownFields
from reconcile.records import SHAPES, Kind, Role

_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "customers": ("name",),
    "contacts": ("last_name", "customer"),
    "products": ("name",),
    "orders": ("customer", "order_date"),
    "order_lines": ("order", "product", "quantity"),
    "invoices": ("customer", "invoice_date", "amount"),
    "payments": ("invoice", "amount"),
    "shipments": ("order",),
}
"""Without these no business system takes the record. Source: the fields both sides of the sandbox demand."""

_CASED = (Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS)


@dataclass(frozen=True)
class Limits:
    """What the gates ask for, as shares of the records (1.0 is all of them)."""

    filled: float = 1.0
    """Of each required field."""
    readable: float = 1.0
    """Of each field that holds numbers, dates or codes: values that are what they should be."""
    valid: float = 0.98
    """Of each field with a form of its own: tax ids with a right check digit, addresses that can get mail, ..."""
    duplicates: float = 0.01
    """At most so many records may be another record once more."""


@dataclass(frozen=True)
class Rules:
    """One entity of one system, as cleansing sees it."""

    entity: str
    role: Role
    kinds: Mapping[str, Kind]
    """Canonical field to kind, of the fields that this side has."""
    required: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...]
    """Fields that together name one record: two records that share them are duplicates."""
    words: Mapping[str, tuple[str, ...]]
    """Fields with a code map: the words that this side uses."""
    cased: tuple[str, ...]
    """Fields in which a text all in capitals, or all in small letters, is written as a name."""
    sources: Mapping[str, str]
    """Canonical field to this side's own field."""
    key: tuple[str, ...]
    country: str | None = None
    """Alpha-2 country of phone numbers that carry none, where the record does not say."""
    limits: Limits = Limits()

    @property
    def label(self) -> tuple[str, ...]:
        """The fields that a person knows a record by."""
        shape = SHAPES.get(self.entity)
        return tuple(name for name in (shape.label.split() if shape else ()) if name in self.kinds)


def rules_for(
    entity_name: str,
    entity: Entity,
    role: Role,
    *,
    required: Sequence[str] | None = None,
    country: str | None = None,
    limits: Limits | None = None,
) -> Rules:
    """The rules that a project's configuration implies; `required` replaces the usual required fields.

    Raises:
        UnknownFields: `required` names a field that this side does not have.
    """
    fields = {name: spec for name, spec in entity.fields.items() if getattr(spec, role) is not None}
    kinds = {name: kind for name, spec in fields.items() if (kind := kind_of(entity_name, name, spec)) is not None}
    if missing := [name for name in required or () if name not in kinds]:
        raise UnknownFields(missing, known=kinds, of=f"{entity_name} in the {role.upper()}")
    words = {
        name: tuple(dict.fromkeys(spec.values if role is Role.CRM else spec.values.values()))
        for name, spec in fields.items()
        if spec.values
    }
    unique = [tuple(key) for key in entity.match.keys if all(name in kinds for name in key) and _names_one(key, kinds)]
    unique += [(name,) for name, kind in kinds.items() if kind is Kind.TAX_ID and (name,) not in unique]
    usual = _REQUIRED.get(entity_name, ())
    return Rules(
        entity=entity_name,
        role=role,
        kinds=kinds,
        required=tuple(required) if required is not None else tuple(name for name in usual if name in kinds),
        unique=tuple(unique),
        words=words,
        cased=tuple(name for name, kind in kinds.items() if kind in _CASED or name == "city"),
        sources={name: str(getattr(spec, role)) for name, spec in fields.items()},
        key=(entity.crm if role is Role.CRM else entity.erp).key,
        country=country.upper() if country else None,
        limits=limits or Limits(),
    )


def _names_one(key: Sequence[str], kinds: Mapping[str, Kind]) -> bool:
    """A mail address is shared by branches and colleagues: it links two systems, but inside one it proves nothing."""
    return len(key) > 1 or kinds[key[0]] in (Kind.IDENTIFIER, Kind.TAX_ID)
