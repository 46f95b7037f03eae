"""Numbers that come as text: both decimal marks, thousands in groups, brackets and signs, currency words around them."""

from __future__ import annotations

from typing import Literal

import polars as pl
import pycountry

from reconcile.values.sparing import cheap_first

DecimalMark = Literal[".", ",", "auto"]

_CURRENCY = "(?:" + "|".join(sorted(currency.alpha_3 for currency in pycountry.currencies)) + r"|[€$£¥₣元])"
_CURRENCY_AROUND = rf"(?i)^\s*{_CURRENCY}\s*|\s*{_CURRENCY}\s*$"


def number(text: pl.Expr, decimal: DecimalMark = "auto") -> pl.Expr:
    """Float64 of cleaned text; null where it is no number.

    With `auto`, the mark that comes last is the decimal mark; a single mark before exactly three digits parts thousands
    if it is a comma and decimals if it is a point.
    """
    plain = r"^-?\d+$" if decimal == "," else r"^-?\d+(?:\.\d+)?$"

    def as_typed_in(values: pl.Series) -> pl.Series:
        return values.to_frame("v").select(_written(pl.col("v"), decimal)).to_series()

    def as_it_stands(values: pl.Series) -> pl.Series:
        shaped = pl.when(pl.col("v").str.contains(plain)).then("v")
        return values.to_frame("v").select(shaped.cast(pl.Float64, strict=False)).to_series()

    return text.map_batches(
        lambda values: cheap_first(values, as_it_stands, as_typed_in), return_dtype=pl.Float64, is_elementwise=True
    )


def _written(text: pl.Expr, decimal: DecimalMark) -> pl.Expr:
    negative = text.str.contains(r"^\(.*\)$") | text.str.contains(r"^-|-$")
    bare = text.str.replace_all(_CURRENCY_AROUND, "").str.replace_all(r"[()\s'’+]|^-|-$", "")
    point = bare.str.replace_all(",", "", literal=True)
    comma = bare.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    if decimal == "auto":
        is_comma = bare.str.contains(r"^\d{1,3}(?:\.\d{3})+,\d+$|^\d*,(?:\d{1,2}|\d{4,})$|^\d{1,3}(?:\.\d{3}){2,}$")
        plain = pl.when(is_comma).then(comma).otherwise(point)
    else:
        plain = comma if decimal == "," else point
    shaped = bare.str.contains(r"^\d{1,3}(?:[.,]\d{3})*(?:[.,]\d*)?$|^\d*[.,]?\d+(?:[eE]-?\d+)?$|^\d+[.,]$")
    value = pl.when(shaped).then(plain).cast(pl.Float64, strict=False)
    return pl.when(negative).then(-value).otherwise(value)
