"""What django-crm 0.9 demands of values: lengths and needs as its serializers have them, closed lists as it says them itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconcile.connect.django_crm.objects import Crm
from reconcile.results import FieldRule, Holds

_HOLDS: Mapping[str, Holds] = {
    "text": Holds.TEXT,
    "number": Holds.NUMBER,
    "whole": Holds.INTEGER,
    "truth": Holds.BOOLEAN,
    "date": Holds.DATE,
    "ref": Holds.REFERENCE,
}
_ADDRESS = {"address_line": 255, "street": 55, "city": 255, "state": 255, "postcode": 64, "country": 3}
_LENGTHS: Mapping[str, Mapping[str, int]] = {
    "accounts": {"name": 64, "email": 254, "website": 200, **{f"billing_{name}": most for name, most in _ADDRESS.items()}},
    "contacts": {
        "first_name": 255,
        "last_name": 255,
        "email": 254,
        **{f"address.{name}": most for name, most in _ADDRESS.items()},
    },
    "leads": {
        "title": 64,
        "first_name": 255,
        "last_name": 255,
        "account_name": 255,
        "email": 254,
        "source": 255,
        "website": 255,
        **_ADDRESS,
    },
    "opportunities": {"name": 64},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "accounts": ("name", "email"),
    "contacts": ("first_name", "last_name", "email"),
    "leads": ("title",),
    "opportunities": ("name", "stage", "probability"),
}
_UNIQUE: Mapping[str, tuple[str, ...]] = {
    "accounts": ("name",),
    "contacts": ("first_name", "email", "phone"),
    "leads": ("title",),
    "opportunities": ("name",),
}
_LISTS: Mapping[str, Mapping[str, str]] = {
    "accounts": {"industry": "industries"},
    "contacts": {"address.country": "countries"},
    "leads": {"status": "status", "country": "countries"},
    "opportunities": {"stage": "stage", "currency": "currency", "lead_source": "lead_source"},
}
_CONVERTED = "converted"
"""A status that makes an account of a lead, which no correction of a field may do."""


def rules_of(name: str, crm: Crm, listed: Mapping[str, Any]) -> dict[str, FieldRule]:
    """The rules of an object's fields.

    Args:
        name: the object.
        crm: its declaration.
        listed: an answer with its list, in which the closed lists of words stand too.
    """
    rules = {}
    for field, place in crm.fields.items():
        words = _words(listed.get(_LISTS[name].get(field, "")))
        rules[field] = FieldRule(
            holds=_HOLDS.get(place.kind),
            required=field in _NEEDED[name],
            creatable=place.writes is not None,
            updatable=place.writes is not None,
            max_length=_LENGTHS[name].get(field),
            allowed=tuple(word for word in words if word != _CONVERTED),
            unique=field in _UNIQUE[name],
        )
    if "amount" in rules:
        rules["amount"] = replace(rules["amount"], digits=12, decimals=2)
    return rules


def _words(said: Any) -> tuple[str, ...]:
    """The words of a list of pairs, each with what people are shown."""
    return tuple(str(pair[0]) for pair in said if isinstance(pair, list) and pair) if isinstance(said, list) else ()
