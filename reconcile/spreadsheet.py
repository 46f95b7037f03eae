"""CSV and XLSX files that a spreadsheet opens without running anything in them: no cell acts as a formula or a link.

Apart, since cleansed files and exported breaks must be equally harmless.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import polars as pl

MOST_ROWS = 1_048_575
"""Excel's own limit: rows below the head."""
_LONGEST_CELL = 32_767
"""Excel's own limit: characters of a cell."""
_STARTS_FORMULA = r"^\s*[=+\-@＝＋－＠|%]|^[\t\r\n]"
"""What makes a spreadsheet calculate instead of show; full-width forms too. Source: OWASP, CSV injection."""
_IS_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)*$"
"""Plain numbers may begin with a sign."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
"""Characters that break readers of CSV and are not allowed in XLSX."""


def defused(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet would take for a formula, and no control characters."""
    text = pl.col(pl.String).str.replace_all(_CONTROL, "\ufffd")
    risky = text.str.contains(_STARTS_FORMULA) & ~text.str.contains(_IS_NUMBER)
    return frame.with_columns(pl.when(risky).then(pl.lit("'") + text).otherwise(text).name.keep())


def as_csv(frame: pl.DataFrame) -> bytes:
    """The rows as CSV, UTF-8 with a mark so that Excel reads Chinese.

    Every text is quoted, so that a spreadsheet that parts cells at semicolons parts none inside a text.
    """
    text = defused(frame).write_csv(
        include_bom=True, quote_style="non_numeric", datetime_format="%Y-%m-%dT%H:%M:%SZ", line_terminator="\r\n"
    )
    return text.encode()


def as_xlsx(frame: pl.DataFrame, sheet: str, *, column_widths: int | None = None) -> bytes:
    """The rows, at most MOST_ROWS, as one sheet with a filter: text stays text, so 0100 keeps its zero; moments are UTC.

    Texts longer than a cell may be are cut. `column_widths` are pixels.
    """
    import xlsxwriter  # noqa: PLC0415 - a tenth of a second, and few write a workbook

    fitting = defused(frame).with_columns(
        pl.col(pl.String).str.head(_LONGEST_CELL), pl.selectors.datetime().dt.replace_time_zone(None)
    )
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as workbook:
        fitting.write_excel(
            workbook,
            worksheet=sheet,
            table_style="Table Style Light 1",
            autofit=False,
            freeze_panes=(1, 0),
            dtype_formats={pl.Datetime: "yyyy-mm-dd hh:mm"},
            column_widths=column_widths,
        )
    return out.getvalue()


def write_replacing(path: Path, content: bytes, *, lasting: bool = False) -> None:
    """Write the file whole or not at all; one that is there is replaced. Raises OSError.

    A `lasting` one is on the disk before it takes the name, so that not even a power cut undoes it.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
