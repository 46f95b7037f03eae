"""Which columns suites ask for, so that no other column of a wide table has to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from expectations.own import sees_the_source
from expectations.suite import Rule, Suite
from reconcile.records import KEY, RAW

_COUNTS_RECORDS = "expect_table_row_count"
"""Begins the names of expectations about the whole table that look into no column."""


def columns_asked(suites: Iterable[Suite], names: Sequence[str]) -> list[str]:
    """Those of `names`, a table's columns in their order, that a rule reads or shows, or may read: rather one more than one less.

    A rule about `raw:city` reads `city` where the table has no such column, one about `customer.city` reads `customer`.
    All columns if a rule is about the whole table.
    """
    wanted: set[str] = {KEY}
    for suite in suites:
        for rule in suite.rules:
            spoken = set(_words(rule.model_dump(include={"kwargs", "where", "field"}))) | {RAW + name for name in rule.columns}
            spoken |= {name.rpartition(".")[0] for name in (*rule.columns, *rule.where) if "." in name}
            of_table = not rule.columns and not rule.expect.startswith(_COUNTS_RECORDS)
            if of_table and not spoken & set(names) and not sees_the_source(rule.expect, rule.kwargs):
                return list(names)
            wanted |= spoken | {word.removeprefix(RAW) for word in spoken} | set(_in_condition(rule, names))
    return [name for name in names if name in wanted]


def columns_of_table(suite: Suite, table: str, names: Sequence[str]) -> list[str]:
    """Those of `names`, the columns of a table that rules look into, that a rule reads: all of them where that can't be told."""
    wanted: set[str] = {KEY}
    for rule in suite.rules:
        if rule.kwargs.get("parent") == table:
            wanted.add(str(rule.kwargs.get("parent_key", KEY)))
        elif rule.kwargs.get("records") == table:
            wanted |= {*_words(rule.kwargs), *(name for name in names if name in str(rule.kwargs.get("only", "")))}
        elif "balance" in rule.kwargs or rule.kwargs.get("before") == table:
            return list(names)
        wanted |= {name.rpartition(".")[2] for name in (*rule.columns, *rule.where) if "." in name}
    return [name for name in names if name in wanted]


def _in_condition(rule: Rule, names: Sequence[str]) -> Iterator[str]:
    """Columns whose name stands in the condition of the rule, if rules have one."""
    condition = rule.model_dump().get("when")
    yield from (name for name in names if isinstance(condition, str) and name in condition)


def _words(value: object) -> Iterator[str]:
    """Every text within lists and groups, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (*_words(key), *_words(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
