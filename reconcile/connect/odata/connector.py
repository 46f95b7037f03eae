"""OData V2 and V4, as SAP speaks them: $metadata, $expand and server-driven paging to read; writes are in `write`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import polars as pl

from reconcile.config.models import Source, System
from reconcile.connect.odata.dialect import Dialect, any_of, key_predicate
from reconcile.connect.odata.metadata import EntityType, Service, parse
from reconcile.connect.odata.paging import by_key
from reconcile.connect.odata.rules import behind
from reconcile.connect.odata.v2 import V2
from reconcile.connect.odata.v4 import V4
from reconcile.connect.odata.write import Writer
from reconcile.connect.pages import address_chunks, page_of, path_of
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, Search, Write, key_text
from reconcile.connect.web.auth import signer_for
from reconcile.connect.web.http import Http, issued
from reconcile.errors import SystemAnswerUnreadable, SystemRefused

KEYS_IN_ONE_FILTER = 50


class ODataConnector(Connector):
    """One OData service; `url` is its root. A path such as `to_Address/CityName` follows a relation, to its first record."""

    def __init__(self, name: str, system: System, _folder: Path) -> None:
        self.name = name
        self._page_size = system.page_size
        self._version = system.odata_version
        self._zone = ZoneInfo(system.timezone)
        self._http = Http(name, system)
        self._http.sign_with(signer_for(system.auth, lambda form: issued(self._http, system.auth.token_url or "", form)[0]))
        self._said: tuple[Service, Dialect] | None = None
        self._lock = threading.Lock()
        self._writer = Writer(self._http, self._metadata, self.fetch, singly=not system.batch)

    def describe(self, source: Source) -> ObjectShape | None:
        """The entity set's properties and those behind its relations, from `$metadata`."""
        service, _ = self._metadata()
        entity = service.of(source.object)
        if entity is None:
            return None
        relations = {
            name: frozenset(service.types[navigation.type].properties)
            for name, navigation in entity.navigations.items()
            if navigation.type in service.types
        }
        paths = {f"{relation}/{name}" for relation, names in relations.items() for name in names}
        rules = dict(entity.rules)
        for relation in relations:
            inner = service.behind(entity, relation)
            rules |= behind(relation, inner.rules, inner.key)
        return ObjectShape(frozenset(entity.properties) | paths, relations, rules)

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records that meet `where`, a $filter; numbers as Float64 or Int64, dates and times as ISO text."""
        asked = list(dict.fromkeys(fields))
        _, dialect = self._metadata()
        entity = self._entity(source)
        if not dialect.pages_by_key or not entity.key:
            yield from (frame for _, frame in self._frames(source, asked, source.where))
            return

        def ask(condition: str | None, top: int | None) -> Iterator[pl.DataFrame]:
            more = [] if top is None else [f"$orderby={','.join(entity.key)}", f"$top={top}"]
            yield from (frame for _, frame in self._frames(source, list(dict.fromkeys([*asked, *entity.key])), condition, more))

        try:
            yield from (page.select(asked) for page in by_key(ask, dialect, entity, source.where, self._page_size))
        except ValueError as error:
            raise SystemAnswerUnreadable(self.name, f"{self._http.base}/{source.object}", str(error)) from error

    def count(self, source: Source) -> int | None:
        """What `$count` says, else a list without records; None if both are refused."""
        condition = f"$filter={_escaped(source.where)}" if source.where else ""
        address = quote(source.object)
        try:
            answer = self._http.read("GET", f"{address}/$count?{condition}".rstrip("?"), headers={"Accept": "text/plain"})
            said = answer.body.decode("utf-8-sig", errors="replace").strip()
        except SystemRefused:
            _, dialect = self._metadata()
            options = "&".join(filter(None, (dialect.counted, condition)))
            try:
                said = str(dialect.total(self._http.read_json("GET", f"{address}?{options}")))
            except (SystemRefused, SystemAnswerUnreadable):
                return None
        return int(said) if said.isdecimal() else None

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """The records by key. The version is the ETag, with those of the records behind the paths among `fields`."""
        service, dialect = self._metadata()
        entity = self._entity(source)
        nested = sorted({path_of(f)[0] for f in fields if len(path_of(f)) > 1})
        asked = [*source.key, *entity.key, *fields]
        asked += [f"{name}/{key}" for name in nested for key in service.behind(entity, name).key]
        out: dict[str, Current] = {}
        for records, frame in self._chosen(source, list(dict.fromkeys(asked)), source.key, keys):
            texts = frame.select(key_text(source.key)).to_series()
            for record, key, row in zip(records, texts, frame.iter_rows(named=True), strict=True):
                version = _version(service, dialect, entity, record, row, nested)
                out[key] = Current(key, {f: row[f] for f in fields}, version)
        return {key: out[key] for key in dict.fromkeys(keys) if key in out}

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys by the value of one field."""
        out: dict[str, list[str]] = {}
        for _, frame in self._chosen(source, list(dict.fromkeys([*source.key, field])), [field], values):
            for value, key in frame.select(pl.col(field).cast(pl.String), key_text(source.key).alias(" key")).iter_rows():
                out.setdefault(value, []).append(key)
        return {v: out[v] for v in dict.fromkeys(values) if v in out}

    def find_each(self, searches: Sequence[Search]) -> list[dict[str, list[str]]]:
        """Each search in queries of its own, since services may refuse `or` between different fields, all of them at once."""
        return self._http.traffic.together(lambda one: self.find(one.source, one.field, one.values), searches)

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Each write under the ETag of every record it touches; several records behind one write change together."""
        return self._writer.write(writes)

    def close(self) -> None:
        """Release the connections."""
        self._http.close()

    def _chosen(
        self, source: Source, asked: Sequence[str], fields: Sequence[str], values: Sequence[str]
    ) -> Iterator[tuple[list[dict[str, Any]], pl.DataFrame]]:
        """The records whose `fields`, joined, are one of the values, asked for in as many addresses as that takes, at once."""
        _, dialect = self._metadata()
        entity = self._entity(source)
        conditions = [
            any_of(dialect, entity, fields, some) for some in address_chunks([v for v in values if v], KEYS_IN_ONE_FILTER)
        ]
        frames = self._http.traffic.together(lambda one: list(self._frames(source, asked, one)), [c for c in conditions if c])
        return chain.from_iterable(frames)

    def _metadata(self) -> tuple[Service, Dialect]:
        with self._lock:
            if self._said is None:
                answer = self._http.read("GET", "$metadata", headers={"Accept": "application/xml"})
                try:
                    service = parse(answer.body)
                except ValueError as error:
                    raise SystemAnswerUnreadable(self.name, answer.url, str(error)) from error
                if self._version != "auto":
                    service = replace(service, version=self._version)
                self._said = service, V2(self._zone) if service.version == "v2" else V4()
            return self._said

    def _entity(self, source: Source) -> EntityType:
        entity = self._metadata()[0].of(source.object)
        if entity is None:
            raise SystemRefused(self.name, self._http.base, 404, f"there is no entity set {source.object}")
        return entity

    def _frames(
        self, source: Source, fields: Sequence[str], condition: str | None, more: Sequence[str] = ()
    ) -> Iterator[tuple[list[dict[str, Any]], pl.DataFrame]]:
        """Each page as the service says it, and as a frame with one column for each field."""
        service, dialect = self._metadata()
        entity = self._entity(source)
        columns = {f: service.column(entity, f) for f in fields}
        kinds = {f: service.kind(entity, f) for f in fields}
        address = _address(dialect, source, [path_of(f) for f in fields], condition)
        for records in self._pages("&".join([address, *more])):
            yield records, dialect.typed(page_of(records, columns), kinds)

    def _pages(self, address: str) -> Iterator[list[dict[str, Any]]]:
        _, dialect = self._metadata()
        next_one: str | None = address
        while next_one:
            answer = self._http.read("GET", next_one, headers=dialect.reading(self._page_size))
            page = dialect.page(self._http.json_of(answer))
            if page is None:
                raise SystemAnswerUnreadable(self.name, answer.url, "there is no list of records in it")
            yield page.records
            asked, next_one = next_one, self._here(answer.url, page.link) if page.link else None
            if asked == next_one:
                raise SystemAnswerUnreadable(self.name, answer.url, "the link to the next page leads to the same page")

    def _here(self, asked: str, link: str) -> str:
        """The next page's address: relative to the page before, and always on our host, whatever a gateway calls itself."""
        base = urlsplit(self._http.base)
        return urlunsplit(urlsplit(urljoin(asked, link))._replace(scheme=base.scheme, netloc=base.netloc))


def _address(dialect: Dialect, source: Source, paths: Sequence[tuple[str, ...]], condition: str | None) -> str:
    options = dialect.options(paths)
    if condition:
        options.append(f"$filter={_escaped(condition)}")
    return f"{quote(source.object)}?{'&'.join(options)}"


def _escaped(text: str) -> str:
    return quote(text, safe="$,()/'=;:@*")


def _version(
    service: Service,
    dialect: Dialect,
    entity: EntityType,
    record: Mapping[str, Any],
    row: Mapping[str, Any],
    nested: Sequence[str],
) -> str | None:
    """The ETags of the record and of the first record behind each relation, with its address; None if there is no ETag."""
    behind: dict[str, Any] = {}
    for relation in nested:
        inner = dialect.first(record, relation)
        kept_in = service.set_of(entity.navigations[relation].type) if relation in entity.navigations else None
        if inner is None or kept_in is None:
            behind[relation] = None
            continue
        inner_type = service.behind(entity, relation)
        keys = [str(row[f"{relation}/{key}"]) for key in inner_type.key]
        behind[relation] = {"url": kept_in + key_predicate(dialect, inner_type, keys), "etag": dialect.etag(inner)}
    etag = dialect.etag(record)
    if etag is None and not behind:
        return None
    return json.dumps({"etag": etag, "behind": behind}, ensure_ascii=False, sort_keys=True)
