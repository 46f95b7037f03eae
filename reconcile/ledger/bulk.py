"""A statement with bound parameters and a frame of their values, as one statement over all rows: what a server does in one go.

Apart from the transactions, which know nothing of how rows travel.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from sqlalchemy import BigInteger, BindParameter, Boolean, Double, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.visitors import replacement_traverse


def over_all_rows(statement: Insert | Update | Delete, frame: pl.DataFrame) -> tuple[Any, dict[str, str]]:
    """PostgreSQL's form of a statement for every row of a frame, and its parameters: one array, as text, for each column.

    Bound parameters are named like columns; an insert takes its columns from the frame alone. Rows must not name a row twice.
    """
    arrays = [cast(_parameter(name), ARRAY(_sql_type(dtype))) for name, dtype in frame.schema.items()]
    given = func.unnest(*arrays).table_valued(*frame.columns, name="given").render_derived()
    texts = frame.select(_as_array(pl.col(name)) for name in frame.columns).row(0, named=True)
    said = {f"all_{name}": text for name, text in texts.items()}
    if isinstance(statement, Insert):
        return statement.from_select(frame.columns, select(*(given.c[name] for name in frame.columns))), said

    def of_the_row(element: Any, **_: Any) -> Any:
        return given.c[element.key] if isinstance(element, BindParameter) and element.key in frame.schema else None

    return replacement_traverse(statement, {}, of_the_row), said


def _parameter(name: str) -> BindParameter[str]:
    return BindParameter(f"all_{name}", type_=Text())


def _sql_type(dtype: pl.DataType) -> Any:
    if dtype.is_integer():
        return BigInteger()
    if dtype.is_float():
        return Double()
    return Boolean() if dtype == pl.Boolean else Text()


def _as_array(column: pl.Expr) -> pl.Expr:
    """A column as PostgreSQL writes an array: quoted elements between braces, NULL for null."""
    text = column.cast(pl.String).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    elements = pl.concat_str(pl.lit('"'), text, pl.lit('"')).fill_null("NULL").str.join(",")
    return pl.concat_str(pl.lit("{"), elements, pl.lit("}")).alias(column.meta.output_name())
