"""What Tryton's `fields_get` demands of a field. Of what depends on the record (PYSON) only this is read: fixed once saved."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconcile.results import FieldRule, Holds

_HOLDS: Mapping[str, Holds] = {
    **dict.fromkeys(("numeric", "float"), Holds.NUMBER),
    **dict.fromkeys(("integer", "biginteger"), Holds.INTEGER),
    **dict.fromkeys(("many2one", "one2one", "reference"), Holds.REFERENCE),
    **dict.fromkeys(("char", "text", "fulltext", "selection"), Holds.TEXT),
    **dict.fromkeys(("datetime", "timestamp"), Holds.DATETIME),
    "boolean": Holds.BOOLEAN,
    "date": Holds.DATE,
}


def rule_of(said: Mapping[str, Any]) -> FieldRule:
    """The rule in one field of a fields_get answer. A field that Tryton keeps to itself is read-only there."""
    kind, writable = str(said.get("type")), not said.get("readonly", False)
    whole, decimals = _digits(said.get("digits"))
    words = said.get("selection") if kind == "selection" else None
    size = said.get("size")
    return FieldRule(
        holds=_HOLDS.get(kind),
        required=bool(said.get("required", False)),
        creatable=writable,
        updatable=writable and not _fixed_once_saved(said.get("states")),
        max_length=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        whole_digits=whole,
        decimals=decimals,
        allowed=tuple(str(key) for key, _ in words if key) if isinstance(words, list) else (),
    )


def behind_a_relation(rule: FieldRule, *, several: bool) -> FieldRule:
    """The rule as that of a path: what else a record behind a relation needs comes with the relation, or by default.

    What lies behind a relation to one record belongs to that record, and can't be written through this one.
    """
    return replace(rule, required=False, creatable=several and rule.creatable, updatable=several and rule.updatable)


def of_a_word(relation: FieldRule) -> FieldRule:
    """The rule of a path such as currency.code, which is written by choosing another currency."""
    return FieldRule(holds=Holds.TEXT, required=relation.required, creatable=relation.creatable, updatable=relation.updatable)


def _fixed_once_saved(states: Any) -> bool:
    """Whether `states` says, alone or among other reasons, that the field is read-only in every record that has an id."""
    try:
        said = json.loads(states) if isinstance(states, str) else {}
    except ValueError:
        return False
    readonly = said.get("readonly") if isinstance(said, dict) else None
    if not isinstance(readonly, dict):
        return False
    reasons = readonly.get("s") if readonly.get("__class__") == "Or" else [readonly]
    return isinstance(reasons, list) and any(map(_has_an_id, reasons))


def _has_an_id(pyson: Any) -> bool:
    match pyson:
        case {"__class__": "Greater", "s1": {"__class__": "Eval", "v": "id"}, "s2": 0}:
            return True
        case _:
            return False


def _digits(said: Any) -> tuple[int | None, int | None]:
    """Digits before and after the point; of another form, such as the name of a currency field, nothing is known."""
    try:
        digits = json.loads(said) if isinstance(said, str) else said
    except ValueError:
        return None, None
    if not isinstance(digits, list) or len(digits) != 2:  # noqa: PLR2004  # before and after
        return None, None
    whole, decimals = (n if isinstance(n, int) else None for n in digits)
    return whole, decimals
