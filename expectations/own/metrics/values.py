"""Conditions on values: each judged once, however often it stands in the column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from expectations.engine.define import Asked, column_condition
from expectations.own.judged.ibans import valid_iban
from expectations.own.judged.mojibake import is_garbled
from expectations.own.judged.numbers import in_scheme, valid_national
from expectations.own.judged.placeholders import is_placeholder
from expectations.own.judged.places import CountryForm, valid_countries, valid_currencies, valid_postal_codes
from expectations.own.judged.reached import valid_mail, valid_phones
from expectations.own.metrics.asking import each_country, fixed_country, on_distinct_pairs, on_values, text
from reconcile.errors import RuleUnfit
from reconcile.records import Kind
from reconcile.values import Reading, comparable, standard
from reconcile.values.national_numbers import international_number, national_number
from reconcile.values.sparing import each_once


@column_condition("column_values.valid_tax_id", "country", "country_column", "also")
def tax_id(
    column: pl.Expr,
    asked: Asked,
    *,
    country: str | None = None,
    country_column: str | None = None,
    also: Sequence[str] = (),
) -> pl.Expr:
    """The value is a tax number of its country; true where the country or its rules are not known."""
    return _national(column, asked, "tax", "tax numbers", country, country_column, also)


@column_condition("column_values.valid_national_id", "purpose", "country", "country_column", "also")
def national_id(
    column: pl.Expr,
    asked: Asked,
    *,
    purpose: str = "company",
    country: str | None = None,
    country_column: str | None = None,
    also: Sequence[str] = (),
) -> pl.Expr:
    """The value is a number of a company or person of its country; true where the country or its rules are not known."""
    return _national(column, asked, purpose, f"numbers of a {purpose}", country, country_column, also)


def _national(
    column: pl.Expr,
    asked: Asked,
    purpose: str,
    what: str,
    country: str | None,
    country_column: str | None,
    also: Sequence[str],
) -> pl.Expr:
    for name in also:
        land, _, module = name.partition(".")
        if not module or national_number(land.upper(), module) is None:
            raise RuleUnfit(
                f"also: no number is called {name}", hint="Write country and module of python-stdnum, such as de.stnr."
            )
    if country and not country_column and national_number(fixed_country(country), purpose) is None:
        raise RuleUnfit(f"Nothing is known of {what} of {country}", hint="Leave the rule out, or check the form by a regex.")
    lands = each_country(asked, country, country_column)
    return on_distinct_pairs(text(column, asked, what), lands, lambda v, c: valid_national(v, c, purpose, also))


@column_condition("column_values.valid_identifier", "scheme")
def identifier(column: pl.Expr, asked: Asked, *, scheme: str) -> pl.Expr:
    """The value is a number of an international scheme."""
    if international_number(scheme) is None:
        raise RuleUnfit(f"scheme: {scheme} is not known", hint="Known are, among others, lei, ean, bic, isin, isbn, imo, imei.")
    return on_values(text(column, asked, "identifiers"), lambda values: in_scheme(values, scheme))


@column_condition("column_values.valid_iban")
def iban(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is an IBAN."""
    return on_values(text(column, asked, "IBANs"), valid_iban)


@column_condition("column_values.valid_email")
def email(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is a mail address."""
    return on_values(text(column, asked, "mail addresses"), valid_mail)


@column_condition("column_values.valid_phone", "country", "country_column")
def phone(column: pl.Expr, asked: Asked, *, country: str | None = None, country_column: str | None = None) -> pl.Expr:
    """The value is a telephone number; without a country it has to be international."""
    abroad = country is None and country_column is None
    lands = each_country(asked, country, country_column)
    value = text(column, asked, "telephone numbers")
    return on_distinct_pairs(value, lands, lambda v, c: valid_phones(v, c, abroad=abroad))


@column_condition("column_values.valid_postal_code", "country", "country_column")
def postal_code(column: pl.Expr, asked: Asked, *, country: str | None = None, country_column: str | None = None) -> pl.Expr:
    """The value has the form of postal codes of its country; true where none is known."""
    if country is None and country_column is None:
        raise RuleUnfit("Postal codes differ by country, and none is given", hint="Give country or country_column.")
    return on_distinct_pairs(
        text(column, asked, "postal codes"), each_country(asked, country, country_column), valid_postal_codes
    )


@column_condition("column_values.valid_country", "form")
def country_name(column: pl.Expr, asked: Asked, *, form: CountryForm = "alpha_2") -> pl.Expr:
    """The value names a country."""
    return on_values(text(column, asked, "countries"), lambda values: valid_countries(values, form))


@column_condition("column_values.valid_currency")
def currency(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value is a currency's code."""
    return on_values(text(column, asked, "currencies"), valid_currencies)


@column_condition("column_values.not_placeholder", "also", "allowed")
def not_placeholder(column: pl.Expr, asked: Asked, *, also: Sequence[Any] = (), allowed: Sequence[Any] = ()) -> pl.Expr:
    """The value says something."""
    dtype = asked.dtype
    if isinstance(dtype, pl.Categorical | pl.Enum | pl.Null):
        column, dtype = column.cast(pl.String), pl.String()
    if not (dtype == pl.String or dtype.is_numeric() or isinstance(dtype, pl.Date | pl.Datetime)):
        raise RuleUnfit(
            f"The column {asked.names[0]} holds {dtype}, which has no placeholders",
            hint="Name a column of text, numbers or dates.",
        )
    if dtype != pl.String:
        return ~is_placeholder(column, dtype, also, allowed)

    def judged(values: pl.Series) -> pl.Series:
        return values.to_frame("v").select(~is_placeholder(pl.col("v"), pl.String(), also, allowed)).to_series()

    return on_values(column, judged)


@column_condition("column_values.not_mojibake")
def not_mojibake(column: pl.Expr, asked: Asked) -> pl.Expr:
    """The value was read in the encoding that it was written in."""
    return on_values(text(column, asked, "words"), lambda values: ~is_garbled(values))


@column_condition("column_values.unique_normalised", "kind")
def unique_normalised(column: pl.Expr, asked: Asked, *, kind: str) -> pl.Expr:
    """No other row has a value that differs from this one only in how it is written."""
    what, dtype = _kind(kind), asked.dtype

    def single(values: pl.Series) -> pl.Series:
        form = comparable(what, standard(what, pl.col("v"), dtype, Reading()))
        forms = each_once(values, lambda each: each.to_frame("v").select(form).to_series())
        return forms.is_unique() | forms.is_null()

    return column.map_batches(single, return_dtype=pl.Boolean)


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise RuleUnfit(f"kind: {name} is no kind of field", hint=f"The kinds are {', '.join(Kind)}.") from None


@column_condition("column_values.in_code_map", "value_set", "loosely")
def in_code_map(column: pl.Expr, asked: Asked, *, value_set: Sequence[Any] | None = None, loosely: bool = False) -> pl.Expr:
    """The value is one of the codes; `loosely`: whatever its case, leading zeros and separators."""
    if value_set is None:
        raise RuleUnfit("No code map is given", hint="Write value_set: $codes, which is the field's code map in the project.")
    value = text(column, asked, "codes")
    codes = pl.Series([str(code) for code in value_set], dtype=pl.String)
    if loosely:
        value = comparable(Kind.CODE, value)
        codes = codes.to_frame("c").select(comparable(Kind.CODE, pl.col("c"))).to_series()
    return value.is_in(codes.unique().implode())
