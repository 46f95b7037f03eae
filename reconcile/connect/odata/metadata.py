"""What an OData service says of itself: its version, and the parts of `$metadata` that reading and writing need."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # a document type, where the attacks live, is refused
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import polars as pl

from reconcile.connect.odata.rules import rules_in
from reconcile.connect.pages import Column, path_of
from reconcile.results import Rules

Version = Literal["v2", "v4"]

INTEGERS = frozenset({"Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"})
NUMBERS = INTEGERS | {"Edm.Decimal", "Edm.Double", "Edm.Single"}


@dataclass(frozen=True)
class Navigation:
    """A relation to another type: `many` if a list of records stands behind it."""

    type: str
    many: bool


@dataclass(frozen=True)
class EntityType:
    """One type: its key, its properties with their Edm types, its relations.

    V2 has no type for days; a date and time that V2 says to show as a date is Edm.Date here.
    """

    key: tuple[str, ...]
    properties: Mapping[str, str]
    navigations: Mapping[str, Navigation]
    rules: Rules = field(default_factory=dict)
    """What is demanded of the values of its properties."""

    def kind(self, name: str) -> str:
        """The Edm type of a property; text if there is no such property."""
        return self.properties.get(name, "Edm.String")


NOTHING = EntityType((), {}, {})
"""A type that has no properties, where the description names none."""


@dataclass(frozen=True)
class Service:
    """Entity set names to type names, and the types."""

    sets: Mapping[str, str]
    types: Mapping[str, EntityType]
    version: Version = "v4"

    def of(self, entity_set: str) -> EntityType | None:
        """The type behind an entity set, or None if there is no such set."""
        return self.types.get(self.sets.get(entity_set, ""))

    def set_of(self, type_name: str) -> str | None:
        """The entity set that keeps a type, or None."""
        return next((name for name, kept in self.sets.items() if kept == type_name), None)

    def behind(self, entity: EntityType, relation: str) -> EntityType:
        """The type behind a relation; one without properties if there is no such relation."""
        navigation = entity.navigations.get(relation)
        return self.types.get(navigation.type, NOTHING) if navigation else NOTHING

    def column(self, entity: EntityType, field: str) -> Column:
        """How a field or path is read: numbers as Float64 or Int64, all that has no better type as text."""
        *relations, name = path_of(field)
        at, path, lists = entity, [], set[int]()
        for relation in relations:
            navigation = at.navigations.get(relation)
            path.append(relation)
            if navigation and navigation.many:
                if self.version == "v2":  # the list stands one step further in
                    path.append("results")
                lists.add(len(path) - 1)
            at = self.behind(at, relation)
        return Column((*path, name), _dtype(at.kind(name)), frozenset(lists))

    def kind(self, entity: EntityType, field: str) -> str:
        """The Edm type of a field or path; text if it is not described."""
        *relations, name = path_of(field)
        for relation in relations:
            entity = self.behind(entity, relation)
        return entity.kind(name)


def parse(document: bytes) -> Service:
    """Read a `$metadata` document of either version. Raises ValueError if it is none."""
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise ValueError("it has a document type, as no service description does")
    try:
        root = ET.fromstring(document)  # noqa: S314  # see above
    except ET.ParseError as error:
        raise ValueError(f"it is no XML: {error}") from error
    schemas = [e for e in root.iter() if _local(e) == "Schema"]
    if not schemas:
        raise ValueError("it is no service description")
    found: dict[str, ET.Element] = {}
    ends: dict[str, dict[str, ET.Element]] = {}
    aliases: dict[str, str] = {}
    for schema in schemas:
        namespace = schema.get("Namespace", "")
        aliases[schema.get("Alias", namespace)] = namespace
        found |= {f"{namespace}.{e.get('Name')}": e for e in _children(schema, "EntityType")}
        for association in _children(schema, "Association"):
            roles = {end.get("Role", ""): end for end in _children(association, "End")}
            ends[f"{namespace}.{association.get('Name')}"] = roles

    def full(name: str) -> str:
        space, _, short = name.rpartition(".")
        return f"{aliases.get(space, space)}.{short}"

    rules = rules_in(root, {name: _line(name, found, full) for name in found}, full)
    types = {name: replace(_type(element, found, ends, full), rules=rules[name]) for name, element in found.items()}
    sets = {s.get("Name", ""): full(s.get("EntityType", "")) for e in schemas for s in e.iter() if _local(s) == "EntitySet"}
    return Service(sets, types, "v4" if root.get("Version", "").startswith("4") else "v2")


def _line(name: str, found: Mapping[str, ET.Element], full: Callable[[str], str]) -> list[str]:
    """A type and those that it is based on, itself first."""
    out: list[str] = []
    while name in found and name not in out:
        out.append(name)
        name = full(found[name].get("BaseType", ""))
    return out


def _type(
    element: ET.Element,
    found: Mapping[str, ET.Element],
    ends: Mapping[str, Mapping[str, ET.Element]],
    full: Callable[[str], str],
) -> EntityType:
    key: tuple[str, ...] = ()
    properties: dict[str, str] = {}
    navigations: dict[str, Navigation] = {}
    seen: list[ET.Element] = []
    at: ET.Element | None = element
    while at is not None and at not in seen:  # a type has what its base type has
        seen.append(at)
        at = found.get(full(at.get("BaseType", "")))
    for each in reversed(seen):
        properties |= {p.get("Name", ""): _kind(p) for p in _children(each, "Property")}
        key = tuple(r.get("Name", "") for k in _children(each, "Key") for r in _children(k, "PropertyRef")) or key
        for navigation in _children(each, "NavigationProperty"):
            navigations[navigation.get("Name", "")] = _navigation(navigation, ends, full)
    plain = {name: kind for name, kind in properties.items() if kind.startswith("Edm.")}
    return EntityType(key, plain, navigations)


def _kind(element: ET.Element) -> str:
    kind = element.get("Type", "Edm.String")
    shown = next((value for name, value in element.attrib.items() if name.endswith("}display-format")), None)
    return "Edm.Date" if kind == "Edm.DateTime" and shown == "Date" else kind


def _navigation(element: ET.Element, ends: Mapping[str, Mapping[str, ET.Element]], full: Callable[[str], str]) -> Navigation:
    """V4 names the type behind a relation; V2 an association, one end of which has the type."""
    said = element.get("Type")
    if said is not None:
        inner = said.removeprefix("Collection(").removesuffix(")")
        return Navigation(full(inner), said.startswith("Collection("))
    end = ends.get(full(element.get("Relationship", "")), {}).get(element.get("ToRole", ""))
    return Navigation("", many=False) if end is None else Navigation(full(end.get("Type", "")), end.get("Multiplicity") == "*")


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _local(child) == name)


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _dtype(edm: str) -> pl.DataType:
    if edm in INTEGERS:
        return pl.Int64()
    if edm in NUMBERS:
        return pl.Float64()
    return pl.Boolean() if edm == "Edm.Boolean" else pl.String()
