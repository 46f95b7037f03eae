"""What a value must cover: a sum over the records that refer to its own, such as a customer's open orders."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from expectations.engine.define import Asked, column_condition
from expectations.own.metrics.asking import columns_told, given
from reconcile.errors import RuleUnfit
from reconcile.records import KEY
from reconcile.values.conditions import BadCondition, condition, kind_of


@column_condition("column_values.cover_sum", "records", "reference", "sum", "only", "same_columns", "key_column", "tolerance")
def cover_sum(
    column: pl.Expr,
    asked: Asked,
    *,
    records: str,
    reference: str,
    sum: str,  # noqa: A002 - as people write it in a suite
    only: str | None = None,
    same_columns: Sequence[str] = (),
    key_column: str = KEY,
    tolerance: float = 0.005,
) -> pl.Expr:
    """The value is at least the sum over the records that refer to its own; without any the sum is 0.

    Raises:
        RuleUnfit: a column is not there or no number, or `only` is no condition over the records.
    """
    if not asked.dtype.is_numeric():
        raise RuleUnfit(f"{asked.names[0]} is no number", hint="Only numbers can be compared with a sum.")
    own = [key_column, *same_columns]
    if lacking := [name for name in own if name not in asked.schema]:
        raise RuleUnfit(f"There is no column {', '.join(lacking)}", hint="Name the record's key as key_column.")
    sums = _sums(asked.table(given(records, "records")), records, [reference, *same_columns], sum, only)

    def covered(cells: pl.Series) -> pl.Series:
        rows = cells.struct.unnest()
        there = [pl.col(f"key:{at}").cast(pl.String) for at in range(len(own))]
        joined = rows.with_columns(there).join(
            sums, on=[f"key:{at}" for at in range(len(own))], how="left", nulls_equal=True, maintain_order="left"
        )
        return joined.select(pl.col("value") + tolerance >= pl.col("sum").fill_null(0.0)).to_series()

    cells = pl.struct(column.cast(pl.Float64).alias("value"), *(pl.col(name).alias(f"key:{at}") for at, name in enumerate(own)))
    return cells.map_batches(covered, return_dtype=pl.Boolean, is_elementwise=True)


def _sums(frame: pl.LazyFrame, records: str, keys: Sequence[str], column: str, only: str | None) -> pl.DataFrame:
    """key:0, key:1 ... and sum, of the records of which `only` is true."""
    schema = frame.collect_schema()
    if lacking := [name for name in (*keys, column) if name not in schema]:
        raise RuleUnfit(f"{records} has no column {', '.join(lacking)}", hint=f"Its columns are {columns_told(schema)}.")
    if not schema[column].is_numeric():
        raise RuleUnfit(f"{column} of {records} is no number", hint="Only numbers can be added up.")
    counted = frame if only is None else frame.filter(_condition(only, records, schema))
    named = [pl.col(name).cast(pl.String).alias(f"key:{at}") for at, name in enumerate(keys)]
    return counted.group_by(named).agg(pl.col(column).cast(pl.Float64).sum().alias("sum")).collect()


def _condition(text: str, records: str, schema: pl.Schema) -> pl.Expr:
    kinds = {name: kind_of(dtype) for name, dtype in schema.items() if not name.startswith("_")}
    try:
        return condition(text, kinds)
    except BadCondition as error:
        raise RuleUnfit(f"only: {text} {error}", hint=f"Write a condition over the fields of {records}.") from error
