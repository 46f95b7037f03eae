"""Amounts as whole numbers of the smallest unit of their currency, which are exact, and as people write them."""

from __future__ import annotations

import polars as pl

from reconcile.values.currencies import minor_units

_USUAL = 2
_FEW = {1.0: 0, 0.001: 3}


def minor_digits(currency: pl.Expr) -> pl.Expr:
    """Int8: digits after the point of an alphabetic code; 2 where the currency is not known."""
    digits = {code: _FEW[unit] for code, unit in minor_units().items()}
    return currency.replace_strict(digits, default=_USUAL, return_dtype=pl.Int8).fill_null(_USUAL)


def in_minor_units(amount: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Int64: an amount (Float64) in cents, yen, fils; null where it is null, or too large for a whole number."""
    return (amount * pl.lit(10.0).pow(minor_digits(currency))).round(0).cast(pl.Int64, strict=False)


def in_whole_units(amount: pl.Expr, currency: pl.Expr) -> pl.Expr:
    """Float64: an amount in minor units (Int64) as people write it."""
    return amount / pl.lit(10.0).pow(minor_digits(currency))


def written(amount: pl.Expr, digits: pl.Expr) -> pl.Expr:
    """String: a whole number of 10^-digits units (Int64) as a plain decimal, such as -12.05; digits from 0 on."""
    bare = amount.abs().cast(pl.String).str.zfill(digits.cast(pl.Int64) + 1)
    whole = bare.str.len_chars().cast(pl.Int64) - digits.cast(pl.Int64)
    point = pl.when(digits > 0).then("." + bare.str.slice(whole)).otherwise(pl.lit(""))
    return pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit("")) + bare.str.slice(0, whole) + point
