"""What a Salesforce describe call demands of a field, as the rules that corrections are checked against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconcile.results import FieldRule, Holds

BEHIND_A_LOOKUP = FieldRule(creatable=False, updatable=False)
"""A path such as `Account.Name` is read through its lookup and never written."""
_HOLDS: Mapping[str, Holds] = {
    **dict.fromkeys(("double", "currency", "percent"), Holds.NUMBER),
    **dict.fromkeys(("int", "long"), Holds.INTEGER),
    **dict.fromkeys(("id", "reference"), Holds.REFERENCE),
    "boolean": Holds.BOOLEAN,
    "date": Holds.DATE,
    "datetime": Holds.DATETIME,
}


def rule_of(field: Mapping[str, Any]) -> FieldRule:
    """The rule in one field of a describe answer. Digits after the point that are too many would be cut without a word."""
    holds = _HOLDS.get(field.get("type", ""), Holds.TEXT)
    scale = _count(field, "scale") or 0
    precision = _count(field, "precision")
    number = holds is Holds.NUMBER and precision is not None
    closed = field.get("type") == "picklist" and field.get("restrictedPicklist", False)
    return FieldRule(
        holds=holds,
        required=not field.get("nillable", True),
        defaulted=bool(field.get("defaultedOnCreate", False)),
        creatable=bool(field.get("createable", True)),
        updatable=bool(field.get("updateable", True)),
        max_length=_count(field, "length") if holds is Holds.TEXT else None,
        whole_digits=(precision or 0) - scale if number else _count(field, "digits") if holds is Holds.INTEGER else None,
        decimals=scale if number else None,
        allowed=tuple(str(v["value"]) for v in field.get("picklistValues") or () if v.get("active", True)) if closed else (),
        unique=bool(field.get("unique", False)),
        case_matters=bool(field.get("caseSensitive", False)),
    )


def _count(field: Mapping[str, Any], name: str) -> int | None:
    """A number that says something: zero is how Salesforce writes that there is none."""
    value = field.get(name)
    return value if isinstance(value, int) and value > 0 else None
