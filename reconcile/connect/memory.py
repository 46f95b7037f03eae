"""A system that lives in memory: for tests, for examples, and as the shortest connector to read."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from reconcile.config.models import Source
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, OutcomeStatus, Value, Write, key_text
from reconcile.results import Rules

_VERSION = " version"


class MemoryConnector(Connector):
    """Tables by object name. A path such as `Account.Name` is a column of that name.

    Args:
        name: the system's name.
        tables: object name to rows, one column for each field.
        page_size: rows of one page.
        rules: object name to what `describe` says of its fields; nothing here holds writes to it.
    """

    def __init__(
        self, name: str, tables: Mapping[str, pl.DataFrame], *, page_size: int = 1000, rules: Mapping[str, Rules] | None = None
    ) -> None:
        self.name = name
        self._page_size = page_size
        self._rules = rules or {}
        self._lock = threading.Lock()
        self._tables = {o: rows.with_columns(pl.lit(1, pl.Int64).alias(_VERSION)) for o, rows in tables.items()}

    def describe(self, source: Source) -> ObjectShape | None:
        """The table's columns, or None if there is no such table."""
        table = self._tables.get(source.object)
        if table is None:
            return None
        return ObjectShape(frozenset(table.columns) - {_VERSION}, rules=self._rules.get(source.object, {}))

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All rows, `page_size` at a time; `where` is an SQL condition."""
        rows = self._rows(source).select(list(dict.fromkeys(fields)))
        yield from rows.iter_slices(self._page_size) if rows.height else (rows,)

    def count(self, source: Source) -> int | None:
        """The number of rows."""
        return self._rows(source).height

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """The records with these keys, and their versions."""
        asked = pl.Series(list(keys), dtype=pl.String).implode()
        rows = self._tables[source.object].filter(key_text(source.key).is_in(asked))
        found = zip(rows.select(key_text(source.key)).to_series(), rows.iter_rows(named=True), strict=True)
        return {key: Current(key, {f: row[f] for f in fields}, str(row[_VERSION])) for key, row in found}

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys of the records whose `field`, as text, equals each value."""
        asked = pl.Series(list(values), dtype=pl.String).implode()
        pairs = self._tables[source.object].select(key_text([field]).alias("value"), key_text(source.key).alias("key"))
        out: dict[str, list[str]] = {}
        for value, key in pairs.filter(pl.col("value").is_in(asked)).iter_rows():
            out.setdefault(value, []).append(key)
        return out

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Each write in turn: a moved version is a CONFLICT, an unknown field or record is REJECTED."""
        with self._lock:
            return [self._write(w) for w in writes]

    def close(self) -> None:
        """Nothing is held open."""

    def _rows(self, source: Source) -> pl.DataFrame:
        rows = self._tables[source.object]
        return rows.filter(pl.sql_expr(source.where)) if source.where else rows

    def _write(self, write: Write) -> Outcome:
        table = self._tables.get(write.source.object)
        if table is None:
            return Outcome(write.action_id, OutcomeStatus.REJECTED, write.key, f"no object {write.source.object}")
        unknown = sorted(set(write.values) - set(table.columns))
        if unknown:
            return Outcome(write.action_id, OutcomeStatus.REJECTED, write.key, f"no field {', '.join(unknown)}")
        key = write.key
        if key is None and write.external_id is not None:
            key = next(iter(self.find(write.source, write.external_id[0], [write.external_id[1]]).values()), [None])[0]
        return self._create(write, table) if key is None else self._update(write, table, key)

    def _update(self, write: Write, table: pl.DataFrame, key: str) -> Outcome:
        here = table.select(key_text(write.source.key) == key).to_series().fill_null(value=False)
        versions = table.filter(here)[_VERSION]
        if versions.is_empty():
            return Outcome(write.action_id, OutcomeStatus.REJECTED, key, "no such record")
        if write.version is not None and str(versions.item()) != write.version:
            return Outcome(write.action_id, OutcomeStatus.CONFLICT, key, "the record was changed by somebody else")
        changes: dict[str, Value] = {**write.values, _VERSION: versions.item() + 1}
        self._tables[write.source.object] = table.with_columns(
            pl.when(here).then(pl.lit(v, table.schema[f])).otherwise(pl.col(f)).alias(f) for f, v in changes.items()
        )
        return Outcome(write.action_id, OutcomeStatus.OK, key)

    def _create(self, write: Write, table: pl.DataFrame) -> Outcome:
        values: dict[str, Value] = {**write.values, _VERSION: 1}
        if write.external_id is not None:
            values[write.external_id[0]] = write.external_id[1]
        for field in write.source.key:  # as a system that numbers by itself
            values.setdefault(field, f"N{table.height + 1}")
        row = pl.DataFrame({f: [values.get(f)] for f in table.columns}, schema=table.schema, strict=False)
        key = row.select(key_text(write.source.key)).item()
        if table.select((key_text(write.source.key) == key).any()).item():
            return Outcome(write.action_id, OutcomeStatus.REJECTED, None, f"a record {key} exists")
        self._tables[write.source.object] = pl.concat([table, row])
        return Outcome(write.action_id, OutcomeStatus.OK, key)
