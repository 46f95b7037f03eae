"""Up to 200 records in one request: each has its own result, and with allOrNone either all are written or none."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from reconcile.sandbox.exchange import Answer
from reconcile.sandbox.objects import ObjectSpec
from reconcile.sandbox.salesforce.errors import Problem, RecordRefused, no_such_column, refuse
from reconcile.sandbox.salesforce.records import find
from reconcile.sandbox.salesforce.soql_sql import answered_value, field_of, sobject

MOST = 200
MOST_RETRIEVED = 2000
Result = dict[str, Any]
_ROLLED_BACK = Problem(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)


def records_of(body: Any) -> list[dict[str, Any]]:
    """The records of a request. Raises Refused if there are none, or too many."""
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise refuse("JSON_PARSER_ERROR", "The request body needs a list of records")
    if len(records) > MOST:
        message = f"record limit reached. cannot submit more than {MOST} records into this request"
        raise refuse("EXCEEDED_ID_LIMIT", message)
    return records


def type_of(record: Mapping[str, Any]) -> ObjectSpec:
    """The object that a record of a collection says it is. Raises RecordRefused."""
    attributes = record.get("attributes")
    name = attributes.get("type", "") if isinstance(attributes, dict) else ""
    spec = sobject(str(name))
    if spec is None:
        raise RecordRefused(Problem("INVALID_TYPE", f"sObject type '{name}' is not supported."))
    return spec


def write_each(
    connection: sqlite3.Connection,
    records: Sequence[Any],
    write: Callable[[Any], Result],
    *,
    all_or_none: bool,
) -> Answer:
    """Write one after the other. The answer is 200 whatever became of each."""
    connection.execute("SAVEPOINT collection")
    results: list[Result] = []
    failed = False
    for record in records:
        try:
            results.append({**write(record), "success": True, "errors": []})
        except RecordRefused as refused:
            failed = True
            results.append({"success": False, "errors": [problem.in_collection() for problem in refused.problems]})
    if failed and all_or_none:
        connection.execute("ROLLBACK TO collection")
        results = [
            {"success": False, "errors": [_ROLLED_BACK.in_collection()]} if result["success"] else result for result in results
        ]
    connection.execute("RELEASE collection")
    return Answer(200, results)


def repeated(records: Sequence[Mapping[str, Any]], name: str) -> frozenset[str]:
    """The external ids that stand in a request more than once, in lower case."""
    counts = Counter(str(record.get(name, "")).lower() for record in records)
    return frozenset(value for value, count in counts.items() if count > 1)


def retrieve(connection: sqlite3.Connection, spec: ObjectSpec, ids: Sequence[str], fields: Sequence[str]) -> Answer:
    """The records with these ids in the same order, null for one that is not there."""
    if len(ids) > MOST_RETRIEVED:
        raise refuse(
            "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {MOST_RETRIEVED} records into this request"
        )
    wanted = []
    for name in fields:
        field = field_of(spec, name)
        if field is None:
            raise refuse("INVALID_FIELD", no_such_column(name, spec.name).message)
        wanted.append(field)
    records: list[dict[str, Any] | None] = []
    for identifier in ids:
        row = find(connection, spec, identifier)
        if row is None:
            records.append(None)
            continue
        url = f"/services/data/v62.0/sobjects/{spec.name}/{row['Id']}"
        values = {field.name: answered_value(field, row[field.name]) for field in wanted}
        records.append({"attributes": {"type": spec.name, "url": url}, **values, "Id": row["Id"]})
    return Answer(200, records)
