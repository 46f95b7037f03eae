"""Row conditions of Great Expectations as polars expressions: its condition objects here, its texts in `rows_text`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from expectations.engine.comparing import column, compared
from expectations.engine.rows_text import text_condition


def row_condition(condition: Any, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """The rows that a condition of Great Expectations keeps; `condition` is an object, its dictionary or a text.

    A comparison with a missing value is false, and `!=` and `not in` are true, as pandas has it.

    Raises:
        ValueError: the text can't be read, or names a column that the batch does not have; the message says how to write it.
    """
    from great_expectations.expectations import row_conditions as gx  # noqa: PLC0415 # slow to import

    if isinstance(condition, dict):
        condition = gx.deserialize_row_condition(condition)
    if isinstance(condition, gx.AndCondition):
        return pl.all_horizontal([row_condition(one, schema) for one in condition.conditions])
    if isinstance(condition, gx.OrCondition):
        return pl.any_horizontal([row_condition(one, schema) for one in condition.conditions])
    if isinstance(condition, gx.NullityCondition):
        missing = column(condition.column.name, schema).is_null()
        return missing if condition.is_null else ~missing
    if isinstance(condition, gx.ComparisonCondition):
        return compared(condition.column.name, str(condition.operator), condition.parameter, schema)
    text = condition.pass_through_filter if isinstance(condition, gx.PassThroughCondition) else str(condition)
    return text_condition(text, schema)
