"""Salesforce over its REST API: SOQL to read, PATCH under a precondition to update, upsert by external id to create."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from email.utils import format_datetime
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import polars as pl

from reconcile.config.models import Source, System
from reconcile.connect.pages import Column, address_chunks, chunks, first_at, page_of, path_of
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, OutcomeStatus, Search, Value, Write
from reconcile.connect.salesforce.rules import BEHIND_A_LOOKUP, rule_of
from reconcile.connect.web.auth import signer_for
from reconcile.connect.web.http import Answer, Http, NoAnswer, issued, said_in
from reconcile.errors import RetryLater, SystemAnswerUnreadable, SystemRefused

API = "/services/data/v62.0"
KEYS_IN_ONE_QUERY = 200
RECORDS_IN_ONE_WRITE = 200
UPDATES_IN_ONE_BREATH = 25
"""So many records are looked at together just before they are written one by one."""
_SHARED_LOG_IN = ("login.salesforce.com", "test.salesforce.com")
_STAMP = "SystemModstamp"
_DTYPES: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("double", "currency", "percent"), pl.Float64()),
    **dict.fromkeys(("int", "long"), pl.Int64()),
    "boolean": pl.Boolean(),
}
_RECORD_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_GONE = "NOT_FOUND: there is no such record"
_LOCKED = "UNABLE_TO_LOCK_ROW"
_NOT_PLAIN = frozenset({"address", "location", "base64", "complexvalue"})


class SalesforceConnector(Connector):
    """One Salesforce organisation. A path such as `Account.Name` follows a lookup."""

    def __init__(self, name: str, system: System, _folder: Path) -> None:
        self.name = name
        self._page_size = min(max(system.page_size, 200), 2000)  # the range that the query option takes
        self._http = Http(name, system)
        self._token_url = system.auth.token_url or "/services/oauth2/token"
        self._http.sign_with(signer_for(system.auth, self._token))
        self._described: dict[str, dict[str, Any] | None] = {}

    def describe(self, source: Source) -> ObjectShape | None:
        """The sObject's fields, and those of the objects its lookups name."""
        fields = self._fields(source.object)
        if fields is None:
            return None
        relations = {}
        for lookup in fields.values():
            if lookup.get("relationshipName") and len(lookup.get("referenceTo", ())) == 1:
                relations[lookup["relationshipName"]] = frozenset(self._fields(lookup["referenceTo"][0]) or ())
        paths = {f"{relation}.{name}" for relation, names in relations.items() for name in names}
        rules = {name: rule_of(said) for name, said in fields.items()}
        return ObjectShape(frozenset(fields) | paths, relations, {**dict.fromkeys(paths, BEHIND_A_LOOKUP), **rules})

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records that meet `where`, a SOQL condition; numbers as Float64 or Int64, dates as ISO text."""
        columns = self._columns(source, fields)
        for records in self._query(_soql(columns, source, source.where)):
            yield page_of(records, columns)

    def count(self, source: Source) -> int | None:
        """What COUNT() says; None if it is refused."""
        try:
            answer = self._ask(_soql(["COUNT()"], source, source.where))
        except SystemRefused:
            return None
        return int(answer["totalSize"]) if isinstance(answer.get("totalSize"), int) else None

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """The records by key. The version holds the modification stamp and the values, since a stamp counts whole seconds."""
        asked = list(dict.fromkeys([*source.key, *fields, _STAMP]))
        out: dict[str, Current] = {}
        for record in self._chosen(source, asked, source.key, keys):
            values = {f: first_at(record, path_of(f)) for f in fields}
            key = _key_of(record, source)
            out[key] = Current(key, values, _version(record.get(_STAMP), values))
        return {key: out[key] for key in dict.fromkeys(keys) if key in out}

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys by the value of one field, as Salesforce compares it: case does not count."""
        asked = list(dict.fromkeys([*source.key, field]))
        found: dict[str, list[str]] = {}
        for record in self._chosen(source, asked, [field], values):
            found.setdefault(str(first_at(record, path_of(field))).casefold(), []).append(_key_of(record, source))
        return {v: list(dict.fromkeys(found[v.casefold()])) for v in values if v.casefold() in found}

    def find_each(self, searches: Sequence[Search]) -> list[dict[str, list[str]]]:
        """Each search in queries of its own, all of them at once."""
        return self._http.traffic.together(lambda one: self.find(one.source, one.field, one.values), searches)

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Updates each on its own under its version, several at once; creates in collections of 200."""
        outcomes: dict[int, Outcome] = {}
        updates: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        creates: dict[tuple[str, str | None], list[int]] = {}
        for at, write in enumerate(writes):
            if any(len(path_of(f)) > 1 for f in write.values):
                outcomes[at] = _rejected(write, "a field behind a lookup can't be written through it")
            elif write.key is not None:
                updates.setdefault((write.source.object, write.source.key), []).append(at)
            else:
                field = write.external_id[0] if write.external_id else None
                creates.setdefault((write.source.object, field), []).append(at)
        traffic = self._http.traffic
        # while some are looked at, others are written
        side_by_side = min(traffic.at_once, 2 + 2 * traffic.at_once // UPDATES_IN_ONE_BREATH)
        for places in updates.values():
            breaths = [[writes[at] for at in breath] for breath in chunks(places, UPDATES_IN_ONE_BREATH)]
            done = traffic.together(self._update, breaths, most=side_by_side)
            outcomes.update(zip(places, chain.from_iterable(done), strict=True))
        for (sobject, field), places in creates.items():
            for some in chunks(places, RECORDS_IN_ONE_WRITE):
                outcomes.update(zip(some, self._create(sobject, field, [writes[at] for at in some]), strict=True))
        return [outcomes[at] for at in range(len(writes))]

    def close(self) -> None:
        """Release the connections."""
        self._http.close()

    # -- reading

    def _query(self, query: str) -> Iterator[list[dict[str, Any]]]:
        answer, more = self._ask(query), None
        while True:
            records = answer.get("records")
            if not isinstance(records, list):
                raise SystemAnswerUnreadable(self.name, self._http.base, "a query answer has no records")
            yield records
            asked, more = more, answer.get("nextRecordsUrl")
            if not more:
                return
            if more == asked:
                raise SystemAnswerUnreadable(self.name, self._http.base, "the link to the next page leads to the same page")
            answer = self._object(self._http.read_json("GET", str(more), headers=self._options()))

    def _records(self, query: str) -> Iterator[dict[str, Any]]:
        for records in self._query(query):
            yield from records

    def _chosen(
        self, source: Source, asked: Sequence[str], fields: Sequence[str], values: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        """The records whose `fields`, joined, are one of the values, asked for in as many queries as that takes, at once."""
        some = address_chunks(self._askable(source, fields, values), KEYS_IN_ONE_QUERY)
        queries = [_soql(asked, source, condition) for condition in (_any_of(fields, keys) for keys in some) if condition]
        return chain.from_iterable(self._http.traffic.together(lambda query: list(self._records(query)), queries))

    def _ask(self, query: str) -> dict[str, Any]:
        return self._object(self._http.read_json("GET", f"{API}/query?{urlencode({'q': query})}", headers=self._options()))

    def _options(self) -> dict[str, str]:
        return {"Sforce-Query-Options": f"batchSize={self._page_size}"}

    def _askable(self, source: Source, fields: Sequence[str], values: Sequence[str]) -> list[str]:
        """The values that can stand in a condition: one that is no record id makes Salesforce refuse the whole query."""
        known = self._fields(source.object) or {}
        ids = len(fields) == 1 and known.get(fields[0], {}).get("type") in ("id", "reference")
        return [v for v in values if v and (not ids or _RECORD_ID.fullmatch(v))]

    def _object(self, answer: object) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise SystemAnswerUnreadable(self.name, self._http.base, "an object was expected")
        return answer

    def _fields(self, sobject: str) -> dict[str, Any] | None:
        if sobject not in self._described:
            path = f"{API}/sobjects/{quote(sobject, safe='')}/describe"
            answer = self._http.read("GET", path, accept=frozenset({404}))
            body = None if answer.status == 404 else self._object(self._http.json_of(answer))  # noqa: PLR2004  # not found
            listed = None if body is None else body.get("fields")
            if body is not None and not isinstance(listed, list):
                raise SystemAnswerUnreadable(self.name, answer.url, "a describe answer has no fields")
            self._described[sobject] = listed and {f["name"]: f for f in listed if f.get("type") not in _NOT_PLAIN}
        return self._described[sobject]

    def _columns(self, source: Source, fields: Sequence[str]) -> dict[str, Column]:
        return {f: Column(path_of(f), self._dtype(source.object, path_of(f))) for f in dict.fromkeys(fields)}

    def _dtype(self, sobject: str, path: tuple[str, ...]) -> pl.DataType:
        known = self._fields(sobject) or {}
        if len(path) == 1:
            return _DTYPES.get(known.get(path[0], {}).get("type", ""), pl.String())
        lookup = next((f for f in known.values() if f.get("relationshipName") == path[0]), None)
        targets = lookup.get("referenceTo", ()) if lookup else ()
        return self._dtype(targets[0], path[1:]) if targets else pl.String()

    # -- writing

    def _update(self, writes: Sequence[Write]) -> list[Outcome]:
        """Updates of one object: one look at all of them, then each on its own; those of one parent one after the other."""
        try:
            bodies = [self._body(w) for w in writes]
            ids = self._ids(writes[0].source, [w.key or "" for w in writes])
            refused = self._moved([w for w in writes if w.version is not None])
        except RetryLater as error:  # nothing was sent yet
            return [_rejected(w, f"not sent: {error}") for w in writes]
        places: dict[str | int, list[int]] = {}
        for at, write in enumerate(writes):
            places.setdefault(write.parent or at, []).append(at)

        def in_turn(some: Sequence[int]) -> list[tuple[int, Outcome]]:
            return [
                (at, refused.get(writes[at].action_id) or self._patch(writes[at], ids.get(writes[at].key or ""), bodies[at]))
                for at in some
            ]

        done = dict(chain.from_iterable(self._http.traffic.together(in_turn, list(places.values()))))
        return [done[at] for at in range(len(writes))]

    def _ids(self, source: Source, keys: Sequence[str]) -> dict[str, str]:
        """Record ids by key. An address by external id would make a record that is not there."""
        if source.key == ("Id",):
            return {key: key for key in keys}
        return {key: str(current.values["Id"]) for key, current in self.fetch(source, keys, ["Id"]).items()}

    def _patch(self, write: Write, record_id: str | None, body: Mapping[str, object]) -> Outcome:
        if record_id is None:
            return _rejected(write, _GONE)
        address = f"{API}/sobjects/{quote(write.source.object, safe='')}/{quote(record_id, safe='')}"
        stamp = _read(write.version).get("at")
        headers = {"If-Unmodified-Since": _http_date(str(stamp))} if stamp else {}
        return self._outcome(write, self._http.write("PATCH", address, headers=headers, body=body), write.key)

    def _moved(self, writes: Sequence[Write]) -> dict[str, Outcome]:
        """Conflicts by action, of records that are not what was read. Salesforce's own precondition counts whole seconds only."""
        if not writes:
            return {}
        read = {w.action_id: _read(w.version) for w in writes}
        fields = list(dict.fromkeys(f for r in read.values() for f in r.get("values", {})))
        now = self.fetch(writes[0].source, [w.key or "" for w in writes], fields)
        out: dict[str, Outcome] = {}
        before: set[str | None] = set()
        for write in writes:
            then, current = read[write.action_id], now.get(write.key or "")
            if current is None:
                out[write.action_id] = _rejected(write, _GONE)
                continue
            values = {f: current.values[f] for f in then.get("values", {})}
            earlier = write.key in before
            before.add(write.key)
            if earlier or then != _read(_version(_read(current.version).get("at"), values)):
                words = "the record was changed by somebody else since it was read"
                out[write.action_id] = Outcome(write.action_id, OutcomeStatus.CONFLICT, write.key, words)
        return out

    def _body(self, write: Write) -> dict[str, str | int | float | bool | None]:
        values = {f: _plain(v) for f, v in write.values.items()}
        text = {f for f, v in values.items() if v is not None and self._dtype(write.source.object, (f,)) == pl.String()}
        return {f: str(v) if f in text and not isinstance(v, bool) else v for f, v in values.items()}

    def _outcome(self, write: Write, answer: Answer | NoAnswer, key: str | None) -> Outcome:
        if isinstance(answer, NoAnswer):
            return Outcome(write.action_id, answer.status, key, answer.reason)
        if answer.status in (409, 412, 428):
            return Outcome(write.action_id, OutcomeStatus.CONFLICT, key, self._http.words(answer))
        if answer.status >= 400:  # noqa: PLR2004  # errors begin here
            words = self._http.words(answer)
            return Outcome(write.action_id, OutcomeStatus.REJECTED, key, words, locked=_LOCKED in words)
        return Outcome(write.action_id, OutcomeStatus.OK, key)

    def _create(self, sobject: str, external: str | None, writes: Sequence[Write]) -> list[Outcome]:
        records = []
        try:
            for write in writes:
                given = {write.external_id[0]: write.external_id[1]} if write.external_id else {}
                records.append({"attributes": {"type": sobject}, **self._body(write), **given})
        except RetryLater as error:  # nothing was sent yet
            return [_rejected(w, f"not sent: {error}") for w in writes]
        body = {"allOrNone": False, "records": records}
        path = f"{API}/composite/sobjects" + (f"/{quote(sobject)}/{quote(external)}" if external else "")
        answer = self._http.write("PATCH" if external else "POST", path, body=body)
        if isinstance(answer, NoAnswer) or answer.status >= 400:  # noqa: PLR2004  # errors begin here
            return [self._outcome(w, answer, None) for w in writes]
        try:
            results = answer.parsed()
        except ValueError:
            results = None
        if not isinstance(results, list) or len(results) != len(writes):
            words = f"sent, but the answer can't be read: {self._http.words(answer)}"
            return [Outcome(w.action_id, OutcomeStatus.UNKNOWN, None, words) for w in writes]
        return [self._saved(w, result) for w, result in zip(writes, results, strict=True)]

    def _saved(self, write: Write, result: Mapping[str, Any]) -> Outcome:
        if result.get("success") is True:
            words = "" if result.get("created", True) else "a record with this external id was there and was changed"
            return Outcome(write.action_id, OutcomeStatus.OK, _new_key(write, str(result.get("id"))), words)
        words = self._http.masked(said_in(result.get("errors") or [result]))
        return Outcome(write.action_id, OutcomeStatus.REJECTED, None, words, locked=_LOCKED in words)

    def _token(self, form: Mapping[str, str]) -> str:
        token, instance = issued(self._http, self._token_url, form)
        if instance and urlsplit(self._http.base).hostname in _SHARED_LOG_IN:
            self._http.base = instance.rstrip("/")  # the shared log-in host keeps no data
        return token


def _rejected(write: Write, words: str) -> Outcome:
    return Outcome(write.action_id, OutcomeStatus.REJECTED, write.key, words)


def _new_key(write: Write, record_id: str) -> str:
    """The key of a new record: its id, or the key fields that were given."""
    given = {**write.values, **({write.external_id[0]: write.external_id[1]} if write.external_id else {}), "Id": record_id}
    return "/".join(str(given.get(k, "")) for k in write.source.key)


def _soql(fields: Iterable[str], source: Source, condition: str | None) -> str:
    where = f" WHERE {condition}" if condition else ""
    return f"SELECT {', '.join(fields)} FROM {source.object}{where}"  # noqa: S608  # names as configured; values are escaped


def _key_of(record: Mapping[str, Any], source: Source) -> str:
    return "/".join(str(first_at(record, path_of(k))) for k in source.key)


def _any_of(fields: Sequence[str], keys: Sequence[str]) -> str:
    """A SOQL condition: the fields, joined, are one of the keys."""
    if len(fields) == 1:
        return f"{fields[0]} IN ({', '.join(map(_quoted, keys))})"
    parts = [key.split("/") for key in keys]
    return " OR ".join(
        "(" + " AND ".join(f"{f} = {_quoted(v)}" for f, v in zip(fields, values, strict=True)) + ")"
        for values in parts
        if len(values) == len(fields)
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _version(stamp: object, values: Mapping[str, Value]) -> str:
    return json.dumps({"at": stamp, "values": values}, ensure_ascii=False, sort_keys=True)


def _read(version: str | None) -> dict[str, Any]:
    """What stands in a version; nothing, if it is not one of ours: then no record equals it."""
    try:
        read = json.loads(version or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _http_date(stamp: str) -> str:
    """The stamp for a header that counts whole seconds: the next full one, so that the record's own time passes."""
    moment = dt.datetime.fromisoformat(stamp.replace("+0000", "+00:00"))
    whole = dt.datetime.fromtimestamp(math.ceil(moment.timestamp()), tz=dt.UTC)
    return format_datetime(whole, usegmt=True)


def _plain(value: Value) -> str | int | float | bool | None:
    """The value as JSON has it."""
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
