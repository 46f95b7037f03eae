"""How a metric is written: a function from columns to a polars expression, under a decorator that names it and its keywords.

Nothing here imports Great Expectations; `registration` gives the definitions to it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import polars as pl

Shape = Literal["column", "pair", "multicolumn", "column_aggregate", "table_aggregate"]
_Function = TypeVar("_Function", bound=Callable[..., "pl.Expr | Shown"])


class Inexpressible(Exception):
    """Raised by a metric that polars can't express for this column or these keywords: then pandas answers it, and says why."""


@dataclass(frozen=True)
class Asked:
    """What a metric may know of the batch that it is asked about."""

    schema: pl.Schema
    """Of the whole batch."""
    names: tuple[str, ...] = ()
    """The columns that the metric is about, in order; none for a table."""
    tables: Mapping[str, pl.LazyFrame] = field(default_factory=dict)
    """Side tables that came with the batch."""

    @property
    def dtype(self) -> pl.DataType:
        """Of the first column that the metric is about."""
        return self.schema[self.names[0]]

    @property
    def dtypes(self) -> tuple[pl.DataType, ...]:
        """Of every column that the metric is about."""
        return tuple(self.schema[name] for name in self.names)

    def table(self, name: str) -> pl.LazyFrame:
        """A side table.

        Raises:
            LookupError: the batch came without it; the message names those it came with.
        """
        if name not in self.tables:
            there = ", ".join(sorted(self.tables)) or "none"
            raise LookupError(f"The rule reads the table {name}, which did not come with the batch (tables: {there}).")
        return self.tables[name]


@dataclass(frozen=True)
class Shown:
    """An aggregate whose value is read with the help of its keywords; returned instead of an expression alone."""

    expression: pl.Expr
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Definition:
    """A metric as it was written."""

    name: str
    shape: Shape
    keywords: tuple[str, ...]
    build: Callable[..., Any]
    """Gives an expression, or of an aggregate `Shown`."""
    sees_nulls: bool = False
    """Whether a condition on a column judges missing values too; otherwise they are passed over."""
    shown: Callable[[Any], Any] | None = None
    """Turns the value of an aggregate into what Great Expectations expects."""

    @property
    def defaults(self) -> dict[str, Any]:
        """Of the keywords that have one."""
        given = inspect.signature(self.build).parameters
        return {k: given[k].default for k in self.keywords if k in given and given[k].default is not inspect.Parameter.empty}


METRICS: dict[str, Definition] = {}
"""Every metric that has been defined, by name."""


def column_condition(name: str, *keywords: str, sees_nulls: bool = False) -> Callable[[_Function], _Function]:
    """`fn(column, asked, **keywords)`: true in each row whose value meets the expectation.

    Missing values are passed over, unless `sees_nulls`. NaN in a column of floats counts as missing, as it does for pandas.
    """
    return _defined(name, "column", keywords, sees_nulls=sees_nulls)


def pair_condition(name: str, *keywords: str) -> Callable[[_Function], _Function]:
    """`fn(a, b, asked, **keywords)`: true in each row that meets the expectation; `ignore_row_if` is seen to by the engine."""
    return _defined(name, "pair", keywords)


def multicolumn_condition(name: str, *keywords: str) -> Callable[[_Function], _Function]:
    """`fn(columns, asked, **keywords)` with a list of columns: as `pair_condition`."""
    return _defined(name, "multicolumn", keywords)


def column_aggregate(name: str, *keywords: str, shown: Callable[[Any], Any] | None = None) -> Callable[[_Function], _Function]:
    """`fn(column, asked, **keywords)`: one row, which is a scalar, a list or a struct; `shown` gets it as a Python value.

    A value that can't be read without the keywords is returned as `Shown`.
    """
    return _defined(name, "column_aggregate", keywords, shown=shown)


def table_aggregate(name: str, *keywords: str, shown: Callable[[Any], Any] | None = None) -> Callable[[_Function], _Function]:
    """`fn(asked, **keywords)`: one row, as in `column_aggregate`."""
    return _defined(name, "table_aggregate", keywords, shown=shown)


def _defined(
    name: str,
    shape: Shape,
    keywords: tuple[str, ...],
    *,
    sees_nulls: bool = False,
    shown: Callable[[Any], Any] | None = None,
) -> Callable[[_Function], _Function]:
    def keep(build: _Function) -> _Function:
        METRICS[name] = Definition(name, shape, keywords, build, sees_nulls, shown)
        return build

    return keep
