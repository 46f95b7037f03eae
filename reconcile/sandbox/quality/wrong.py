"""One way in which a record can be wrong: which field of which object, of which records, and what it then holds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

Rows = Mapping[str, pl.DataFrame]
"""The rows of each object of both systems."""
Value = str | pl.Expr | Callable[[pl.DataFrame, Rows], pl.Series] | None
"""What a field then holds: a text, nothing, an expression over the record, or what the other records make of it."""


def _all(_rows: Rows) -> pl.Expr:
    return pl.lit(value=True)


@dataclass(frozen=True)
class Wrong:
    """A defect of quality; what it is called says what is wrong."""

    name: str
    entity: str
    system: str
    """crm or erp: who holds the record."""
    object: str
    field: str
    """Of the object; the first that is changed."""
    value: Value = None
    where: Callable[[Rows], pl.Expr] = _all
    """Which records can be damaged so."""
    twin: bool = False
    """The value is that of another record, which is then as wrong: both are in the log."""
    pair: bool = False
    """Wrong only beside its counterpart: the log names the pair by the CRM's key."""
    more: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    """Further fields that change with it."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are changed."""
        return (self.field, *self.more)

    def value_of(self, name: str, victims: pl.DataFrame, twins: pl.DataFrame, rows: Rows) -> pl.Series:
        """What the field `name` holds in each of the victims, in their order (String)."""
        value = self.value if name == self.field else self.more[name]
        if self.twin and name == self.field:
            told = twins.select(pl.col(name) if value is None else value).to_series()  # type: ignore[arg-type]  # an expression
        elif not (value is None or isinstance(value, str | pl.Expr)):
            told = value(victims, rows)
        else:
            told = victims.select(value if isinstance(value, pl.Expr) else pl.lit(value, pl.String)).to_series()
        return (told if len(told) == victims.height else told.new_from_index(0, victims.height)).cast(pl.String).alias(name)


def being(column: str, *values: str) -> Callable[[Rows], pl.Expr]:
    """Records whose column holds one of these."""
    return lambda _rows: pl.col(column).is_in(list(values))


def having(*columns: str) -> Callable[[Rows], pl.Expr]:
    """Records that have a value in each of these."""
    return lambda _rows: pl.all_horizontal(pl.col(*columns).is_not_null())
