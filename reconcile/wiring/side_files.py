"""Files beside the one that is checked, as the tables that its rules look into: what an order's customer number must stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

import expectations
from expectations import Suite
from reconcile.config.wording import printable
from reconcile.errors import FileUnreadable, NamedTwice
from reconcile.records import KEY, RAW
from reconcile.standalone.files import columns_of, read
from reconcile.values.standard import as_text
from reconcile.wiring.files import typed


@dataclass(frozen=True)
class SideFile:
    """A file that rules may look into."""

    name: str
    """What rules call its records, such as customers."""
    file: Path
    key: str | None = None
    """The column that names a record, for rules that name no column of it."""


def side_files(given: Sequence[str]) -> list[SideFile]:
    """What was given as `[NAME=]FILE[:COLUMN]`; the file's name without its ending where there is no NAME. Raises NamedTwice."""
    found = [_side_file(text) for text in given]
    names = [one.name for one in found]
    for one in found:
        if names.count(one.name) > 1:
            raise NamedTwice(one.name, [str(other.file) for other in found if other.name == one.name])
    return found


def _side_file(text: str) -> SideFile:
    name, equals, place = text.partition("=")
    if Path(text).exists() or not equals:
        name, place = "", text
    file, colon, column = place.rpartition(":")
    if Path(place).exists() or not colon or not Path(file).exists():
        file, column = place, ""
    return SideFile(name.strip() or Path(file).stem, Path(file), column or None)


def tables_of(files: Sequence[SideFile], suite: Suite) -> Mapping[str, pl.DataFrame]:
    """The records of each, by name, in the columns that the suite's rules read, as text; canonical fields as their kind says.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it can't be read, is no table, or lacks the column that is to name its records.
    """
    return dict(_tables(files, suite))


def _tables(files: Sequence[SideFile], suite: Suite) -> Iterator[tuple[str, pl.DataFrame]]:
    for one in files:
        names = columns_of(one.file)
        if one.key is not None and one.key not in names:
            hint = f"Its columns are: {', '.join(map(printable, names))[:500]}."
            raise FileUnreadable(one.file, f"it has no column {printable(one.key)!r} to name its records", hint=hint)
        wanted = {*expectations.columns_of_table(suite, one.name, names), *([one.key] if one.key else ())}
        frame = read(one.file, wanted or set(names[:1]))
        key = [as_text(pl.col(one.key), frame.schema[one.key]).alias(KEY)] if one.key else []
        plain = frame.with_columns(as_text(pl.col(name), dtype).alias(name) for name, dtype in frame.schema.items())
        formed = typed(plain.with_columns(key), one.name)
        yield one.name, formed.select(name for name in formed.columns if not name.startswith(RAW))
