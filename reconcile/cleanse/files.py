"""Writes the cleaned and the rejected records."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl

from reconcile.cleanse.cleansing import REASON, Cleansed
from reconcile.errors import StoreUnwritable
from reconcile.records import KEY, RAW
from reconcile.spreadsheet import MOST_ROWS, as_csv, as_xlsx, write_replacing

Format = Literal["csv", "xlsx", "parquet"]


def write_cleaned(cleansed: Cleansed, folder: Path, format_: Format) -> list[Path]:
    """`<entity>_<role>_cleaned.<format>`; a workbook that would be too long is parted into several files.

    Lists are joined by `, `; `raw:name` is called `original_name`. Raises StoreUnwritable.
    """
    return _write(_flat(cleansed.cleaned), folder, f"{cleansed.rules.entity}_{cleansed.rules.role}_cleaned", format_)


def write_rejects(cleansed: Cleansed, folder: Path) -> Path:
    """`<entity>_<role>_rejects.csv`, with a column `reason`; written even if it has no rows. Raises StoreUnwritable."""
    name = f"{cleansed.rules.entity}_{cleansed.rules.role}_rejects"
    return _write(_flat(cleansed.rejects).rename({REASON: "reason"}), folder, name, "csv")[0]


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    named = {KEY: "key"} | {name: f"original_{name.removeprefix(RAW)}" for name in frame.columns if name.startswith(RAW)}
    return frame.with_columns(pl.col(name).list.join(", ") for name in lists).rename(named)


def _write(frame: pl.DataFrame, folder: Path, name: str, format_: Format) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if format_ == "parquet":
            path = folder / f"{name}.parquet"
            frame.write_parquet(path)
            return [path]
        if format_ == "csv":
            path = folder / f"{name}.csv"
            write_replacing(path, as_csv(frame))
            return [path]
        return _write_workbooks(frame, folder, name)
    except OSError as error:
        raise StoreUnwritable(folder, error.strerror or str(error)) from error


def _write_workbooks(frame: pl.DataFrame, folder: Path, name: str) -> list[Path]:
    paths = []
    for part, rows in enumerate(frame.iter_slices(MOST_ROWS) if frame.height else [frame], 1):
        path = folder / (f"{name}.xlsx" if part == 1 else f"{name}_{part}.xlsx")
        write_replacing(path, as_xlsx(rows, "cleaned"))
        paths.append(path)
    return paths
