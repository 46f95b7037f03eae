"""A file on its own, without a project: its records as expectations take them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import polars as pl

from reconcile.config.models import Source, System
from reconcile.errors import FileMissing
from reconcile.records import RAW, SHAPES, Kind, Role
from reconcile.values.columns import days_come_first, in_standard_form
from reconcile.values.standard import Reading, as_text, standard


def read_file(file: Path) -> pl.DataFrame:
    """All columns of a CSV, XLSX, Parquet or JSON lines file. Raises FileMissing, FileUnreadable."""
    from reconcile.connect.registry import connect  # noqa: PLC0415 # every connector, of which a check of a file needs none

    system = System.model_validate({"role": Role.CRM, "connector": "files", "path": str(file.resolve().parent)})
    source = Source.model_validate({"object": file.name, "key": "*"})
    connector = connect("file", system, Path.cwd())
    try:
        shape = connector.describe(source)
        if shape is None:
            raise FileMissing(file)
        return pl.concat(connector.read(source, sorted(shape.fields)))
    finally:
        connector.close()


def typed(frame: pl.DataFrame, entity: str, kinds: Mapping[str, Kind] | None = None) -> pl.DataFrame:
    """Columns that bear a canonical name of the entity, or that `kinds` names, in the standard form of their kind.

    What stood there goes beside each of them as text, in `raw:` columns. Whether the day comes first, the values say.
    """
    there = _known(frame.schema, entity, kinds)
    raw = [as_text(pl.col(name), frame.schema[name]).alias(RAW + name) for name in there]
    formed = [in_standard_form(frame[name], kind).alias(name) for name, kind in there.items()]
    return frame.with_columns(raw).with_columns(formed)


def typed_scan(
    frame: pl.LazyFrame, entity: str, kinds: Mapping[str, Kind] | None, readings: Mapping[str, Reading]
) -> pl.LazyFrame:
    """The same of a table that is scanned, made piece by piece; `readings` are those of the columns of `days_first`."""
    schema = frame.collect_schema()
    there = _known(schema, entity, kinds)
    raw = [as_text(pl.col(name), schema[name]).alias(RAW + name) for name in there]
    return frame.with_columns(raw).with_columns(_formed(name, kind, schema[name], readings) for name, kind in there.items())


def days_first(frame: pl.LazyFrame, entity: str, kinds: Mapping[str, Kind] | None) -> dict[str, pl.Expr]:
    """Columns of text that hold dates, and for each whether the day comes first, as all of its values say."""
    schema = frame.collect_schema()
    known = _known(schema, entity, kinds)
    dated = [name for name, kind in known.items() if kind in (Kind.DATE, Kind.DATETIME) and schema[name] == pl.String]
    return {name: days_come_first(name) for name in dated}


def _known(schema: pl.Schema, entity: str, kinds: Mapping[str, Kind] | None) -> dict[str, Kind]:
    """The columns whose kind is known."""
    shape = SHAPES.get(entity)
    known = {**(kinds or {}), **(shape.fields if shape else {})}
    return {name: kind for name, kind in known.items() if name in schema}


def _formed(name: str, kind: Kind, dtype: pl.DataType, readings: Mapping[str, Reading]) -> pl.Expr:
    """One column of a scan in standard form."""
    reading = readings.get(name, Reading())
    form = standard(kind, pl.col(name), dtype, reading)
    if dtype != pl.String:
        return form.alias(name)
    held = pl.LazyFrame(schema={name: dtype}).select(form.alias(name)).collect_schema()[name]
    quickly = partial(in_standard_form, kind=kind, reading=reading)
    return pl.col(name).map_batches(quickly, return_dtype=held, is_elementwise=True)
