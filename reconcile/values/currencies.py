"""What an amount needs to know of its currency: how small its smallest coin is, and which sign stands for which."""

from __future__ import annotations

from functools import cache

import polars as pl
import pycountry

_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_SIGNS = {"€": "EUR", "£": "GBP", "$": "$", "US$": "USD", "¥": "¥", "￥": "¥", "元": "CNY", "RMB": "CNY", "₣": "CHF", "₹": "INR"}
_SHARED = {
    "$": ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN", "BRL", "ARS", "CLP", "COP"),
    "¥": ("CNY", "JPY"),
}
"""Signs of several currencies."""


@cache
def minor_units() -> dict[str, float]:
    """Currencies (alpha-3) whose smallest coin is not a hundredth, and what it is. Source: ISO 4217."""
    return dict.fromkeys(_WHOLE.split(), 1.0) | dict.fromkeys(_THOUSANDTHS.split(), 0.001)


def written_currency(amount: pl.Expr) -> pl.Expr:
    """The currency that stands beside an amount in text: alpha-3, or `$` and `¥`, which several share; null if there is none."""
    letters = sorted(each.alpha_3 for each in pycountry.currencies)
    word = amount.str.to_uppercase().str.extract(r"(US\$|[€£$¥￥₣₹元]|[A-Z]{3})")
    table = dict(zip(letters, letters, strict=True)) | _SIGNS
    return word.replace_strict(table, default=None, return_dtype=pl.String)


def other_currency(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Boolean, never null: whether two written currencies can't be one."""
    shared = [
        ((one == sign) & other.is_in([sign, *currencies]))
        for sign, currencies in _SHARED.items()
        for one, other in ((left, right), (right, left))
    ]
    return ((left != right) & ~pl.any_horizontal(shared)).fill_null(value=False)
