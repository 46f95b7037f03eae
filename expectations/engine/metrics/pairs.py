"""Conditions on two columns of one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from expectations.engine.alike import together
from expectations.engine.constants import as_series, fitting, literal
from expectations.engine.define import Asked, pair_condition
from expectations.engine.distinct import on_distinct

_WRITTEN_OUT = 64
"""Pairs that become one expression each; of more, each distinct pair of values is looked up once."""


@pair_condition("column_pair_values.equal")
def equal(a: pl.Expr, b: pl.Expr, asked: Asked) -> pl.Expr:
    """The same value on both sides; nothing equals a missing value."""
    alike = together([a, b], asked.dtypes)
    return pl.lit(value=False) if alike is None else alike[0] == alike[1]


@pair_condition("column_pair_values.a_greater_than_b", "or_equal")
def greater(a: pl.Expr, b: pl.Expr, asked: Asked, *, or_equal: bool = False) -> pl.Expr:
    """The first is greater, or equal if that is allowed.

    Raises:
        TypeError: the columns hold what can't be compared, such as numbers and text.
    """
    alike = together([a, b], asked.dtypes)
    if alike is None:
        raise TypeError(f"Values of type {asked.dtypes[0]} and {asked.dtypes[1]} can't be compared.")
    return alike[0] >= alike[1] if or_equal else alike[0] > alike[1]


@pair_condition("column_pair_values.in_set", "value_pairs_set")
def in_set(a: pl.Expr, b: pl.Expr, asked: Asked, *, value_pairs_set: Iterable[Sequence[Any]] | None = None) -> pl.Expr:
    """The pair is one of a set; None stands for a missing value."""
    if value_pairs_set is None:
        return pl.lit(value=True)
    pairs = [(x, y) for x, y in value_pairs_set]
    left, right = asked.dtypes
    first, second = fitting([x for x, _ in pairs], left) | {None: None}, fitting([y for _, y in pairs], right) | {None: None}
    possible = [(first[x], second[y]) for x, y in pairs if x in first and y in second]
    if len(possible) > _WRITTEN_OUT:
        told = (as_series([one[at] for one in possible], dtype).to_list() for at, dtype in enumerate(asked.dtypes))
        wanted = set(zip(*told, strict=True))
        return on_distinct(
            pl.struct(a=a, b=b),
            lambda found: pl.Series([(row["a"], row["b"]) in wanted for row in found.to_list()], dtype=pl.Boolean),
        )
    found = [a.eq_missing(literal(x, left)) & b.eq_missing(literal(y, right)) for x, y in possible]
    return pl.any_horizontal([pl.lit(value=False), *found])
