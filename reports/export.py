"""All breaks of a run as a CSV or XLSX file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import polars as pl
import xlsxwriter

from reconcile.errors import FileUnreadable, StoreUnwritable

_STARTS_FORMULA = r"^[\s]*[=+\-@＝＋－＠|%]|^[\t\r\n]"
"""What makes a spreadsheet calculate instead of show; the full-width forms too."""
_IS_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)*$"
"""Plain numbers may begin with a sign."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""Characters that break readers of CSV and are not allowed in XLSX."""
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_575
"""Excel's own limits: characters of a cell, rows below the head."""


def write_breaks(breaks: pl.DataFrame, path: Path) -> None:
    """Writes BREAKS rows to `path`, which ends in .csv or .xlsx; an existing file is replaced whole.

    Raises FileUnreadable for another ending or too many rows for XLSX, StoreUnwritable if the file can't be written.
    """
    writers = {".csv": as_csv, ".xlsx": as_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise FileUnreadable(path, "the ending says neither CSV nor XLSX", hint="Name the file .csv or .xlsx.")
    if writer is as_xlsx and breaks.height > _MOST_ROWS:
        raise FileUnreadable(path, f"{breaks.height:,} rows are more than XLSX can hold", hint="Name the file .csv.")
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(writer(breaks))
        os.replace(part, path)  # noqa: PTH105  # replaces in one step on every platform
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreUnwritable(path, error.strerror or str(error)) from None


def as_csv(breaks: pl.DataFrame) -> bytes:
    """The rows as CSV, UTF-8 with a mark so that Excel reads Chinese; every text is quoted."""
    return (
        harmless(breaks)
        .write_csv(include_bom=True, quote_style="non_numeric", datetime_format="%Y-%m-%dT%H:%M:%SZ", line_terminator="\r\n")
        .encode()
    )


def as_xlsx(breaks: pl.DataFrame) -> bytes:
    """The rows as one XLSX sheet with a filter; texts longer than a cell may be are cut, moments are UTC."""
    texts = pl.col(pl.String).str.head(_LONGEST_CELL)
    moments = pl.selectors.datetime().dt.replace_time_zone(None)
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as workbook:
        frame = harmless(breaks).with_columns(texts, moments)
        frame.write_excel(
            workbook, worksheet="breaks", freeze_panes=(1, 0), dtype_formats={pl.Datetime: "yyyy-mm-dd hh:mm"}, column_widths=130
        )
    return out.getvalue()


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet would take for a formula, and no control characters."""
    text = pl.col(pl.String).str.replace_all(_CONTROL, "\ufffd")
    risky = text.str.contains(_STARTS_FORMULA) & ~text.str.contains(_IS_NUMBER)
    return frame.with_columns(pl.when(risky).then(pl.lit("'") + text).otherwise(text).name.keep())
