"""Names that go with codes: a city has one name for each city code, if the data show it in many rows and the names say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from expectations.own.metrics.beside import is_usual
from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import MOST_COLUMNS, Column, Table

DETERMINED = "expect_column_values_to_be_determined_by"
_CODES = ("id", "code", "no", "nr", "number", "num", "key", "nummer", "kuerzel", "sku", "kennung")
_NAMES = ("name", "title", "description", "desc", "text", "label", "bezeichnung", "beschreibung", "nom")
_CODE_SIGNS = re.compile(r"(?:编号|编码|代码|代号|号码|号|码|ID|id)$")
_NAME_SIGNS = re.compile(r"(?:名称|名字|描述|说明|名)$")
_EXCEPTIONS = 0.005
"""Share of the repeated rows that may have another name: these are faults."""
_BY_CHANCE = 20
"""So many rows at least would have another name if the code had no say in it."""


def determined(table: Table) -> Iterator[Proposal]:
    """The rules."""
    columns = [column for column in table.columns[:MOST_COLUMNS] if column.text and column.filled]
    stems = {column.name: _stem(column, _CODES, _CODE_SIGNS) for column in columns}
    for place, named in enumerate(table.columns):
        if named not in columns or stems[named.name]:
            continue
        about = _stem(named, _NAMES, _NAME_SIGNS) or frozenset(named.words)
        for at, coded in enumerate(table.columns):
            if stems.get(coded.name) == about and (proposal := _rule(coded, at, named, place)) is not None:
                yield proposal
                break


def _stem(column: Column, words: tuple[str, ...], signs: re.Pattern[str]) -> frozenset[str]:
    """What a name is about without its last word, if that word is one of these: city of city_code, 城市 of 城市编码."""
    if len(column.words) > 1 and column.words[-1] in words:
        return frozenset(column.words[:-1])
    bare = signs.sub("", column.name)
    return frozenset((bare,)) if bare and bare != column.name and not column.name.isascii() else frozenset()


def _rule(coded: Column, at: int, named: Column, place: int) -> Proposal | None:
    pairs = pl.DataFrame({"by0": coded.values, "value": named.values}).drop_nulls()
    repeated = pairs.height - pairs["by0"].n_unique()
    if not repeated:
        return None
    share = pairs.group_by("value").len()["len"] / pairs.height
    other = repeated * (1 - float((share * share).sum()))
    exceptions = pairs.height - int(is_usual(pairs, ["by0"]).sum())
    if other < _BY_CHANCE or exceptions > _EXCEPTIONS * repeated:
        return None
    why = Both(
        f"of {repeated:,} rows that repeat a {coded.name}, {exceptions:,} have another {named.name}; "
        f"by chance some {other:,.0f} would.",
        f"{coded.name} 重复出现的 {repeated:,} 行中，{named.name} 不同的有 {exceptions:,} 行；"
        f"若无关联，约有 {other:,.0f} 行会不同。",
    )
    message = Both(
        f"{named.name} is another one than in most records with this {coded.name}. Correct one of the two.",
        f"{named.name} 与相同 {coded.name} 的多数记录不一致，请更正其一。",
    )
    kwargs = {"column": named.name, "by_columns": [coded.name]}
    return Proposal(f"{slug(named.name, place)}_goes_with_{slug(coded.name, at)}"[:80], DETERMINED, kwargs, "major", message, why)
