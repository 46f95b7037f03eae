"""A file on its own, without a project: its records, and what expectations say of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl

import expectations
from reconcile.config.models import Source, System
from reconcile.connect.registry import connect
from reconcile.errors import FileMissing
from reconcile.records import RAW, SHAPES, Role
from reconcile.results import CheckResult
from reconcile.values import Reading, standard
from reconcile.values.standard import as_text


def check_file(file: Path, suite: str) -> CheckResult:
    """One expectation suite on one file of records; `suite` is a YAML file, or the name of one that comes with the product."""
    path = expectations.packaged_suites().get(suite) or Path(suite)
    return expectations.check_file(_canonical(read_file(file), expectations.load_suite(path).entity), path)


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


def _canonical(frame: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Columns that bear a canonical name in their standard form, with the raw text beside them."""
    shape = SHAPES.get(entity)
    kinds = {name: kind for name, kind in (shape.fields if shape else {}).items() if name in frame.columns}
    raw = [as_text(pl.col(name), frame.schema[name]).alias(RAW + name) for name in kinds]
    typed = [standard(kind, pl.col(name), frame.schema[name], Reading()).alias(name) for name, kind in kinds.items()]
    return frame.with_columns(raw + typed)
