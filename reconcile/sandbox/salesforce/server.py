"""The sandbox's CRM: Salesforce's REST dialect over the CRM's tables, as far as a client of the public interface can tell.

Not there: Bulk, SOAP beyond the log-in, subqueries, aggregates beyond COUNT, date literals such as LAST_N_DAYS.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Callable, Mapping
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import Any

from reconcile.sandbox.cursors import Cursor, Cursors
from reconcile.sandbox.exchange import Answer, Call, Refused, parsed_json
from reconcile.sandbox.objects import ObjectSpec
from reconcile.sandbox.salesforce import collections, describe, records
from reconcile.sandbox.salesforce.errors import Problem, RecordRefused, answer_of, no_such_column, not_found, refuse
from reconcile.sandbox.salesforce.login import CrmAccess, Tokens
from reconcile.sandbox.salesforce.soql import MalformedQuery, parse
from reconcile.sandbox.salesforce.soql_sql import DATA_ROOT, Statement, field_of, sobject, translate, whole_record
from reconcile.sandbox.store import Row

LONGEST_TARGET = 16_384
"""Bytes of a request's address."""
LARGEST_PAGE, SMALLEST_PAGE = 2000, 200


class SalesforceServer:
    """Answers one call after the other. `page_size` is the largest page of a query: tests want many pages of few rows."""

    def __init__(
        self,
        access: CrmAccess,
        clock: Callable[[], dt.datetime],
        *,
        page_size: int = LARGEST_PAGE,
        daily_requests: int = 1_000_000,
    ) -> None:
        self.tokens = Tokens(access, clock)
        self._clock = clock
        self._page_size = page_size
        self._daily = daily_requests
        self._used = 0
        self._cursors: Cursors[Statement, tuple[Any, ...]] = Cursors("01ggL", most=10)
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
            (methods, re.compile(pattern), handle)
            for methods, pattern, handle in (
                ("GET", r"", self._resources),
                ("GET", r"/limits", self._limits),
                ("GET", r"/query(?:All)?", self._query),
                ("GET", r"/query(?:All)?/(\w+)-(\d+)", self._query_more),
                ("GET", r"/sobjects", lambda *_: Answer(200, describe.everything())),
                ("GET POST", r"/sobjects/(\w+)", self._sobject),
                ("GET", r"/sobjects/(\w+)/describe", self._describe),
                ("GET PATCH DELETE", r"/sobjects/(\w+)/(\w+)", self._record),
                ("GET PATCH DELETE", r"/sobjects/(\w+)/(\w+)/(.+)", self._by_external_id),
                ("POST PATCH DELETE", r"/composite/sobjects", self._collection),
                ("GET POST", r"/composite/sobjects/(\w+)", self._retrieve),
                ("PATCH", r"/composite/sobjects/(\w+)/(\w+)", self._upsert_collection),
            )
        ]

    def __call__(self, connection: sqlite3.Connection, call: Call) -> Answer:
        """The answer to one call, inside the transaction of the connection."""
        if call.path == "/services/oauth2/token":
            return self.tokens.oauth(call) if call.method == "POST" else _wrong_method(call, "POST")
        if call.path.startswith("/services/Soap/u/"):
            return self.tokens.soap(call)
        if call.path.rstrip("/") == "/services/data":
            return Answer(200, [{"label": "Winter '25", "url": DATA_ROOT, "version": "62.0"}])
        version = re.match(r"/services/data/v\d\d\.0(?=/|$)", call.path)
        if version is None:
            return not_found().answer
        if call.raw_length > LONGEST_TARGET:
            return Answer(414, b"<html><head><title>URI Too Long</title></head></html>", {"content-type": "text/html"})
        try:
            self.tokens.check(call)
            answer = self._routed(connection, call, call.path[version.end() :].rstrip("/"))
        except RecordRefused as refused:
            answer = answer_of(refused.problems)
        except Refused as refused:
            answer = refused.answer
        usage = f"api-usage={self._used}/{self._daily}"
        return Answer(answer.status, answer.body, {"sforce-limit-info": usage, **answer.headers})

    def _routed(self, connection: sqlite3.Connection, call: Call, path: str) -> Answer:
        self._used += 1
        if self._used > self._daily:
            raise refuse("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
        for methods, pattern, handle in self._routes:
            match = pattern.fullmatch(path)
            if match:
                return (
                    handle(connection, call, *match.groups()) if call.method in methods.split() else _wrong_method(call, methods)
                )
        raise not_found()

    def _resources(self, *_: object) -> Answer:
        return Answer(200, {name: f"{DATA_ROOT}/{name}" for name in ("sobjects", "query", "queryAll", "composite", "limits")})

    def _limits(self, *_: object) -> Answer:
        return Answer(200, {"DailyApiRequests": {"Max": self._daily, "Remaining": max(0, self._daily - self._used)}})

    def _query(self, connection: sqlite3.Connection, call: Call) -> Answer:
        try:
            query = parse(call.query.get("q", ""))
        except MalformedQuery as malformed:
            raise refuse("MALFORMED_QUERY", str(malformed)) from None
        if query.offset > LARGEST_PAGE:
            raise refuse("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {LARGEST_PAGE}")
        statement = translate(query)
        rows = connection.execute(statement.sql, statement.values).fetchall()
        if query.count == "rows":
            return Answer(200, {"totalSize": rows[0][0], "done": True, "records": []})
        if query.count == "expression":
            counted = {"attributes": {"type": "AggregateResult"}, "expr0": rows[0][0]}
            return Answer(200, {"totalSize": 1, "done": True, "records": [counted]})
        cursor = Cursor(statement, rows, self._page(call))
        return self._page_of(cursor, 0, self._cursors.keep(cursor) if len(rows) > cursor.page else "")

    def _query_more(self, _: sqlite3.Connection, __: Call, name: str, start: str) -> Answer:
        cursor = self._cursors.get(name)
        if cursor is None or int(start) >= len(cursor.rows):
            raise refuse("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page_of(cursor, int(start), name)

    def _page(self, call: Call) -> int:
        asked = re.search(r"batchSize\s*=\s*(\d+)", call.headers.get("sforce-query-options", ""))
        size = int(asked.group(1)) if asked else self._page_size
        return min(max(size, SMALLEST_PAGE), LARGEST_PAGE, self._page_size)

    def _page_of(self, cursor: Cursor[Statement, tuple[Any, ...]], start: int, name: str) -> Answer:
        end = start + cursor.page
        body: dict[str, Any] = {"totalSize": len(cursor.rows), "done": end >= len(cursor.rows)}
        if end < len(cursor.rows):
            body["nextRecordsUrl"] = f"{DATA_ROOT}/query/{name}-{end}"
        body["records"] = cursor.question.records(cursor.rows[start:end])
        return Answer(200, body)

    def _sobject(self, connection: sqlite3.Connection, call: Call, name: str) -> Answer:
        spec = _known(name)
        if call.method == "GET":
            return Answer(200, {"objectDescribe": describe.summary(spec), "recentItems": []})
        identifier = records.create(connection, spec, _object(call), self._clock())
        headers = {"location": f"{DATA_ROOT}/sobjects/{spec.name}/{identifier}"}
        return Answer(201, {"id": identifier, "success": True, "errors": []}, headers)

    def _describe(self, _: sqlite3.Connection, __: Call, name: str) -> Answer:
        return Answer(200, describe.described(_known(name)))

    def _record(self, connection: sqlite3.Connection, call: Call, name: str, identifier: str) -> Answer:
        spec = _known(name)
        row = records.find(connection, spec, identifier)
        if row is None:
            message = "Provided external ID field does not exist or is not accessible: {}" if len(identifier) < 15 else None
            raise refuse("NOT_FOUND", message.format(identifier), 404) if message else not_found()
        return self._known_record(connection, call, spec, row)

    def _known_record(self, connection: sqlite3.Connection, call: Call, spec: ObjectSpec, row: Row) -> Answer:
        """Read, change or remove one record, under the conditions of the call's headers."""
        changed = _unmodified(call, row)
        if call.method == "PATCH":
            records.update(connection, spec, str(row["Id"]), _object(call), self._clock())
            return Answer(204)
        if call.method == "DELETE":
            records.delete(connection, spec, str(row["Id"]))
            return Answer(204)
        condition = _moment(call, "if-modified-since")
        if condition and changed <= condition:
            return Answer(304)
        body = whole_record(spec, row)
        if "fields" in call.query:
            wanted = [_field(spec, name) for name in call.query["fields"].split(",") if name]
            body = {"attributes": body["attributes"], **{name: body[name] for name in wanted}, "Id": body["Id"]}
        return Answer(200, body, {"last-modified": format_datetime(changed, usegmt=True)})

    def _by_external_id(self, connection: sqlite3.Connection, call: Call, name: str, field_name: str, value: str) -> Answer:
        spec = _known(name)
        field = _external(spec, field_name)
        if field == "Id":
            return self._record(connection, call, name, value)
        found = records.matching(connection, spec, field, value)
        if len(found) > 1:
            return Answer(300, [f"{DATA_ROOT}/sobjects/{spec.name}/{row['Id']}" for row in found])
        if found and call.method == "PATCH":
            _unmodified(call, found[0])
            records.update(connection, spec, str(found[0]["Id"]), _without(_object(call), field), self._clock())
            return Answer(200, {"id": found[0]["Id"], "success": True, "errors": [], "created": False})
        if found:
            return self._known_record(connection, call, spec, found[0])
        if call.method != "PATCH":
            raise not_found()
        identifier = records.create(connection, spec, {**_without(_object(call), field), field: value}, self._clock())
        return Answer(201, {"id": identifier, "success": True, "errors": [], "created": True})

    def _collection(self, connection: sqlite3.Connection, call: Call) -> Answer:
        if call.method == "DELETE":
            ids = [identifier for identifier in call.query.get("ids", "").split(",") if identifier]
            all_or_none = call.query.get("allOrNone", "false").lower() == "true"
            if len(ids) > collections.MOST:
                raise refuse("EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {collections.MOST} records")
            return collections.write_each(connection, ids, partial(self._delete_one, connection), all_or_none=all_or_none)
        body = _json(call)
        listed = collections.records_of(body)
        write = partial(self._create_one if call.method == "POST" else self._update_one, connection)
        return collections.write_each(connection, listed, write, all_or_none=bool(body.get("allOrNone")))

    def _create_one(self, connection: sqlite3.Connection, record: dict[str, Any]) -> dict[str, Any]:
        return {"id": records.create(connection, collections.type_of(record), record, self._clock())}

    def _update_one(self, connection: sqlite3.Connection, record: dict[str, Any]) -> dict[str, Any]:
        identifier = next((str(value) for name, value in record.items() if name.lower() == "id"), "")
        if not identifier:
            raise RecordRefused(Problem("MISSING_ARGUMENT", "Id not specified in an update call"))
        body = {name: value for name, value in record.items() if name.lower() != "id"}
        return {"id": records.update(connection, collections.type_of(record), identifier, body, self._clock())}

    def _delete_one(self, connection: sqlite3.Connection, identifier: str) -> dict[str, Any]:
        spec = describe.object_of(identifier)
        if spec is None:
            raise RecordRefused(Problem("MALFORMED_ID", f"malformed id {identifier}"))
        return {"id": records.delete(connection, spec, identifier)}

    def _upsert_collection(self, connection: sqlite3.Connection, call: Call, name: str, field_name: str) -> Answer:
        spec = _known(name)
        field = _external(spec, field_name)
        body = _json(call)
        listed = collections.records_of(body)
        upsert = partial(self._upsert_one, connection, spec, field, collections.repeated(listed, field))
        return collections.write_each(connection, listed, upsert, all_or_none=bool(body.get("allOrNone")))

    def _upsert_one(
        self,
        connection: sqlite3.Connection,
        spec: ObjectSpec,
        field: str,
        twice: frozenset[str],
        record: dict[str, Any],
    ) -> dict[str, Any]:
        value = record.get(field)
        if value is None:
            raise RecordRefused(Problem("MISSING_ARGUMENT", f"{field} not specified"))
        if str(value).lower() in twice:
            raise RecordRefused(Problem("DUPLICATE_VALUE", f"Duplicate external id specified: {value}", (field,)))
        collections.type_of(record)
        found = records.matching(connection, spec, field, str(value))
        if len(found) > 1:
            message = f"{field}: more than one record found for external id field: {[row['Id'] for row in found]}"
            raise RecordRefused(Problem("DUPLICATE_EXTERNAL_ID", message, (field,)))
        if found:
            return {"id": records.update(connection, spec, str(found[0]["Id"]), record, self._clock()), "created": False}
        return {"id": records.create(connection, spec, record, self._clock()), "created": True}

    def _retrieve(self, connection: sqlite3.Connection, call: Call, name: str) -> Answer:
        spec = _known(name)
        if call.method == "POST":
            body = _object(call)
            return collections.retrieve(connection, spec, body.get("ids", []), body.get("fields", []))
        return collections.retrieve(
            connection, spec, call.query.get("ids", "").split(","), [f for f in call.query.get("fields", "").split(",") if f]
        )


def _known(name: str) -> ObjectSpec:
    spec = sobject(name)
    if spec is None:
        raise not_found()
    return spec


def _field(spec: ObjectSpec, name: str) -> str:
    field = field_of(spec, name.strip())
    if field is None:
        raise RecordRefused(no_such_column(name, spec.name))
    return field.name


def _external(spec: ObjectSpec, name: str) -> str:
    """The field to find a record by. Raises Refused if it is no external id."""
    field = field_of(spec, name)
    if field is None or field.name not in ("Id", spec.external_id):
        raise refuse("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}", 404)
    return field.name


def _json(call: Call) -> Any:
    try:
        return parsed_json(call)
    except ValueError as error:
        raise refuse("JSON_PARSER_ERROR", f"Unexpected character or end of input: {error}") from None


def _object(call: Call) -> dict[str, Any]:
    body = _json(call)
    if not isinstance(body, dict):
        raise refuse("JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body.")
    return body


def _without(body: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The body of an upsert, which must not repeat the external id of its address."""
    if any(name.lower() == field.lower() for name in body):
        raise refuse("INVALID_FIELD", f"The {field} field should not be specified in the sobject data.")
    return dict(body)


def _unmodified(call: Call, row: Row) -> dt.datetime:
    """When the record was changed last, in whole seconds. Raises Refused if that is later than the call allows."""
    changed = dt.datetime.fromisoformat(row["LastModifiedDate"] or "1970-01-01T00:00:00Z").replace(microsecond=0)
    latest = _moment(call, "if-unmodified-since")
    if latest and changed > latest:
        raise refuse("PRECONDITION_FAILED", "The resource was modified after the time in If-Unmodified-Since", 412)
    return changed


def _moment(call: Call, header: str) -> dt.datetime | None:
    """A time of an HTTP header, None if there is none."""
    text = call.headers.get(header)
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        raise refuse("INVALID_HEADER", f"{header}: {text} is no HTTP date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _wrong_method(call: Call, methods: str) -> Answer:
    message = f"HTTP Method '{call.method}' not allowed. Allowed are {', '.join(methods.split())}"
    return refuse("METHOD_NOT_ALLOWED", message, 405).answer
