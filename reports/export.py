"""All breaks of a run as a CSV or XLSX file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from reconcile.errors import FileUnreadable, StoreUnwritable
from reconcile.spreadsheet import MOST_ROWS, as_csv, as_xlsx, write_replacing


def write_breaks(breaks: pl.DataFrame, path: Path) -> None:
    """Writes BREAKS rows to `path`, which ends in .csv or .xlsx; an existing file is replaced whole.

    Raises FileUnreadable for another ending or too many rows for XLSX, StoreUnwritable if the file can't be written.
    """
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise FileUnreadable(path, "the ending says neither CSV nor XLSX", hint="Name the file .csv or .xlsx.")
    if ending == ".xlsx" and breaks.height > MOST_ROWS:
        raise FileUnreadable(path, f"{breaks.height:,} rows are more than XLSX can hold", hint="Name the file .csv.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_replacing(path, as_csv(breaks) if ending == ".csv" else as_xlsx(breaks, "breaks", column_widths=130))
    except OSError as error:
        raise StoreUnwritable(path, error.strerror or str(error)) from None
