"""CSV and its relatives, read as a stream of text columns, exactly as the file has them.

Apart from the other files, because delimited text alone must be guessed at, and can break in the middle of a line.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from reconcile.connect.files.sniff import SAMPLE_BYTES, delimiter_of, encoding_of
from reconcile.errors import FileUnreadable

_BLOCK_BYTES = 32 << 20  # a record must fit into one block; a cell of 10 MB is allowed
_TOLD = re.compile(r"sep=(.)[^\S\r\n]*\r?\n", re.IGNORECASE)
_WORDS = {"\\t": "\t", "tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


@dataclass(frozen=True)
class Delimited:
    """One delimited text file: its names in file order (an unnamed column is ""), and how to read it."""

    path: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    skip: int = 0
    """Lines before the header: one, if the file begins with a line such as `sep=;`, by which Excel is told the delimiter."""

    @classmethod
    def open(cls, path: Path, delimiter: str | None = None, encoding: str | None = None) -> Delimited:
        """Look at the start of the file; what is not given is found from it.

        Raises:
            FileUnreadable: it is empty, its header repeats a name, or the encoding is not that of the file.
        """
        chosen = _known(path, encoding) if encoding else encoding_of(path)
        sample = _sample(path, chosen)
        told = _TOLD.match(sample)
        sample = sample[told.end() :] if told else sample
        mark = _WORDS.get(delimiter, delimiter) if delimiter else told[1] if told else delimiter_of(sample)
        if len(mark) != 1 or mark in '"\r\n':
            raise FileUnreadable(path, f"`delimiter: {delimiter}` is not one character", hint="Set it to one, such as ';'.")
        return cls(path, chosen, mark, _header(path, sample, mark), 1 if told else 0)

    def pages(self, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The columns `fields` (String; an empty cell is null), block by block; an empty page if there are no records.

        Raises:
            FileUnreadable: a record with too many or too few cells, an open quote, or bytes that are not in the encoding.
        """
        columns = {f: f"c{self.names.index(f)}" for f in fields}
        ragged: list[tuple[int, int]] = []
        seen, last_cell = 0, None
        try:
            with arrow_csv.open_csv(self.path, **self._options(columns.values(), ragged)) as reader:
                for batch in reader:
                    page = pl.DataFrame(pl.from_arrow(batch)).slice(0 if seen else 1)  # the first record is the header
                    seen += batch.num_rows
                    if page.height:
                        last_cell = page.item(-1, f"c{len(self.names) - 1}")
                        yield page.select(pl.when(pl.col(c) != "").then(pl.col(c)).alias(f) for f, c in columns.items())
        except UnicodeDecodeError as error:
            raise self._not_in_encoding(seen) from error
        except (pa.ArrowException, OSError) as error:
            raise self._reason(error, ragged, seen) from error
        self._reject_open_quote(last_cell, seen)
        if seen <= 1:
            yield pl.DataFrame(schema=dict.fromkeys(fields, pl.String))

    def _options(self, wanted: object, ragged: list[tuple[int, int]]) -> dict[str, object]:
        names = [f"c{i}" for i in range(len(self.names))]

        def refuse(row: arrow_csv.InvalidRow) -> str:
            if not row.text.strip():
                return "skip"  # a line of blanks is no record
            ragged.append((row.number or 0, row.actual_columns))
            return "error"

        return {
            "read_options": arrow_csv.ReadOptions(
                use_threads=False,  # else rows have no numbers
                block_size=_BLOCK_BYTES,
                column_names=names,
                skip_rows=self.skip,
                encoding="utf-8" if self.encoding == "utf-8-sig" else self.encoding,  # the reader drops the mark by itself
            ),
            "parse_options": arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=refuse
            ),
            "convert_options": arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                include_columns=[*dict.fromkeys([*wanted, names[-1]])],  # type: ignore[misc]  # values of a dict
            ),
        }

    def _reject_open_quote(self, last_cell: str | None, record: int) -> None:
        """A quote that is never closed swallows every record behind it, silently: say it instead."""
        if last_cell and "\n" in last_cell and not _tail(self.path, self.encoding).rstrip("\r\n").endswith('"'):
            raise FileUnreadable(
                self.path, f"a quote that opens on line {self._line(record)} is never closed", hint="Close it, or double it."
            )

    def _reason(self, error: Exception, ragged: list[tuple[int, int]], seen: int) -> FileUnreadable:
        if ragged:
            row, cells = ragged[-1]
            return FileUnreadable(
                self.path,
                f"line {self._line(row - self.skip)} has {cells} cells where the header has {len(self.names)}",
                hint="A delimiter inside a value needs quotes around the value; check `delimiter:` and the end of the file.",
            )
        if "UTF8" in str(error):
            return self._not_in_encoding(seen)
        if "straddl" in str(error):
            return FileUnreadable(
                self.path,
                f"a record near line {self._line(seen + 1)} is larger than {_BLOCK_BYTES >> 20} MB",
                hint="A quote may never be closed there.",
            )
        return FileUnreadable(self.path, str(error).splitlines()[0], hint="Open it in a text editor and look at that place.")

    def _not_in_encoding(self, seen: int) -> FileUnreadable:
        line = _first_odd_line(self.path, self.encoding) or seen
        return FileUnreadable(
            self.path, f"line {line} is not text in {self.encoding}", hint="Set `encoding:` of the source to the file's own."
        )

    def _line(self, record: int) -> int:
        """The line on which the record (1 is the header) begins; blank lines are no records. Used for messages only."""
        begins = 1 + self.skip
        with self.path.open(encoding=self.encoding, newline="", errors="replace") as file:
            for _ in range(self.skip):
                file.readline()
            reader = csv.reader(file, delimiter=self.delimiter)
            at = 0
            try:
                for cells in reader:
                    at += 1 if cells else 0
                    if at == record:
                        return begins
                    begins = reader.line_num + 1 + self.skip
            except csv.Error:  # a cell larger than this module takes
                return record
        return begins


def _known(path: Path, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise FileUnreadable(
            path, f"`encoding: {encoding}` is not known", hint="Use a name such as utf-8, gb18030 or windows-1252."
        ) from None
    return "gb18030" if name in ("gbk", "gb2312") else name  # files that say GBK hold what only its successor has


def _sample(path: Path, encoding: str) -> str:
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start, final=False)
    except UnicodeError as error:  # UTF-16 without its mark is no UnicodeDecodeError
        line = start.count(b"\n", 0, getattr(error, "start", 0)) + 1
        raise FileUnreadable(
            path, f"line {line} is not text in {encoding}", hint="Set `encoding:` of the source to the file's own."
        ) from error
    return text.removeprefix("\ufeff")


def _header(path: Path, sample: str, delimiter: str) -> tuple[str, ...]:
    try:
        records = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        names = tuple(name.strip() for name in next((r for r in records if any(c.strip() for c in r)), ()))
    except csv.Error as error:
        raise FileUnreadable(path, f"its header can't be read: {error}", hint="The first line must name the columns.") from error
    return checked_header(path, names)


def checked_header(path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names, if each of them says which column it is; a column without a name can't be asked for and does no harm.

    Raises:
        FileUnreadable: there is no name at all, or two columns share one.
    """
    if not any(names):
        raise FileUnreadable(path, "line 1: there is no header", hint="The first line must name the columns.")
    twice = [n for n in dict.fromkeys(names) if n and names.count(n) > 1]
    if twice:
        raise FileUnreadable(path, f"line 1: the header says {', '.join(map(repr, twice))} twice", hint="Rename one of them.")
    return names


def _tail(path: Path, encoding: str) -> str:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - SAMPLE_BYTES) // 4 * 4)  # no code unit is cut
        return file.read().decode(encoding.replace("utf-16", "utf-16-le") if encoding == "utf-16" else encoding, "replace")


def _first_odd_line(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as file:
        while chunk := file.readline():
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return line
            line += 1
    return None
