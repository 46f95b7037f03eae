"""Rules that read another table: the parent's, the crosswalk, the other system's, what the columns were before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from expectations.engine.define import Asked, column_condition, table_aggregate
from expectations.own.metrics.asking import given, text
from expectations.own.metrics.runs import moment_of
from reconcile.errors import RuleUnfit
from reconcile.records import KEY

_SHOWN_GROUPS = 20
_FAMILIES = {
    "text": (pl.String, pl.Categorical, pl.Enum),
    "date": (pl.Date,),
    "datetime": (pl.Datetime,),
    "boolean": (pl.Boolean,),
    "list": (pl.List, pl.Array),
    "record": (pl.Struct,),
}


@column_condition("column_values.in_parent", "parent", "parent_key")
def in_parent(column: pl.Expr, asked: Asked, *, parent: str, parent_key: str = KEY) -> pl.Expr:
    """The value is a key of the parent's table in the same system."""
    return text(column, asked, "keys").is_in(_known(asked, parent, parent_key).implode())


@column_condition("column_values.in_crosswalk", "entity", "system")
def in_crosswalk(column: pl.Expr, asked: Asked, *, entity: str | None = None, system: str | None = None) -> pl.Expr:
    """The value is a key that the crosswalk knows of this side."""
    given(entity, "entity")
    if given(system, "system") not in ("crm", "erp"):
        raise RuleUnfit(f"system: {system} is neither crm nor erp", hint="Say of which side the keys are.")
    linked = asked.table("crosswalk").filter(pl.col("entity") == entity).select(pl.col(f"{system}_key").cast(pl.String))
    return text(column, asked, "keys").is_in(linked.unique().collect().to_series().drop_nulls().implode())


def _known(asked: Asked, table: str, column: str) -> pl.Series:
    frame = asked.table(table)
    if column not in frame.collect_schema():
        raise RuleUnfit(f"{table} has no column {column}", hint=f"Its columns are {', '.join(frame.collect_schema().names())}.")
    return frame.select(pl.col(column).cast(pl.String)).unique().collect().to_series().drop_nulls()


@table_aggregate("table.schema_now", "types", "before", "days", "now", "entity", "system", shown=json.loads)
def schema_now(
    asked: Asked,
    *,
    types: Mapping[str, str] | None = None,
    before: str | None = None,
    days: float = 0,
    now: dt.datetime | str | None = None,
    entity: str | None = None,
    system: str | None = None,
) -> pl.Expr:
    """Columns and their types, and what they are held to: {now, before}, `before` None where there is nothing.

    Of this table without its columns of evidence, held to `types` or the side table `before`; without both of the object that
    its records were read from, held to what it was so many days earlier.
    """
    told: dict[str, Any] = {}
    if types is not None:
        told = {"now": _types(asked.schema), "before": types}
    elif before is not None:
        told = {"now": _types(asked.schema), "before": _types(asked.table(before).collect_schema())}
    else:
        known = asked.table("columns").filter(entity=given(entity, "entity"), system=given(system, "system")).collect()
        told = _source_columns(known, moment_of(now) - dt.timedelta(days=days))
    return pl.lit(json.dumps(told))


def _source_columns(known: pl.DataFrame, at: dt.datetime) -> dict[str, dict[str, str | None] | None]:
    """The latest columns of an object, and those that it had at a moment, or first of all where that was later.

    Args:
        known: COLUMNS of one entity of one side.
        at: the moment.
    """
    now = known.filter(pl.col("since") == pl.col("since").max())
    of_object = known.join(now.select("object"), on="object", how="semi")
    earlier = of_object.filter(pl.col("since") < pl.col("since").max())
    by_then = of_object.filter(pl.col("since") <= pl.lit(at)) if earlier.height else earlier
    before = by_then.filter(pl.col("since") == pl.col("since").max())
    if before.is_empty():
        before = earlier.filter(pl.col("since") == pl.col("since").min())
    return {"now": _by_name(now), "before": _by_name(before) if before.height else None}


def _by_name(columns: pl.DataFrame) -> dict[str, str | None]:
    return dict(columns.select("name", "type").iter_rows())


def _types(schema: Mapping[str, pl.DataType]) -> dict[str, str]:
    return {name: family(dtype) for name, dtype in schema.items() if not name.startswith(("_", "raw:", "\ue000"))}


def family(dtype: pl.DataType) -> str:
    """What a type is called in a suite: text, integer, number, date, datetime, boolean, list, record."""
    if dtype.is_numeric():
        return "integer" if dtype.is_integer() else "number"
    return next((name for name, kinds in _FAMILIES.items() if isinstance(dtype, kinds)), str(dtype).lower())


@table_aggregate("table.totals_against_other", "group_columns", "sum_columns", "entity", "tolerance", shown=json.loads)
def totals_against_other(
    asked: Asked,
    *,
    group_columns: Sequence[str],
    entity: str | None = None,
    sum_columns: Sequence[str] = (),
    tolerance: float = 0.005,
) -> pl.Expr:
    """Groups whose number of records or sums differ from the other system's: how many, and the first of them."""
    other = asked.table(f"other:{given(entity, 'entity')}")
    columns = [*group_columns, *sum_columns]
    for where, schema in ((str(entity), asked.schema), (f"other:{entity}", other.collect_schema())):
        if lacking := [name for name in columns if name not in schema]:
            raise RuleUnfit(f"{where} has no column {', '.join(lacking)}", hint="Both systems must map what is compared.")
        words = [name for name in sum_columns if not schema[name].is_numeric()]
        if words:
            raise RuleUnfit(f"{', '.join(words)} of {where} is no number", hint="Only numbers can be added up.")
    theirs = _totals(other.select(columns), group_columns, sum_columns).collect()

    def compared(cells: pl.Series) -> pl.Series:
        mine = _totals(cells.struct.unnest().lazy(), group_columns, sum_columns).collect()
        return pl.Series([json.dumps(_different(mine, theirs, [*group_columns], [*sum_columns], tolerance))])

    return pl.struct([pl.col(name) for name in columns]).map_batches(compared, return_dtype=pl.String, returns_scalar=True)


def _totals(frame: pl.LazyFrame, group_columns: Sequence[str], sum_columns: Sequence[str]) -> pl.LazyFrame:
    return frame.group_by([pl.col(name).cast(pl.String).alias(name) for name in group_columns]).agg(
        pl.len().cast(pl.Float64).alias("records"),
        *(pl.col(name).cast(pl.Float64).sum().alias(f"sum:{name}") for name in sum_columns),
    )


def _different(
    mine: pl.DataFrame, theirs: pl.DataFrame, group_columns: list[str], sum_columns: list[str], tolerance: float
) -> dict[str, Any]:
    """{groups, different, first}: each of the first with its group and, by measure, what both sides say."""
    joined = mine.join(theirs, on=group_columns, how="full", coalesce=True, nulls_equal=True, suffix=":other").sort(group_columns)
    measures = {"records": 0.0, **{f"sum:{name}": tolerance for name in sum_columns}}
    filled = joined.with_columns(pl.col([*measures, *(f"{name}:other" for name in measures)]).fill_null(0.0))
    off = [(pl.col(name) - pl.col(f"{name}:other")).abs() > within + 1e-9 for name, within in measures.items()]
    different = filled.filter(pl.any_horizontal(off))
    first = [
        {
            "group": {name: row[name] for name in group_columns},
            **{name: [row[name], row[f"{name}:other"]] for name in measures if row[name] != row[f"{name}:other"]},
        }
        for row in different.head(_SHOWN_GROUPS).iter_rows(named=True)
    ]
    return {"groups": joined.height, "different": different.height, "first": first}
