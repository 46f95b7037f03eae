"""What may stand in one record only: keys of one column or of several, identifiers, and the name that records go by."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import polars as pl

from expectations.suggest.dates import tells_of_change
from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import DATES, NUMBERS, Column, Table
from expectations.suite import Severity
from reconcile.records import Kind

UNIQUE = "expect_column_values_to_be_unique"
TOGETHER = "expect_compound_columns_to_be_unique"
_ENOUGH = 20
"""Fewer rows are all different by chance."""
_NEARLY = 0.98
"""So much of a column must be different for what repeats in it to be a fault."""
_NAMING = (Kind.IDENTIFIER, Kind.TAX_ID, Kind.CODE, Kind.REFERENCE)
_LABELS = ("name", "company", "title")
_PARTS = 10
"""Columns of which keys are put together, at most three at a time."""
_BY_CHANCE = 3.0
"""Pairs of rows that would be the same if the parts of a key had nothing to do with each other: fewer prove nothing."""


def key_of(table: Table) -> tuple[str, ...]:
    """The columns that identify a record, as few as possible; none where no columns do."""
    for column in sorted(table.columns, key=lambda c: not c.names_records):
        if (
            _may_identify(column, first=column is table.columns[0])
            and column.filled == column.rows
            and _distinct(table, column) == table.rows
        ):
            return (column.name,)
    return _compound(table) if table.rows >= _ENOUGH else ()


def identifying(table: Table) -> list[Column]:
    """The columns that others may refer to: each alone identifies a record; a first one may have a few repetitions, as faults."""
    out = []
    for column in table.columns:
        first = column is table.columns[0]
        distinct = _distinct(table, column) if _may_identify(column, first=first) and column.filled else 0
        whole = column.filled == column.rows and distinct == table.rows
        if distinct and (whole or (first and _nearly_identifies(table, column) and distinct >= _NEARLY * table.rows)):
            out.append(column)
    return out


def _may_identify(column: Column, *, first: bool) -> bool:
    if column.kind in NUMBERS or column.kind in DATES:
        return column.names_records
    one_word = column.text and not column.values.head(1000).str.contains(r"\s").any()
    return column.names_records or (first and (column.kind in _NAMING or one_word))


def _distinct(table: Table, column: Column) -> int:
    """Different values, in the whole table."""
    return table.whole[column.name].drop_nulls().n_unique() if table.is_sample or column.typed else column.distinct


def _compound(table: Table) -> tuple[str, ...]:
    parts = [c for c in table.columns if _is_part(c)][:_PARTS]
    found: list[tuple[int, float, tuple[str, ...]]] = []
    for size in (2, 3):
        for some in itertools.combinations(parts, size):
            chance = table.rows**2 / 2
            for column in some:
                share = column.counts["n"] / column.filled
                chance *= float((share * share).sum())
            if chance < _BY_CHANCE:
                continue
            names = tuple(column.name for column in some)
            if table.whole.select(pl.struct(names).n_unique()).item() == table.rows:
                found.append((-sum(c.names_records for c in some), -chance, names))
        if found:
            return min(found)[2]
    return ()


def _is_part(column: Column) -> bool:
    if column.filled < column.rows or column.distinct <= 1 or tells_of_change(column):
        return False
    return column.names_records or column.kind in (*_NAMING, *DATES)


def unique(table: Table, key: tuple[str, ...]) -> Iterator[Proposal]:
    """The rules."""
    if len(key) > 1:
        yield _together(table, key)
    labelled = False
    for place, column in enumerate(table.columns):
        distinct = _distinct(table, column) if column.filled else 0
        filled = table.rows - table.whole[column.name].null_count()
        if column.name in key and len(key) == 1:
            yield _key(column, place)
        elif column.name in key or filled < _ENOUGH:
            continue
        elif _nearly_identifies(table, column) and distinct >= _NEARLY * filled:
            yield _identifier(column, place, distinct, filled)
        elif column.kind in (Kind.EMAIL, Kind.TAX_ID) and distinct >= _NEARLY * filled:
            yield _one_each(column, place, distinct, filled)
        elif not labelled and column.concept in _LABELS and column.kind not in NUMBERS and distinct == filled == table.rows:
            labelled = True
            yield _label(column, place)


def _nearly_identifies(table: Table, column: Column) -> bool:
    """Whether what repeats would be a fault: a first column that is named so, or one that is without a single repetition."""
    if column.kind in NUMBERS or column.kind in DATES:
        return False
    return column.names_records and (column is table.columns[0] or column.distinct == column.filled)


def _key(column: Column, place: int) -> Proposal:
    why = Both(
        f"all {column.rows:,} values of {column.name} are different, and none is missing: it identifies the record.",
        f"{column.name} 的 {column.rows:,} 个值各不相同且无缺失：它是记录的标识。",
    )
    return _alone(column, place, "blocking", _identifies(column), why)


def _identifier(column: Column, place: int, distinct: int, filled: int) -> Proposal:
    why = Both(
        f"{distinct:,} different values in {filled:,} rows, and its name says that it identifies.",
        f"{filled:,} 行中有 {distinct:,} 个不同值，且列名表明它是标识。",
    )
    return _alone(column, place, "major", _identifies(column), why)


def _one_each(column: Column, place: int, distinct: int, filled: int) -> Proposal:
    why = Both(
        f"{distinct:,} different values in {filled:,} rows: a repeated one is most often one record, entered twice.",
        f"{filled:,} 行中有 {distinct:,} 个不同值：重复的值通常是同一记录被录入两次。",
    )
    message = Both(
        f"Several records share one {column.name}: most often one, entered twice. Merge them, or correct one.",
        f"多条记录的 {column.name} 相同：通常是同一记录被录入两次。请合并或更正其一。",
    )
    return _alone(column, place, "major" if column.kind is Kind.TAX_ID else "minor", message, why)


def _label(column: Column, place: int) -> Proposal:
    why = Both(
        f"all {column.rows:,} values of {column.name} are different: a repeated one would be a record that was entered twice.",
        f"{column.name} 的 {column.rows:,} 个值各不相同：重复的值可能是同一记录被录入两次。",
    )
    message = Both(
        f"Several records go by the same {column.name}: one may have been entered twice.",
        f"多条记录的 {column.name} 相同：可能是同一记录被录入两次。",
    )
    return _alone(column, place, "minor", message, why)


def _identifies(column: Column) -> Both:
    """What to say where a column identifies records and does not."""
    return Both(
        f"Several records have the same {column.name}. Correct one, or merge them.",
        f"多条记录的 {column.name} 相同。请更正其一或合并。",
    )


def _alone(column: Column, place: int, severity: Severity, message: Both, why: Both) -> Proposal:
    """One column without a repetition."""
    return Proposal(f"{slug(column.name, place)}_is_unique", UNIQUE, {"column": column.name}, severity, message, why)


def _together(table: Table, key: tuple[str, ...]) -> Proposal:
    named = " + ".join(key)
    why = Both(
        f"no column alone identifies a record, and no two of the {table.rows:,} rows have the same {named}.",
        f"没有单独一列能标识记录，而 {table.rows:,} 行中没有两行的 {named} 相同。",
    )
    message = Both(
        f"Several records have the same {named}. Correct one, or remove what was entered twice.",
        f"多条记录的 {named} 组合相同。请更正其一或删除重复录入。",
    )
    kwargs = {"column_list": list(key)}
    return Proposal("_and_".join(slug(name, 0) for name in key)[:60] + "_are_unique", TOGETHER, kwargs, "blocking", message, why)
