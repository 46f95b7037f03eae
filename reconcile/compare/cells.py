"""Two tables cell by cell: for each field the cells that are not equal as they stand, and what their rule says of them.

A column is looked at where it stands: nothing is joined but the key. So no more is in memory than a column of both tables for
each that is looked at at once, and the cells that differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reconcile.compare.alike import in_one_type
from reconcile.compare.equality import VERDICT, Rule, Verdict, judged
from reconcile.compare.keyed import Paired, Two
from reconcile.lanes import side_by_side
from reconcile.progress import Step
from reconcile.records import Kind, Role
from reconcile.values.codes import coded
from reconcile.values.columns import day_first, in_standard_form
from reconcile.values.standard import Reading, as_text

_Columns = dict[str, pl.DataType | type[pl.DataType]]
_FOUND: _Columns = {"row": pl.UInt32, "crm_value": pl.String, "erp_value": pl.String, "verdict": VERDICT, "reason": pl.String}
FOUND = pl.Schema(_FOUND)
"""Cells not equal as they stand: the row of the CRM, both values as a person would type them, and what became of them."""
_COUNTS: _Columns = {"verdict": VERDICT, "reason": pl.String, "cells": pl.UInt32}
COUNTS = pl.Schema(_COUNTS)
"""How many cells had this verdict for this reason; of those that are equal as they stand the reason is null."""
HARMLESS = [str(Verdict.EQUAL), str(Verdict.EQUAL_BY_RULE)]
"""Verdicts of cells that do not differ."""


@dataclass(frozen=True)
class Field:
    """One field: its column on each side, what it holds (None: found from the values) and by which rule it is compared."""

    name: str
    crm: str
    erp: str
    kind: Kind | None = None
    rule: Callable[[Kind], Rule] = Rule
    reading: Callable[[Reading], Reading] | None = None
    """What this field says of how its values are read, beside what its side does."""
    units: tuple[str, str] | None = None
    """The columns in which each side keeps the unit of a quantity."""
    codes: Mapping[str, str] | None = None
    """The CRM's word for each of the ERP's codes."""
    nearby: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    """The columns in which each side may keep a part of this one; None: of an address, those that `Sides` names."""


@dataclass(frozen=True)
class Sides:
    """Where the cells come from, and how each side writes."""

    columns: tuple[Callable[[str], pl.Series], Callable[[str], pl.Series]]
    """A column by its name, all rows, in the order of the keys that were paired."""
    readings: tuple[Reading | None, Reading | None] = (None, None)
    """None: the values say whether the day comes first."""
    country: Field | None = None
    """The field that says of which country a record is."""
    currency: Field | None = None
    """The field that says in which currency its amounts are."""
    places: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """The columns in which a side may keep a part of an address."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for."""

    kind_of: Callable[[Field, Two], Kind]
    """The kind of a field that nobody has named, from a sample of both columns, of the same records."""
    exact: bool = False
    """Only what is written the same is equal."""
    harmless: bool = False
    """Cells that are equal by a rule are listed, too."""


@dataclass(frozen=True)
class Cells:
    """What became of one field."""

    field: Field
    kind: Kind | None
    """None where nobody had to ask."""
    found: pl.DataFrame
    """FOUND, of the cells that differ; of harmless ones too where those were asked for."""
    counts: pl.DataFrame
    """COUNTS."""
    types: tuple[str, str] | None = None
    """The types of both columns where they do not go together, and nothing was compared."""


def compared(fields: Sequence[Field], pairs: Paired, sides: Sides, wanted: Wanted, step: Step) -> list[Cells]:
    """Compare all fields, several at once; `step` is advanced by one for each."""

    def one(each: Field) -> Cells:
        cells = _one(each, pairs, sides, wanted)
        step.advance()
        return cells

    return side_by_side(one, fields)


def _one(each: Field, pairs: Paired, sides: Sides, wanted: Wanted) -> Cells:
    crm, erp = sides.columns[0](each.crm).rechunk(), sides.columns[1](each.erp)
    types = (crm.dtype, erp.dtype)
    same = in_one_type(crm, erp, each.kind)
    if same is None:
        return Cells(each, None, FOUND.to_frame(), COUNTS.to_frame(), (str(types[0]), str(types[1])))
    beside = pairs.beside(same[1])
    unequal = pairs.linked if _may_hide(each, sides, wanted) else same[0].ne_missing(beside) & pairs.linked
    rows = unequal.arg_true().cast(pl.UInt32)
    values = (crm.gather(rows), beside.gather(rows) if types[1] == beside.dtype else _of_erp(erp, rows, pairs))
    kind = each.kind or (Kind.BOOLEAN if pl.Boolean in types else None)
    if wanted.exact or not len(rows):
        found = _as_written(rows, values)
    else:
        if kind is None:
            kind = wanted.kind_of(each, (crm.gather(pairs.sample), _of_erp(erp, pairs.sample, pairs)))
        whole = zip((crm, erp), values, sides.readings, strict=True)
        readings = tuple(_reading(each, column, some, kind, said) for column, some, said in whole)
        found = _judged(each, kind, rows, values, (readings[0], readings[1]), pairs, sides)
    counts = found.group_by("verdict", "reason").agg(cells=pl.len())
    equal = pl.DataFrame({"verdict": [str(Verdict.EQUAL)], "reason": [None], "cells": [pairs.both - len(rows)]}, schema=COUNTS)
    listed = found if wanted.harmless else found.filter(~pl.col("verdict").is_in(HARMLESS))
    return Cells(each, kind, listed, pl.concat([equal, counts.cast(COUNTS)]))


def _of_erp(erp: pl.Series, rows: pl.Series, pairs: Paired) -> pl.Series:
    """The ERP's values for rows of the CRM."""
    return erp.rechunk().gather(pairs.counterpart.gather(rows))


def _may_hide(each: Field, sides: Sides, wanted: Wanted) -> bool:
    """Whether cells that are written the same may differ all the same, by a code map, or a unit or currency beside them."""
    if each.codes and not wanted.exact:
        return True
    if wanted.exact or each.kind is None:
        return False
    rule = each.rule(each.kind)
    return each.units is not None or rule.units[0] != rule.units[1] or bool(rule.exchange and sides.currency)


_OPEN_DAY = r"^\s*\d{1,2}/\d{1,2}/"
"""A day of which it is open which part is the month."""


def _reading(each: Field, column: pl.Series, some: pl.Series, kind: Kind, said: Reading | None) -> Reading | None:
    """How a side writes: all of its values say whether the day comes first, not those alone (`some`) that are not equal."""
    dates = kind in (Kind.DATE, Kind.DATETIME) and column.dtype == pl.String
    if said is None and dates and some.str.contains(_OPEN_DAY).any():
        said = Reading(day_first=day_first(column))
    return each.reading(said or Reading()) if each.reading else said


def _as_written(rows: pl.Series, values: Two) -> pl.DataFrame:
    """Values that are not equal, without asking for a rule."""
    crm, erp = pl.col("crm_value"), pl.col("erp_value")
    empty = pl.when(crm.is_null()).then(pl.lit("empty_in_crm")).when(erp.is_null()).then(pl.lit("empty_in_erp"))
    verdict = (
        pl.when(crm.is_null() | erp.is_null()).then(pl.lit(str(Verdict.ONE_SIDED))).otherwise(pl.lit(str(Verdict.DIFFERENT)))
    )
    told = pl.DataFrame({"row": rows, "crm_value": _text(values[0]), "erp_value": _text(values[1])})
    return told.with_columns(verdict=verdict.cast(VERDICT), reason=empty.otherwise(pl.lit("different")))


def _gathered(side: int, column: str, rows: pl.Series, pairs: Paired, sides: Sides) -> pl.Series:
    """A side's values of another column, for rows of the CRM."""
    values = sides.columns[side](column)
    return values.rechunk().gather(rows) if side == 0 else _of_erp(values, rows, pairs)


def _beside(each: Field, kind: Kind, rows: pl.Series, pairs: Paired, sides: Sides) -> dict[str, pl.Series]:
    """What the rule may want to know of the same records: countries, currencies, units."""
    found = {}
    for at, side in enumerate(("crm", "erp")):
        for name, where, own in (("country", sides.country, Kind.COUNTRY), ("currency", sides.currency, Kind.CURRENCY)):
            if where is not None and where is not each and kind in _ASKS[own]:
                found[f"{side}_{name}"] = in_standard_form(_gathered(at, (where.crm, where.erp)[at], rows, pairs, sides), own)
        if each.units is not None:
            found[f"{side}_unit"] = _text(_gathered(at, each.units[at], rows, pairs, sides))
    return found


_ASKS = {Kind.COUNTRY: (Kind.PHONE, Kind.TAX_ID), Kind.CURRENCY: (Kind.MONEY,)}
"""Kinds whose values depend on the record's country, and on its currency."""


def _judged(
    each: Field,
    kind: Kind,
    rows: pl.Series,
    values: Two,
    readings: tuple[Reading | None, Reading | None],
    pairs: Paired,
    sides: Sides,
) -> pl.DataFrame:
    """FOUND by the field's rule."""
    rule, more = each.rule(kind), _beside(each, kind, rows, pairs, sides)
    columns = {}
    for side, own, reading in zip(("crm", "erp"), values, readings, strict=True):
        value = in_standard_form(own, kind, reading, country=more.get(f"{side}_country"))
        columns[side] = pl.select(coded(pl.lit(value), each.codes, Role(side))).to_series() if each.codes else value
        columns[f"{side}_raw"] = _text(own)
    cells = pl.DataFrame(columns | more)
    told = judged(rule, cells)
    nearby = each.nearby if each.nearby is not None else sides.places if kind is Kind.ADDRESS else None
    if nearby is not None and any(nearby):
        told = _looked_for_nearby(rule, cells, told, _words_nearby(each, nearby, rows, pairs, sides))
    return pl.DataFrame(
        {"row": rows, "crm_value": columns["crm_raw"], "erp_value": columns["erp_raw"], **told.to_dict()}, schema=FOUND
    )


_Nearby = Callable[[pl.Series], dict[str, pl.Series]]


def _words_nearby(
    each: Field, nearby: tuple[tuple[str, ...], tuple[str, ...]], rows: pl.Series, pairs: Paired, sides: Sides
) -> _Nearby:
    """What both records hold in columns nearby, for some of the cells."""

    def words(some: pl.Series) -> dict[str, pl.Series]:
        found = {}
        for at, side in enumerate(("crm", "erp")):
            own = (each.crm, each.erp)[at]
            parts = [
                _text(_gathered(at, name, rows.gather(some), pairs, sides)).alias(name) for name in nearby[at] if name != own
            ]
            joined = (
                pl.concat_str(parts, separator=" ", ignore_nulls=True) if parts else pl.repeat("", len(some), dtype=pl.String)
            )
            found[f"{side}_more"] = pl.select(joined.alias("more")).to_series()
        return found

    return words


_WORDLESS = r"(?i)\b(?:no|nr|number|hausnummer)\b"
"""Words of an address that count for none."""


def _looked_for_nearby(rule: Rule, cells: pl.DataFrame, told: pl.DataFrame, nearby: _Nearby) -> pl.DataFrame:
    """The verdicts, anew where a part that one side lacks may stand in another column: one side has more words."""
    words = [pl.col(side).fill_null("").str.count_matches(r"[\p{L}\p{N}]+") for side in ("crm", "erp")]
    wordless = pl.any_horizontal(pl.col("crm", "erp").str.contains(_WORDLESS)).fill_null(value=False)
    uneven = cells.select(u=(words[0] != words[1]) | wordless)["u"]
    some = (uneven & ~told["verdict"].is_in(HARMLESS)).arg_true()
    if some.is_empty():
        return told
    again = judged(rule, cells[some].with_columns(**nearby(some)))
    return told.with_columns(told[name].clone().scatter(some, again[name]) for name in told.columns)


def _text(values: pl.Series) -> pl.Series:
    return values if values.dtype == pl.String else values.to_frame("v").select(as_text(pl.col("v"), values.dtype)).to_series()
