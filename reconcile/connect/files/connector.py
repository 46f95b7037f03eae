"""Files as a system: CSV, XLSX, Parquet and JSON lines in one folder. They are read, never written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import fastexcel
import polars as pl
from polars.selectors import by_dtype

from reconcile.config.models import Source, System
from reconcile.connect.files.delimited import Delimited, checked_header
from reconcile.connect.files.kept import Kept
from reconcile.connect.files.sniff import encoding_of
from reconcile.connect.port import Connector, Current, ObjectShape, Outcome, OutcomeStatus, Write, key_text
from reconcile.errors import FileMissing, FileUnreadable
from reconcile.values.standard import as_text
from reconcile.values.text import clean

T = TypeVar("T")

_PAGE_ROWS = 100_000
_KEY, _TIDY = " key", " tidy key"
"""Columns of our own beside a file's: the record's key as it stands there, and as it is normalised."""
READ_ONLY = "files can't be written to: correct the record in the system that the file comes from, then export it again"


class Table(Protocol):
    """One file that holds one table."""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order; "" for a column without one."""
        ...

    def pages(self, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The columns `fields`, all rows, page by page; an empty page if there are none."""
        ...


class FilesConnector(Connector):
    """A folder of files: `object` of a source is a file name in it."""

    def __init__(self, name: str, system: System, folder: Path) -> None:
        self.name = name
        self._folder = folder / (system.path or ".")
        self._kept = Kept()

    def describe(self, source: Source) -> ObjectShape | None:
        """The file's columns, from its header; None if there is no such file."""
        if not (self._folder / source.object).is_file():
            return None
        return ObjectShape(frozenset(n for n in self._table(source).names if n))

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """All records. CSV gives text exactly as in the file, an empty cell as null; other files their own dtypes."""
        table, wanted = self._table(source), list(dict.fromkeys(fields))
        self._check_columns(source, table, wanted)
        asked = wanted if source.where is None else [n for n in table.names if n]
        for page in table.pages(asked):
            kept = page if source.where is None else self._filtered(source, source.where, page)
            yield kept.select(wanted).with_columns(by_dtype(pl.Null).cast(pl.String))  # a column without any value is text

    def count(self, source: Source) -> int | None:
        """Rows of a Parquet file, whose footer says so; None for the others."""
        path = self._path(source)
        if path.suffix.lower() not in (".parquet", ".pq") or source.where is not None:
            return None
        return _parquet(path, lambda: int(pl.scan_parquet(path).select(pl.len()).collect().item()))

    def fetch(self, source: Source, keys: Sequence[str], fields: Sequence[str]) -> dict[str, Current]:
        """These records as the file has them now, by key as it stands there or as it is normalised. A file offers no version."""
        asked = pl.Series("key", list(keys), dtype=pl.String).implode()
        out: dict[str, Current] = {}
        for page in self._records(source, fields):
            key = pl.when(pl.col(_KEY).is_in(asked)).then(_KEY).when(pl.col(_TIDY).is_in(asked)).then(_TIDY)
            found = page.filter(pl.col(_KEY).is_in(asked) | pl.col(_TIDY).is_in(asked)).with_columns(key.alias(_KEY))
            for row in found.select(_KEY, *dict.fromkeys(fields)).iter_rows(named=True):  # only the rows that were asked for
                out.setdefault(row[_KEY], Current(row[_KEY], {f: row[f] for f in fields}))
        return out

    def find(self, source: Source, field: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Keys of the records whose `field`, as text, equals each value."""
        asked = pl.Series("value", list(values), dtype=pl.String)
        out: dict[str, list[str]] = {}
        for page in self._records(source, [field]):
            text = page.select(key_text([field]).alias("value"), pl.col(_KEY).alias("key"))
            for value, key in text.filter(pl.col("value").is_in(asked.implode())).iter_rows():
                out.setdefault(value, []).append(key)
        return out

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """Nothing is written; each outcome says what to do instead."""
        return [Outcome(w.action_id, OutcomeStatus.REJECTED, w.key, READ_ONLY) for w in writes]

    def close(self) -> None:
        """Forget what was read; nothing is held open between calls."""
        self._kept.forget()

    def _records(self, source: Source, fields: Sequence[str]) -> Iterable[pl.DataFrame]:
        """All records with these columns and with their keys, from memory if this version of the file was read before."""

        def read(columns: Sequence[str]) -> Iterator[pl.DataFrame]:
            for page in self.read(source, [name for name in columns if name not in (_KEY, _TIDY)]):
                tidy = pl.concat_str([clean(as_text(pl.col(part), page.schema[part])) for part in source.key], separator="/")
                yield page.with_columns(key_text(source.key).alias(_KEY), tidy.alias(_TIDY))

        columns = list(dict.fromkeys([*source.key, *fields, _KEY, _TIDY]))
        path = self._path(source)
        try:
            return self._kept.pages(source.model_dump_json(), path, columns, read)
        except OSError as error:
            raise FileUnreadable(path, error.strerror or str(error), hint="Check its permissions.") from error

    def _path(self, source: Source) -> Path:
        path = self._folder / source.object
        if not path.is_file():
            raise FileMissing(path, named_by=f"`object` of system {self.name}")
        return path

    def _table(self, source: Source) -> Table:
        return table_of(self._path(source), source)

    def _check_columns(self, source: Source, table: Table, fields: Sequence[str]) -> None:
        missing = [f for f in fields if not f or f not in table.names]
        if missing:
            has = ", ".join(n for n in table.names if n)
            hint = "Check the names, and `delimiter:`." if len(table.names) == 1 else "Check the names in the configuration."
            shown = ", ".join(map(repr, missing))
            raise FileUnreadable(self._path(source), f"it has no column {shown}; its columns are: {has[:500]}", hint=hint)

    def _filtered(self, source: Source, where: str, page: pl.DataFrame) -> pl.DataFrame:
        try:
            return page.filter(pl.sql_expr(where))
        except pl.exceptions.PolarsError as error:
            reason = f"`where: {where}` can't be applied: {_first_line(error)}"
            raise FileUnreadable(self._path(source), reason, hint="For a file it is an SQL condition on its columns.") from error


def table_of(path: Path, source: Source | None = None) -> Table:
    """The table of a file by the ending of its name; `source` says what can't be told from the file. Raises FileUnreadable."""
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise FileUnreadable(path, f"{path.suffix or 'a file without an ending'} is not known", hint=f"Known: {_KNOWN}.")
    try:
        return opener(path, source or Source(object=path.name, key=("?",)))  # type: ignore[call-arg]  # every other key has a default
    except OSError as error:
        raise FileUnreadable(path, error.strerror or str(error), hint="Check its permissions.") from error


@dataclass(frozen=True)
class _Sheet:
    """One sheet of a workbook; numbers without a fraction come as integers, since a workbook knows no other numbers."""

    path: Path
    sheet: str | int
    names: tuple[str, ...]

    @classmethod
    def open(cls, path: Path, source: Source) -> _Sheet:
        sheet = source.sheet or 0
        header = _workbook(path, lambda: _load(path, sheet, header_row=None, n_rows=1, dtypes="string"))
        row = header.row(0) if header.height else ()
        return cls(path, sheet, checked_header(path, tuple((n or "").strip() for n in row)))

    def pages(self, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        at = [self.names.index(f) for f in fields]
        table = _workbook(self.path, lambda: _load(self.path, self.sheet, schema_sample_rows=None))
        table = table.select(pl.nth(i).alias(f) for i, f in zip(at, fields, strict=True))
        whole = [
            name
            for name, dtype in table.schema.items()
            if dtype == pl.Float64 and table[name].is_finite().all() and (table[name] == table[name].round()).all()
        ]
        table = table.with_columns(pl.col(whole).cast(pl.Int64, strict=False))
        yield from table.iter_slices(_PAGE_ROWS) if table.height else (table,)


def _load(path: Path, sheet: str | int, **options: Any) -> pl.DataFrame:
    return pl.DataFrame(fastexcel.read_excel(path).load_sheet(sheet, **options).to_polars())


def _workbook(path: Path, load: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    try:
        return load()
    except fastexcel.FastExcelError as error:
        reason = f"it can't be read as a workbook: {_first_line(error)}"
        raise FileUnreadable(path, reason, hint="Open it and save it as .xlsx; check `sheet:`.") from error


@dataclass(frozen=True)
class _Parquet:
    """One Parquet file, read in batches."""

    path: Path
    names: tuple[str, ...]

    @classmethod
    def open(cls, path: Path, _source: Source) -> _Parquet:
        return cls(path, _parquet(path, lambda: tuple(pl.read_parquet_schema(path))))

    def pages(self, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        batches = iter(pl.scan_parquet(self.path).select(fields).collect_batches(chunk_size=_PAGE_ROWS))
        page = _parquet(self.path, lambda: next(batches, None))
        if page is None:
            yield _parquet(self.path, lambda: pl.read_parquet(self.path, columns=list(fields)))
        while page is not None:
            yield page
            page = _parquet(self.path, lambda: next(batches, None))


def _parquet(path: Path, load: Callable[[], T]) -> T:
    try:
        return load()
    except pl.exceptions.PolarsError as error:
        reason = f"it can't be read as Parquet: {_first_line(error)}"
        raise FileUnreadable(path, reason, hint="Export it again.") from error


@dataclass(frozen=True)
class _JsonLines:
    """One JSON object on each line; a key that a line lacks is null. The dtypes are those that all lines agree on."""

    path: Path
    schema: pl.Schema
    names: tuple[str, ...]

    @classmethod
    def open(cls, path: Path, source: Source) -> _JsonLines:
        encoding = source.encoding or encoding_of(path)
        if encoding.replace("-", "").lower() not in ("utf8", "utf8sig"):
            raise FileUnreadable(path, f"it is written in {encoding}", hint="JSON lines must be UTF-8: save it so.")
        if path.stat().st_size == 0:
            raise FileUnreadable(path, "it is empty", hint="Each line must be one JSON object.")
        schema = _json_lines(path, lambda: pl.scan_ndjson(_after_mark(path), infer_schema_length=None).collect_schema())
        return cls(path, schema, tuple(schema))

    def pages(self, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        plan = pl.scan_ndjson(_after_mark(self.path), schema=self.schema).select(fields)
        batches = iter(plan.collect_batches(chunk_size=_PAGE_ROWS))
        while (page := _json_lines(self.path, lambda: next(batches, None))) is not None:
            yield page


def _after_mark(path: Path) -> Path | bytes:
    """The file, or its bytes without the byte order mark that the JSON reader does not take."""
    with path.open("rb") as file:
        marked = file.read(3) == b"\xef\xbb\xbf"
    return path.read_bytes()[3:] if marked else path


def _json_lines(path: Path, load: Callable[[], T]) -> T:
    try:
        return load()
    except pl.exceptions.PolarsError as error:
        line, reason = _first_bad_json(path) or (None, _first_line(error))
        if line is None and "supertype" in reason:
            hint = "A field may mix text, numbers and true or false; a list or an object must be one on every line."
            raise FileUnreadable(path, "a field holds a list or an object on some lines only", hint=hint) from error
        place = f"line {line}: " if line else ""
        raise FileUnreadable(path, f"{place}{reason}", hint="Each line must be one JSON object.") from error


def _first_bad_json(path: Path) -> tuple[int, str] | None:
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                value = json.loads(text)
            except ValueError as error:
                return line, str(error)
            if not isinstance(value, dict):
                return line, "it is no JSON object"
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _delimited(path: Path, source: Source) -> Delimited:
    return Delimited.open(path, source.delimiter, source.encoding)


_OPENERS: dict[str, Callable[[Path, Source], Table]] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), _delimited),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), _Sheet.open),
    **dict.fromkeys((".parquet", ".pq"), _Parquet.open),
    **dict.fromkeys((".jsonl", ".ndjson"), _JsonLines.open),
}
_KNOWN = ", ".join(_OPENERS)
