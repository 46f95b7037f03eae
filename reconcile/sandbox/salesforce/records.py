"""What the CRM checks before it writes a record, in Salesforce's words, and the writing itself."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

from reconcile.sandbox import store
from reconcile.sandbox.objects import CRM, CRM_DECIMALS, CRM_WHOLE_DIGITS, FieldSpec, ObjectSpec
from reconcile.sandbox.salesforce.describe import label, writable
from reconcile.sandbox.salesforce.errors import Problem, RecordRefused, no_such_column
from reconcile.sandbox.salesforce.ids import KEY_PREFIXES, eighteen, number_of, salesforce_id
from reconcile.sandbox.salesforce.soql_sql import field_of
from reconcile.sandbox.store import Row


def find(connection: sqlite3.Connection, spec: ObjectSpec, identifier: str) -> Row | None:
    """The record with this id of 15 or 18 characters, None if there is none."""
    full = eighteen(identifier)
    return store.row_of(connection, spec, {"Id": full}) if full else None


def create(connection: sqlite3.Connection, spec: ObjectSpec, body: Mapping[str, Any], now: dt.datetime) -> str:
    """Store a new record; its id. Raises RecordRefused with everything that is wrong."""
    row = _checked(connection, spec, body, None)
    last = connection.execute(f'SELECT max("Id") FROM {store.quoted(spec.name)}').fetchone()[0]  # noqa: S608 - names are quoted
    number = max(spec.first_number or 1, number_of(last) + 1 if last else 1)
    moment = store.time_text(now.replace(microsecond=0))
    row |= {"Id": salesforce_id(spec.name, number), "CreatedDate": moment, "LastModifiedDate": moment, "SystemModstamp": moment}
    if spec.number_field:
        row[spec.number_field] = f"{store.next_number(connection, spec, spec.number_field, 100):08d}"
    store.add_row(connection, spec, row)
    return str(row["Id"])


def update(connection: sqlite3.Connection, spec: ObjectSpec, identifier: str, body: Mapping[str, Any], now: dt.datetime) -> str:
    """Change a record; its id. Raises RecordRefused with everything that is wrong."""
    row = _existing(connection, spec, identifier)
    changes = _checked(connection, spec, body, row["Id"])
    moment = store.time_text(now.replace(microsecond=0))
    changes |= {"LastModifiedDate": moment, "SystemModstamp": moment}
    store.change_row(connection, spec, {"Id": row["Id"]}, changes)
    return str(row["Id"])


def delete(connection: sqlite3.Connection, spec: ObjectSpec, identifier: str) -> str:
    """Remove a record that nothing refers to; its id. Raises RecordRefused."""
    row = _existing(connection, spec, identifier)
    for other in CRM.values():
        for name in (f.name for f in other.fields if f.refers_to == spec.name):
            if store.row_of(connection, other, {name: row["Id"]}):
                why = f"because it is associated with {label(other.name)}s"
                message = f"Your attempt to delete {identifier} could not be completed {why}"
                raise RecordRefused(Problem("DELETE_FAILED", message))
    store.delete_rows(connection, spec, {"Id": row["Id"]})
    return str(row["Id"])


def matching(connection: sqlite3.Connection, spec: ObjectSpec, name: str, value: str) -> list[Row]:
    """The records whose external id is this, without regard to case."""
    statement = f'SELECT "Id" FROM {store.quoted(spec.name)} WHERE {store.quoted(name)} = ? COLLATE NOCASE ORDER BY "Id"'  # noqa: S608 - names are quoted
    ids = [identifier for (identifier,) in connection.execute(statement, (value,))]
    return [row for identifier in ids if (row := store.row_of(connection, spec, {"Id": identifier}))]


def _existing(connection: sqlite3.Connection, spec: ObjectSpec, identifier: str) -> Row:
    full = eighteen(identifier)
    if full is None:
        raise RecordRefused(Problem("MALFORMED_ID", f"{label(spec.name)} ID: id value of incorrect type: {identifier}", ("Id",)))
    row = store.row_of(connection, spec, {"Id": full})
    if row is None:
        raise RecordRefused(Problem("NOT_FOUND", "The requested resource does not exist", status=404))
    return row


def _checked(connection: sqlite3.Connection, spec: ObjectSpec, body: Mapping[str, Any], identifier: str | None) -> Row:
    """The body as stored values. `identifier` is the record that changes, None for a new one."""
    row: Row = {}
    problems: list[Problem] = []
    for name, value in body.items():
        if name == "attributes":
            continue
        try:
            field, text = (
                _parent(connection, spec, name, value) if isinstance(value, dict) else _plain(connection, spec, name, value)
            )
        except RecordRefused as refused:
            problems.extend(refused.problems)
            continue
        row[field] = text
    named = {name.lower() for name in body}
    left_out = {f.name for f in spec.fields if identifier is None and f.name.lower() not in named}
    missing = tuple(f.name for f in spec.fields if f.required and (f.name in left_out or row.get(f.name, "") is None))
    if missing:
        problems.append(Problem("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing))
    external = row.get(spec.external_id or "")
    if spec.external_id and external is not None:
        taken = [other for other in matching(connection, spec, spec.external_id, external) if other["Id"] != identifier]
        if taken:
            message = f"duplicate value found: {spec.external_id} duplicates value on record with id: {taken[0]['Id']}"
            problems.append(Problem("DUPLICATE_VALUE", message))
    if problems:
        raise RecordRefused(*problems)
    return row


def _parent(connection: sqlite3.Connection, spec: ObjectSpec, name: str, value: Mapping[str, Any]) -> tuple[str, str]:
    """A parent named by its external id: {"Account": {"ERP_Number__c": "1000001"}}."""
    if name not in spec.relations:
        raise RecordRefused(no_such_column(name, spec.name))
    other, columns = spec.relations[name]
    keys = {k: v for k, v in value.items() if k != "attributes"}
    key, wanted = next(iter(keys.items()), ("", ""))
    if key != CRM[other].external_id:
        raise RecordRefused(Problem("INVALID_FIELD", f"{key} is not an external ID or indexed field for {other}", (key,)))
    found = matching(connection, CRM[other], key, str(wanted))
    if len(found) != 1:
        message = f"Foreign key external ID: {wanted} not found for field {key} in entity {other}"
        raise RecordRefused(Problem("INVALID_FIELD", message))
    return columns["Id"], str(found[0]["Id"])


def _plain(connection: sqlite3.Connection, spec: ObjectSpec, name: str, value: Any) -> tuple[str, str | None]:
    """One field of a body: its real name and the text to store."""
    field = field_of(spec, name)
    if field is None:
        raise RecordRefused(no_such_column(name, spec.name))
    if field.name == "Id":
        raise RecordRefused(Problem("INVALID_FIELD", "The Id field should not be specified in the sobject data."))
    if not writable(spec, field):
        message = (
            f"Unable to create/update fields: {field.name}. Please check the security settings of this field and verify that it "
        )
        raise RecordRefused(
            Problem("INVALID_FIELD_FOR_INSERT_UPDATE", f"{message}is read/write for your profile or permission set.", (name,))
        )
    text = _text(field, value)
    if text is None:
        return field.name, None
    if field.refers_to:
        return field.name, _reference(connection, field, text)
    if field.picklist and text not in field.picklist:
        message = f"{label(field.name)}: bad value for restricted picklist field: {text}"
        raise RecordRefused(Problem("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, (field.name,)))
    if field.type == "string" and len(text) > field.length:
        message = f"{label(field.name)}: data value too large: {text} (max length={field.length})"
        raise RecordRefused(Problem("STRING_TOO_LONG", message, (field.name,)))
    return field.name, text


def _reference(connection: sqlite3.Connection, field: FieldSpec, text: str) -> str:
    full = eighteen(text)
    target = str(field.refers_to)
    if full is None or not full.startswith(KEY_PREFIXES[target]):
        raise RecordRefused(Problem("MALFORMED_ID", f"{label(field.name)}: id value of incorrect type: {text}", (field.name,)))
    if store.row_of(connection, CRM[target], {"Id": full}) is None:
        raise RecordRefused(Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (field.name,)))
    return full


def _text(field: FieldSpec, value: Any) -> str | None:
    """A JSON value as it is stored: blanks at the ends are cut and nothing is null, as Salesforce does."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        if field.type == "decimal" and not isinstance(value, bool):
            return store.number_text(_number(field, Decimal(str(value).strip())))
        if isinstance(value, str) and field.type != "decimal":
            return _text_of_string(field, value.strip())
    except (InvalidOperation, ValueError):
        pass
    met = {
        str: "VALUE_STRING",
        bool: "VALUE_TRUE" if value else "VALUE_FALSE",
        int: "VALUE_NUMBER_INT",
        Decimal: "VALUE_NUMBER_FLOAT",
    }
    wanted = {"decimal": "double", "datetime": "datetime"}.get(field.type, field.type)
    message = f"Cannot deserialize instance of {wanted} from {met.get(type(value), 'START_ARRAY')} value {value}"
    raise RecordRefused(Problem("JSON_PARSER_ERROR", message, (field.name,)))


def _number(field: FieldSpec, number: Decimal) -> Decimal:
    """The number as it is kept: digits after the point that are too many are cut off. Raises RecordRefused."""
    if number.is_finite() and abs(number) >= 10**CRM_WHOLE_DIGITS:
        message = f"{label(field.name)}: value outside of valid range on numeric field: {number}"
        raise RecordRefused(Problem("NUMBER_OUTSIDE_VALID_RANGE", message, (field.name,)))
    return number.quantize(Decimal(1).scaleb(-CRM_DECIMALS), ROUND_DOWN) if number.is_finite() else number


def _text_of_string(field: FieldSpec, text: str) -> str:
    """Dates and times in the file's own form, other text as it is. Raises ValueError."""
    if field.type == "date":
        return (
            dt.date.fromisoformat(text[:10]).isoformat()
            if len(text) == 10
            else dt.datetime.fromisoformat(text).date().isoformat()
        )
    if field.type == "datetime":
        moment = dt.datetime.fromisoformat(text)
        return store.time_text(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    return text
