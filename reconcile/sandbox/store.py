"""The SQLite file behind each sandbox system: one table per object, columns as its fields, everything as text.

Decimals are plain text such as `12.50`, dates `2026-01-31`, times `2026-01-31T10:00:00Z` in UTC. Nothing is checked here and
references are not enforced, so that a test or the defect planter can store what a system would have refused.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import polars as pl

from reconcile.sandbox.objects import CRM, ERP, ObjectSpec

Row = dict[str, str | None]


def quoted(name: str) -> str:
    """A name as SQL takes it; `Order` is a word of SQL and an object of the CRM."""
    return '"' + name.replace('"', '""') + '"'


def create(path: Path, objects: Mapping[str, ObjectSpec]) -> None:
    """Make the tables, with indexes on keys, external ids and references. Raises sqlite3.OperationalError if they exist."""
    with closing(connect(path)) as connection, _transaction(connection):
        for spec in objects.values():
            columns = ", ".join(f"{quoted(f.name)} TEXT" for f in spec.fields)
            key = ", ".join(quoted(name) for name in spec.key)
            connection.execute(f"CREATE TABLE {quoted(spec.name)} ({columns}, PRIMARY KEY ({key}))")
            looked_up = {spec.external_id} if spec.external_id else set()
            looked_up |= {f.name for f in spec.fields if f.refers_to}
            for name in sorted(looked_up):
                index = quoted(f"{spec.name}_{name}")
                connection.execute(f"CREATE INDEX {index} ON {quoted(spec.name)} ({quoted(name)})")
            if spec.external_id:  # the CRM finds it whatever its case
                index = quoted(f"{spec.name}_{spec.external_id}_any_case")
                column = f"{quoted(spec.external_id)} COLLATE NOCASE"
                connection.execute(f"CREATE INDEX {index} ON {quoted(spec.name)} ({column})")


def insert(path: Path, name: str, rows: pl.DataFrame) -> None:
    """Add rows to one object, columns by name in any order; a field without a column stays null.

    Columns of dates, times (naive ones are UTC) and numbers are written as text in the file's own form; text is kept as it is.
    Raises sqlite3.IntegrityError if a key is there already, sqlite3.OperationalError for a column that is no field.
    """
    texts = rows.select(_as_text(rows[column]) for column in rows.columns)
    places = ", ".join("?" * len(texts.columns))
    columns = ", ".join(quoted(column) for column in texts.columns)
    statement = f"INSERT INTO {quoted(name)} ({columns}) VALUES ({places})"  # noqa: S608 - names are quoted
    with closing(connect(path)) as connection, _transaction(connection):
        connection.executemany(statement, texts.iter_rows())


def read(path: Path, name: str) -> pl.DataFrame:
    """All rows of one object, every column as text, in the order of their keys."""
    spec = {**CRM, **ERP}[name]
    with closing(connect(path)) as connection:
        rows = connection.execute(f"SELECT * FROM {quoted(name)} ORDER BY {', '.join(quoted(k) for k in spec.key)}")  # noqa: S608 - names are quoted
        columns = [column[0] for column in rows.description]
        return pl.DataFrame(rows.fetchall(), schema=dict.fromkeys(columns, pl.String), orient="row")


def connect(path: Path) -> sqlite3.Connection:
    """Open one file for explicit transactions; readers and one writer do not wait for each other."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")  # sample data: fast matters, a power cut does not
    return connection


class _transaction:  # noqa: N801 - reads as a statement
    """All of it or nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._connection.execute("COMMIT" if kind is None else "ROLLBACK")


def _as_text(column: pl.Series) -> pl.Series:
    """A column in the file's own form."""
    if isinstance(column.dtype, pl.Datetime):
        if column.dtype.time_zone:
            column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.f").str.replace(r"(\.\d*?)0+$", "$1") + "Z"
    return column.cast(pl.String)


def time_text(moment: dt.datetime) -> str:
    """A moment in the file's own form: UTC, with no zeros at the end of its fraction."""
    text = moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def number_text(number: Decimal) -> str:
    """A number in the file's own form, without an exponent. Raises ValueError if it is not finite or out of all measure."""
    if not number.is_finite() or abs(number.adjusted()) > 40:
        raise ValueError(f"{number} can't be stored")
    return format(number, "f")


def joined(conditions: Sequence[str], operator: str) -> str:
    """Conditions joined by AND or OR as a balanced tree: SQLite refuses one that is a thousand deep."""
    if len(conditions) == 1:
        return conditions[0]
    middle = len(conditions) // 2
    return f"({joined(conditions[:middle], operator)} {operator} {joined(conditions[middle:], operator)})"


def row_of(connection: sqlite3.Connection, spec: ObjectSpec, values: Mapping[str, str | None]) -> Row | None:
    """The first row, by key, whose fields equal these values; None if there is none."""
    found = rows_of(connection, spec, values, limit=1)
    return found[0] if found else None


def rows_of(connection: sqlite3.Connection, spec: ObjectSpec, values: Mapping[str, str | None], *, limit: int = -1) -> list[Row]:
    """The rows, by key, whose fields equal these values."""
    condition = " AND ".join(f"{quoted(name)} IS ?" for name in values) or "1"
    order = ", ".join(quoted(name) for name in spec.key)
    statement = f"SELECT * FROM {quoted(spec.name)} WHERE {condition} ORDER BY {order} LIMIT ?"  # noqa: S608 - names are quoted
    cursor = connection.execute(statement, (*values.values(), limit))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def add_row(connection: sqlite3.Connection, spec: ObjectSpec, row: Row) -> None:
    """Store a new row. Raises sqlite3.IntegrityError if its key is there already."""
    columns = ", ".join(quoted(name) for name in row)
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {quoted(spec.name)} ({columns}) VALUES ({places})", tuple(row.values()))  # noqa: S608 - names are quoted


def change_row(connection: sqlite3.Connection, spec: ObjectSpec, key: Mapping[str, str | None], changes: Row) -> None:
    """Set fields of the row with this key."""
    if not changes:
        return
    settings = ", ".join(f"{quoted(name)} = ?" for name in changes)
    condition = " AND ".join(f"{quoted(name)} IS ?" for name in key)
    statement = f"UPDATE {quoted(spec.name)} SET {settings} WHERE {condition}"  # noqa: S608 - names are quoted
    connection.execute(statement, (*changes.values(), *key.values()))


def delete_rows(connection: sqlite3.Connection, spec: ObjectSpec, values: Mapping[str, str | None]) -> None:
    """Remove the rows whose fields equal these values."""
    condition = " AND ".join(f"{quoted(name)} IS ?" for name in values)
    connection.execute(f"DELETE FROM {quoted(spec.name)} WHERE {condition}", tuple(values.values()))  # noqa: S608 - names are quoted


def next_number(connection: sqlite3.Connection, spec: ObjectSpec, name: str, first: int, within: Row | None = None) -> int:
    """One more than the largest whole number in a field, `first` at least; `within` limits it to rows that equal these values."""
    condition = " AND ".join(f"{quoted(other)} IS ?" for other in within or {}) or "1"
    statement = f"SELECT max(CAST({quoted(name)} AS INTEGER)) FROM {quoted(spec.name)} WHERE {condition}"  # noqa: S608 - names are quoted
    (largest,) = connection.execute(statement, tuple((within or {}).values())).fetchone()
    return max(first, (largest or 0) + 1)
