"""Which columns can equal one another: a comparison across types is false, as for pandas, and no error."""

from __future__ import annotations

from typing import Literal

import polars as pl

from expectations.engine.define import Inexpressible

Kind = Literal["number", "text", "moment", "zoned", "duration", "time", "nothing"]


def kind(dtype: pl.DataType) -> Kind:
    """What a column holds; columns of one kind can be compared.

    Raises:
        Inexpressible: Python objects, lists, structs and bytes, which pandas compares one by one.
    """
    if dtype.is_numeric() or dtype == pl.Boolean:
        return "number"
    if isinstance(dtype, (pl.String, pl.Categorical, pl.Enum)):
        return "text"
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        return "zoned"
    for known, name in (
        (pl.Date, "moment"),
        (pl.Datetime, "moment"),
        (pl.Duration, "duration"),
        (pl.Time, "time"),
        (pl.Null, "nothing"),
    ):
        if dtype == known:
            return name  # type: ignore[return-value] # mypy widens the literals of the tuple
    raise Inexpressible(f"values of type {dtype} are Python's to compare")


def together(columns: list[pl.Expr], dtypes: tuple[pl.DataType, ...]) -> list[pl.Expr] | None:
    """Columns in types that polars compares; None if their values can't equal one another. Moments without a zone are UTC."""
    kinds = {kind(dtype) for dtype in dtypes} - {"nothing"}
    if "zoned" in kinds and kinds <= {"moment", "zoned"}:
        return [_in_utc(column, dtype) for column, dtype in zip(columns, dtypes, strict=True)]
    if len(kinds) > 1:
        return None
    if kinds == {"text"}:
        return [column.cast(pl.String) for column in columns]
    if kinds == {"number"} and any(dtype != dtypes[0] for dtype in dtypes):
        whole = all(dtype.is_integer() or dtype == pl.Boolean for dtype in dtypes)
        return [column.cast(pl.Int64 if whole else pl.Float64) for column in columns]
    if kinds == {"moment"} and any(dtype != dtypes[0] for dtype in dtypes):
        return [column.cast(pl.Datetime("us")) for column in columns]
    return columns


def _in_utc(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if kind(dtype) in {"zoned", "nothing"}:
        return column.dt.convert_time_zone("UTC") if kind(dtype) == "zoned" else column
    return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
