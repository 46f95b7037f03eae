"""Conditions over canonical fields, such as `country = 'DE' and amount > 1000`: which records something is meant for.

Written as in SQL. Parsed here for every key that takes one, so that all of them mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars.exceptions import PolarsError

from reconcile.config.models import Entity, kind_of
from reconcile.config.wording import did_you_mean, quoted
from reconcile.records import Kind

_DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.MONEY: pl.Float64(),
    Kind.QUANTITY: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.DATETIME: pl.Datetime("us", "UTC"),
    Kind.BOOLEAN: pl.Boolean(),
}
_EXAMPLE = "Write it as in SQL, such as `country = 'DE' and amount > 1000`; a day is `date '2026-01-31'`."


def condition(text: str) -> pl.Expr:
    """A condition as an expression over canonical records. Raises ValueError, in words, if it can't be read."""
    try:
        return pl.sql_expr(text)
    except PolarsError:
        raise ValueError(f"{quoted(text)} can't be read as a condition. {_EXAMPLE}") from None


def fields_of(text: str) -> list[str]:
    """The canonical fields that a condition names. Raises ValueError as `condition` does."""
    return list(dict.fromkeys(condition(text).meta.root_names()))


def fault(text: str, name: str, entity: Entity) -> str:
    """What is wrong with a condition on records of this entity; empty if nothing is."""
    try:
        expression = condition(text)
    except ValueError as error:
        return str(error)
    for field in fields_of(text):
        if field not in entity.fields:
            return f"{quoted(field)} is no field of {name}{did_you_mean(field, entity.fields)}"
    kinds = {field: kind_of(name, field, spec) for field, spec in entity.fields.items()}
    schema = {field: _DTYPES.get(kind, pl.String()) if kind else pl.String() for field, kind in kinds.items()}
    try:
        holds = pl.DataFrame(schema=schema).select(expression.alias("holds")).schema["holds"] == pl.Boolean
    except PolarsError:
        return f"{quoted(text)} compares what can't be compared. {_EXAMPLE}"
    return "" if holds else f"{quoted(text)} is not true or false. {_EXAMPLE}"
