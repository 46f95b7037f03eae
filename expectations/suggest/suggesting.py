"""The rules of all sorts that a table speaks for, each with what it finds today. Order of rows has no influence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from expectations.suggest.codes import closed_sets
from expectations.suggest.dates import dates, in_order
from expectations.suggest.formats import formats
from expectations.suggest.judging import judge
from expectations.suggest.keys import key_of, unique
from expectations.suggest.numbers import bounds
from expectations.suggest.presence import presence
from expectations.suggest.proposal import Both, Proposal, Suggested, Suggestion
from expectations.suggest.rowcount import row_count
from expectations.suggest.table import Table
from expectations.suggest.texts import habits, texts

_FEWEST = 3
"""Rows from which anything can be told."""


def suggest(table: Table) -> Suggestion:
    """The suite; it has no rule where the table has too few rows to speak for one."""
    rules = [] if table.rows < _FEWEST else [Suggested(rule, {None: judge(rule, table)}) for rule in _named_apart(_rules(table))]
    return Suggestion(table.entity, tuple(rules), table.kinds, _seen(table), tuple(habits(table)))


def _rules(table: Table) -> Iterator[Proposal]:
    key = key_of(table)
    yield from row_count(table)
    yield from unique(table, key)
    yield from presence(table, key)
    sets = list(closed_sets(table))
    closed = frozenset(str(rule.kwargs["column"]) for rule in sets)
    yield from sets
    yield from formats(table, closed)
    yield from bounds(table)
    yield from dates(table)
    yield from in_order(table)
    yield from texts(table, closed)


def _named_apart(rules: Iterator[Proposal]) -> Iterator[Proposal]:
    taken: dict[str, int] = {}
    for rule in rules:
        taken[rule.name] = taken.get(rule.name, 0) + 1
        yield rule if taken[rule.name] == 1 else dataclasses.replace(rule, name=f"{rule.name}_{taken[rule.name]}")


def _seen(table: Table) -> Both:
    seen = Both(
        f"From {table.rows:,} rows and {len(table.columns)} columns.", f"依据 {table.rows:,} 行、{len(table.columns)} 列。"
    )
    if not table.is_sample:
        return seen
    return seen.joined(
        Both(
            f"Counts are of a sample of {table.frame.height:,} rows; whether values are unique was looked up in all.",
            f"计数取自 {table.frame.height:,} 行的样本；唯一性在全部行中核实。",
        )
    )
