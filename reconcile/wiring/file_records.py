"""The records of a file as rules take them: text is read, a Parquet file scanned, so that it may be larger than the memory."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import expectations
from expectations import Suite
from reconcile.config.wording import printable
from reconcile.errors import FileUnreadable
from reconcile.records import KEY
from reconcile.standalone.files import PARQUET, columns_of, read, scan, unreadable
from reconcile.values.standard import Reading
from reconcile.wiring.files import days_first, typed, typed_scan

_READ = "\ue000read "
"""Begins the names of counts beside those of columns."""


def file_records(file: Path, suite: Suite, key: str | None, when: str | None) -> tuple[pl.DataFrame | pl.LazyFrame, int]:
    """The records with `_key`, of the columns that rules name, and how many there are.

    A Parquet file is passed over once, to count them, to see that it can be read, and how its dates are written.

    Raises:
        FileMissing: there is no such file.
        FileUnreadable: it can't be read, is no table, lacks the key, or the condition is not about it.
    """
    names = columns_of(file)
    if not names:
        raise FileUnreadable(file, "it has no column that a rule could look at", hint="The first line must name them.")
    if key is not None and key not in names:
        hint = f"Its columns are: {', '.join(map(printable, names))[:500]}."
        raise FileUnreadable(file, f"it has no column {printable(key)!r} to be its --key", hint=hint)
    wanted = set(expectations.columns_asked([suite], names)) | ({key} if key else set())
    wanted = wanted | {name for name in names if when and name in when} or set(names[:1])
    if file.suffix.lower() in PARQUET:
        return _scanned(file, suite, when, _of_condition(file, when, _keyed(scan(file, wanted), key)))
    records = _of_condition(file, when, _keyed(read(file, wanted).lazy(), key))
    try:
        frame = typed(records.collect(), suite.entity, suite.kinds)
    except pl.exceptions.PolarsError as error:
        raise _unfit(file, when, error) from error
    return frame, frame.height


def _scanned(file: Path, suite: Suite, when: str | None, records: pl.LazyFrame) -> tuple[pl.LazyFrame, int]:
    dated = days_first(records, suite.entity, suite.kinds)
    every_value = pl.all().null_count().name.prefix(_READ)  # can't be told without reading it
    passed = records.select(pl.len().alias(KEY), every_value, *(one.alias(name) for name, one in dated.items()))
    try:
        found = passed.collect(engine="streaming").row(0, named=True)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise (unreadable(file, error) if when is None else _unfit(file, when, error)) from error
    readings = {name: Reading(day_first=bool(found[name])) for name in dated}
    return typed_scan(records, suite.entity, suite.kinds, readings), found[KEY]


def _keyed(records: pl.LazyFrame, key: str | None) -> pl.LazyFrame:
    """With `_key`: the column's value, or the record's number from 1."""
    if key is not None:
        return records.with_columns(pl.col(key).cast(pl.String).alias(KEY))
    return records.drop(KEY, strict=False).with_row_index(KEY, offset=1).with_columns(pl.col(KEY).cast(pl.String))


def _of_condition(file: Path, when: str | None, records: pl.LazyFrame) -> pl.LazyFrame:
    """The records of which the condition holds."""
    if when is None:
        return records
    try:
        found = records.filter(pl.sql_expr(when))
        found.head(0).collect()
    except pl.exceptions.PolarsError as error:
        raise _unfit(file, when, error) from error
    return found


def _unfit(file: Path, when: str | None, error: Exception) -> FileUnreadable:
    """The error of a condition that is not about the file."""
    reason = f"`--when {when}` can't be applied: {(str(error).splitlines() or [type(error).__name__])[0]}"
    return FileUnreadable(file, reason, hint="It is an SQL condition on the file's columns.")
