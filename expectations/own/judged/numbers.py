"""Numbers with rules of their own: tax numbers, numbers of companies and persons, IBAN, and schemes such as LEI and EAN."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from reconcile.values.national_numbers import international_number, national_number

Rule = Callable[[str], Any]
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
    rules = {land: _rules(land, purpose, more) for land in lands.drop_nulls().unique()} | {None: ()}
    judged = [
        any(_passes(rule, number) for rule in rules[land]) if rules[land] and number is not None else None
        for number, land in zip(values.to_list(), lands.to_list(), strict=True)
    ]
    return pl.Series(values.name, judged, pl.Boolean)


def _rules(country: str, purpose: str, more: dict[str, list[str]]) -> tuple[Rule, ...]:
    """What a number of this country has to pass, any of them; none if nothing is known of the country."""
    modules = [national_number(country, name) for name in (purpose, *more.get(country, ()))]
    return tuple(module.is_valid for module in modules if module is not None)


def in_scheme(values: pl.Series, scheme: str) -> pl.Series:
    """Whether each is a number of a scheme of python-stdnum that holds everywhere, such as `lei`."""
    module = international_number(scheme)
    return pl.Series(values.name, [None if v is None else _passes(module.is_valid, v) for v in values], pl.Boolean)


def _passes(is_valid: Rule, number: str) -> bool:
    try:
        return bool(is_valid(number))
    except Exception:  # noqa: BLE001 - some of the library's countries fail on what is far from any number
        return False
