"""Numbers with rules of their own: tax numbers, numbers of companies and persons, IBAN, and schemes such as LEI and EAN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from reconcile.values.national_numbers import international_number, national_number

_OTHER_LETTERS = {"EL": "GR", "XI": "GB", "CHE": "CH"}
"""Letters in front of a tax number that are not the country's own."""


def valid_national(values: pl.Series, countries: pl.Series, purpose: str = "tax", also: Sequence[str] = ()) -> pl.Series:
    """Whether each number is one of its country.

    Args:
        values: distinct numbers as they are written; signs between the digits don't matter.
        countries: alpha-2 of each, or null: then the letters in front of the number say which country it is.
        purpose: tax, company, person.
        also: further numbers that will do, as country and module of python-stdnum: `de.stnr`.

    Returns:
        Boolean; null where nobody can tell: no country, or one whose rules the library does not know.
    """
    prefix = values.str.to_uppercase().str.extract(r"^([A-Z]{2,3}?)[\s.-]*[A-Z]?\d").replace(_OTHER_LETTERS)
    lands = countries.zip_with(countries.is_not_null(), prefix)
    more: dict[str, list[str]] = {}
    for name in also:
        land, module = name.split(".", 1)
        more.setdefault(land.upper(), []).append(module)
    judged = [_valid(number, land, purpose, more) for number, land in zip(values, lands, strict=True)]
    return pl.Series(values.name, judged, pl.Boolean)


def _valid(number: str | None, country: str | None, purpose: str, more: dict[str, list[str]]) -> bool | None:
    if number is None or country is None:
        return None
    modules = [national_number(country, name) for name in (purpose, *more.get(country, ()))]
    known = [module for module in modules if module is not None]
    return any(_passes(module.is_valid, number) for module in known) if known else None


def in_scheme(values: pl.Series, scheme: str) -> pl.Series:
    """Whether each is a number of a scheme of python-stdnum that holds everywhere, such as `lei`."""
    module = international_number(scheme)
    return pl.Series(values.name, [None if v is None else _passes(module.is_valid, v) for v in values], pl.Boolean)


def _passes(is_valid: Callable[[str], Any], number: str) -> bool:
    try:
        return bool(is_valid(number))
    except Exception:  # noqa: BLE001 - some of the library's countries fail on what is far from any number
        return False
