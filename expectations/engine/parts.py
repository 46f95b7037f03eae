"""What Great Expectations asks of one condition: counts, values, rows and row numbers, each as an expression of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.engine.define import Asked, Definition

ROW = "\ue000row"
"""The number of a row in the batch, from 0; a name that no column has."""
ROW_NUMBERS = "row_numbers"
"""A key of ours in a result format: with the value `series`, row numbers come as a polars Series instead of a list."""
_AT_MOST = 200
"""Values and rows that Great Expectations lists, whatever the format; row numbers are listed all in COMPLETE."""
_DEFAULT_FEW = 20

CONDITION_PARTS = (
    "unexpected_count",
    "unexpected_values",
    "unexpected_value_counts",
    "unexpected_rows",
    "unexpected_index_list",
    "unexpected_index_query",
)
COUNTED = "filtered_row_count"
"""Of conditions on more than one column: the rows that are not passed over."""
WITHOUT_FORMAT = ("unexpected_count",)
"""Parts that do not depend on the result format."""


@dataclass(frozen=True)
class Answer:
    """One expression of the query, and how its Python value is read."""

    expression: pl.Expr
    read: Callable[[pl.Series], Any]
    numbers_rows: bool = False
    """Whether it needs the column `ROW`."""


@dataclass(frozen=True)
class Judged:
    """A condition on a batch."""

    names: tuple[str, ...]
    unexpected: pl.Expr
    """True in each row that fails."""
    valid: pl.Expr
    """True in each row that is not passed over."""


def judged(definition: Definition, asked: Asked, keywords: Mapping[str, Any], ignore_row_if: str | None) -> Judged:
    """The rows that fail a condition, and those that it has an opinion on."""
    columns = [present(name, asked.schema) for name in asked.names]
    given = {key: value for key in definition.keywords if (value := keywords.get(key)) is not None}
    if definition.shape == "column":
        met = definition.build(columns[0], asked, **given)
        if definition.sees_nulls:
            return Judged(asked.names, ~met, pl.lit(value=True))
        valid = columns[0].is_not_null()
    else:
        met = definition.build(*(columns if definition.shape == "pair" else [columns]), asked, **given)
        valid = _valid(columns, ignore_row_if)
    return Judged(asked.names, valid & ~met.fill_null(value=False), valid)


def present(name: str, schema: pl.Schema) -> pl.Expr:
    """A column with NaN as null."""
    return pl.col(name).fill_nan(None) if schema[name].is_float() else pl.col(name)


def _valid(columns: Sequence[pl.Expr], ignore_row_if: str | None) -> pl.Expr:
    there = [one.is_not_null() for one in columns]
    match ignore_row_if:
        case "both_values_are_missing" | "all_values_are_missing":
            return pl.any_horizontal(there)
        case "either_value_is_missing" | "any_value_is_missing":
            return pl.all_horizontal(there)
        case "neither" | "never" | None:
            return pl.any_horizontal([pl.lit(value=True), *there[:1]])
    raise ValueError(f'Unrecognized value of ignore_row_if ("{ignore_row_if}").')


def answered(part: str, shape: str, asked: Asked, mask: pl.Expr, result_format: Mapping[str, Any]) -> Answer | None:
    """One part of a condition whose failing rows are in `mask`; None if the format has no use for it."""
    names, schema = asked.names, asked.schema
    complete = result_format.get("result_format") == "COMPLETE"
    few = None if complete else int(result_format.get("partial_unexpected_count", _DEFAULT_FEW))
    if part == "unexpected_count":
        return Answer(mask.sum(), count)
    if part == "unexpected_values":
        return _values(shape, names, schema, mask, _AT_MOST if few is None else min(few, _AT_MOST))
    if part == "unexpected_value_counts":
        return Answer(_listed(pl.col(names[0]), mask, None), _tallied)
    if part == "unexpected_rows":
        rows = pl.struct(pl.col(ROW), pl.all().exclude(ROW))
        return Answer(_listed(rows, mask, _AT_MOST if few is None else min(few, _AT_MOST)), _frame, numbers_rows=True)
    if part == "unexpected_index_list":
        return _numbers(names, mask, few, result_format)
    return _index_query(mask, result_format, complete=complete)


def _index_query(mask: pl.Expr, result_format: Mapping[str, Any], *, complete: bool) -> Answer | None:
    """Great Expectations shows it in COMPLETE unless told not to, in other formats if told to."""
    wanted = result_format.get("return_unexpected_index_query")
    if wanted is False or not (wanted or complete):
        return None
    return Answer(_listed(pl.col(ROW), mask, None), lambda found: f"df[{found.to_list()}]", numbers_rows=True)


def _listed(what: pl.Expr, mask: pl.Expr, few: int | None) -> pl.Expr:
    kept = what.filter(mask)
    return (kept if few is None else kept.head(few)).implode()


def _values(shape: str, names: Sequence[str], schema: pl.Schema, mask: pl.Expr, few: int) -> Answer:
    columns = [present(name, schema) for name in dict.fromkeys(names)]
    if shape == "column":
        return Answer(_listed(columns[0], mask, few), pl.Series.to_list)
    records = _listed(pl.struct(columns), mask, few)
    if shape == "pair":
        first, second = names
        return Answer(records, lambda found: [(row[first], row[second]) for row in found.to_list()])
    return Answer(records, pl.Series.to_list)


def _numbers(names: Sequence[str], mask: pl.Expr, few: int | None, result_format: Mapping[str, Any]) -> Answer:
    keys = result_format.get("unexpected_index_column_names")
    if not keys:
        read = _as_it_is if result_format.get(ROW_NUMBERS) == "series" else pl.Series.to_list
        return Answer(_listed(pl.col(ROW), mask, few), read, numbers_rows=True)
    if result_format.get("exclude_unexpected_values"):
        return Answer(
            _listed(pl.struct(*keys), mask, few), lambda found: [found.struct.unnest().to_dict(as_series=False)][: found.len()]
        )
    return Answer(_listed(pl.struct(*dict.fromkeys([*names[:1], *keys, *names[1:]])), mask, few), pl.Series.to_list)


def count(found: Any) -> int:
    """A sum of truth values, which is null over no rows."""
    return int(found or 0)


def _as_it_is(found: pl.Series) -> pl.Series:
    return found


def _tallied(found: pl.Series) -> list[tuple[Any, int]]:
    return found.value_counts(sort=True).rows()


def _frame(found: pl.Series) -> Any:
    """A pandas frame of at most 200 rows, numbered as in the batch: what Great Expectations shows and stores."""
    frame = found.struct.unnest().to_pandas()
    return frame.set_index(ROW).rename_axis(None)
