"""The row of a record by its key, and the keys that somebody may have meant instead."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import polars_ds  # type: ignore[import-untyped]  # it comes without types

from reconcile.errors import NotExplainable
from reconcile.refusals import Refusal, refusal

_LIKE = 0.75
_MOST = 3


def row_of(keys: pl.Series, key: str) -> int | None:
    """The row number of a key, from 0; None if there is none. Spaces around it do not count."""
    found = (keys == key).arg_true()
    if found.is_empty():
        found = (keys == key.strip()).arg_true()
    return None if found.is_empty() else int(found[0])


def rows_of(keys: Sequence[pl.Series], asked: Sequence[str], where: Sequence[str]) -> tuple[int, int]:
    """The rows of a CRM key and an ERP key.

    Args:
        keys: the keys of both sides.
        asked: the two that are sought.
        where: how to name each side in an error.

    Raises:
        NotExplainable: a side does not have its key; with those like it, or with the word that the two are the wrong way round.
    """
    rows = [row_of(side, key) for side, key in zip(keys, asked, strict=True)]
    for side, row in enumerate(rows):
        if row is None:
            swapped = row_of(keys[1 - side], asked[side]) is not None
            raise NotExplainable(_unknown(keys[side], asked[side], where[side], where[1 - side] if swapped else None))
    return rows[0] or 0, rows[1] or 0


def near_keys(keys: pl.Series, key: str) -> list[str]:
    """The keys most like one that is not there, best first, three at most."""
    named = keys.drop_nulls().alias("k").to_frame()
    like = named.with_columns(s=polars_ds.str_jw(pl.col("k").str.to_lowercase(), pl.lit(key.strip().lower())))
    return like.filter(pl.col("s") >= _LIKE).sort("s", "k", descending=[True, False]).head(_MOST)["k"].to_list()


def _unknown(keys: pl.Series, key: str, where: str, swapped: str | None) -> Refusal:
    if swapped is not None:
        return refusal("key_of_other_side", where=where, key=key, other=swapped)
    near = near_keys(keys, key)
    if near:
        return refusal("no_such_key", where=where, key=key, near=", ".join(near))
    return refusal("no_key_like_it", where=where, key=key)
