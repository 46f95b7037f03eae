"""What a field of two keyed files holds that nobody has named: from the types of its columns, their names and their values."""

from __future__ import annotations

import polars as pl

from reconcile.compare.cells import Field
from reconcile.compare.keyed import Two
from reconcile.records import Kind
from reconcile.values.standard import FALSE_WORDS, TRUE_WORDS, Reading, standard

_NUMBERS = (Kind.MONEY, Kind.QUANTITY)
_WITH_SIGNS = (Kind.PHONE, Kind.POSTAL_CODE, Kind.TAX_ID, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
"""Kinds whose values may look like numbers, and are told from their names or their forms."""
_MOST = 0.9
"""So many of a text column's values must be numbers for it to be one."""
_MOST_WORDS = 30
"""A column of truth has fewer words, however many people have written them."""


def kind_found(field: Field, values: Two) -> Kind:
    """The kind; where a column has a type of its own, such as a date, that decides.

    Args:
        field: whose columns are named.
        values: both columns, of the same records.
    """
    types = [side.dtype for side in values]
    if pl.Date in types:
        return Kind.DATE
    if any(isinstance(dtype, pl.Datetime) for dtype in types):
        return Kind.DATETIME
    if all(map(_truths, values)):
        return Kind.BOOLEAN
    from reconcile.match.discovery import kind_of_columns  # noqa: PLC0415 - who names all kinds need not wait for it

    kind = kind_of_columns(values[0].alias(field.crm), values[1].alias(field.erp))
    if kind in (*_NUMBERS, *_WITH_SIGNS) or not all(map(_numeric, values)):
        return kind
    return Kind.QUANTITY if any(map(_measured, values)) and not any(map(_coded, values)) else kind


def _measured(values: pl.Series) -> bool:
    """Whether some of the numbers have decimals, or could have them."""
    if values.dtype != pl.String:
        return values.dtype.is_float() or values.dtype.is_decimal()
    return bool(values.str.contains(r"^\s*[-+]?\d+[.,]\d{1,2}\s*$").any())


def _coded(values: pl.Series) -> bool:
    """Whether some of the numbers begin with a zero that an amount would not have."""
    return values.dtype == pl.String and bool(values.str.contains(r"^\s*0\d").any())


def _truths(values: pl.Series) -> bool:
    """Whether a column holds words for true and for false alone, of which one side may write more than two."""
    if values.dtype != pl.String:
        return values.dtype == pl.Boolean or (values.dtype.is_integer() and set(values.drop_nulls().unique()) == {0, 1})
    words = values.str.strip_chars().str.to_lowercase().drop_nulls().unique()
    said = set(words.head(_MOST_WORDS)) - {""}
    return (
        len(words) < _MOST_WORDS
        and said <= {*TRUE_WORDS, *FALSE_WORDS}
        and not (said.isdisjoint(TRUE_WORDS) or said.isdisjoint(FALSE_WORDS))
    )


def _numeric(values: pl.Series) -> bool:
    if values.dtype != pl.String:
        return values.dtype.is_numeric()
    there = values.drop_nulls().filter(values.drop_nulls().str.strip_chars() != "")
    read = there.to_frame("v").select(standard(Kind.QUANTITY, pl.col("v"), there.dtype, Reading())).to_series()
    return read.count() >= _MOST * len(there)
