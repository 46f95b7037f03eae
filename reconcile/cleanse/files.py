"""Writes the cleaned and the rejected records. No cell of a CSV or XLSX file can act as a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl
import xlsxwriter

from reconcile.cleanse.cleansing import REASON, Cleansed
from reconcile.errors import StoreUnwritable
from reconcile.records import KEY, RAW

Format = Literal["csv", "xlsx", "parquet"]

_FORMULA = r"^[+\-＋－\t\r]|^\s*[=@＝＠]"
"""Beginnings that a spreadsheet reads as a formula, full-width ones in East Asian versions. Source: OWASP, CSV injection."""
_NUMBER = r"^[+\-]?\d+(?:[.,]\d+)*$"
_XLSX_CELL = 32_767
"""Characters that one cell of a workbook can hold."""
_XLSX_ROWS = 1_048_575


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
            defused(frame).write_csv(path, include_bom=True)  # Excel reads UTF-8 only with the mark
            return [path]
        return _write_workbooks(defused(frame), folder, name)
    except OSError as error:
        raise StoreUnwritable(folder, error.strerror or str(error)) from error


def defused(frame: pl.DataFrame) -> pl.DataFrame:
    """Texts that a spreadsheet would take for a formula get an apostrophe before them; numbers stay numbers."""
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA) & ~pl.col(name).str.contains(_NUMBER))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in frame.schema.items()
        if dtype == pl.String
    )


def _write_workbooks(frame: pl.DataFrame, folder: Path, name: str) -> list[Path]:
    """Text is written as text, so that 0100 keeps its zero and no link or formula is made of it."""
    fitting = frame.with_columns(pl.col(pl.String).str.slice(0, _XLSX_CELL), pl.col(pl.Datetime).dt.replace_time_zone(None))
    paths = []
    for part, rows in enumerate(fitting.iter_slices(_XLSX_ROWS) if fitting.height else [fitting], 1):
        path = folder / (f"{name}.xlsx" if part == 1 else f"{name}_{part}.xlsx")
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(path, options) as workbook:
            rows.write_excel(workbook, worksheet="cleaned", table_style="Table Style Light 1", autofit=False, freeze_panes=(1, 0))
        paths.append(path)
    return paths
