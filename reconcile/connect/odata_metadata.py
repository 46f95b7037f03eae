"""What an OData V4 service says of itself: the parts of `$metadata` that reading and writing need, and its literals."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET  # a document type, where the attacks live, is refused
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

import polars as pl

from reconcile.connect.pages import Column, path_of
from reconcile.connect.port import Value

_INTEGERS = frozenset({"Edm.Byte", "Edm.SByte", "Edm.Int16", "Edm.Int32", "Edm.Int64"})
_NUMBERS = _INTEGERS | {"Edm.Decimal", "Edm.Double", "Edm.Single"}
_UNQUOTED = _NUMBERS | {"Edm.Boolean", "Edm.Date", "Edm.DateTimeOffset", "Edm.Guid", "Edm.TimeOfDay"}


@dataclass(frozen=True)
class Navigation:
    """A relation to another type: `many` if a list of records stands behind it."""

    type: str
    many: bool


@dataclass(frozen=True)
class EntityType:
    """One type: its key, its properties with their Edm types, its relations."""

    key: tuple[str, ...]
    properties: Mapping[str, str]
    navigations: Mapping[str, Navigation]


@dataclass(frozen=True)
class Service:
    """Entity set names to type names, and the types."""

    sets: Mapping[str, str]
    types: Mapping[str, EntityType]

    def of(self, entity_set: str) -> EntityType | None:
        """The type behind an entity set, or None if there is no such set."""
        return self.types.get(self.sets.get(entity_set, ""))

    def set_of(self, type_name: str) -> str | None:
        """The entity set that keeps a type, or None."""
        return next((name for name, kept in self.sets.items() if kept == type_name), None)

    def column(self, entity: EntityType, field: str) -> Column:
        """How a field or path is read: numbers as Float64 or Int64, all that has no better type as text."""
        path, at = path_of(field), entity
        lists: set[int] = set()
        for depth, step in enumerate(path[:-1]):
            navigation = at.navigations.get(step)
            if navigation is None:
                return Column(path, pl.String(), frozenset(lists))
            if navigation.many:
                lists.add(depth)
            at = self.types.get(navigation.type, EntityType((), {}, {}))
        return Column(path, _dtype(at.properties.get(path[-1], "Edm.String")), frozenset(lists))


def parse(document: bytes) -> Service:
    """Read a `$metadata` document. Raises ValueError if it is none."""
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
    aliases: dict[str, str] = {}
    for schema in schemas:
        namespace = schema.get("Namespace", "")
        aliases[schema.get("Alias", namespace)] = namespace
        found |= {f"{namespace}.{e.get('Name')}": e for e in _children(schema, "EntityType")}

    def full(name: str) -> str:
        space, _, short = name.rpartition(".")
        return f"{aliases.get(space, space)}.{short}"

    types = {name: _type(element, found, full) for name, element in found.items()}
    sets = {s.get("Name", ""): full(s.get("EntityType", "")) for e in schemas for s in e.iter() if _local(s) == "EntitySet"}
    return Service(sets, types)


def _type(element: ET.Element, found: Mapping[str, ET.Element], full: Callable[[str], str]) -> EntityType:
    key: tuple[str, ...] = ()
    properties: dict[str, str] = {}
    navigations: dict[str, Navigation] = {}
    seen: list[ET.Element] = []
    at: ET.Element | None = element
    while at is not None and at not in seen:  # a type has what its base type has
        seen.append(at)
        at = found.get(full(at.get("BaseType", "")))
    for each in reversed(seen):
        properties |= {p.get("Name", ""): p.get("Type", "Edm.String") for p in _children(each, "Property")}
        key = tuple(r.get("Name", "") for k in _children(each, "Key") for r in _children(k, "PropertyRef")) or key
        for navigation in _children(each, "NavigationProperty"):
            said = navigation.get("Type", "")
            many = said.startswith("Collection(")
            inner = said.removeprefix("Collection(").removesuffix(")")
            navigations[navigation.get("Name", "")] = Navigation(full(inner), many)
    plain = {name: kind for name, kind in properties.items() if kind.startswith("Edm.")}
    return EntityType(key, plain, navigations)


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _local(child) == name)


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _dtype(edm: str) -> pl.DataType:
    if edm in _INTEGERS:
        return pl.Int64()
    if edm in _NUMBERS:
        return pl.Float64()
    return pl.Boolean() if edm == "Edm.Boolean" else pl.String()


def literal(text: str, edm: str) -> str:
    """A value as it stands in a filter or a key: quoted, unless its type is written bare."""
    return text if edm in _UNQUOTED else "'" + text.replace("'", "''") + "'"


def key_predicate(entity: EntityType, values: Sequence[str]) -> str:
    """`('1')` or `(Order='1',Item='10')`, escaped for an address."""
    written = [literal(v, entity.properties.get(k, "Edm.String")) for k, v in zip(entity.key, values, strict=True)]
    escaped = [quote(w, safe="'-_.~:") for w in written]
    if len(escaped) == 1:
        return f"({escaped[0]})"
    return "(" + ",".join(f"{k}={w}" for k, w in zip(entity.key, escaped, strict=True)) + ")"


def json_value(value: Value, edm: str) -> str | int | float | bool | None:  # noqa: PLR0911  # one answer for each type
    """A value as the service's JSON has it. What can't be turned into the type goes as it is, for the service to refuse."""
    if isinstance(value, dt.datetime):
        if edm == "Edm.Date":
            return value.date().isoformat()
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat() if edm != "Edm.DateTimeOffset" else f"{value.isoformat()}T00:00:00Z"
    if value is None or isinstance(value, bool):
        return value
    if edm not in _NUMBERS:
        return str(value)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    return int(number) if number == number.to_integral_value() else float(number)
