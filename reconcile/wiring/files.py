"""A file on its own, without a project: its records as expectations take them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from reconcile.config.models import Source, System
from reconcile.connect.registry import connect
from reconcile.errors import FileMissing
from reconcile.records import RAW, SHAPES, Kind, Role
from reconcile.values.columns import in_standard_form
from reconcile.values.standard import as_text


def read_file(file: Path) -> pl.DataFrame:
    """All columns of a CSV, XLSX, Parquet or JSON lines file. Raises FileMissing, FileUnreadable."""
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
    shape = SHAPES.get(entity)
    known = {**(kinds or {}), **(shape.fields if shape else {})}
    there = {name: kind for name, kind in known.items() if name in frame.columns}
    raw = [as_text(pl.col(name), frame.schema[name]).alias(RAW + name) for name in there]
    formed = [in_standard_form(frame[name], kind).alias(name) for name, kind in there.items()]
    return frame.with_columns(raw).with_columns(formed)
