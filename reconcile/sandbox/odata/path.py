"""The resource path of an OData request: entity sets, keys, navigation and $count, quote by quote."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

from reconcile.sandbox import store
from reconcile.sandbox.objects import ERP, ObjectSpec
from reconcile.sandbox.odata.errors import bad_request, not_found
from reconcile.sandbox.store import Row

_SEGMENT = re.compile(r"(?P<name>[A-Za-z_$]\w*)(?:\((?P<key>(?:[^'()]|'(?:[^']|'')*')*)\))?")
_PART = re.compile(r"\s*(?:(?P<name>\w+)\s*=\s*)?'(?P<value>(?:[^']|'')*)'\s*(?:,|$)")


@dataclass(frozen=True)
class Resource:
    """What a path means: an entity set, perhaps narrowed by its parent, or one entity of it, or its count."""

    spec: ObjectSpec
    within: Row
    """Fields that navigation fixed; empty for the whole set."""
    key: Row | None = None
    count: bool = False


def resource(connection: sqlite3.Connection, path: str) -> Resource:
    """The meaning of a path below the service root. Raises Refused with 400 or 404."""
    here: Resource | None = None
    place = 0
    while place < len(path):
        match = _SEGMENT.match(path, place)
        if match is None or (match.end() < len(path) and path[match.end()] != "/"):
            raise bad_request(f"Malformed resource path: {path}")
        here = _step(connection, here, match.group("name"), match.group("key"))
        place = match.end() + 1
    if here is None:
        raise not_found(path)
    return here


def _step(connection: sqlite3.Connection, here: Resource | None, name: str, key: str | None) -> Resource:
    """One segment further."""
    if here is None:
        if name not in ERP:
            raise not_found(name)
        spec, within = ERP[name], Row()
    elif name == "$count" and here.key is None and key is None:
        return Resource(here.spec, here.within, count=True)
    else:
        if here.key is None or name not in here.spec.relations:
            raise not_found(name)
        other, columns = here.spec.relations[name]
        parent = entity(connection, here)
        spec, within = ERP[other], {theirs: parent[ours] for theirs, ours in columns.items()}
    return Resource(spec, within, None if key is None else _key(spec, key, within))


def entity(connection: sqlite3.Connection, here: Resource) -> Row:
    """The row of one entity. Raises Refused with 404."""
    key = here.key or {}
    agrees = all(key.get(name, value) == value for name, value in here.within.items())
    row = store.row_of(connection, here.spec, {**key, **here.within}) if agrees else None
    if row is None:
        raise not_found(f"{here.spec.name}({','.join(f'{k}={v!r}' for k, v in key.items())})")
    return row


def _key(spec: ObjectSpec, text: str, within: Row) -> Row:
    """The key of a segment; what navigation fixed may be left out."""
    parts: Row = {}
    place = 0
    while place < len(text):
        match = _PART.match(text, place)
        if match is None:
            raise bad_request(f"Malformed key predicate ({text})")
        name = match.group("name") or (spec.key[0] if len(spec.key) == 1 else "")
        parts[name] = match.group("value").replace("''", "'")
        place = match.end()
    complete = {name: value for name, value in within.items() if name in spec.key} | parts
    if set(complete) != set(spec.key):
        raise bad_request(f"Invalid key predicate ({text}): the key of {spec.name} is {', '.join(spec.key)}")
    return complete


def address(spec: ObjectSpec, row: Row) -> str:
    """The path of one entity below the service root."""
    values = {name: (row[name] or "").replace("'", "''") for name in spec.key}
    if len(values) == 1:
        return f"{spec.name}('{next(iter(values.values()))}')"
    pairs = ",".join(f"{name}='{value}'" for name, value in values.items())
    return f"{spec.name}({pairs})"
