"""Columns that are the sum or the product of others, in so many and so different rows that it can't be chance.

Differences, percentages and discounts that are amounts can't be said by an expectation of one record, and are not looked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import NUMBERS, Column, Table

SUM_OF = "expect_column_values_to_be_sum_of"
PRODUCT_OF = "expect_column_values_to_be_product_of"
_COLUMNS = 12
"""Of so many columns of numbers, the first of the file, each is held to the others."""
_ROWS = 400
"""So many rows are looked at, chosen by their content; what all rows say is counted when the rule is judged."""
_ENOUGH = 30
"""Rows of which no part is nothing (0 of a sum, 0 or 1 of a product) ..."""
_DIFFERENT = 10
"""... and so many different results among them."""
_NEARLY = 0.98
_TOLERANCE = 0.01
_HAIR = 1e-9

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Line = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class _Found:
    """How a column is computed, and in how many of the rows that say something."""

    expect: str
    kwargs: Mapping[str, Any]
    formula: str
    kept: int
    rows: int


def computed(table: Table) -> Iterator[Proposal]:
    """The rules."""
    columns = [column for column in table.columns if _measures(column)][:_COLUMNS]
    if len(columns) < 3:  # noqa: PLR2004 # a result and two parts
        return
    numbers = _some_rows(table, [column.name for column in columns])
    places = {column.name: place for place, column in enumerate(table.columns)}
    for at, column in enumerate(columns):
        found = _formula(numbers, at, [one.name for one in columns])
        if found is not None:
            yield _proposal(column, places[column.name], found)


def _measures(column: Column) -> bool:
    return column.kind in NUMBERS and column.values.dtype.is_numeric() and not column.names_records and column.distinct > 1


def _some_rows(table: Table, names: list[str]) -> Matrix:
    rows = table.frame.select(pl.col(names).cast(pl.Float64)).fill_nan(None)
    content = rows.select(pl.struct(names).hash(3).alias("at"))["at"]
    few = rows.with_columns(content.alias("_at")).sort("_at", *names).head(_ROWS).select(names)
    return few.fill_null(float("nan")).to_numpy()


def _formula(numbers: Matrix, at: int, names: list[str]) -> _Found | None:
    """The shortest formula that the column is computed by."""
    others = [other for other in range(len(names)) if other != at]
    result = numbers[:, at]
    for a, b in itertools.combinations(others, 2):
        if (told := _told(result, numbers[:, a] + numbers[:, b], numbers[:, [a, b]], (0,))) is not None:
            return _sum((a, b), names, told)
        if (told := _told(result, numbers[:, a] * numbers[:, b], numbers[:, [a, b]], (0, 1))) is not None:
            return _Found(PRODUCT_OF, {"factor_columns": [names[a], names[b]]}, f"{names[a]} × {names[b]}", *told)
    shares = [other for other in others if _is_share(numbers[:, other])]
    for a, b in itertools.combinations(others, 2):
        for share in (one for one in shares if one not in (a, b)):
            value = numbers[:, a] * numbers[:, b] * (1 - numbers[:, share])
            if (told := _told(result, value, numbers[:, [a, b]], (0, 1))) is not None:
                kwargs = {"factor_columns": [names[a], names[b]], "discount_column": names[share]}
                return _Found(PRODUCT_OF, kwargs, f"{names[a]} × {names[b]} × (1 - {names[share]})", *told)
    for parts in itertools.combinations(others, 3):
        if (told := _told(result, numbers[:, parts].sum(axis=1), numbers[:, parts], (0,))) is not None:
            return _sum(parts, names, told)
    return None


def _sum(parts: tuple[int, ...], names: list[str], told: tuple[int, int]) -> _Found:
    added = [names[part] for part in parts]
    return _Found(SUM_OF, {"sum_columns": added}, " + ".join(added), *told)


def _told(result: Line, value: Line, parts: Matrix, idle: tuple[int, ...]) -> tuple[int, int] | None:
    """In how many rows the result is as computed, of how many that say something; None where that is no rule."""
    says = ~(np.isnan(result) | np.isnan(value) | np.isin(parts, idle).any(axis=1))
    rows = int(says.sum())
    if rows < _ENOUGH:
        return None
    kept = int((np.abs(result[says] - value[says]) <= _TOLERANCE + _HAIR).sum())
    different = len(np.unique(result[says])) >= _DIFFERENT
    return (kept, rows) if different and kept >= _NEARLY * rows else None


def _is_share(values: Line) -> bool:
    known = values[~np.isnan(values)]
    return bool(known.size) and bool((known >= 0).all()) and bool((known <= 1).all()) and len(np.unique(known)) > 1


def _proposal(column: Column, place: int, found: _Found) -> Proposal:
    why = Both(
        f"{column.name} = {found.formula} in {found.kept:,} of {found.rows:,} rows looked at in which each part counts.",
        f"在所看的 {found.rows:,} 行（各项都起作用）中，有 {found.kept:,} 行满足 {column.name} = {found.formula}。",
    )
    message = Both(
        f"{column.name} is not {found.formula}. One of the amounts is wrong.",
        f"{column.name} 不等于 {found.formula}，其中某个数有误。",
    )
    kwargs = {"column": column.name, **found.kwargs, "tolerance": _TOLERANCE}
    return Proposal(f"{slug(column.name, place)}_adds_up", found.expect, kwargs, "major", message, why)
