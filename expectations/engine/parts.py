"""What Great Expectations asks of one condition: counts, values, rows and row numbers, each as an expression of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.engine.define import Asked, Definition

ROW = "\ue000row"
"""The number of a row in the batch, from 0; a name that no column has."""
WHOLE = "\ue000whole"
"""The name of a column that a function of Python must see whole; polars can't tell from the expression."""
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
    """Of one row; with `listed`, of the rows of the batch."""
    read: Callable[[Any], Any]
    """Gets a scalar, or a Series for a list."""
    numbers_rows: bool = False
    """Whether it needs the column `ROW`."""
    listed: str | None = None
    """The mask of the rows that are listed."""
    few: int | None = None
    """How many of them; all if None."""

    @property
    def single(self) -> pl.Expr:
        """The expression as one row."""
        if self.listed is None:
            return self.expression
        kept = self.expression.filter(pl.col(self.listed))
        return (kept if self.few is None else kept.head(self.few)).implode()


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


def answered(part: str, shape: str, asked: Asked, mask: str, result_format: Mapping[str, Any]) -> Answer | None:
    """One part of a condition whose failing rows are in the column `mask`; None if the format has no use for it."""
    names, schema = asked.names, asked.schema
    complete = result_format.get("result_format") == "COMPLETE"
    few = None if complete else int(result_format.get("partial_unexpected_count", _DEFAULT_FEW))
    shown = _AT_MOST if few is None else min(few, _AT_MOST)
    if part == "unexpected_count":
        return Answer(pl.col(mask).sum(), count)
    if part == "unexpected_values":
        return _values(shape, names, schema, mask, shown)
    if part == "unexpected_value_counts":
        return Answer(pl.col(names[0]), _tallied, listed=mask)
    if part == "unexpected_rows":
        return Answer(pl.struct(ROW, *schema), _frame, numbers_rows=True, listed=mask, few=shown)
    if part == "unexpected_index_list":
        return _numbers(names, mask, few, result_format)
    wanted = result_format.get("return_unexpected_index_query")  # shown in COMPLETE unless told not to, otherwise if told to
    query = Answer(pl.col(ROW), lambda found: f"df[{found.to_list()}]", numbers_rows=True, listed=mask)
    return query if wanted or (complete and wanted is None) else None


def _values(shape: str, names: Sequence[str], schema: pl.Schema, mask: str, few: int) -> Answer:
    columns = [present(name, schema) for name in dict.fromkeys(names)]
    if shape == "column":
        return Answer(columns[0], pl.Series.to_list, listed=mask, few=few)
    if shape == "pair":
        first, second = names
        return Answer(
            pl.struct(columns), lambda found: [(row[first], row[second]) for row in found.to_list()], listed=mask, few=few
        )
    return Answer(pl.struct(columns), pl.Series.to_list, listed=mask, few=few)


def _numbers(names: Sequence[str], mask: str, few: int | None, result_format: Mapping[str, Any]) -> Answer:
    keys = result_format.get("unexpected_index_column_names")
    if not keys:
        read = _as_it_is if result_format.get(ROW_NUMBERS) == "series" else pl.Series.to_list
        return Answer(pl.col(ROW), read, numbers_rows=True, listed=mask, few=few)
    if result_format.get("exclude_unexpected_values"):
        return Answer(pl.struct(*keys), _by_column, listed=mask, few=few)
    records = pl.struct(*dict.fromkeys([*names[:1], *keys, *names[1:]]))
    return Answer(records, pl.Series.to_list, listed=mask, few=few)


def _by_column(found: pl.Series) -> list[dict[str, list[Any]]]:
    return [found.struct.unnest().to_dict(as_series=False)][: found.len()]


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
