"""What an OData service's `$metadata` demands of values: facets of V2 and V4, SAP's attributes, and the annotations of V4.

Apart from `metadata`, which reads what is needed to read and write at all.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # parsed by metadata, which refuses what could do harm
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconcile.results import FieldRule, Holds, Rules

_HOLDS: Mapping[str, Holds] = {
    **dict.fromkeys(("Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"), Holds.INTEGER),
    **dict.fromkeys(("Edm.Decimal", "Edm.Double", "Edm.Single"), Holds.NUMBER),
    "Edm.Boolean": Holds.BOOLEAN,
    "Edm.Date": Holds.DATE,
    **dict.fromkeys(("Edm.DateTime", "Edm.DateTimeOffset"), Holds.DATETIME),
    "Edm.String": Holds.TEXT,
}
_DIGITS = {"Edm.Byte": 3, "Edm.SByte": 3, "Edm.Int16": 5, "Edm.Int32": 10, "Edm.Int64": 19}
_CORE, _CAPABILITIES = "Org.OData.Core.V1.", "Org.OData.Capabilities.V1."
_ALLOWED, _FIELD_CONTROL = "Org.OData.Validation.V1.AllowedValues", "com.sap.vocabularies.Common.v1.FieldControl"


@dataclass
class _Said:
    """Everything that the document says of its types, by full names."""

    notes: dict[str, list[tuple[str, ET.Element]]] = field(default_factory=dict)
    """Target, such as `ns.Type/Property`, to the terms that annotate it."""
    sets: dict[str, str] = field(default_factory=dict)
    """Full type name to `ns.Container/Set`."""


def rules_in(root: ET.Element, types: Mapping[str, Iterable[str]], full: Callable[[str], str]) -> dict[str, Rules]:
    """Full type name to its rules, by property.

    Args:
        root: the document.
        types: full type name to itself and those that it is based on.
        full: a type's full name, whatever alias stands before it.
    """
    said = _read(root, full)
    elements = {f"{s.get('Namespace', '')}.{e.get('Name')}": e for s in _named(root, "Schema") for e in _named(s, "EntityType")}
    return {name: _of_type(name, [elements[b] for b in line if b in elements], said) for name, line in types.items()}


def behind(relation: str, rules: Rules, key: Iterable[str]) -> dict[str, FieldRule]:
    """The rules of a related type as paths; its key comes with the relation, so that nobody has to give it."""
    keys = set(key)
    return {
        f"{relation}/{name}": replace(rule, required=rule.required and name not in keys, unique=False)
        for name, rule in rules.items()
    }


def _of_type(name: str, line: list[ET.Element], said: _Said) -> dict[str, FieldRule]:
    properties = {p.get("Name", ""): (p, b) for b in reversed(line) for p in b if _local(p) == "Property"}
    keys = {r.get("Name", "") for b in line for k in b if _local(k) == "Key" for r in k}
    others = [p for n, (p, _) in properties.items() if n not in keys]
    nullability_counts = any(p.get("Nullable", "true") != "false" for p in others)
    out = {n: _rule(p, said.notes, f"{name}/{n}", key=n in keys, counts=nullability_counts) for n, (p, _) in properties.items()}
    return _restricted(out, said.notes.get(said.sets.get(name, ""), []))


def _rule(
    element: ET.Element, notes: Mapping[str, list[tuple[str, ET.Element]]], place: str, *, key: bool, counts: bool
) -> FieldRule:
    """The rule of one property.

    Where no property of a type may be null, the service is of a kind that knows no null, as ABAP does, and fills in what a
    create leaves out; only what is marked mandatory is then required. The same holds for a key, which a service may number.
    """
    kind = element.get("Type", "Edm.String")
    said = dict(notes.get(place, []))
    control = _enum(said.get(_FIELD_CONTROL))
    mandatory = control == "Mandatory"
    kept = _holds_true(said, _CORE + "Computed") or control == "ReadOnly" or _is(said, _CORE + "Permissions", "Read")
    immutable = _holds_true(said, _CORE + "Immutable") or key
    precision, scale = _number(element.get("Precision")), _number(element.get("Scale"))
    decimal = kind == "Edm.Decimal"
    no_default = element.get("DefaultValue") is None and not _holds_true(said, _CORE + "ComputedDefaultValue")
    return FieldRule(
        holds=_HOLDS.get(kind),
        required=mandatory or (element.get("Nullable") == "false" and counts and not key),
        defaulted=not no_default and not mandatory,
        creatable=not kept and _sap(element, "creatable") != "false",
        updatable=not (kept or immutable) and _sap(element, "updatable") != "false",
        max_length=_number(element.get("MaxLength")) if kind == "Edm.String" else None,
        whole_digits=precision - scale if decimal and precision is not None and scale is not None else _DIGITS.get(kind),
        decimals=scale if decimal else None,
        digits=precision if decimal and scale is None else None,
        allowed=_allowed(said.get(_ALLOWED)),
    )


def _restricted(rules: dict[str, FieldRule], notes: list[tuple[str, ET.Element]]) -> dict[str, FieldRule]:
    """The capabilities of an entity set narrow what its type allows."""
    inserted = _kept_from(notes, "InsertRestrictions", "Insertable", "NonInsertableProperties", rules)
    updated = _kept_from(notes, "UpdateRestrictions", "Updatable", "NonUpdatableProperties", rules)
    return {
        name: replace(rule, creatable=rule.creatable and name not in inserted, updatable=rule.updatable and name not in updated)
        for name, rule in rules.items()
    }


def _kept_from(
    notes: list[tuple[str, ET.Element]], restriction: str, whole: str, some: str, names: Iterable[str]
) -> frozenset[str]:
    """The properties that a restriction of the entity set keeps from being written."""
    values = [v for term, note in notes if term == _CAPABILITIES + restriction for v in _named(note, "PropertyValue")]
    if any(v.get("Property") == whole and _value(v) == "false" for v in values):
        return frozenset(names)
    lists = [v for v in values if v.get("Property") == some]
    return frozenset((p.text or "").strip() for v in lists for p in v.iter() if _local(p) == "PropertyPath")


def _read(root: ET.Element, full: Callable[[str], str]) -> _Said:
    aliases = {i.get("Alias", ""): i.get("Namespace", "") for i in _named(root, "Include")}
    said = _Said()

    def term(note: ET.Element) -> str:
        space, _, name = note.get("Term", "").rpartition(".")
        return f"{aliases.get(space, space)}.{name}"

    def note(place: str, notes: Iterable[ET.Element]) -> None:
        found = [(term(n), n) for n in notes if _local(n) == "Annotation" and n.get("Qualifier") is None]
        said.notes.setdefault(place, []).extend(found)

    for schema in _named(root, "Schema"):
        space = schema.get("Namespace", "")
        for block in _named(schema, "Annotations"):
            owner, slash, rest = block.get("Target", "").partition("/")
            note(full(owner) + slash + rest, block)
        for entity in _named(schema, "EntityType"):
            for each in _named(entity, "Property"):
                note(f"{space}.{entity.get('Name')}/{each.get('Name')}", each)
        for container in _named(schema, "EntityContainer"):
            for each in _named(container, "EntitySet"):
                place = f"{space}.{container.get('Name')}/{each.get('Name')}"
                said.sets.setdefault(full(each.get("EntityType", "")), place)
                note(place, each)
    return said


def _named(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (each for each in element.iter() if _local(each) == name)


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _sap(element: ET.Element, name: str) -> str | None:
    """An attribute of SAP's own, as V2 has them."""
    return next((value for key, value in element.attrib.items() if key.endswith("}" + name)), None)


def _number(text: str | None) -> int | None:
    """A facet as a number; `max`, `variable` and `floating` set no bound."""
    return int(text) if text is not None and text.isdecimal() else None


def _value(element: ET.Element) -> str | None:
    return element.get("Bool") or next(((e.text or "").strip() for e in element if _local(e) == "Bool"), None)


def _holds_true(notes: Mapping[str, ET.Element], term: str) -> bool:
    """A tag annotation without a value means true."""
    return term in notes and _value(notes[term]) != "false"


def _enum(note: ET.Element | None) -> str | None:
    """The last part of an enumeration member, such as Mandatory."""
    if note is None:
        return None
    text = note.get("EnumMember") or next((e.text or "" for e in note if _local(e) == "EnumMember"), "")
    return text.strip().rpartition("/")[2] or None


def _is(notes: Mapping[str, ET.Element], term: str, member: str) -> bool:
    return _enum(notes.get(term)) == member


def _allowed(note: ET.Element | None) -> tuple[str, ...]:
    """The values of a closed list, as text."""
    values = [v for v in _named(note, "PropertyValue") if v.get("Property") == "Value"] if note is not None else []
    said = (next((x for k, x in v.attrib.items() if k in ("String", "Int", "EnumMember")), None) for v in values)
    return tuple(text for text in said if text is not None)
