"""Values as text: which columns hold it, and how Python would print the others."""

from __future__ import annotations

import polars as pl

from expectations.engine.define import Inexpressible

_WORDS = (pl.String, pl.Categorical, pl.Enum)


def is_text(dtype: pl.DataType) -> bool:
    """Text in any form."""
    return dtype in _WORDS


def as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column as Python would print its values.

    Raises:
        Inexpressible: polars prints this type in another way.
    """
    if is_text(dtype) or dtype.is_integer() or dtype.is_decimal():
        return column if dtype == pl.String else column.cast(pl.String)
    if dtype == pl.Boolean:
        return column.cast(pl.String).str.to_titlecase()
    raise Inexpressible(f"Python prints {dtype} in another way than polars")
