"""OData V4, as S/4HANA speaks it: $metadata, $expand and server-driven paging to read; writes are in `odata_write`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import polars as pl

from reconcile.config.models import Source, System
from reconcile.connect.auth import signer_for
from reconcile.connect.http import Http, issued
from reconcile.connect.odata_metadata import EntityType, Service, key_predicate, literal, parse
from reconcile.connect.odata_write import Writer
from reconcile.connect.pages import address_chunks, first_at, page_of, path_of
from reconcile.connect.port import Current, ObjectShape, Outcome, Write
from reconcile.errors import SystemAnswerUnreadable, SystemRefused

KEYS_IN_ONE_FILTER = 50
ETAG = "@odata.etag"


class ODataConnector:
    """One OData V4 service; `url` is its root. A path such as `to_Address/CityName` follows a relation, to its first record."""

    def __init__(self, name: str, system: System, _folder: Path) -> None:
        self.name = name
        self._page_size = system.page_size
        self._http = Http(name, system)
        self._http.sign_with(signer_for(system.auth, lambda form: issued(self._http, system.auth.token_url or "", form)[0]))
        self._service: Service | None = None
        self._lock = threading.Lock()
        self._writer = Writer(self._http, self._metadata, self.fetch)

    def describe(self, source: Source) -> ObjectShape | None:
        """The entity set's properties and those behind its relations, from `$metadata`."""
        service = self._metadata()
        entity = service.of(source.object)
        if entity is None:
            return None
        relations = {
            name: frozenset(service.types[navigation.type].properties)
            for name, navigation in entity.navigations.items()
            if navigation.type in service.types
        }
        paths = {f"{relation}/{name}" for relation, names in relations.items() for name in names}
        return ObjectShape(frozenset(entity.properties) | paths, relations)

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records that meet `where`, a $filter; numbers as Float64 or Int64, dates and times as ISO text."""
        service, entity = self._metadata(), self._entity(source)
        columns = {f: service.column(entity, f) for f in dict.fromkeys(fields)}
        for records in self._pages(_address(source, [path_of(f) for f in columns], source.where)):
            yield page_of(records, columns)

    def count(self, source: Source) -> int | None:
        """What `$count` says; None if it is refused."""
        condition = f"?$filter={_escaped(source.where)}" if source.where else ""
        try:
            answer = self._http.read("GET", f"{quote(source.object)}/$count{condition}", headers={"Accept": "text/plain"})
        except SystemRefused:
            return None
        text = answer.body.decode("utf-8-sig", errors="replace").strip()
        return int(text) if text.isdecimal() else None

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """The records by key. The version is the ETag, with those of the records behind the paths among `fields`."""
        service, entity = self._metadata(), self._entity(source)
        nested = {path_of(f)[0] for f in fields if len(path_of(f)) > 1}
        asked = [path_of(f) for f in [*source.key, *entity.key, *fields]]
        asked += [(name, key) for name in sorted(nested) for key in _behind(service, entity, name).key]
        out: dict[str, Current] = {}
        for some in address_chunks([k for k in keys if k], KEYS_IN_ONE_FILTER):
            condition = _any_of(entity, source.key, some)
            for record in self._records(_address(source, asked, condition)) if condition else ():
                key = _key_of(record, source)
                values = {f: first_at(record, path_of(f)) for f in fields}
                out[key] = Current(key, values, _version(service, entity, record, sorted(nested)))
        return {key: out[key] for key in dict.fromkeys(keys) if key in out}

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys by the value of one field."""
        entity = self._entity(source)
        out: dict[str, list[str]] = {}
        for some in address_chunks([v for v in values if v], KEYS_IN_ONE_FILTER):
            condition = _any_of(entity, [field], some)
            for record in self._records(_address(source, [path_of(f) for f in [*source.key, field]], condition)):
                out.setdefault(str(first_at(record, path_of(field))), []).append(_key_of(record, source))
        return {v: out[v] for v in dict.fromkeys(values) if v in out}

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Each write under the ETag of every record it touches; several records behind one write change together."""
        return self._writer.write(writes)

    def close(self) -> None:
        """Release the connections."""
        self._http.close()

    def _metadata(self) -> Service:
        with self._lock:
            if self._service is None:
                answer = self._http.read("GET", "$metadata", headers={"Accept": "application/xml"})
                try:
                    self._service = parse(answer.body)
                except ValueError as error:
                    raise SystemAnswerUnreadable(self.name, answer.url, str(error)) from error
            return self._service

    def _entity(self, source: Source) -> EntityType:
        entity = self._metadata().of(source.object)
        if entity is None:
            raise SystemRefused(self.name, self._http.base, 404, f"there is no entity set {source.object}")
        return entity

    def _pages(self, address: str) -> Iterator[list[dict[str, Any]]]:
        headers = {"Prefer": f"odata.maxpagesize={self._page_size}"}
        next_one: str | None = address
        while next_one:
            answer = self._http.read("GET", next_one, headers=headers)
            body = self._http.json_of(answer)
            records = body.get("value") if isinstance(body, dict) else None
            if not isinstance(records, list):
                raise SystemAnswerUnreadable(self.name, answer.url, "there is no list of records in it")
            yield records
            link = body.get("@odata.nextLink") or body.get("@nextLink")
            asked, next_one = next_one, self._here(answer.url, str(link)) if link else None
            if asked == next_one:
                raise SystemAnswerUnreadable(self.name, answer.url, "the link to the next page leads to the same page")

    def _records(self, address: str) -> Iterator[dict[str, Any]]:
        for records in self._pages(address):
            yield from records

    def _here(self, asked: str, link: str) -> str:
        """The next page's address: relative to the page before, and always on our host, whatever a gateway calls itself."""
        base = urlsplit(self._http.base)
        return urlunsplit(urlsplit(urljoin(asked, link))._replace(scheme=base.scheme, netloc=base.netloc))


def _address(source: Source, paths: Sequence[tuple[str, ...]], condition: str | None) -> str:
    options = _options(paths)
    if condition:
        options.append(f"$filter={_escaped(condition)}")
    return f"{quote(source.object)}?{'&'.join(options)}"


def _options(paths: Sequence[tuple[str, ...]]) -> list[str]:
    """$select and $expand for these paths; nested ones stand inside $expand."""
    plain = dict.fromkeys(p[0] for p in paths if len(p) == 1)
    relations = dict.fromkeys(p[0] for p in paths if len(p) > 1)
    expands = [f"{r}({';'.join(_options([p[1:] for p in paths if p[0] == r and len(p) > 1]))})" for r in relations]
    selected = [f"$select={','.join(plain)}"] if plain else []
    return selected + ([f"$expand={','.join(expands)}"] if expands else [])


def _any_of(entity: EntityType, fields: Sequence[str], keys: Sequence[str]) -> str:
    """A $filter: the fields, joined, are one of the keys."""
    rows = [[key] if len(fields) == 1 else key.split("/") for key in keys]
    kinds = [entity.properties.get(f, "Edm.String") for f in fields]
    return " or ".join(
        "(" + " and ".join(f"{f} eq {literal(v, k)}" for f, v, k in zip(fields, values, kinds, strict=True)) + ")"
        for values in rows
        if len(values) == len(fields)
    )


def _escaped(text: str) -> str:
    return quote(text, safe="$,()/'=;:@*")


def _key_of(record: Mapping[str, Any], source: Source) -> str:
    return "/".join(str(first_at(record, path_of(k))) for k in source.key)


def _behind(service: Service, entity: EntityType, relation: str) -> EntityType:
    navigation = entity.navigations.get(relation)
    return service.types.get(navigation.type if navigation else "", EntityType((), {}, {}))


def _version(service: Service, entity: EntityType, record: Mapping[str, Any], nested: Sequence[str]) -> str | None:
    """The ETags of the record and of the first record behind each relation, with its address; None if there is no ETag."""
    behind: dict[str, Any] = {}
    for relation in nested:
        inner = first_at(record, (relation,))
        inner_type = _behind(service, entity, relation)
        kept_in = service.set_of(entity.navigations[relation].type) if relation in entity.navigations else None
        if not isinstance(inner, Mapping) or kept_in is None:
            behind[relation] = None
            continue
        predicate = key_predicate(inner_type, [str(inner.get(k)) for k in inner_type.key])
        behind[relation] = {"url": kept_in + predicate, "etag": inner.get(ETAG)}
    if record.get(ETAG) is None and not behind:
        return None
    return json.dumps({"etag": record.get(ETAG), "behind": behind}, ensure_ascii=False, sort_keys=True)
