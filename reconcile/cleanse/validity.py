"""Which values are what their field should hold: check digits, forms and lists of codes. Problems come as FINDINGS rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl
import pycountry

from reconcile.cleanse.rules import Rules
from reconcile.records import KEY, RAW, Kind
from reconcile.results import FINDINGS
from reconcile.values.national_numbers import tax_number
from reconcile.values.places import country_codes
from reconcile.values.text import clean

REJECTING = ("key_empty", "key_repeated", "required_empty", "not_readable", "code_not_mapped")
"""Rules without which no other system can take the record; what fails only other rules is kept and said."""

_EMAIL = r"^[^\s@<>,;:]+@[^\s@<>,;:]+\.[\p{L}\d-]{2,}$"
_PHONE = r"^\+[1-9]\d{6,14}$"
_URL = r"^(?i:https?://)?[\p{L}\d-]+(?:\.[\p{L}\d-]+)+(?:[:/?#]\S*)?$"
_POSTAL: Mapping[str, str] = {
    "DE": r"^\d{5}$",
    "AT": r"^\d{4}$",
    "CH": r"^\d{4}$",
    "FR": r"^\d{5}$",
    "IT": r"^\d{5}$",
    "ES": r"^\d{5}$",
    "NL": r"^\d{4} ?[A-Z]{2}$",
    "GB": r"^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$",
    "US": r"^\d{5}(?:-?\d{4})?$",
    "CN": r"^\d{6}$",
    "JP": r"^\d{3}-?\d{4}$",
}
"""Postal codes by country. Source: the Universal Postal Union's addressing sheets; other countries are not judged."""


def problems(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """FINDINGS of a standardised frame: required fields that are empty, and values that are not what they should be."""
    found = [FINDINGS.to_frame()]
    for name in rules.required:
        # a value that could not be read is a finding already
        empty = frame.filter(pl.col(name).is_null() & clean(pl.col(RAW + name)).is_null())
        found.append(_rows(empty, rules, name, "required_empty", "blocking"))
    for name, kind in rules.kinds.items():
        for rule, wrong in _wrong(frame, name, kind, rules):
            found.append(_rows(wrong, rules, name, rule, "minor"))
    return pl.concat(found)


def _rows(frame: pl.DataFrame, rules: Rules, field: str, rule: str, severity: str) -> pl.DataFrame:
    return frame.select(
        pl.lit(rules.entity).alias("entity"),
        pl.lit(rules.role.value).alias("system"),
        pl.col(KEY).alias("key"),
        pl.lit(field).alias("field"),
        pl.lit(rule).alias("rule"),
        pl.lit(severity).alias("severity"),
        pl.col(RAW + field).str.slice(0, 500).alias("value"),
        pl.lit(None, pl.String).alias("counterpart"),
    ).cast(FINDINGS)


def _wrong(frame: pl.DataFrame, name: str, kind: Kind, rules: Rules) -> Iterator[tuple[str, pl.DataFrame]]:
    """Each rule of the kind and the rows that fail it."""
    value = pl.col(name)
    country = _country(rules)
    match kind:
        case Kind.EMAIL:
            yield "email_malformed", frame.filter(~value.str.contains(_EMAIL))
        case Kind.PHONE:
            yield "phone_not_international", frame.filter(~value.str.contains(_PHONE))
        case Kind.URL:
            yield "url_malformed", frame.filter(~value.str.contains(_URL))
        case Kind.COUNTRY:
            yield "country_unknown", frame.filter(value.is_not_null() & ~value.is_in(list(set(country_codes().values()))))
        case Kind.CURRENCY:
            known = [currency.alpha_3 for currency in pycountry.currencies]
            yield "currency_unknown", frame.filter(value.is_not_null() & ~value.is_in(known))
        case Kind.POSTAL_CODE:
            fits = [pl.when(country == alpha2).then(value.str.contains(form)) for alpha2, form in _POSTAL.items()]
            yield "postal_code_malformed", frame.filter(~pl.coalesce(fits))
        case Kind.TAX_ID:
            yield "check_digit_wrong", _with_wrong_check_digit(frame, value, country)
        case _:
            return


def _country(rules: Rules) -> pl.Expr:
    named = [name for name, kind in rules.kinds.items() if kind is Kind.COUNTRY]
    default = pl.lit(rules.country, pl.String)
    return pl.coalesce(pl.col(named[0]), default) if named else default


def _with_wrong_check_digit(frame: pl.DataFrame, value: pl.Expr, country: pl.Expr) -> pl.DataFrame:
    """Rows whose tax id its country's rule refuses; a country without a rule judges nothing."""
    prefix = value.str.extract(r"^([A-Z]{2})\d{5}")
    keyed = frame.with_columns(_number=value, _land=pl.coalesce(country, prefix))
    distinct = keyed.select("_number", "_land").drop_nulls().unique()
    # each distinct number once: the check digits' arithmetic is a library's, one number at a time
    judged = [_valid(number, land) for number, land in distinct.iter_rows()]
    wrong = distinct.filter(pl.Series(judged, dtype=pl.Boolean) == pl.lit(value=False))
    return keyed.join(wrong, on=["_number", "_land"], how="semi").select(frame.columns)


def _valid(number: str, country: str) -> bool | None:
    module = tax_number(country)
    return None if module is None else bool(module.is_valid(number))
