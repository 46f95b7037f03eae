"""A column of a batch against a constant, as row conditions compare them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from expectations.engine.constants import bound, fitting, literal, members
from expectations.engine.define import Inexpressible
from expectations.engine.values import is_text

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def column(name: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """A column with NaN as null.

    Raises:
        ValueError: the batch does not have it.
        Inexpressible: it holds Python objects.
    """
    if name not in schema:
        raise ValueError(
            f"The row condition names the column {name}, which the batch does not have (columns: {', '.join(schema)})."
        )
    if schema[name] == pl.Object:
        raise Inexpressible(f"the row condition compares Python objects, which are in {name}")
    return pl.col(name).fill_nan(None) if schema[name].is_float() else pl.col(name)


def compared(name: str, sign: str, value: Any, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """A column against a constant; text equals no number, and is not compared with one in any other way."""
    one = column(name, schema)
    if sign in {"IN", "NOT_IN"}:
        text = is_text(schema[name])
        found = (one.cast(pl.String) if text else one).is_in(members(value, schema[name]).implode()).fill_null(value=False)
        return found if sign == "IN" else ~found
    if sign in {"==", "!="}:
        for fits in fitting([value], schema[name]).values():
            same = one.eq_missing(literal(fits, schema[name]))
            return same if sign == "==" else ~same
        return pl.lit(value=sign == "!=")
    answer: pl.Expr = _COMPARED[sign](one, bound(value, schema[name])).fill_null(value=False)
    return answer
