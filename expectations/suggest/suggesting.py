"""The rules of all sorts that a table speaks for, each with what it finds today. Order of rows has no influence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import polars as pl

from expectations.suggest.codes import IN_SET, closed_sets
from expectations.suggest.computed import computed
from expectations.suggest.dates import dates, in_order
from expectations.suggest.determined import determined
from expectations.suggest.formats import MATCHES, formats
from expectations.suggest.judging import judge, with_room
from expectations.suggest.keys import key_of, unique
from expectations.suggest.meanings import recognised, valid
from expectations.suggest.numbers import bounds
from expectations.suggest.presence import presence
from expectations.suggest.proposal import Both, Proposal, Suggested, Suggestion
from expectations.suggest.references import References, references
from expectations.suggest.rowcount import row_count
from expectations.suggest.table import Table, table_of_file, with_references
from expectations.suggest.texts import habits, texts
from expectations.suite import Rule
from reconcile.records import RAW, Kind, Role

_FEWEST = 3
"""Rows from which anything can be told."""
_OF_THE_KEY = (IN_SET, MATCHES)
"""What need not be said of a column that refers to a key: the key says it."""


def question(rule: Proposal | Rule) -> tuple[str, frozenset[str]]:
    """What a rule asks, by its expectation and fields: two that ask the same need not both be kept, whatever bounds they set."""
    named = [value for key, value in rule.kwargs.items() if key.startswith("column")]
    flat = [one for value in named for one in (value if isinstance(value, list | tuple) else [value])]
    return rule.expect, frozenset(str(one).removeprefix(RAW) for one in flat)


def suggest(
    table: Table, refers: References | None = None, system: Role | None = None, in_use: Collection[Rule] = ()
) -> Suggestion:
    """The suite; it has no rule where the table has too few rows to speak for one.

    `refers` is what it refers to, `system` the side of a project, and `in_use` the rules that are asked of it already: they
    are not proposed again, and none of their names is given twice.
    """
    to = refers or References()
    rules = list(_judged(table, to, system)) if table.rows >= _FEWEST else []
    held = {question(rule) for rule in in_use}
    kept = tuple(_named_apart((one for one in rules if question(one.rule) not in held), {rule.name for rule in in_use}))
    left = len(rules) - len(kept)
    notes = (*to.notes, *habits(table), *([_told(left)] if left else []))
    return Suggestion(table.entity, kept, table.kinds, _seen(table), notes, system, left)


def _told(held: int) -> Both:
    """That suites in use hold rules already."""
    return Both(
        f"Left out, because suites of the project ask the same of the same field: {held}.",
        f"项目的规则集对同一字段已有相同要求，因此略去 {held} 条。",
    )


def suggest_together(files: Mapping[str, pl.DataFrame], now: dt.datetime, advance: Callable[[], None]) -> list[Suggestion]:
    """The suites of several files, by what their records are, and what they refer to of each other; `advance` after each."""
    tables = {entity: table_of_file(frame, entity, now) for entity, frame in files.items()}
    found = references(list(tables.values()))
    suites = []
    for entity, table in tables.items():
        to = found[entity]
        suites.append(suggest(with_references(table, to.columns) if to.columns else table, to))
        advance()
    return suites


def _judged(table: Table, to: References, system: Role | None) -> Iterator[Suggested]:
    """The rules with what they find."""
    key = key_of(table)
    yield from _holding(table, _of_records(table, key), system)
    yield from to.rules
    names = {column.name for column in table.columns if table.normalised and column.kind is Kind.IDENTIFIER}
    silent = {*((expect, name) for expect in _OF_THE_KEY for name in to.columns), *((IN_SET, name) for name in {*names, *key})}
    told = (rule for rule in _of_values(table) if (rule.expect, rule.kwargs.get("column")) not in silent)
    yield from _holding(table, told, system)


def _holding(table: Table, rules: Iterable[Proposal], system: Role | None) -> Iterator[Suggested]:
    judged = (with_room(rule, {system: judge(rule, table)}) for rule in rules)
    yield from (rule for rule in judged if rule is not None)


def _of_records(table: Table, key: tuple[str, ...]) -> Iterator[Proposal]:
    """That there are records, what identifies them, and what they must have."""
    yield from row_count(table)
    yield from unique(table, key)
    yield from presence(table, key)


def _of_values(table: Table) -> Iterator[Proposal]:
    """What the values are."""
    known = recognised(table)
    yield from valid(table, known)
    sets = list(closed_sets(table, known.names))
    closed = known.names | {str(rule.kwargs["column"]) for rule in sets}
    yield from sets
    yield from formats(table, closed)
    yield from bounds(table)
    yield from dates(table)
    yield from in_order(table)
    yield from computed(table)
    yield from determined(table)
    yield from texts(table, closed)


def _named_apart(rules: Iterable[Suggested], names: Collection[str]) -> Iterator[Suggested]:
    """The rules, each with a name of its own that is none of `names`."""
    taken = set(names)
    for one in rules:
        name = next(name for name in _names(one.rule.name) if name not in taken)
        taken.add(name)
        yield dataclasses.replace(one, rule=dataclasses.replace(one.rule, name=name))


def _names(name: str) -> Iterator[str]:
    """The name, and then the name with numbers from 2."""
    yield name
    yield from (f"{name}_{number}" for number in itertools.count(2))


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
