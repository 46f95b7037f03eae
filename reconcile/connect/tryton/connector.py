"""Tryton over JSON-RPC: pages by id, writes under the time stamps of the records they touch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from reconcile.config.models import Source, System
from reconcile.connect.pages import chunks, path_of
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, Write
from reconcile.connect.tryton.models import STAMP, Models, all_behind, first_behind, relations_of
from reconcile.connect.tryton.rpc import Rpc
from reconcile.connect.tryton.where import fixed_by, where_of
from reconcile.connect.tryton.write import Writer
from reconcile.errors import SystemRefused

KEYS_IN_ONE_QUERY = 500
_NUMBER = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_BY_NUMBER = frozenset({"id", "many2one", "one2one", "integer", "biginteger"})


class TrytonConnector(Connector):
    """One database of a Tryton server. A path such as `addresses.street` follows a relation to its first record."""

    def __init__(self, name: str, system: System, _folder: Path) -> None:
        self.name = name
        self._page_size = system.page_size
        self._rpc = Rpc(name, system)
        self._models = Models(self._rpc)
        self._writer = Writer(self._rpc, self._models, self._places)

    def describe(self, source: Source) -> ObjectShape | None:
        """The model's fields, those one step behind its relations, and `_timestamp`."""
        return self._models.shape(source.object, fixed_by(where_of(self._rpc, source.where).domain))

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records that meet `where`, a domain as JSON, inactive ones too; ids as text, numbers as Float64 or Int64."""
        asked, where, last = self._models.asked(source.object, fields), where_of(self._rpc, source.where).domain, 0
        while True:
            domain = [where, ["id", ">", last]] if where else [["id", ">", last]]
            records = self._records(source, domain, asked, self._page_size)
            if records or not last:
                yield self._models.page(source.object, records, fields)
            if len(records) < self._page_size:
                return
            last = records[-1]["id"]

    def count(self, source: Source) -> int | None:
        """What search_count says; None if it is refused."""
        try:
            count = self._rpc.ask(f"model.{source.object}.search_count", where_of(self._rpc, source.where).domain)
        except SystemRefused:
            return None
        return count if isinstance(count, int) else None

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """The records by key. The version holds the time stamps of the record and of the first ones behind its relations."""
        out = {}
        for key, record in self._places(source, keys, fields).items():
            values = {f: self._models.value(source.object, record, f) for f in fields}
            out[key] = Current(key, values, self._version(source.object, record, fields))
        return out

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys by the value of one field; of a path, any record behind the relation counts."""
        step, *rest = path_of(field)
        behind = self._models.field(source.object, step).relation or source.object
        asked = self._models.asked(source.object, [*source.key, field])
        found: dict[str, list[str]] = {}
        for some in chunks(list(dict.fromkeys(values)), KEYS_IN_ONE_QUERY):
            for record in self._records(source, self._any_of(source, [field], some), asked):
                held = [(behind, each, ".".join(rest)) for each in all_behind(record, step)] if rest else []
                for value in dict.fromkeys(str(self._models.value(*each)) for each in held or [(source.object, record, field)]):
                    found.setdefault(value, []).append(self._key(source, record))
        return {value: found[value] for value in values if value in found}

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Several records in one call, which Tryton does whole or not at all; if one is refused, the others go without it."""
        return self._writer.write(writes)

    def close(self) -> None:
        """Log out, and release the connections."""
        self._rpc.close()

    def _places(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The records by key as Tryton gives them, with time stamps."""
        asked = self._models.asked(source.object, [*source.key, *fields], stamps=True)
        found: dict[str, Mapping[str, Any]] = {}
        for some in chunks(list(dict.fromkeys(keys)), KEYS_IN_ONE_QUERY):
            if domain := self._any_of(source, source.key, some):
                found.update((self._key(source, r), r) for r in self._records(source, domain, asked))
        return {key: found[key] for key in dict.fromkeys(keys) if key in found}

    def _records(self, source: Source, domain: list[Any], asked: Sequence[str], limit: int | None = None) -> list[dict[str, Any]]:
        if not domain:
            return []
        context = self._models.context(source.object, asked, where_of(self._rpc, source.where).context)
        method, order = f"model.{source.object}.search_read", [["id", "ASC"]]
        records = self._rpc.ask(method, domain, 0, limit, order, asked, context=context)
        if not isinstance(records, list) or not all(isinstance(r, dict) and isinstance(r.get("id"), int) for r in records):
            raise self._rpc.unreadable("a search gave no records")
        return records

    def _any_of(self, source: Source, fields: Sequence[str], keys: Sequence[str]) -> list[Any]:
        """A domain: the fields, joined, are one of the keys; empty if no record can be."""
        kinds = [self._models.field(source.object, f).kind for f in fields]
        names = [".".join(path_of(f)) for f in fields]
        if len(fields) == 1:
            asked = [_asked(key, kinds[0]) for key in keys if _askable(key, kinds[0])]
            return [[names[0], "in", asked]] if asked else []
        parts = [key.split("/") for key in keys]
        clauses = [
            [[n, "=", _asked(v, k)] for n, v, k in zip(names, values, kinds, strict=True)]
            for values in parts
            if len(values) == len(names) and all(map(_askable, values, kinds))
        ]
        return ["OR", *clauses] if clauses else []

    def _key(self, source: Source, record: Mapping[str, Any]) -> str:
        return "/".join(str(self._models.value(source.object, record, k)) for k in source.key)

    def _version(self, model: str, record: Mapping[str, Any], fields: Sequence[str]) -> str | None:
        stamps = {f"{model},{record['id']}": record.get(STAMP)}
        firsts: dict[str, int | None] = {}
        for relation in relations_of(fields):
            first = first_behind(record, relation)
            firsts[relation] = first["id"] if first else None
            if first:
                stamps[f"{self._models.field(model, relation).relation},{first['id']}"] = first.get(STAMP)
        return json.dumps({"stamps": {k: v for k, v in stamps.items() if v is not None}, "first": firsts})


def _askable(text: str, kind: str) -> bool:
    return bool(text) and (kind not in _BY_NUMBER or _NUMBER.fullmatch(text) is not None)


def _asked(text: str, kind: str) -> str | int:
    return int(text) if kind in _BY_NUMBER else text
