"""The comparable form of each kind: two values that differ only harmlessly have the same one."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from reconcile.records import Kind
from reconcile.values.legal_forms import without_legal_form
from reconcile.values.text import fold, words

_STREETS = {
    r"stra(?:ss|ß)e\b|str\b": "str",
    r"\b(?:street|st)\b": "st",
    r"\b(?:road|rd)\b": "rd",
    r"\b(?:avenue|ave|av)\b": "ave",
    r"\b(?:boulevard|blvd)\b": "blvd",
    r"\b(?:drive|dr)\b": "dr",
    r"\b(?:lane|ln)\b": "ln",
    r"\b(?:place|pl)\b": "pl",
    r"\b(?:court|ct)\b": "ct",
    r"\b(?:square|sq)\b": "sq",
    r"\b(?:parkway|pkwy)\b": "pkwy",
    r"\b(?:highway|hwy)\b": "hwy",
    r"\b(?:suite|ste)\b": "ste",
    r"\b(?:north|n)\b": "n",
    r"\b(?:south|s)\b": "s",
    r"\b(?:east|e)\b": "e",
    r"\b(?:west|w)\b": "w",
    r"platz\b|pl\b": "pl",
    r"\b(?:number|no|nr)\b": "",
}


def comparable(kind: Kind, value: pl.Expr) -> pl.Expr:
    """The comparable form of a standard value: String for text kinds, the value itself for typed ones."""
    form = _FORMS.get(kind)
    return form(value) if form else value


_STREET_TYPE = r" (st|rd|ave|blvd|dr|ln|pl|ct|sq|pkwy|hwy)$"


def _abbreviated(value: pl.Expr) -> pl.Expr:
    text = words(value)
    for pattern, short in _STREETS.items():
        text = text.str.replace_all(pattern, short)
    return text


def address(value: pl.Expr) -> pl.Expr:
    """Words with the usual abbreviations, no spaces: Hauptstraße 5 and HAUPTSTR. 5 are one."""
    return _abbreviated(value).str.replace_all(" ", "", literal=True)


def street_and_type(value: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """An address without the type of street at its end, and that type (`st`, `ave`; null if there is none)."""
    text = _abbreviated(value)
    return text.str.replace(_STREET_TYPE, "").str.replace_all(" ", "", literal=True), text.str.extract(_STREET_TYPE)


def _identifier(value: pl.Expr) -> pl.Expr:
    bare = value.str.to_uppercase().str.replace_all(r"[\s\-_/.]", "")
    return pl.when(bare.str.contains(r"^0+\d")).then(bare.str.strip_chars_start("0")).otherwise(bare)


def _tax_id(value: pl.Expr) -> pl.Expr:
    return value.str.replace(r"^[A-Z]{2}(\d{7,})$", "$1")


def _url(value: pl.Expr) -> pl.Expr:
    return value.str.to_lowercase().str.replace(r"^(?:https?://)?(?:www\.)?", "").str.replace(r"/+$", "")


def _postal_code(value: pl.Expr) -> pl.Expr:
    return value.str.replace_all(r"[^\p{L}\p{N}]", "")


def _person(value: pl.Expr) -> pl.Expr:
    return words(value).str.replace_all(" ", "", literal=True)


_FORMS: dict[Kind, Callable[[pl.Expr], pl.Expr]] = {
    Kind.TEXT: words,
    Kind.COMPANY_NAME: without_legal_form,
    Kind.PERSON_NAME: _person,
    Kind.ADDRESS: address,
    Kind.POSTAL_CODE: _postal_code,
    Kind.EMAIL: fold,
    Kind.URL: _url,
    Kind.IDENTIFIER: _identifier,
    Kind.TAX_ID: _tax_id,
    Kind.CODE: _identifier,
    Kind.PHONE: lambda value: value.str.strip_chars_start("+0"),
}
