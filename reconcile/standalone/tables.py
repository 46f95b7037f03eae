"""A file as columns that are read one by one, where its format allows that, so that it never has to be in memory whole."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from reconcile.errors import FileUnreadable
from reconcile.standalone.files import PARQUET, columns_of, read, unreadable


@dataclass(frozen=True)
class Table:
    """One file, opened."""

    path: Path
    names: tuple[str, ...]
    """All of its columns."""
    nested: Collection[str]
    """Those that hold lists or structures."""
    frame: pl.DataFrame | None = field(default=None, repr=False)
    """The whole of it, where a column can't be read alone."""

    def column(self, name: str) -> pl.Series:
        """All values of a column; words of closed lists as text. Raises FileUnreadable."""
        if self.frame is not None:
            return self.frame[name]
        return self.columns((name,))[name]

    def columns(self, names: Sequence[str]) -> pl.DataFrame:
        """The same of several columns."""
        if self.frame is not None:
            return self.frame.select(names)
        try:
            frame = pl.read_parquet(self.path, columns=list(names))
        except (pl.exceptions.PolarsError, OSError) as error:
            raise unreadable(self.path, error) from error
        coded = pl.selectors.by_dtype(pl.Categorical, pl.Null) | pl.selectors.enum()
        return frame.select(names).with_columns(coded.cast(pl.String))


def opened(path: Path) -> Table:
    """The file, of which Parquet is read column by column later on, and anything else at once.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, can't be read, or is no table.
    """
    plain = columns_of(path)
    if path.suffix.lower() in PARQUET:
        try:
            names = tuple(pl.read_parquet_schema(path))
        except (pl.exceptions.PolarsError, OSError) as error:
            raise unreadable(path, error) from error
        return Table(path, names, set(names) - set(plain))
    frame = read(path, plain)
    if not frame.width:
        raise FileUnreadable(path, "it has no columns", hint="The first line must name them.")
    return Table(path, plain, set(plain) - set(frame.columns), frame)
