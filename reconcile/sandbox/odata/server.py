"""The sandbox's ERP: OData V4 in S/4's manner over the ERP's tables, as far as a client of the public interface can tell.

Not there: actions, functions, $apply, $search, lambda operators, draft. $batch ends at its first error unless the client
prefers odata.continue-on-error, as the standard says.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

from reconcile.sandbox import store
from reconcile.sandbox.cursors import Cursor, Cursors
from reconcile.sandbox.exchange import Answer, Call, Refused, parsed_json
from reconcile.sandbox.objects import ODATA_ROOT, ObjectSpec
from reconcile.sandbox.odata import write
from reconcile.sandbox.odata.batch import batch
from reconcile.sandbox.odata.errors import bad_request, not_found, refuse
from reconcile.sandbox.odata.metadata import metadata, service_document
from reconcile.sandbox.odata.path import Resource, address, entity, resource
from reconcile.sandbox.odata.query import Options, Shape, entities, etag, matching, options, payloads, rowids
from reconcile.sandbox.odata.sessions import ErpAccess, Sessions
from reconcile.sandbox.store import Row, quoted

Page = Cursor[tuple[str, Options], int]


class ODataServer:
    """Answers one call after the other. `page_size` is what a client gets that does not prefer another."""

    def __init__(
        self,
        access: ErpAccess,
        clock: Callable[[], dt.datetime],
        *,
        page_size: int = 1000,
        absolute_links: bool = False,
    ) -> None:
        self.sessions = Sessions(access)
        self._clock = clock
        self._page_size = page_size
        self._absolute_links = absolute_links
        self._cursors: Cursors[tuple[str, Options], int] = Cursors("")

    def __call__(self, connection: sqlite3.Connection, call: Call) -> Answer:
        """The answer to one call, inside the transaction of the connection."""
        if not f"{call.path}/".startswith(ODATA_ROOT):
            return not_found(call.path).answer
        try:
            return self.sessions.guard(call, partial(self._answer, connection, call))
        except Refused as refused:
            return refused.answer

    def _answer(self, connection: sqlite3.Connection, call: Call) -> Answer:
        """The answer to a caller who may have one; parts of a $batch come here directly."""
        try:
            return self._routed(connection, call, call.path[len(ODATA_ROOT) :].strip("/"))
        except Refused as refused:
            return refused.answer

    def _routed(self, connection: sqlite3.Connection, call: Call, path: str) -> Answer:
        if path == "":
            return _json(call, 200, service_document())
        if path == "$metadata":
            return Answer(200, metadata(), {"content-type": "application/xml", "odata-version": "4.0"})
        if path == "$batch":
            if call.method != "POST":
                raise _wrong_method(call)
            return batch(connection, call, partial(self._answer, connection))
        here = resource(connection, path)
        if here.key is not None:
            return self._entity(connection, call, here)
        if call.method in ("GET", "HEAD"):
            return self._set(connection, call, here)
        if call.method == "POST" and not here.count:
            return self._create(connection, call, here)
        raise _wrong_method(call)

    def _set(self, connection: sqlite3.Connection, call: Call, here: Resource) -> Answer:
        """A page of an entity set, or its count."""
        wanted = options(call.query, here.spec, exact=_exact(call.headers.get("accept", "")))
        if here.count:
            where, values = matching(wanted.filter, here.within)
            statement = f"SELECT count(*) FROM {quoted(here.spec.name)} WHERE {where}"  # noqa: S608 - names are quoted
            (count,) = connection.execute(statement, values).fetchone()
            return Answer(200, str(count).encode(), {"content-type": "text/plain", "odata-version": "4.0"})
        token = call.query.get("$skiptoken")
        if token is not None:
            return self._next_page(connection, call, here, token)
        numbers, total = rowids(connection, wanted, here.within)
        page = _preferred_page(call) or self._page_size
        path = call.path[len(ODATA_ROOT) :]
        cursor: Page = Cursor((path, wanted), numbers, page)
        name = self._cursors.keep(cursor) if len(numbers) > page else ""
        return self._page(connection, call, cursor, 0, name, total=total if wanted.count else None)

    def _next_page(self, connection: sqlite3.Connection, call: Call, here: Resource, token: str) -> Answer:
        name, _, start = token.partition("_")
        cursor = self._cursors.get(name)
        if cursor is None or not start.isdecimal() or cursor.question[1].shape.spec is not here.spec:
            raise bad_request("The skip token is not valid or has expired; start again at the first page", target="$skiptoken")
        return self._page(connection, call, cursor, int(start), name)

    def _page(
        self, connection: sqlite3.Connection, call: Call, cursor: Page, start: int, name: str, *, total: int | None = None
    ) -> Answer:
        path, wanted = cursor.question
        end = start + cursor.page
        body: dict[str, Any] = {"@odata.context": f"$metadata#{wanted.shape.spec.name}"}
        if total is not None:
            body["@odata.count"] = str(total) if wanted.shape.exact else total
        body["value"] = entities(connection, wanted.shape, cursor.rows[start:end])
        if end < len(cursor.rows):
            base = f"http://{call.headers.get('host', '127.0.0.1')}{ODATA_ROOT}" if self._absolute_links else ""
            last = path if self._absolute_links else path.rpartition("/")[2]
            body["@odata.nextLink"] = f"{base}{last}?$skiptoken={name}_{end}"
        applied = {"preference-applied": f"odata.maxpagesize={cursor.page}"} if _preferred_page(call) else {}
        return _json(call, 200, body, applied)

    def _entity(self, connection: sqlite3.Connection, call: Call, here: Resource) -> Answer:
        """Read, change or remove one entity."""
        row = entity(connection, here)
        if call.method in ("GET", "HEAD"):
            wanted = options(call.query, here.spec, exact=_exact(call.headers.get("accept", "")))
            if call.headers.get("if-none-match") == _etag_of(here.spec, row):
                return Answer(304)
            return self._one(connection, call, row, wanted.shape, 200)
        if call.method not in ("PATCH", "DELETE"):
            raise _wrong_method(call)
        _check_version(call, here.spec, row)
        if call.method == "DELETE":
            write.delete(connection, here.spec, row, self._clock())
            return Answer(204, None, {"odata-version": "4.0"})
        write.update(connection, here.spec, row, _body(call, here.spec), self._clock())
        return self._written(connection, call, here.spec, row, 200, expand=())

    def _create(self, connection: sqlite3.Connection, call: Call, here: Resource) -> Answer:
        body = _body(call, here.spec)
        row = write.create(connection, here.spec, body, here.within, self._clock())
        return self._written(connection, call, here.spec, row, 201, expand=[name for name in here.spec.relations if name in body])

    def _written(
        self, connection: sqlite3.Connection, call: Call, spec: ObjectSpec, row: Row, status: int, *, expand: Any
    ) -> Answer:
        """What a client gets after a write: the entity as it is now, or only its etag if it prefers that."""
        now = store.row_of(connection, spec, {name: row[name] for name in spec.key})
        assert now is not None
        base = f"http://{call.headers.get('host', '127.0.0.1')}{ODATA_ROOT}"
        headers = {"location": base + address(spec, now)} if status == 201 else {}
        if "return=minimal" in call.headers.get("prefer", "").replace(" ", ""):
            minimal = {"etag": _etag_of(spec, now), "odata-version": "4.0", "preference-applied": "return=minimal"}
            return Answer(204, None, {**headers, **minimal})
        shape = options({"$expand": ",".join(expand)}, spec, exact=_exact(call.headers.get("accept", ""))).shape
        return self._one(connection, call, now, shape, status, headers)

    def _one(
        self,
        connection: sqlite3.Connection,
        call: Call,
        row: Row,
        shape: Shape,
        status: int,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        key = " AND ".join(f"{quoted(name)} IS ?" for name in shape.spec.key)
        statement = f"SELECT rowid, * FROM {quoted(shape.spec.name)} WHERE {key}"  # noqa: S608 - names are quoted
        stored = connection.execute(statement, [row[name] for name in shape.spec.key]).fetchall()
        (payload,) = payloads(connection, shape, stored)
        body = {"@odata.context": f"$metadata#{shape.spec.name}/$entity", **payload}
        return _json(call, status, body, {"etag": payload["@odata.etag"], **(headers or {})})


def _etag_of(spec: ObjectSpec, row: Row) -> str:
    return etag([row[f.name] for f in spec.fields])


def _check_version(call: Call, spec: ObjectSpec, row: Row) -> None:
    """A change needs the etag that was read. Raises Refused with 428 without one and 412 with an old one."""
    condition = call.headers.get("if-match")
    if condition is None:
        raise refuse(428, "SBX_V4/428", "The request must carry a precondition: send If-Match with the entity's etag")
    if condition.strip() != "*" and _etag_of(spec, row) not in [part.strip() for part in condition.split(",")]:
        raise refuse(412, "SBX_V4/412", "Precondition failed: the entity was changed since its etag was read")


def _body(call: Call, spec: ObjectSpec) -> dict[str, Any]:
    content_type = call.headers.get("content-type", "")
    if not content_type.startswith("application/json"):
        raise refuse(
            415, "SBX_V4/415", f"Content type {content_type or 'of the request'} is not supported; send application/json"
        )
    try:
        body = parsed_json(call)
    except ValueError as error:
        raise bad_request(f"The body is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise bad_request("The body must be one JSON object")
    return write.with_numbers(spec, body) if _exact(content_type) else body


def _exact(header: str) -> bool:
    return "ieee754compatible=true" in header.replace(" ", "").lower()


def _preferred_page(call: Call) -> int | None:
    for preference in call.headers.get("prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower().removeprefix("odata.") == "maxpagesize" and value.isdecimal() and int(value[:9]) > 0:
            return int(value[:9])
    return None


def _json(call: Call, status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    exact = ";IEEE754Compatible=true" if _exact(call.headers.get("accept", "")) else ""
    content_type = f"application/json;odata.metadata=minimal{exact};charset=utf-8"
    return Answer(status, body, {"content-type": content_type, "odata-version": "4.0", **(headers or {})})


def _wrong_method(call: Call) -> Refused:
    return refuse(405, "SBX_V4/405", f"Method {call.method} is not allowed for {call.path}")
