"""Any file that holds one table, as a frame; and a frame as a file, by the ending of its name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

from reconcile.errors import FileMissing, FileUnreadable, OutputUnfit, SameFileTwice, StoreUnwritable
from reconcile.spreadsheet import MOST_ROWS, as_csv, as_xlsx, write_replacing

PARQUET = (".parquet", ".pq")
"""Endings of files whose columns can be read one by one."""
_CODED = pl.selectors.by_dtype(pl.Categorical, pl.Null) | pl.selectors.enum()
"""Columns whose values are text, kept as numbers."""
_WRITTEN = (".parquet", ".csv", ".xlsx")


def columns_of(path: Path) -> tuple[str, ...]:
    """The names of the file's columns that a record can be matched by; lists and objects can't.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, can't be read, or is no table.
    """
    if path.is_dir():
        raise FileUnreadable(path, "this is a folder", hint="Name a file in it.")
    if not path.is_file():
        raise FileMissing(path)
    if path.suffix.lower() not in PARQUET:
        from reconcile.connect.files.connector import table_of  # noqa: PLC0415 - Arrow and the workbook reader, which Parquet needs not load

        return tuple(name for name in table_of(path).names if name)
    try:
        schema = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(path, error) from error
    return tuple(name for name, dtype in schema.items() if not _nested(dtype))


def columns_of_both(paths: tuple[Path, Path]) -> list[tuple[str, ...]]:
    """The same of two files. Raises as `columns_of`, and SameFileTwice: they are one."""
    names = [columns_of(path) for path in paths]
    if paths[0].samefile(paths[1]):
        raise SameFileTwice(paths[0])
    return names


def read(path: Path, wanted: Collection[str]) -> pl.DataFrame:
    """These columns of the file, all rows. CSV gives text exactly as in the file. Raises as `columns_of`."""
    names = [name for name in columns_of(path) if name in wanted]
    if path.suffix.lower() in PARQUET:
        try:
            frame = pl.read_parquet(path, columns=names)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise unreadable(path, error) from error
    else:
        from reconcile.connect.files.connector import table_of  # noqa: PLC0415 - as above

        frame = pl.concat(list(table_of(path).pages(names)), how="vertical_relaxed", rechunk=False)
    nested = [name for name, dtype in frame.schema.items() if _nested(dtype)]
    return frame.drop(nested).with_columns(_CODED.cast(pl.String))


def scan(path: Path, wanted: Collection[str]) -> pl.LazyFrame:
    """The same of a Parquet file, read when it is collected. Raises as `columns_of`."""
    names = [name for name in columns_of(path) if name in wanted]
    return pl.scan_parquet(path.absolute(), glob=False).select(names).with_columns(_CODED.cast(pl.String))


def _nested(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.List | pl.Struct | pl.Array | pl.Object | pl.Binary)


def unreadable(path: Path, error: Exception) -> FileUnreadable:
    """The error of a file that is no Parquet after all."""
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return FileUnreadable(path, f"it can't be read as Parquet: {reason}", hint="Export it again.")


def check_output(path: Path, inputs: Collection[Path]) -> None:
    """Raise OutputUnfit if a result can't be written to `path`: said before any work is done."""
    if path.suffix.lower() not in _WRITTEN:
        raise OutputUnfit(path, f"a result is written as {', '.join(_WRITTEN[:-1])} or {_WRITTEN[-1]}; end the name so")
    if path.is_dir():
        raise OutputUnfit(path, "this is a folder; name a file in it")
    if any(path.resolve() == given.resolve() for given in inputs):
        raise OutputUnfit(path, "this is a file that is read, and would be lost; name another one")


def write(frame: pl.DataFrame, path: Path, sheet: str = "links") -> None:
    """The frame under this name, whole or not at all. Raises OutputUnfit, StoreUnwritable.

    A workbook has one `sheet`.
    """
    ending = path.suffix.lower()
    if ending == ".xlsx" and frame.height > MOST_ROWS:
        raise OutputUnfit(path, f"{frame.height:,} rows are more than a workbook takes; write .parquet or .csv")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if ending == ".parquet":
            part = path.with_name(f".{path.name}.part")
            try:
                frame.write_parquet(part, compression_level=1)  # a third more than the usual one at half the time
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        else:
            write_replacing(path, as_csv(frame) if ending == ".csv" else as_xlsx(frame, sheet))
    except OSError as error:
        raise StoreUnwritable(path, error.strerror or str(error)) from error
