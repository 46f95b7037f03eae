"""OData's query options, the pages they ask for, and the payload of entities with what is expanded in them."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconcile.sandbox.objects import ERP, ObjectSpec
from reconcile.sandbox.odata.errors import bad_request
from reconcile.sandbox.odata.filter import Condition, compared, condition
from reconcile.sandbox.store import quoted

_KNOWN = {"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$format", "$skiptoken"}
_EXPAND = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<options>[^()]*)\))?\s*(?:,|$)")
StoredRow = tuple[Any, ...]
"""rowid first, then the object's fields in their order."""


@dataclass(frozen=True)
class Shape:
    """Which fields of an entity are answered, and which relations with them."""

    spec: ObjectSpec
    fields: tuple[str, ...]
    expanded: Mapping[str, Shape] = field(default_factory=dict)
    exact: bool = False
    """Decimals as text, for clients that ask for IEEE754Compatible."""


@dataclass(frozen=True)
class Options:
    """The query options of one request, understood."""

    shape: Shape
    filter: Condition | None = None
    order: str = ""
    top: int | None = None
    skip: int = 0
    count: bool = False


def options(query: Mapping[str, str], spec: ObjectSpec, *, exact: bool) -> Options:
    """What a request asks for. Raises Refused with 400 for unknown options and names."""
    for name in query:
        if name.startswith("$") and name not in _KNOWN:
            raise bad_request(f"Query option {name} is not supported", target=name)
    expanded = _expanded(query.get("$expand", ""), spec, exact)
    return Options(
        Shape(spec, _selected(query.get("$select", ""), spec), expanded, exact),
        condition(query["$filter"], spec) if query.get("$filter", "").strip() else None,
        _order(query.get("$orderby", ""), spec),
        _whole(query, "$top"),
        _whole(query, "$skip") or 0,
        query.get("$count", "false") == "true",
    )


def rowids(connection: sqlite3.Connection, wanted: Options, within: Mapping[str, str | None]) -> tuple[list[int], int]:
    """The rows that match, in order, as their numbers in the table; and how many there are before $top and $skip."""
    where, values = matching(wanted.filter, within)
    spec = wanted.shape.spec
    order = ", ".join([wanted.order] * bool(wanted.order) + [quoted(name) for name in spec.key])
    statement = f"SELECT rowid FROM {quoted(spec.name)} WHERE {where} ORDER BY {order}"  # noqa: S608 - names are quoted
    every = [rowid for (rowid,) in connection.execute(statement, values)]
    end = None if wanted.top is None else wanted.skip + wanted.top
    return every[wanted.skip : end], len(every)


def matching(asked: Condition | None, within: Mapping[str, str | None]) -> Condition:
    """The condition of a request together with what navigation fixed."""
    fixed = " AND ".join(f"{quoted(name)} IS ?" for name in within)
    where, values = asked or ("1", ())
    fixed_values = tuple(str(value) for value in within.values())
    return (f"({where}) AND {fixed}", values + fixed_values) if fixed else (where, values)


def entities(connection: sqlite3.Connection, shape: Shape, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The payload of these rows in this order; one that was deleted meanwhile is left out."""
    spec = shape.spec
    columns = ", ".join(f"t.{quoted(f.name)}" for f in spec.fields)
    statement = f"SELECT t.rowid, {columns} FROM json_each(?) j JOIN {quoted(spec.name)} t ON t.rowid = j.value ORDER BY j.key"  # noqa: S608 - names are quoted
    rows = connection.execute(statement, (json.dumps(list(numbers)),)).fetchall()
    return payloads(connection, shape, rows)


def payloads(connection: sqlite3.Connection, shape: Shape, rows: Sequence[StoredRow]) -> list[dict[str, Any]]:
    """Rows as the service answers them, with etags, the selected fields and the expanded relations."""
    places = [(f.name, place, f.type == "decimal") for place, f in enumerate(shape.spec.fields, 1) if f.name in shape.fields]
    answered = []
    for row in rows:
        entity: dict[str, Any] = {"@odata.etag": etag(row[1:])}
        for name, place, is_number in places:
            value = row[place]
            entity[name] = value if value is None or shape.exact or not is_number else float(value)
        answered.append(entity)
    for relation, inner in shape.expanded.items():
        children = _children(connection, shape.spec, relation, inner, [row[0] for row in rows])
        for row, entity in zip(rows, answered, strict=True):
            entity[relation] = children.get(row[0], [])
    return answered


def etag(values: Sequence[str | None]) -> str:
    """A weak etag that changes with any field, the time of the last change included."""
    text = "\x1f".join("\x00" if value is None else value for value in values)
    return f'W/"{hashlib.blake2b(text.encode(), digest_size=10).hexdigest().upper()}"'


def _children(
    connection: sqlite3.Connection, spec: ObjectSpec, relation: str, inner: Shape, parents: Sequence[int]
) -> dict[int, list[dict[str, Any]]]:
    """The rows behind a relation, by the number of their parent's row."""
    other, columns = spec.relations[relation]
    on = " AND ".join(f"c.{quoted(theirs)} = p.{quoted(ours)}" for theirs, ours in columns.items())
    fields = ", ".join(f"c.{quoted(f.name)}" for f in inner.spec.fields)
    order = ", ".join(f"c.{quoted(name)}" for name in inner.spec.key)
    statement = (
        f"SELECT p.rowid, c.rowid, {fields} FROM json_each(?) j JOIN {quoted(spec.name)} p ON p.rowid = j.value "  # noqa: S608 - names are quoted
        f"JOIN {quoted(other)} c ON {on} ORDER BY j.key, {order}"
    )
    rows = connection.execute(statement, (json.dumps(list(parents)),)).fetchall()
    by_parent: dict[int, list[dict[str, Any]]] = {}
    for row, entity in zip(rows, payloads(connection, inner, [row[1:] for row in rows]), strict=True):
        by_parent.setdefault(row[0], []).append(entity)
    return by_parent


def _selected(text: str, spec: ObjectSpec) -> tuple[str, ...]:
    """Field names in the object's order; relations may be named too, as clients do beside $expand."""
    names = {name.strip() for name in text.split(",") if name.strip()} - {"*"}
    unknown = sorted(name for name in names if spec.field(name) is None and name.partition("/")[0] not in spec.relations)
    if unknown:
        raise bad_request(f"Property {unknown[0]!r} not found in type {spec.name}Type", target="$select")
    fields = tuple(f.name for f in spec.fields)
    return tuple(name for name in fields if name in names) if names else fields


def _expanded(text: str, spec: ObjectSpec, exact: bool) -> dict[str, Shape]:
    shapes = {}
    place = 0
    while place < len(text):
        match = _EXPAND.match(text, place)
        if match is None or match.end() == place:
            raise bad_request(f"Malformed $expand: {text}", target="$expand")
        place = match.end()
        name = match.group("name")
        if name not in spec.relations:
            raise bad_request(f"Navigation property {name!r} not found in type {spec.name}Type", target="$expand")
        other = ERP[spec.relations[name][0]]
        inner = dict(part.partition("=")[::2] for part in (match.group("options") or "").split(";") if part.strip())
        inner = {option.strip(): value for option, value in inner.items()}
        if set(inner) - {"$select"}:
            raise bad_request(f"Only $select is supported inside $expand, not {', '.join(inner)}", target="$expand")
        shapes[name] = Shape(other, _selected(inner.get("$select", ""), other), exact=exact)
    return shapes


def _order(text: str, spec: ObjectSpec) -> str:
    terms = []
    for term in (part.strip() for part in text.split(",") if part.strip()):
        name, _, direction = term.partition(" ")
        found = spec.field(name)
        if found is None or direction.strip() not in ("", "asc", "desc"):
            raise bad_request(f"Property {name!r} can't be sorted by {direction or 'asc'}", target="$orderby")
        terms.append(f"{compared(found)} {direction.strip() or 'asc'}")
    return ", ".join(terms)


def _whole(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise bad_request(f"{name} must be a whole number, not {text!r}", target=name)
    return int(text[:18])
