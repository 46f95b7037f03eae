"""A suite proposed for one file, with a reason for each rule."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal

from expectations.suggest import Suggestion, as_yaml, suggest, table_of_file
from reconcile.errors import FileUnreadable
from reconcile.progress import Progress
from reconcile.spreadsheet import write_replacing
from reconcile.standalone.files import columns_of, read


def suggest_for_file(file: Path, entity: str | None, progress: Progress) -> Suggestion:
    """The suite for a CSV, XLSX, Parquet or JSON lines file; `entity` is the file's name if not given.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it is a folder, can't be read, or is no table.
    """
    with progress.step("read"):
        frame = read(file, columns_of(file))
    if not frame.width:
        raise FileUnreadable(file, "it has no columns", hint="The first line must name them.")
    with progress.step("suggest"):
        return suggest(table_of_file(frame, entity or file.stem, dt.datetime.now(dt.UTC)))


def write_suggestion(suggestion: Suggestion, out: Path, language: Literal["en", "zh"]) -> None:
    """The suggestion as a suite file, whole or not at all."""
    write_replacing(out, as_yaml(suggestion, language).encode())
