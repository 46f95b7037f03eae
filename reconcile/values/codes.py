"""Code maps: the CRM's word for each of the ERP's codes."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.records import Role


def coded(value: pl.Expr, words: Mapping[str, str], side: Role) -> pl.Expr:
    """The ERP's code of what either side says; null for what the map lacks.

    Args:
        value: standard values of a code.
        words: the CRM's word to the ERP's code; case and width of letters do not count.
        side: whose values these are.
    """
    known = words if side is Role.CRM else {code: code for code in words.values()}
    keys = pl.Series(list(known), dtype=pl.String).str.normalize("NFKC").str.to_lowercase().to_list()
    codes = dict(zip(keys, known.values(), strict=True))
    return value.cast(pl.String).str.to_lowercase().replace_strict(codes, default=None, return_dtype=pl.String)
