"""What the ERP checks before it writes an entity, and the writing: numbers, deep inserts, owners that change with their parts."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from reconcile.sandbox import store
from reconcile.sandbox.exchange import Refused
from reconcile.sandbox.objects import ERP, ERP_DIGITS, FieldSpec, ObjectSpec
from reconcile.sandbox.odata.errors import bad_request, refuse
from reconcile.sandbox.store import Row

_STEP = {"A_SalesOrderItem": 10}
"""Part numbers go up by one, those of order items by ten."""
_EDM = {"string": "Edm.String", "decimal": "Edm.Decimal", "date": "Edm.Date", "datetime": "Edm.DateTimeOffset"}


def create(connection: sqlite3.Connection, spec: ObjectSpec, body: Mapping[str, Any], fixed: Row, now: dt.datetime) -> Row:
    """Store a new entity with the parts it brings along; its row. `fixed` are fields that its parent decides. Raises Refused."""
    plain = {name: value for name, value in body.items() if name not in spec.relations}
    row = _checked(connection, spec, plain, creating=True) | fixed
    _number(connection, spec, row, given=frozenset(plain))
    _all_there(connection, spec, row)
    row[spec.modified] = store.time_text(now)
    key = {name: row[name] for name in spec.key}
    if store.row_of(connection, spec, key):
        raise refuse(400, "SBX/102", f"{spec.name} {'/'.join(str(value) for value in key.values())} already exists")
    store.add_row(connection, spec, row)
    for relation, (other, columns) in spec.relations.items():
        parts = body.get(relation, [])
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise bad_request(f"{relation} must be a list of entities", target=relation)
        for part in parts:
            create(connection, ERP[other], part, {theirs: row[ours] for theirs, ours in columns.items()}, now)
    _touch_owner(connection, spec, row, now)
    return row


def update(connection: sqlite3.Connection, spec: ObjectSpec, row: Row, body: Mapping[str, Any], now: dt.datetime) -> None:
    """Change an entity. Its key and computed fields in the body change nothing. Raises Refused."""
    changes = _checked(connection, spec, body, creating=False)
    key = {name: row[name] for name in spec.key}
    changed_keys = [name for name in spec.key if name in changes and changes[name] != row[name]]
    if changed_keys:
        raise bad_request(f"Key property {changed_keys[0]!r} can't be changed", code="SBX/103", target=changed_keys[0])
    empty = [f.name for f in spec.fields if f.required and f.name in changes and changes[f.name] is None]
    if empty:
        raise _missing(spec, empty)
    store.change_row(connection, spec, key, {**changes, **key, spec.modified: store.time_text(now)})
    _touch_owner(connection, spec, row, now)


def delete(connection: sqlite3.Connection, spec: ObjectSpec, row: Row, now: dt.datetime) -> None:
    """Remove an entity with its parts, unless another entity refers to it. Raises Refused."""
    parts = {other for other, columns in spec.relations.values() if set(columns) <= set(ERP[other].key)}
    for other in ERP.values():
        names = [f.name for f in other.fields if f.refers_to == spec.name and other.name not in parts]
        if any(store.row_of(connection, other, {name: row[spec.key[0]]}) for name in names):
            raise refuse(400, "SBX/104", f"{spec.name} {row[spec.key[0]]} is used in {other.name} and can't be deleted")
    for other_name, columns in spec.relations.values():
        if other_name in parts:
            store.delete_rows(connection, ERP[other_name], {theirs: row[ours] for theirs, ours in columns.items()})
    store.delete_rows(connection, spec, {name: row[name] for name in spec.key})
    _touch_owner(connection, spec, row, now)


def with_numbers(spec: ObjectSpec, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body that was sent as IEEE754Compatible, its decimals read from text."""
    read = dict(body)
    for name, value in body.items():
        field = spec.field(name)
        if field and field.type == "decimal" and isinstance(value, str):
            try:
                read[name] = Decimal(value)
            except InvalidOperation:
                continue  # the check of the field says what is wrong
        elif name in spec.relations and isinstance(value, list):
            other = ERP[spec.relations[name][0]]
            read[name] = [with_numbers(other, part) if isinstance(part, dict) else part for part in value]
    return read


def _touch_owner(connection: sqlite3.Connection, spec: ObjectSpec, row: Row, now: dt.datetime) -> None:
    """A part that changes changes the whole: an address its partner, an item its order."""
    for owner in ERP.values():
        for other, columns in owner.relations.values():
            if other == spec.name and set(columns) < set(spec.key):
                key = {ours: row[theirs] for theirs, ours in columns.items()}
                store.change_row(connection, owner, key, {owner.modified: store.time_text(now)})


def _number(connection: sqlite3.Connection, spec: ObjectSpec, row: Row, given: frozenset[str]) -> None:
    """Give the entity the number that the system decides."""
    last = spec.key[-1]
    if spec.first_number is not None:
        if last in given:
            raise bad_request(f"{last} is numbered by the system; leave it out", code="SBX/105", target=last)
        row[last] = str(store.next_number(connection, spec, last, spec.first_number))
    elif len(spec.key) > 1 and row.get(last) is None:
        owner = {name: row.get(name) for name in spec.key[:-1]}
        step = _STEP.get(spec.name, 1)
        row[last] = str(store.next_number(connection, spec, last, 1, owner) + step - 1)


def _all_there(connection: sqlite3.Connection, spec: ObjectSpec, row: Row) -> None:
    """Required fields, and the entity that a part belongs to."""
    missing = [f.name for f in spec.fields if f.required and row.get(f.name) is None]
    if missing:
        raise _missing(spec, missing)
    for owner in ERP.values():
        for other, columns in owner.relations.values():
            if other == spec.name and set(columns) < set(spec.key):
                key = {ours: row.get(theirs) for theirs, ours in columns.items()}
                if store.row_of(connection, owner, key) is None:
                    raise refuse(400, "SBX/106", f"{owner.name} {'/'.join(str(value) for value in key.values())} does not exist")


def _missing(spec: ObjectSpec, names: list[str]) -> Refused:
    details = [{"code": "SBX/101", "message": f"Enter a value for {name}", "target": name} for name in names]
    return refuse(400, "SBX/101", f"{spec.name}: required fields are empty: {', '.join(names)}", details=details)


def _checked(connection: sqlite3.Connection, spec: ObjectSpec, body: Mapping[str, Any], *, creating: bool) -> Row:
    """The body as stored values. Raises Refused that names every field that is wrong."""
    row: Row = {}
    details = []
    for name, value in body.items():
        if "@" in name:
            continue
        field = spec.field(name)
        if field is None:
            raise bad_request(f"Property {name!r} not found in type {spec.name}Type", target=name)
        if name == spec.modified:
            continue
        wrong, text = _text(field, value)
        if not wrong and text is not None and field.refers_to and (creating or name not in spec.key):
            target = ERP[field.refers_to]
            if store.row_of(connection, target, {target.key[0]: text}) is None:
                wrong = f"{field.refers_to} {text} does not exist"
        if wrong:
            details.append({"code": "SBX/100", "message": wrong, "target": name})
        row[name] = text
    if details:
        raise refuse(400, "SBX/100", details[0]["message"], target=details[0]["target"], details=details)
    return row


def _text(field: FieldSpec, value: Any) -> tuple[str, str | None]:
    """What is wrong with a JSON value, or nothing and the text to store."""
    if value is None:
        return "", None
    try:
        text = _converted(field, value)
    except ValueError:
        return f"Property {field.name!r}: {value!r} is no {_EDM[field.type]}", None
    wrong = ""
    if field.picklist and text not in field.picklist:
        wrong = f"Value {text!r} of {field.name} is not allowed; allowed are {', '.join(field.picklist)}"
    elif field.type == "string" and len(text) > field.length:
        wrong = f"Property {field.name!r} has {len(text)} characters, {field.length} at most"
    elif field.type == "decimal" and len(text.lstrip("-0.").replace(".", "")) > ERP_DIGITS:
        wrong = f"Property {field.name!r} has more than {ERP_DIGITS} digits"
    return wrong, text


def _converted(field: FieldSpec, value: Any) -> str:
    """The stored form of a JSON value. Raises ValueError if it is of another type."""
    if field.type == "decimal":
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise ValueError
        return store.number_text(Decimal(value))
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - a wrong type in JSON is a wrong value
    if field.type == "date":
        if len(value) != 10:
            raise ValueError
        return dt.date.fromisoformat(value).isoformat()
    if field.type == "datetime":
        moment = dt.datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return store.time_text(moment)
    return value
