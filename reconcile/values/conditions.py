"""Conditions that people write over the canonical fields of a record, such as `country IN ('CN', 'HK') AND amount > 10000`.

They are SQL, as polars reads it; that a condition names what is there, and is about one record, is found out before it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from reconcile.records import Kind

SIDES = ("crm", "erp")
"""A field of one side is named behind one of these: `crm.country`."""
_TYPES: Mapping[Kind, pl.DataType] = {
    Kind.MONEY: pl.Float64(),
    Kind.QUANTITY: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.DATETIME: pl.Datetime("us", "UTC"),
    Kind.BOOLEAN: pl.Boolean(),
}


_OF_MANY = ("Agg", "Over", "Len", "Explode", "Sort", "SortBy", "Filter", "Slice")
"""Steps of an expression that look at more than one record."""


class BadCondition(ValueError):
    """A condition can't be used; the message says what is wrong with it."""


def condition(text: str, kinds: Mapping[str, Kind]) -> pl.Expr:
    """The condition as an expression over a frame with these fields, and with structs `crm` and `erp` of the same.

    Args:
        text: SQL that is true or false of one record; a field alone is what the ERP says, or the CRM where the ERP says nothing.
        kinds: what each field holds.

    Returns:
        Boolean, never null: what can't be told is not true.

    Raises:
        BadCondition: it is no SQL, names what is not there, compares what does not go together, or is not about one record.
    """
    try:
        asked = pl.sql_expr(text)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise BadCondition(f"is no condition ({_first_line(error)}). Such as: country = 'CN' AND amount > 1000") from error
    if unknown := [name for name in asked.meta.root_names() if name not in (*kinds, *SIDES)]:
        raise BadCondition(_unknown(unknown[0]))
    if any(f'"{node}"' in asked.meta.serialize(format="json") for node in _OF_MANY):
        raise BadCondition("looks at other records too; a condition is about one record.")
    try:
        found = _nothing(kinds).select(told=asked)
    except pl.exceptions.StructFieldNotFoundError as error:
        raise BadCondition(_unknown(_first_line(error))) from error
    except pl.exceptions.PolarsError as error:
        message = f"compares what does not go together ({_first_line(error)}). Text stands in '…', a date is DATE '2026-01-31'."
        raise BadCondition(message) from error
    if found.schema["told"] != pl.Boolean():
        raise BadCondition("is neither true nor false. Compare fields with values, such as amount > 1000.")
    return asked.fill_null(value=False)


def kind_of(dtype: pl.DataType) -> Kind:
    """What a column of this type can be compared with."""
    if dtype.is_numeric():
        return Kind.QUANTITY
    if dtype == pl.Boolean():
        return Kind.BOOLEAN
    return Kind.DATE if dtype == pl.Date() else Kind.DATETIME if isinstance(dtype, pl.Datetime) else Kind.TEXT


def with_fields(pairs: pl.DataFrame, names: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """Pairs of records as conditions see them.

    Args:
        pairs: one row for each pair.
        names: field to its columns of the CRM and of the ERP; a column that is not there says nothing.

    Returns:
        One column for each field, and the structs `crm` and `erp`; rows as in `pairs`.
    """
    return pairs.select(**fields_of(pairs.columns, names))


def fields_of(there: Collection[str], names: Mapping[str, tuple[str, str]]) -> dict[str, pl.Expr]:
    """The columns of `with_fields` as expressions over a frame with the columns `there`."""
    known = {name: [pl.col(column) for column in columns if column in there] for name, columns in names.items()}
    told = {name: pl.coalesce(reversed(columns)) for name, columns in known.items() if columns}
    if not told:
        return {}
    sides = {
        side: pl.struct(
            pl.col(columns[at]).alias(name) if columns[at] in there else pl.lit(None).cast(pl.Null).alias(name)
            for name, columns in names.items()
            if known[name]
        )
        for at, side in enumerate(SIDES)
    }
    return {**told, **sides}


def _nothing(kinds: Mapping[str, Kind]) -> pl.DataFrame:
    types = {name: _TYPES.get(kind, pl.String()) for name, kind in kinds.items()}
    whole = {side: pl.Struct(types) for side in SIDES} if types else {}
    return pl.DataFrame(schema={**types, **whole})


def _unknown(name: str) -> str:
    return f"names `{name}`, which is no field of this entity. Text stands in '…', not in \"…\"."


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
