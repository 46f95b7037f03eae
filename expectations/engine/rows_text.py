"""Row conditions that are written as text."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def text_condition(text: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """Not yet."""
    raise ValueError(f"not read yet: {text} {schema}")
