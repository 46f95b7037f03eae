"""References between tables: columns whose values are keys of another table, where names or values show that it is no chance.

Whole numbers counted from anywhere lie within each other by chance, so that of them the name has to speak as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from expectations.suggest.affinity import Affinity, affinity, looks_up, speaks_of
from expectations.suggest.keys import identifying
from expectations.suggest.margins import mostly_of
from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal, Suggested, Tally
from expectations.suggest.table import DATES, NUMBERS, Column, Table
from reconcile.records import KEY, RAW, SHAPES, Kind, Role
from reconcile.values.columns import in_standard_form
from reconcile.values.standard import as_text

EXISTS = "expect_column_values_to_exist_in_parent"
_NAMED = 0.95
"""Share of the rows whose value must be a key where the name of the column speaks for it: what is not is a fault."""
_UNNAMED = 0.99
"""The same where it does not."""
_HALF = 0.5
"""From this share on it is worth saying that a column whose name speaks of a table does not refer to it."""
_DENSE = 0.1
"""Whole numbers of which so many are taken between the smallest and the largest are counted, and say nothing."""
_USED = {Affinity.RESEMBLES: 0.9, Affinity.BEGINS: 0.5}
"""Share of counted keys that a column must use whose name says no more than this."""
_MANY = 10
"""Different values of a column whose name says nothing."""
_OF_KEYS = 0.3
"""Share of the keys that such a column must use."""
_FEWEST = 3
_EXAMPLES = 3


@dataclass(frozen=True)
class References:
    """What a table refers to."""

    rules: tuple[Suggested, ...] = ()
    notes: tuple[Both, ...] = ()
    """References that the names promise and the values don't keep."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that refer."""
        return frozenset(str(one.rule.kwargs["column"]) for one in self.rules)


@dataclass(frozen=True)
class _Key:
    """What identifies the records of a table."""

    parent: str
    """What rules call the table."""
    column: str
    take: Callable[[], pl.Series]
    """The column, as rules look it up."""

    @cached_property
    def values(self) -> pl.DataFrame:
        """Column value: each key once."""
        return self.take().drop_nulls().unique().alias("value").to_frame()

    @cached_property
    def counted(self) -> bool:
        """Whether they are whole numbers that follow each other more or less."""
        numbers = self.values["value"].cast(pl.Int64, strict=False)
        if numbers.null_count() or numbers.is_empty():
            return False
        low, high = numbers.bottom_k(1).item(), numbers.top_k(1).item()
        return bool(numbers.len() >= _DENSE * (high - low + 1))


@dataclass(frozen=True)
class _Found:
    """A column held to a key."""

    key: _Key
    name: Affinity
    filled: int
    """Rows with a value."""
    failed: int
    """Those whose value is no key."""
    different: int
    used: float
    """Share of the keys that stand in the column, 0 to 1."""
    examples: tuple[str, ...]

    @property
    def share(self) -> float:
        """Of the rows with a value, those whose value is a key, 0 to 1."""
        return 1 - self.failed / self.filled

    @property
    def shown(self) -> bool:
        """Whether this is a reference."""
        if self.name >= Affinity.SAME:
            return self.share >= _NAMED
        if self.share < _UNNAMED:
            return False
        if self.name in _USED:
            return not self.key.counted or self.used >= _USED[self.name]
        return not self.key.counted and self.different >= _MANY and self.used >= _OF_KEYS


def references(tables: Sequence[Table]) -> Mapping[str, References]:
    """By entity, what each table refers to; of several keys that a column may refer to, the one that its name speaks for most."""
    keys = [_key(table, column) for table in tables for column in identifying(table)]
    return {table.entity: _of_table(table, keys) for table in tables}


def references_of_model(table: Table, parents: Mapping[str, tuple[str, Callable[[], pl.Series]]], system: Role) -> References:
    """What one side of an entity refers to: by field the entity that the project says, and its keys on the same side (KEY)."""
    rules, notes = [], []
    for place, column in enumerate(table.columns):
        if column.name not in parents or column.filled < _FEWEST:
            continue
        parent, keys = parents[column.name]
        found = _compared(_Key(parent, KEY, keys), Affinity.MODEL, _counts(table.whole[column.name]))
        if found.share >= _HALF:
            rules.append(_rule(column, place, found, system))
        else:
            notes.append(_not_kept(column, found))
    return References(tuple(rules), tuple(notes))


def _key(table: Table, column: Column) -> _Key:
    canonical = table.entity in SHAPES and column.name in SHAPES[table.entity].fields
    return _Key(table.entity, column.name, lambda: _text(table, column, formed=canonical))


def _of_table(table: Table, keys: Sequence[_Key]) -> References:
    own = {key.column for key in keys if key.parent == table.entity}
    rules, notes = [], []
    for place, column in enumerate(table.columns):
        found = list(_held(table, column, keys, is_key=column.name in own))
        kept = [one for one in found if one.shown]
        if kept:
            best = max(kept, key=lambda one: (one.name, one.used, one.share))
            rules.append(_rule(column, place, best))
        elif promised := [one for one in found if one.name is Affinity.NAMES and one.share >= _HALF]:
            notes.append(_not_kept(column, max(promised, key=lambda one: one.share)))
    return References(tuple(rules), tuple(notes))


def _held(table: Table, column: Column, keys: Sequence[_Key], *, is_key: bool) -> Iterator[_Found]:
    """The column beside each key that it could refer to."""
    if column.kind in (*DATES, Kind.BOOLEAN) or column.filled < _FEWEST:
        return
    counts: pl.DataFrame | None = None
    for key in keys:
        name = _affinity(table, column, key, is_key=is_key)
        if name is None or (name is Affinity.NONE and (column.distinct < _MANY or key.counted)):
            continue
        if counts is None:
            counts = _counts(
                _text(table, column, formed=column.name in table.kinds or table.whole.schema[column.name] != pl.String)
            )
        if counts.height:
            yield _compared(key, name, counts)


def _affinity(table: Table, column: Column, key: _Key, *, is_key: bool) -> Affinity | None:
    """What the column's name says for the key; None if it can't refer to it."""
    name = affinity(column.name, key.parent, key.column)
    if key.parent == table.entity:
        return Affinity.NAMES if looks_up(column.name) and column.name != key.column else None
    if is_key and (name not in (Affinity.BEGINS, Affinity.NAMES) or speaks_of(column.name, table.entity)):
        return None
    if column.kind in NUMBERS and name < Affinity.SAME:
        return None
    return name


def _compared(key: _Key, name: Affinity, counts: pl.DataFrame) -> _Found:
    lost = counts.join(key.values, on="value", how="anti", maintain_order="left")
    filled, failed = int(counts["n"].sum()), int(lost["n"].sum())
    used = (counts.height - lost.height) / max(1, key.values.height)
    return _Found(key, name, filled, failed, counts.height, used, tuple(lost["value"].head(_EXAMPLES)))


def _counts(values: pl.Series) -> pl.DataFrame:
    """Columns value and n: each value that is there, the most frequent first."""
    return values.alias("value").drop_nulls().value_counts(name="n").sort("n", "value", descending=[True, False])


def _text(table: Table, column: Column, *, formed: bool) -> pl.Series:
    """The whole column as text; `formed`: as a reference, and not as it stands there."""
    raw = RAW + column.name if RAW + column.name in table.whole.columns else column.name
    plain = table.whole.select(as_text(pl.col(raw), table.whole.schema[raw])).to_series()
    return in_standard_form(plain, Kind.REFERENCE) if formed else plain


def _rule(column: Column, place: int, found: _Found, system: Role | None = None) -> Suggested:
    parent, key = found.key.parent, found.key.column
    mostly = mostly_of(found.filled - found.failed, found.filled) if found.failed else None
    message = Both(
        f"There is no such record in {parent}. Correct {column.name}, or enter what is missing in {parent}.",
        f"{parent} 中没有该记录。请更正 {column.name}，或在 {parent} 中补录。",
    )
    kwargs = {"column": column.name, "parent": parent, **({"parent_key": key} if key != KEY else {})}
    rule = Proposal(f"{slug(column.name, place)}_exists", EXISTS, kwargs, "major", message, _reason(column, found), mostly)
    return Suggested(rule, {system: Tally(found.filled, found.failed, met=True, examples=found.examples)})


def _reason(column: Column, found: _Found) -> Both:
    parent = found.key.parent
    keys = Both(f"of {found.key.column} in {parent}", f"{parent} 的 {found.key.column}")
    if found.key.column == KEY:
        keys = Both(f"keys of {parent} of the same system", f"同一系统 {parent} 的主键")
    good = f"{found.filled - found.failed:,} of" if found.failed else "all"
    seen = Both(
        f"{good} {found.filled:,} values of {column.name} are among the {found.key.values.height:,} {keys.en}",
        f"{column.name} 的 {found.filled:,} 个值中有 {found.filled - found.failed:,} 个见于 {keys.zh}",
    )
    used = f"{found.used:.0%}"
    speaks = {
        Affinity.MODEL: Both("and the project says that it refers to them.", "且项目配置说明它引用该记录。"),
        Affinity.NAMES: Both("and its name speaks of them.", "且列名指向它。"),
        Affinity.SAME: Both("and both are called alike.", "且两列名称相同。"),
        Affinity.BEGINS: Both(
            f"their name begins with its own, and {used} of them are used.", f"表名以列名开头，且其中 {used} 被用到。"
        ),
        Affinity.RESEMBLES: Both(f"its name resembles theirs, and {used} of them are used.", f"列名相近，且其中 {used} 被用到。"),
        Affinity.NONE: Both(
            f"its name does not say so, but {found.different:,} different values, {used} of the keys, are no chance.",
            f"列名虽未说明，但 {found.different:,} 个不同的值（占主键的 {used}）不会是巧合。",
        ),
    }[found.name]
    return Both(f"{seen.en}, {speaks.en}", f"{seen.zh}，{speaks.zh}")


def _not_kept(column: Column, found: _Found) -> Both:
    parent = found.key.parent
    return Both(
        f"No rule: {column.name} should refer to {parent}, but only {found.share:.1%} of its values are keys there. "
        "Perhaps one of the two is only a part.",
        f"未提出规则：{column.name} 应引用 {parent}，但只有 {found.share:.1%} 的值是其主键，可能其中一方不完整。",
    )
