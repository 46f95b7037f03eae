"""A whole column in the standard form of its kind. What is clean already costs a look and no more."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.records import Kind
from reconcile.values.sparing import each_once, only_where
from reconcile.values.standard import Reading, standard

SETTLED_LETTERS = (
    r"\u00c0-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce"
    r"\u0400-\u0481\u048a-\u052f\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff\uac00-\ud7a3"
)
"""Letters beyond ASCII that Unicode's normal forms leave as they are, whatever stands beside them of these and of ASCII."""
_BLANKS = r"|^ | $|  |^(?:-|--|无|[nN]/[aA]|#[nN]/[aA]|[nN][uU][lL][lL]|[nN][oO][nN][eE]|[nN][iI][lL]|\([bB][lL][aA][nN][kK]\))?$"
_UNTIDY = "[^ -~]" + _BLANKS
"""What ASCII text in standard form never holds, and perhaps more; what it does not find is in standard form."""
_UNTIDY_WORDS = f"[^ -~{SETTLED_LETTERS}]{_BLANKS}"
"""Likewise of text of any script."""
_NOT_STANDARD: Mapping[Kind, str] = {
    **dict.fromkeys((Kind.TEXT, Kind.UNIT, Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS), _UNTIDY_WORDS),
    **dict.fromkeys((Kind.IDENTIFIER, Kind.CODE, Kind.REFERENCE), _UNTIDY),
    Kind.POSTAL_CODE: _UNTIDY + "|[a-z]",
    Kind.EMAIL: _UNTIDY + "|[A-Z]|^mailto:",
    Kind.URL: _UNTIDY + "|/$",
    Kind.TAX_ID: r"[^A-Z0-9]|^(?:NULL|NONE|NIL)?$",
    Kind.PHONE: r"[^+0-9]|^\+$|.\+|^00|^$",
}


def in_standard_form(
    value: pl.Series, kind: Kind, reading: Reading | None = None, *, country: pl.Series | None = None
) -> pl.Series:
    """The column in the standard form of its kind, as `standard` gives it.

    Args:
        value: the column as the system gave it.
        kind: what it holds.
        reading: how the system writes; its `country` has no say. If not given, the values say whether the day comes first.
        country: alpha-2 of each record's country, for telephone numbers without a calling code.
    """
    if value.dtype != pl.String:
        return _formed(value, kind, reading or Reading())
    if kind is Kind.PHONE and country is not None:
        return _phones(value, country)
    if kind not in _NOT_STANDARD:
        return _quickly(value, kind, reading)
    return only_where(value, _NOT_STANDARD[kind], lambda some: each_once(some, lambda each: _formed(each, kind, Reading())))


def _quickly(value: pl.Series, kind: Kind, reading: Reading | None) -> pl.Series:
    """Typed kinds: all at once where every value is written as the machine writes it."""
    quick = value
    if kind in (Kind.MONEY, Kind.QUANTITY) and (reading is None or reading.decimal != ","):
        quick = value.cast(pl.Float64, strict=False)
        quick = quick.set(~quick.is_finite(), None)
    elif kind is Kind.DATE:
        quick = value.str.to_date("%Y-%m-%d", strict=False)
    if quick is not value and quick.null_count() == value.null_count():
        return quick
    known = reading or Reading(day_first=day_first(value))
    return each_once(value, lambda each: _formed(each, kind, known))


def day_first(value: pl.Series) -> bool:
    """Whether 03/04/2026 is the third of April; false where a month beyond the twelfth would stand."""
    return bool(value.to_frame("v").select(days_come_first("v")).item())


def days_come_first(name: str) -> pl.Expr:
    """The same of a column that is not read yet."""
    return ~pl.col(name).str.contains(r"^\d{1,2}/(?:1[3-9]|2\d|3[01])/\d{4}").any()


def _formed(value: pl.Series, kind: Kind, reading: Reading) -> pl.Series:
    """The standard form."""
    return value.to_frame("v").select(standard(kind, pl.col("v"), value.dtype, reading)).to_series()


_ABROAD = r"^\+[0-9][0-9 ./-]*(?:\([0-9]{2,}\)[0-9 ./-]*)?$"
"""International numbers of which nothing but digits counts; (0) is something else."""


def _digits_abroad(value: pl.Series) -> pl.Series:
    return "+" + value.str.replace_all("[^0-9]", "")


def _phones(value: pl.Series, country: pl.Series) -> pl.Series:
    """Telephone numbers, international where the record's country says how."""
    value = only_where(value, r"^\+[0-9]*[^0-9]", lambda some: only_where(some, _ABROAD, _digits_abroad))
    at = ~value.str.contains(r"^\+[0-9]+$").fill_null(value=True)
    if not at.any():
        return value
    some = pl.DataFrame({"v": value.filter(at), "c": country.filter(at)})
    formed = some.unique().with_columns(s=standard(Kind.PHONE, pl.col("v"), pl.String(), Reading(country=pl.col("c"))))
    found = some.join(formed, on=["v", "c"], how="left", maintain_order="left", nulls_equal=True)["s"]
    return value.clone().scatter(at.arg_true(), found)  # it writes into what it is called on
