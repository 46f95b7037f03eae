"""A system of record in one SQLite file, with versions, a log of every write that landed, and faults to order.

It is stricter than real systems: it never recognises that it has seen a create before, so that a double would show.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import polars as pl

from reconcile.config.models import Source
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, OutcomeStatus, Value, Write


def _plain(value: Value) -> str | bool | None:
    return value if value is None or isinstance(value, bool | str) else str(value)


class GateSystem(Connector):
    """Implements the connector port. `faults`: action id to reject, conflict, lose (no commit), lost (committed), cut."""

    def __init__(self, file: Path, name: str = "erp", at: Callable[[str], None] = lambda _: None) -> None:
        self.name = name
        self.file = file
        self.faults: dict[str, str] = {}
        self.sent: list[Write] = []
        self.counted: int | None = None  # what it says of any object; by itself it does not count
        self._at = at
        with closing(self._open()) as db:
            db.execute("CREATE TABLE IF NOT EXISTS record (object, key, version INTEGER, body, PRIMARY KEY (object, key))")
            db.execute("CREATE TABLE IF NOT EXISTS landed (action_id)")

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.file, isolation_level=None, timeout=30)
        db.execute("PRAGMA synchronous=OFF")  # it has to outlive a killed process, not a power cut
        return db

    def put(self, name: str, key: str, **values: Value) -> None:
        with closing(self._open()) as db:
            self._put(db, name, key, {field: _plain(value) for field, value in values.items()})

    def _put(self, db: sqlite3.Connection, name: str, key: str, values: Mapping[str, Value]) -> None:
        row = db.execute("SELECT version, body FROM record WHERE object = ? AND key = ?", (name, key)).fetchone() or (0, "{}")
        body = json.dumps(json.loads(row[1]) | dict(values))
        db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)", (name, key, row[0] + 1, body))

    def remove(self, name: str, key: str) -> None:
        with closing(self._open()) as db:
            db.execute("DELETE FROM record WHERE object = ? AND key = ?", (name, key))

    def records(self, name: str) -> dict[str, dict[str, Value]]:
        with closing(self._open()) as db:
            return {key: json.loads(body) for key, body in db.execute("SELECT key, body FROM record WHERE object = ?", (name,))}

    def landed(self) -> list[str]:
        with closing(self._open()) as db:
            return [row[0] for row in db.execute("SELECT action_id FROM landed")]

    def describe(self, source: Source) -> ObjectShape | None:
        return ObjectShape(frozenset(field for body in self.records(source.object).values() for field in body))

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        yield pl.DataFrame([{field: body.get(field) for field in fields} for body in self.records(source.object).values()])

    def count(self, source: Source) -> int | None:  # noqa: ARG002 - a name of the port
        return self.counted

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        self._at("fetch")
        out = {}
        with closing(self._open()) as db:
            for key in keys:
                sql = "SELECT version, body FROM record WHERE object = ? AND key = ?"
                for version, body in db.execute(sql, (source.object, key)):
                    values = json.loads(body)
                    out[key] = Current(key, {field: values.get(field) for field in fields}, str(version))
        return out

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        self._at("find")
        out: dict[str, list[str]] = {}
        for key, body in self.records(source.object).items():
            if body.get(field) in values:
                out.setdefault(str(body[field]), []).append(key)
        return out

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        self._at("write begins")
        with closing(self._open()) as db:
            return [self._one(db, write) for write in writes]

    def _one(self, db: sqlite3.Connection, write: Write) -> Outcome:
        self.sent.append(write)
        fault = self.faults.get(write.action_id, "")
        early = {"reject": OutcomeStatus.REJECTED, "conflict": OutcomeStatus.CONFLICT, "lose": OutcomeStatus.UNKNOWN}
        if fault in early:
            return Outcome(write.action_id, early[fault], None, f"fault: {fault}")
        db.execute("BEGIN IMMEDIATE")
        values = {field: _plain(value) for field, value in write.values.items()}
        if fault == "cut":
            values = {field: value[:3] if isinstance(value, str) else value for field, value in values.items()}
        key = write.key
        if key is None:
            key = f"N{db.execute('SELECT count(*) FROM record').fetchone()[0] + 1}"
            values |= dict([write.external_id] if write.external_id else [])
        elif write.version is not None:
            now = db.execute("SELECT version FROM record WHERE object = ? AND key = ?", (write.source.object, key)).fetchone()
            if now is None or str(now[0]) != write.version:
                db.execute("ROLLBACK")
                return Outcome(write.action_id, OutcomeStatus.CONFLICT, key, "412 Precondition Failed")
        self._put(db, write.source.object, key, values)
        db.execute("INSERT INTO landed VALUES (?)", (write.action_id,))
        db.execute("COMMIT")
        self._at("landed")
        if fault == "lost":
            return Outcome(write.action_id, OutcomeStatus.UNKNOWN, None, "no answer within 30 s")
        return Outcome(write.action_id, OutcomeStatus.OK, key, "")

    def close(self) -> None:
        pass
