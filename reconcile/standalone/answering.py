"""A file of answers: which pairs people call the same. Read from a sheet that anybody fills in, and written after each answer."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from reconcile.errors import FileUnreadable, StoreUnwritable
from reconcile.match.teaching import ANSWERS
from reconcile.spreadsheet import as_csv, as_xlsx, write_replacing
from reconcile.standalone.files import columns_of, read

SAID = pl.Schema({"crm_key": pl.String, "erp_key": pl.String, "answer": pl.String})
"""Keys as text, and what was said: same, not_same or unsure."""
SAME, NOT_SAME, UNSURE = "same", "not_same", "unsure"
WRITTEN = (".csv", ".xlsx")

_WORDS = {
    SAME: ("same", "y", "yes", "1", "true", "link", "是", "同", "相同", "一致"),
    NOT_SAME: ("not_same", "not same", "n", "no", "0", "false", "different", "否", "不", "不同", "不一致"),
    UNSURE: ("unsure", "u", "?", "？", "don't know", "不确定", "不清楚"),
}


def answer_of(word: str) -> str | None:
    """What a word such as `y`, `no` or `不同` says: SAME, NOT_SAME or UNSURE; None if it is no answer."""
    return next((answer for answer, forms in _WORDS.items() if word.strip().lower() in forms), None)


def read_answers(path: Path) -> pl.DataFrame:
    """What a sheet of answers says: SAID, each pair once, the last answer counts; rows without an answer are left out.

    Raises:
        FileMissing, FileUnreadable: it is no table, lacks a column, or has an answer that is none.
    """
    names = columns_of(path)
    if missing := [name for name in SAID if name not in names]:
        raise FileUnreadable(
            path,
            f"it has no column {', '.join(missing)}",
            hint="`reconcile teach --sheet FILE` writes a sheet that can be filled in.",
        )
    sheet = read(path, tuple(SAID.names())).select(pl.col(name).cast(pl.String) for name in SAID)
    word = pl.col("answer").str.strip_chars().str.to_lowercase()
    known = {form: answer for answer, forms in _WORDS.items() for form in forms}
    told = sheet.with_row_index("row", offset=2).with_columns(answer=word).filter(pl.col("answer").fill_null("") != "")
    said = told.with_columns(found=pl.col("answer").replace_strict(known, default=None, return_dtype=pl.String))
    strange = said.filter(pl.col("found").is_null())
    if strange.height:
        row, answer = strange.select("row", "answer").row(0)
        raise FileUnreadable(
            path,
            f"row {row:,}: {answer[:40]!r} is no answer",
            hint="Write y, n or u, or leave it empty where nobody has answered.",
        )
    lacking = said.filter(pl.any_horizontal(pl.col("crm_key", "erp_key").is_null()))
    if lacking.height:
        raise FileUnreadable(
            path, f"row {lacking['row'][0]:,} has an answer and lacks a key", hint="Leave the keys as they were."
        )
    last = said.unique(["crm_key", "erp_key"], keep="last", maintain_order=True)
    return last.select("crm_key", "erp_key", answer="found").cast(SAID)


def numbered(said: pl.DataFrame, keys: tuple[pl.Series, pl.Series]) -> pl.DataFrame:
    """The answers by row numbers: l, r, answer; without those that name a record which is not there.

    A spreadsheet's apostrophe before a key, and spaces around it, do not count.
    """
    for name, end, own in zip(("crm_key", "erp_key"), ("l", "r"), keys, strict=True):
        rows = pl.DataFrame({"key": own.cast(pl.String), end: pl.int_range(own.len(), dtype=pl.UInt32, eager=True)})
        bare = pl.col(name).str.strip_chars().str.strip_prefix("'").str.strip_chars()
        found = said.join(rows, left_on=name, right_on="key", how="left", maintain_order="left").with_columns(_bare=bare)
        found = found.join(rows.rename({end: "_near"}), left_on="_bare", right_on="key", how="left", maintain_order="left")
        said = found.with_columns(pl.coalesce(end, "_near").alias(end)).drop("_bare", "_near").drop_nulls(end)
    return said.select("l", "r", "answer").unique(["l", "r"], keep="last", maintain_order=True)


def decided_ones(said: pl.DataFrame) -> pl.DataFrame:
    """Of answers by row numbers, those that say yes or no, as teaching.ANSWERS."""
    sure = said.filter(pl.col("answer") != UNSURE)
    return sure.select("l", "r", same=pl.col("answer") == SAME).cast(ANSWERS)


def write_sheet(path: Path, sheet: pl.DataFrame) -> None:
    """Write a sheet to be filled in, or answers; the file is there whole, on the disk, or as it was. Raises StoreUnwritable."""
    content = as_xlsx(sheet, "answers") if path.suffix.lower() == ".xlsx" else as_csv(sheet)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_replacing(path, content, lasting=True)
    except OSError as error:
        raise StoreUnwritable(path, error.strerror or str(error)) from error
