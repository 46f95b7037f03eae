"""Which rules a frame can answer, of which of its records, and by which columns: what stands between a suite and the engine.

Apart from `run`, which puts the questions and reads the answers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.own import filled, sees_every_column, sees_the_source
from expectations.suite import Rule, Suite
from expectations.values import Moment, NotApplicable, resolved
from reconcile.balances import ConservationRule
from reconcile.checks import Tables
from reconcile.records import COUNTERPART, KEY, PAIR, RAW, SHAPES, Scope
from reconcile.refusals import refusal
from reconcile.values.conditions import SIDES, BadCondition, condition, fields_of, kind_of

_OF_RUNS = frozenset(("history", "columns"))
"""Side tables that hold what earlier runs found."""
_OF_SIDE = re.compile(r"\b(?:crm|erp)\"?\s*\.\s*\"?(\w+)")


@dataclass(frozen=True)
class Asked:
    """A rule that this frame can answer."""

    suite: Suite
    rule: Rule
    kwargs: Mapping[str, Any]

    @property
    def of(self) -> tuple[object, ...]:
        """Rules that look at the same records have the same."""
        return (self.rule.when, tuple(sorted(self.rule.where.items())))


def asked_of(
    suite: Suite,
    rule: Rule,
    schema: pl.Schema,
    codes: Mapping[str, Sequence[str]],
    now: dt.datetime,
    system: Scope | None,
    tables: Collection[str] = (),
) -> Asked:
    """The rule with its keywords filled in.

    Raises:
        NotApplicable: the frame lacks a field that it names, or the project what it asks for.
    """
    if missing := tables_missing(rule, tables):
        told = refusal("rule_no_history") if _OF_RUNS.issuperset(missing) else refusal("rule_no_table", tables=", ".join(missing))
        raise NotApplicable(told)
    nested = [name for name in columns_of(rule) if name in schema and schema[name].is_nested()]
    if lacking := lacking_of(rule, schema, system):
        raise NotApplicable(refusal("rule_no_field", fields=", ".join(dict.fromkeys(one.removeprefix(RAW) for one in lacking))))
    if nested:
        raise NotApplicable(refusal("rule_nested", fields=", ".join(nested)))
    at = Moment("now").at(now)
    kwargs = filled(rule.expect, rule.kwargs, suite=suite.name, rule=rule.name, entity=suite.entity, system=system, now=at)
    return Asked(suite, rule, resolved(kwargs, dict(schema), codes.get(str(rule.kwargs.get("column"))), now))


def with_parents(frame: pl.LazyFrame, entity: str, system: Scope | None, tables: Tables, names: Collection[str]) -> pl.LazyFrame:
    """The records with the columns of `names` that are a field of the record they refer to.

    `order.currency` is the currency of an invoice's order in the same system; of pairs `erp.order.currency`. It is null where
    there is no such order. Names that can't be told this way are left out.
    """
    shape = SHAPES.get(entity)
    there = frame.collect_schema().names()
    asked: dict[tuple[str, str], list[str]] = {}
    for name in names:
        reference, _, field = name.rpartition(".")
        parent = shape.references.get(_bare(reference, system)) if shape else None
        if parent and name not in there and reference in there:
            table = f"{reference.partition('.')[0]}:{parent}" if system == PAIR else parent
            if table in tables and {KEY, field} <= set(tables[table].collect_schema()):
                asked.setdefault((reference, table), []).append(field)
    for (reference, table), fields in asked.items():
        told = [pl.col(one).alias(f"{reference}.{one}") for one in dict.fromkeys(fields)]
        parents = tables[table].select(pl.col(KEY).alias(reference), *told)
        frame = frame.join(parents, on=reference, how="left", maintain_order="left")
    return frame


def columns_of(rule: Rule) -> tuple[str, ...]:
    """The columns that must be there, each once: those of the expectation and of `where`."""
    return tuple(dict.fromkeys((*rule.columns, *rule.where)))


def looks_beyond(rule: Rule, schema: pl.Schema) -> bool:
    """Whether the rule reads more than the records it is about: other tables, or fields of what they refer to."""
    return bool(tables_missing(rule, ())) or any("." in name and name not in schema for name in columns_of(rule))


def tables_missing(rule: Rule, tables: Collection[str]) -> list[str]:
    """The tables of records beside its own that the rule reads and nobody has given."""
    read = [rule.looks_into] if rule.looks_into else []
    if rule.kwargs.get("balance") == ConservationRule.HEADER_LINES:
        read.append("order_lines")
    if "totals" in rule.expect and "entity" in rule.kwargs:
        read.append(f"other:{rule.kwargs.get('entity')}")
    read += ["history"] if "history" in rule.expect or "past_runs" in rule.expect else []
    read += ["columns"] if sees_the_source(rule.expect, rule.kwargs) else []
    read += ["crosswalk"] if "crosswalk" in rule.expect else []
    return [name for name in read if name not in tables]


def lacking_of(rule: Rule, schema: pl.Schema, system: Scope | None) -> list[str]:
    """The columns that the rule names and the frame does not have."""
    lacking = [name for name in columns_of(rule) if name not in schema]
    if rule.when:
        for name in named_in(rule.when):
            columns = [f"{side}.{name}" for side in SIDES] if system == PAIR else [name]
            there = any(column in schema for column in columns)
            lacking += [] if there or name in lacking else [name]
    return lacking


def named_in(text: str) -> list[str]:
    """The fields that a condition names, of whichever side, each once; the text has been read by `condition` before."""
    alone = [name for name in pl.sql_expr(text).meta.root_names() if name not in SIDES]
    return list(dict.fromkeys((*alone, *_OF_SIDE.findall(text))))


def records_of(frame: pl.LazyFrame, group: Sequence[Asked], system: Scope | None) -> pl.LazyFrame:
    """The records that a group of rules looks at, with the columns that the rules read and what findings show.

    Raises:
        NotApplicable: the condition can't be put to these records.
    """
    rule = group[0].rule
    schema = frame.collect_schema()
    found = frame
    if rule.where:
        has = [pl.col(name).cast(pl.String).is_in(list(values)) for name, values in rule.where.items()]
        found = found.filter(pl.all_horizontal(has))
    if rule.when:
        found = _when(found, rule.when, system)
    read = read_by(group, schema)
    shown = [name for one in group for column in shown_of(one.rule, schema) for name in (column, RAW + column)]
    named = [name for name in (KEY, COUNTERPART, *read, *shown) if name in schema]
    return found.select(list(dict.fromkeys(named)))


def read_by(group: Sequence[Asked], schema: Collection[str]) -> list[str]:
    """The columns that a group of rules reads, each once, and KEY, for rules about the number of rows."""
    named = [name for one in group for name in one.rule.columns]
    if any(sees_every_column(one.rule.expect, one.rule.kwargs) for one in group):
        named += [name for name in schema if not name.startswith(RAW)]
    return list(dict.fromkeys((KEY, *named)))


def shown_of(rule: Rule, schema: Collection[str]) -> tuple[str, ...]:
    """The columns of which a finding shows what a record says: those of the rule; of a rule about whole records its field."""
    of_records = rule.columns == (KEY,) and rule.field in schema
    return (str(rule.field),) if of_records else rule.columns


def _when(frame: pl.LazyFrame, text: str, system: Scope | None) -> pl.LazyFrame:
    """The records of which the condition is true."""
    held = {_bare(name, system): kind_of(dtype) for name, dtype in frame.collect_schema().items()}
    try:
        is_so = condition(text, held)
        sides = {name: (f"crm.{name}", f"erp.{name}") for name in named_in(text)} if system == PAIR else {}
        found = frame.with_columns(**fields_of(frame.collect_schema().names(), sides)).filter(is_so)
        found.collect_schema()
    except (BadCondition, pl.exceptions.PolarsError) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise NotApplicable(refusal("rule_condition", why=why)) from error
    return found


def _bare(column: str, system: Scope | None) -> str:
    """The field behind a column of a frame of pairs."""
    return column.removeprefix("crm.").removeprefix("erp.") if system == PAIR else column
