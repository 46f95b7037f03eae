"""The frame that matching works on: KEY and each field in standard form. What is clean already costs a look and no more."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.match.discovery.found import Column, Side
from reconcile.match.lanes import side_by_side
from reconcile.records import KEY, Kind
from reconcile.values import Reading, standard
from reconcile.values.sparing import each_once, only_where
from reconcile.values.standard import as_text
from reconcile.values.text import clean

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
    **dict.fromkeys((Kind.TEXT, Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS), _UNTIDY_WORDS),
    **dict.fromkeys((Kind.IDENTIFIER, Kind.CODE, Kind.REFERENCE), _UNTIDY),
    Kind.POSTAL_CODE: _UNTIDY + "|[a-z]",
    Kind.EMAIL: _UNTIDY + "|[A-Z]|^mailto:",
    Kind.URL: _UNTIDY + "|/$",
    Kind.TAX_ID: r"[^A-Z0-9]|^(?:NULL|NONE|NIL)?$",
    Kind.PHONE: r"[^+0-9]|^\+$|.\+|^00|^$",
}


def standardised(frame: pl.DataFrame, columns: Mapping[str, Column], key: tuple[str, ...]) -> pl.DataFrame:
    """KEY (String) and each field, in the order of `columns`, in the standard form of its kind; null where nothing is.

    Args:
        frame: records as they stand in the file.
        columns: field to its place.
        key: the columns of the record key, joined by `/`; empty: rows are numbered from 1.
    """
    out = {KEY: keys_of(frame, key)}
    country: pl.Series | None = None

    def formed(name: str) -> pl.Series:
        column = columns[name]
        own = country if column.kind is Kind.PHONE else None
        return _standard(_joined(frame, column.sources), column.kind, own).alias(name)

    phones = [name for name, column in columns.items() if column.kind is Kind.PHONE]
    others = [name for name in columns if name not in phones]
    out |= dict(zip(others, side_by_side(formed, others), strict=True))
    country = next((out[name] for name in others if columns[name].kind is Kind.COUNTRY), None)  # a phone needs it
    out |= dict(zip(phones, side_by_side(formed, phones), strict=True))
    return pl.DataFrame({name: out[name] for name in (KEY, *columns)})


def keys_of(frame: pl.DataFrame, key: tuple[str, ...]) -> pl.Series:
    """The record keys as text, row by row."""
    if not key:
        return pl.Series(KEY, range(1, frame.height + 1), pl.Int64).cast(pl.String)
    if len(key) == 1:
        return _standard(frame[key[0]], Kind.IDENTIFIER, None).alias(KEY)
    return frame.select(pl.concat_str([clean(as_text(pl.col(k), frame.schema[k])) for k in key], separator="/").alias(KEY))[KEY]


def needed(*sides: Side) -> list[str]:
    """The columns that a side's records are read with, each once."""
    return list(
        dict.fromkeys(name for side in sides for name in (*side.key, *(s for c in side.fields.values() for s in c.sources)))
    )


def _joined(frame: pl.DataFrame, sources: tuple[str, ...]) -> pl.Series:
    if len(sources) == 1:
        return frame[sources[0]]
    parts = [clean(as_text(pl.col(s), frame.schema[s])) for s in sources]
    whole = pl.concat_str(parts, separator=" ", ignore_nulls=True)
    return frame.select(v=pl.when(whole != "").then(whole))["v"]


def _standard(value: pl.Series, kind: Kind, country: pl.Series | None) -> pl.Series:
    if value.dtype != pl.String:
        return _formed(value, kind, Reading())
    if kind is Kind.PHONE and country is not None:
        return _phones(value, country)
    if kind not in _NOT_STANDARD:
        return _quickly(value, kind)
    return only_where(value, _NOT_STANDARD[kind], lambda some: each_once(some, lambda each: _formed(each, kind, Reading())))


def _quickly(value: pl.Series, kind: Kind) -> pl.Series:
    """Typed kinds: all at once where every value is written as the machine writes it."""
    quick = value
    if kind in (Kind.MONEY, Kind.QUANTITY):
        quick = value.cast(pl.Float64, strict=False)
        quick = quick.set(~quick.is_finite(), None)
    elif kind is Kind.DATE:
        quick = value.str.to_date("%Y-%m-%d", strict=False)
    if quick is not value and quick.null_count() == value.null_count():
        return quick
    reading = Reading(day_first=_day_first(value))
    return each_once(value, lambda each: _formed(each, kind, reading))


def _day_first(value: pl.Series) -> bool:
    """Whether 03/04/2026 is the third of April; false where a month beyond the twelfth would stand."""
    return not value.str.contains(r"^\d{1,2}/(?:1[3-9]|2\d|3[01])/\d{4}").any()


def _formed(value: pl.Series, kind: Kind, reading: Reading) -> pl.Series:
    """The standard form."""
    return value.to_frame("v").select(standard(kind, pl.col("v"), value.dtype, reading)).to_series()


def _phones(value: pl.Series, country: pl.Series) -> pl.Series:
    """Telephone numbers, international where the record's country says how."""
    at = ~value.str.contains(r"^\+[0-9]+$").fill_null(value=True)
    if not at.any():
        return value
    some = pl.DataFrame({"v": value.filter(at), "c": country.filter(at)})
    formed = some.unique().with_columns(s=standard(Kind.PHONE, pl.col("v"), pl.String(), Reading(country=pl.col("c"))))
    found = some.join(formed, on=["v", "c"], how="left", maintain_order="left", nulls_equal=True)["s"]
    return value.scatter(at.arg_true(), found)
