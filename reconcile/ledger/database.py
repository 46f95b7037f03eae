"""One database behind the ledger: connections, transactions, frames in and out, and its errors in the product's words."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Engine,
    Insert,
    Row,
    Select,
    Table,
    Text,
    Update,
    any_,
    create_engine,
    event,
    func,
    insert,
    inspect,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from reconcile.errors import FileUnreadable, LedgerTooNew, LedgerUnusable, StoreUnwritable, SystemUnreachable
from reconcile.ledger.bulk import over_all_rows
from reconcile.ledger.tables import SCHEMA_VERSION, audit_head, metadata, schema_version
from reconcile.results import UTC_TIME

CHUNK = 500
"""So many keys stand in one `IN (...)`: every database takes as many parameters."""
ROWS = 20_000
"""So many rows are handed to the driver at a time."""
ANALYZED_FROM = 5_000
"""After a write of so many rows PostgreSQL counts the table anew: it would plan the next query for the table as it was."""
LOCK_SECONDS = 60
"""So long a writer waits for the one before."""
GENESIS = "0" * 64
"""What the first audit entry names as the hash before it."""
ONE_AT_A_TIME = 7_363_285_201
"""The advisory lock under which a PostgreSQL database gets its tables."""


def now() -> dt.datetime:
    """This instant, UTC."""
    return dt.datetime.now(dt.UTC)


def instant(at: dt.datetime) -> str:
    """The text under which an instant is stored: UTC, six decimals. A time without zone is taken as UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instants(*columns: str) -> list[pl.Expr]:
    """Stored instants as Datetime, UTC."""
    return [pl.col(c).str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us").dt.replace_time_zone("UTC") for c in columns]


def chunks(keys: Collection[str]) -> Iterator[Sequence[str]]:
    """The keys, without repeats and in their order, in portions that fit in one `IN`."""
    distinct = list(dict.fromkeys(keys))
    return (distinct[i : i + CHUNK] for i in range(0, len(distinct), CHUNK))


class Database:
    """Transactions on one database. Writers stand in line: each sees what the one before has committed.

    Raises StoreUnwritable, FileUnreadable (SQLite), SystemUnreachable (servers) and LedgerUnusable (a wrong URL).
    """

    def __init__(self, url: str) -> None:
        self.url = _parsed(url)
        self.is_file = self.url.get_backend_name() == "sqlite" and self.url.database not in (None, "", ":memory:")
        self.is_server = self.url.get_backend_name() == "postgresql"
        self.engine = _engine(self.url, self.is_file)

    def prepare(self) -> None:
        """Make the tables, or bring them up to date. Raises LedgerTooNew if a later version of the product made them."""
        version = self._version()
        if version is None or version < SCHEMA_VERSION:
            if self.is_file:
                self._readers_do_not_wait()
            version = self._brought_up_to_date()
        if version > SCHEMA_VERSION:
            raise LedgerTooNew(self.name, version, SCHEMA_VERSION)

    def _version(self) -> int | None:
        """The version of the tables, by one select; None if there are none."""
        try:
            return self._said_version()
        except (OperationalError, ProgrammingError):
            with self.read() as connection:
                if not self.engine.dialect.has_table(connection, schema_version.name):
                    return None
        return self._said_version()  # another process has made the tables between the two looks, or it fails for good

    def _said_version(self) -> int | None:
        with self.read() as connection:
            return connection.execute(select(schema_version.c.version)).scalar()

    def _brought_up_to_date(self) -> int:
        """The version after the one process that is let in has made or upgraded the tables, all or nothing."""
        with self._transaction(writes=True) as connection:  # on SQLite, this alone lets in one at a time
            if self.is_server:
                connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            there = self.engine.dialect.has_table(connection, schema_version.name)
            version = connection.execute(select(schema_version.c.version)).scalar() if there else None
            if version is None:
                self._create(connection)
            elif version < SCHEMA_VERSION:
                from reconcile.ledger.migrations import upgrade  # noqa: PLC0415  # Alembic takes longer than opening a ledger

                upgrade(connection, version)
            return max(version or 0, SCHEMA_VERSION)

    def _create(self, connection: Connection) -> None:
        if taken := sorted(metadata.tables.keys() & set(inspect(connection).get_table_names())):
            raise LedgerUnusable(f"{self.name} has a table {taken[0]} that is no ledger's; give the ledger a database of its own")
        metadata.create_all(connection, checkfirst=False)
        connection.execute(insert(schema_version).values(version=SCHEMA_VERSION))
        connection.execute(insert(audit_head).values(id=1, seq=0, hash=GENESIS))

    def _readers_do_not_wait(self) -> None:
        """Write-ahead logging, which a SQLite file remembers; it can be set outside of a transaction only.

        SQLite does not wait for another process that sets it, or makes the tables, at the same moment.
        """
        last = time.monotonic() + LOCK_SECONDS
        with self._in_our_words(), closing(self.engine.raw_connection()) as connection:
            while True:
                try:
                    connection.cursor().execute("PRAGMA journal_mode=WAL")
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > last:
                        raise
                    time.sleep(0.02)
                else:
                    return

    @property
    def name(self) -> str:
        """What to call it in a message: the file, or the URL without its password."""
        if self.is_file:
            return str(self.url.database)
        return self.url.set(query={}).render_as_string(hide_password=True)  # what follows the `?` may hold a password, too

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All or nothing, one writer at a time; on a server the row of the audit's head is what they wait for."""
        with self._transaction(writes=True) as connection:
            connection.execute(select(audit_head.c.seq).where(audit_head.c.id == 1).with_for_update())
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        with self._in_our_words(), self.engine.connect() as plain:
            connection = plain.execution_options(writes=writes)
            if self.is_server and not writes:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a mistake of ours, not of the database
        except (DBAPIError, sqlite3.Error) as error:
            raise self._named(error) from error

    def _named(self, error: Exception) -> Exception:
        reason = " ".join(str(getattr(error, "orig", error)).split())
        if not self.is_file:
            return self._named_by_server(error, reason)
        path = Path(self.name)
        if "not a database" in reason or "malformed" in reason:
            return FileUnreadable(
                path, f"it is no ledger: {reason}", hint="Put back a copy of it, or move it away to start anew."
            )
        if any(word in reason for word in ("full", "readonly", "unable to open", "I/O", "locked", "busy")):
            return StoreUnwritable(path, reason)
        return error

    def _named_by_server(self, error: Exception, reason: str) -> Exception:
        if isinstance(error, InterfaceError | OperationalError):
            return SystemUnreachable("ledger", self.name, reason)
        if any(words in reason for words in ("permission denied", "read-only", "no schema has been selected")):
            return LedgerUnusable(f"{self.name} lets this user make and write no tables: {reason}")
        return error

    def close(self) -> None:
        """Release the connections."""
        self.engine.dispose()


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise LedgerUnusable("the URL can't be read; it should look like sqlite:///ledger.db") from None


def _engine(url: URL, is_file: bool) -> Engine:
    if is_file:
        path = Path(str(url.database))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnwritable(path.parent, error.strerror or str(error)) from error
    try:
        engine = create_engine(url, **_options(url, is_file))
    except ImportError as error:
        if url.get_backend_name() == "postgresql" and url.get_dialect().driver == "psycopg":
            need = "PostgreSQL needs a driver that is not there, `pip install 'crm-erp-reconcile[postgres]'` brings it"
            raise LedgerUnusable(need) from error
        raise LedgerUnusable(f"{url.get_backend_name()}: {error}") from error
    except ArgumentError as error:  # an unknown dialect
        raise LedgerUnusable(f"{url.get_backend_name()}: {error}") from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _connected)
        event.listen(engine, "begin", _begun)
    return engine


def _options(url: URL, is_file: bool) -> dict[str, Any]:
    if is_file:
        return {"connect_args": {"timeout": LOCK_SECONDS}}
    if url.get_backend_name() != "postgresql":
        return {}
    asked: dict[str, Any] = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    if url.get_driver_name() == "psycopg":
        asked["prepare_threshold"] = None  # a plan prepared while a table was small reads all of it once it is large
    return {"connect_args": asked, "pool_pre_ping": True}  # a screen outlives a restart of the server


def _connected(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by us, since the driver's own start too late to hold a lock
    connection.execute("PRAGMA synchronous=FULL")  # an intention must outlive a power cut


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def rows_with(connection: Connection, query: Select[Any], column: ColumnElement[str], keys: Collection[str]) -> list[Row[Any]]:
    """The rows of a query whose `column` is one of the keys, which travel as one parameter, however many there are."""
    out: list[Row[Any]] = []
    distinct = list(dict.fromkeys(keys))
    for first in range(0, len(distinct), ROWS):
        part = distinct[first : first + ROWS]
        if connection.dialect.name == "postgresql":
            one_of = column == any_(literal([key.replace("\x00", "\N{SYMBOL FOR NULL}") for key in part], ARRAY(Text())))
        else:
            one_of = column.in_(select(func.json_each(json.dumps(part)).table_valued("value").c.value))
        out += connection.execute(query.where(one_of)).all()
    return out


def read_frame(connection: Connection, query: Select[Any], schema: Mapping[str, Any] | None = None) -> pl.DataFrame:
    """The rows of a query; dtypes from `schema`, String where it says nothing, instants turned into Datetime UTC."""
    result = connection.execute(query)
    wanted = {name: (schema or {}).get(name, pl.String()) for name in result.keys()}  # noqa: SIM118  # RMKeyView, not a dict
    stored = {name: pl.String() if dtype == UTC_TIME else dtype for name, dtype in wanted.items()}
    frame = pl.DataFrame(list(map(tuple, result.fetchall())), schema=stored, orient="row")
    return frame.with_columns(instants(*(name for name, dtype in wanted.items() if dtype == UTC_TIME)))


def write_frame(connection: Connection, statement: Insert | Update | Delete, frame: pl.DataFrame) -> None:
    """Run a statement for each row, in bulk; its bound parameters are named like the frame's columns, no row repeats a key."""
    if connection.dialect.name == "postgresql":
        legible = pl.col(pl.String).str.replace_all("\x00", "\N{SYMBOL FOR NULL}", literal=True)  # its texts can't hold NUL
        for part in frame.with_columns(legible).iter_slices(ROWS):
            connection.execute(*over_all_rows(statement, part))
        if frame.height >= ANALYZED_FROM and isinstance(statement.table, Table):
            connection.exec_driver_sql(f"ANALYZE {connection.dialect.identifier_preparer.format_table(statement.table)}")
        return
    if frame.is_empty():
        return
    compiled: Any = statement.compile(dialect=connection.dialect, column_keys=frame.columns)
    constants = {name: value for name, value in compiled.params.items() if name not in frame.columns}
    full = frame.with_columns(**{name: pl.lit(value) for name, value in constants.items()})
    ordered = full.select(compiled.positiontup) if compiled.positional else full
    for part in ordered.iter_slices(ROWS):
        connection.exec_driver_sql(str(compiled), list(part.iter_rows(named=not compiled.positional)))  # type: ignore[call-overload]  # named is a plain bool here
