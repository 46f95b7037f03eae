"""A verdict and a reason for each pair of values of one field: which rules are asked, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Collection

import polars as pl

from reconcile.compare.equality import amounts, contacts, identifiers, letters, names, places, sets, times
from reconcile.compare.equality.contacts import EXTENSION
from reconcile.compare.equality.verdicts import VERDICT, OpenCells, Verdict
from reconcile.records import Kind
from reconcile.values.rule import Rule
from reconcile.values.text import clean

_READ = (Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
"""Kinds of which some text is no value at all."""
_NUMBERS = (Kind.MONEY, Kind.QUANTITY)


def _exact(_: Rule, __: OpenCells) -> None:
    """Nothing but the value itself."""


_RULES: dict[Kind, Callable[[Rule, OpenCells], None]] = {
    Kind.TEXT: letters.text,
    Kind.COMPANY_NAME: names.company_name,
    Kind.PERSON_NAME: names.person_name,
    Kind.ADDRESS: places.address,
    Kind.POSTAL_CODE: places.postal_code,
    Kind.COUNTRY: places.country,
    Kind.PHONE: contacts.phone,
    Kind.EMAIL: contacts.email,
    Kind.URL: contacts.url,
    Kind.IDENTIFIER: identifiers.identifier,
    Kind.TAX_ID: identifiers.tax_id,
    Kind.CODE: identifiers.identifier,
    Kind.CURRENCY: identifiers.currency,
    Kind.UNIT: identifiers.unit,
    Kind.MONEY: amounts.money,
    Kind.QUANTITY: amounts.quantity,
    Kind.DATE: times.date,
    Kind.DATETIME: times.datetime,
    Kind.BOOLEAN: _exact,
    Kind.REFERENCE: _exact,
}
COLUMN = "column_not_comparable"
"""Reason of all cells of a column whose values its rule can't deal with, and the rule of the finding that follows."""
_SIDES = (("crm", "crm_raw"), ("erp", "erp_raw"))


def unsettled(rule: Rule, columns: Collection[str] = ()) -> pl.Expr:
    """Whether `judged` has something to say of a cell; all other cells are equal.

    Args:
        rule: the rule of the field.
        columns: those that `judged` will read: amounts that are equal may be in two currencies or units.

    Returns:
        Boolean, never null, over the columns that `judged` reads. True where the standard values differ, and where they are
        equal but what was written may not be: an extension, a currency or a unit that the standard value is without.
    """
    unequal = pl.col("crm").ne_missing(pl.col("erp"))
    written = pl.col("crm_raw").ne_missing(pl.col("erp_raw"))
    beside = {Kind.PHONE: EXTENSION, Kind.MONEY: r"[\p{L}\p{Sc}]", Kind.QUANTITY: r"[\p{L}%]"}.get(rule.kind)
    if rule.separator:
        return written
    if beside:
        unequal |= written & pl.any_horizontal(pl.col(raw).str.contains(beside) for _, raw in _SIDES).fill_null(value=False)
    if rule.nothing is not None:
        unequal |= written & (pl.col("crm").is_null() | (rule.kind in _NUMBERS and pl.col("crm") == 0))
    if rule.units[0] != rule.units[1]:
        unequal |= pl.col("crm").is_not_null()
    beside_it = {Kind.MONEY: "currency" if rule.exchange else None, Kind.QUANTITY: "unit"}.get(rule.kind)
    if beside_it and {f"crm_{beside_it}", f"erp_{beside_it}"} <= set(columns):
        unequal |= pl.col("crm").is_not_null() & (pl.col(f"crm_{beside_it}") != pl.col(f"erp_{beside_it}"))
    return unequal.fill_null(value=True)


def judged(rule: Rule, cells: pl.DataFrame) -> pl.DataFrame:
    """Verdict and reason of each cell.

    Args:
        rule: the rule of the field.
        cells: a row for each pair of values, best of those alone that are `unsettled`: `crm` and `erp`, the standard values of
            the rule's kind; `crm_raw` and `erp_raw`, what the systems wrote (String). Where known also `crm_country` and
            `erp_country` (alpha-2), `crm_currency` and `erp_currency` (alpha-3), `crm_unit` and `erp_unit` (String), and
            `crm_more` and `erp_more` (String): what the record holds in the columns nearby.

    Returns:
        verdict (VERDICT) and reason (String, a code that the reports have words for), as many rows in the same order. Of a
        column whose values are not those that its rule is made for, all are not comparable.
    """
    try:
        return _judged(rule, cells)
    except pl.exceptions.PolarsError:  # values that the rule is not made for: the other columns can still be compared
        verdict = pl.repeat(str(Verdict.NOT_COMPARABLE), cells.height, dtype=pl.String).cast(VERDICT)
        return pl.select(verdict=verdict, reason=pl.repeat(COLUMN, cells.height, dtype=pl.String))


def _judged(rule: Rule, cells: pl.DataFrame) -> pl.DataFrame:
    open_cells = OpenCells(cells, rule.counts)
    open_cells.settle(Verdict.EQUAL, "same", _same(rule, cells))
    _nothing(rule, open_cells)
    _unread(rule, open_cells)
    _one_sided(rule, open_cells)
    if rule.separator:
        sets.several(rule, open_cells)
    elif rule.kind not in (*_NUMBERS, Kind.PHONE):  # their standard value is not all that was written
        open_cells.equal("written", pl.col("crm") == pl.col("erp"))
    _RULES[rule.kind](rule, open_cells)
    return open_cells.outcome()


def _same(rule: Rule, cells: pl.DataFrame) -> pl.Expr:
    """Written the same, in one currency and one unit."""
    same = pl.col("crm").eq_missing(pl.col("erp")) & pl.col("crm_raw").eq_missing(pl.col("erp_raw"))
    own = [of for of in ("currency", "unit") if {f"crm_{of}", f"erp_{of}"} <= set(cells.columns) and rule.kind in _NUMBERS]
    for of in own:
        same &= pl.col(f"crm_{of}").eq_missing(pl.col(f"erp_{of}"))
    return same & pl.lit(rule.units[0] == rule.units[1])


def _means_nothing(rule: Rule, side: str, raw: str) -> pl.Expr:
    """Whether a value means nothing: null, an unreadable blank, or a word of the rule."""
    if rule.nothing is None:
        blank = (
            pl.when(pl.col(side).is_null()).then(pl.col(raw)).map_batches(_usual, return_dtype=pl.Boolean, is_elementwise=True)
        )
        return pl.col(side).is_null() & blank
    word = pl.col(raw).str.strip_chars().str.to_lowercase()
    said = word.is_null() | word.is_in(list(rule.nothing))
    if rule.kind in _NUMBERS and "0" in rule.nothing:
        said |= pl.col(side).eq(0).fill_null(value=False)
    return said


def _usual(raw: pl.Series) -> pl.Series:
    """Whether what was written is one of the usual words for nothing, or not there at all; few values are looked at."""
    if raw.null_count() == len(raw):
        return pl.repeat(value=True, n=len(raw), dtype=pl.Boolean, eager=True)
    word = clean(pl.col("w")).str.to_lowercase()
    return raw.alias("w").to_frame().select(word.is_in(_USUAL).fill_null(value=True)).to_series()


_USUAL = ["n/a", "#n/a", "null", "none", "nil", "-", "--", "—", "无", "(blank)"]


def _nothing(rule: Rule, cells: OpenCells) -> None:
    cells.keep(ln=_means_nothing(rule, *_SIDES[0]), rn=_means_nothing(rule, *_SIDES[1]))
    cells.equal("nothing", pl.col("ln") & pl.col("rn"))
    cells.settle(Verdict.EQUAL, "same", pl.col("ln") & pl.col("rn"))


def _unread(rule: Rule, cells: OpenCells) -> None:
    """What is there and could not be read or mapped is equal to nothing and different from nothing."""
    unread = [pl.col(side).is_null() & ~pl.col(nothing) for (side, _), nothing in zip(_SIDES, ("ln", "rn"), strict=True)]
    if rule.mapped:
        cells.settle(Verdict.NOT_COMPARABLE, "code_not_mapped", unread[0] | unread[1])
    elif rule.kind in _READ and not rule.separator:
        cells.settle(Verdict.NOT_COMPARABLE, "not_readable", unread[0] | unread[1])


def _one_sided(rule: Rule, cells: OpenCells) -> None:
    if rule.kind in (Kind.ADDRESS, Kind.TEXT, Kind.POSTAL_CODE):
        places.other_column(rule, cells)
    cells.settle(Verdict.ONE_SIDED, "empty_in_crm", pl.col("ln"))
    cells.settle(Verdict.ONE_SIDED, "empty_in_erp", pl.col("rn"))
