"""Columns of numbers with check digits: tax numbers, numbers of persons, and schemes such as EAN and LEI."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl
import pycountry

from expectations.own.judged.numbers import in_scheme, valid_national
from expectations.suggest.proposal import Both
from expectations.suggest.recognising import Meaning, Sample, sample_of
from expectations.suggest.table import Column
from reconcile.records import Kind
from reconcile.values.national_numbers import national_number

_VALID: Final = "expect_column_values_to_be_valid_"
_SCHEMES = {
    "ean": (("ean", "gtin", "upc", "barcode", "条码", "条形码"), r"^(?:\d{8}|\d{12,14})$"),
    "lei": (("lei",), r"^[0-9A-Z]{18}\d{2}$"),
    "isin": (("isin",), r"^[A-Z]{2}[0-9A-Z]{9}\d$"),
    "isbn": (("isbn",), r"^97[89][\d-]{10,14}$"),
    "bic": (("bic", "swift"), r"^$"),
    "imei": (("imei",), r"^$"),
    "imo": (("imo",), r"^$"),
}
"""By scheme: words that columns are named by, and what values look like that tell it without a name, `^$` for none."""
_CHINESE = r"^[0-9A-HJ-NP-RT-UW-Y]{18}$"
"""What companies and persons in China are numbered by."""
_FEW = 100
"""So many values are tried with each country where no column says which it is."""
_TAX = Both("a tax number", "有效的税号")
_PERSON = Both("a number of a person", "有效的个人证件号码")


def numbered(column: Column, country: Column | None) -> Meaning | None:
    """What the numbers of a column are, or None."""
    sample = sample_of(column)
    found = _scheme(column, sample)
    if found is not None:
        return found
    if column.concept == "tax_id" or column.kind is Kind.TAX_ID:
        return _by_country(column, country, "tax") or _of_one_country(sample, "tax", _countries("tax"))
    if column.concept == "social_id":
        return _by_country(column, country, "person") or _of_one_country(sample, "person", _countries("person"))
    if sample.look(_CHINESE):
        return _of_one_country(sample, "tax", ("CN",)) or _of_one_country(sample, "person", ("CN",))
    return None


def _scheme(column: Column, sample: Sample) -> Meaning | None:
    for scheme, (names, pattern) in _SCHEMES.items():
        named = any(name in column.words or (not name.isascii() and name in column.name) for name in names)
        if named or sample.look(pattern):
            share = sample.share(in_scheme(sample.values, scheme), named=named)
            if share is not None:
                what = Both(f"a number of the scheme {scheme.upper()}", f"有效的 {scheme.upper()} 编码")
                return Meaning(f"{_VALID}identifier", {"scheme": scheme}, what, share, sample.distinct, "major")
    return None


def _by_country(column: Column, country: Column | None, purpose: str) -> Meaning | None:
    """Numbers whose country another column says, or the letters in front of them."""
    for beside in (country, None) if country else (None,):
        sample = sample_of(column, beside)
        share = sample.share(valid_national(sample.values, sample.countries, purpose), named=True)
        if share is not None:
            return _meant(purpose, {"country_column": beside.name} if beside else {}, share, sample.distinct)
    return None


def _of_one_country(sample: Sample, purpose: str, countries: tuple[str, ...]) -> Meaning | None:
    """Numbers that are valid in one country and in no other."""
    few = sample.values.head(_FEW)
    fitting = [country for country in countries if _share(few, country, purpose) >= _EVIDENT]
    if len(fitting) != 1 or few.n_unique() < _DIFFERENT:
        return None
    (country,) = fitting
    share = sample.share(valid_national(sample.values, _all_of(country, sample.values.len()), purpose), named=True)
    return None if share is None else _meant(purpose, {"country": country}, share, sample.distinct)


_EVIDENT = 0.95
_DIFFERENT = 10
"""Fewer numbers have the check digits of some country by chance."""


def _share(values: pl.Series, country: str, purpose: str) -> float:
    return float(valid_national(values, _all_of(country, values.len()), purpose).fill_null(value=False).mean() or 0.0)  # type: ignore[arg-type]  # a share


def _all_of(country: str, count: int) -> pl.Series:
    return pl.repeat(country, count, dtype=pl.String, eager=True)


@cache
def _countries(purpose: str) -> tuple[str, ...]:
    codes = sorted(country.alpha_2 for country in pycountry.countries)
    return tuple(code for code in codes if national_number(code, purpose) is not None)


def _meant(purpose: str, kwargs: dict[str, str], share: float, distinct: int) -> Meaning:
    if purpose == "tax":
        return Meaning(f"{_VALID}tax_id", kwargs, _TAX, share, distinct, "major")
    return Meaning(f"{_VALID}national_id", {"purpose": purpose, **kwargs}, _PERSON, share, distinct, "major")
