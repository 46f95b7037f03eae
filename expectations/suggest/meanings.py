"""Columns of mail addresses, telephone numbers, IBANs, countries, currencies, postal codes, and of numbers with check digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from expectations.own.judged.ibans import valid_iban
from expectations.own.judged.places import CountryForm, valid_countries, valid_currencies, valid_postal_codes
from expectations.own.judged.reached import valid_mail, valid_phones
from expectations.suggest.naming import slug
from expectations.suggest.numbering import numbered
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.recognising import Meaning, Recognised, countries_beside, sample_of
from expectations.suggest.table import Column, Table
from expectations.suite import Severity
from reconcile.records import Kind

_VALID: Final = "expect_column_values_to_be_valid_"
_FORMS: tuple[CountryForm, ...] = ("alpha_2", "alpha_3", "numeric", "name", "any")
"""The narrowest form that fits is proposed."""
_PHONES = ("phone", "mobile", "fax")
_LONG_NAMES = r"\p{L}{4}"
_COUNTRIES = Both("a country of ISO 3166", "有效的国家（ISO 3166）")


@dataclass(frozen=True)
class _Form:
    """A kind that the values alone can tell."""

    name: str
    what: Both
    named: Callable[[Column], bool]
    pattern: str
    """What nearly all values look like, cheap to see before they are judged."""
    judge: Callable[[pl.Series], pl.Series]
    severity: Severity = "minor"


_BY_FORM = (
    _Form("email", Both("a mail address", "有效的电子邮件地址"), lambda column: column.concept == "email", "@", valid_mail),
    _Form(
        "iban",
        Both("an IBAN", "有效的 IBAN 账号"),
        lambda column: "iban" in column.words,
        r"^\s*[A-Za-z]{2}\d{2}[\sA-Za-z0-9]{10,40}$",
        valid_iban,
        "major",
    ),
    _Form(
        "currency",
        Both("a currency code of ISO 4217", "有效的 ISO 4217 货币代码"),
        lambda column: column.concept == "currency" or column.kind is Kind.CURRENCY,
        r"^[A-Z]{3}$",
        valid_currencies,
        "major",
    ),
)


def recognised(table: Table) -> Recognised:
    """What is known of the columns of text."""
    texts = [column for column in table.columns if column.text and column.filled]
    meanings: dict[str, Meaning] = {}
    countries: dict[str, Column] = {}
    for column in texts:
        if (told := _country(column)) is not None:
            meanings[column.name], countries[column.name] = told, column
    for column in texts:
        if column.name in meanings:
            continue
        beside: list[Column | None] = [*countries_beside(column, countries)] or [None]
        found = [meaning for country in beside if (meaning := _other(column, country)) is not None]
        if found:
            meanings[column.name] = max(found, key=lambda meaning: meaning.share)
    return Recognised(meanings)


def valid(table: Table, known: Recognised) -> Iterator[Proposal]:
    """The rules."""
    for place, column in enumerate(table.columns):
        meaning = known.meanings.get(column.name)
        if meaning is None:
            continue
        what, beside = meaning.what, meaning.kwargs.get("country_column")
        by = Both(f" of the country in {beside}", f"（国家见 {beside} 列）") if beside else Both("", "")
        why = Both(
            f"{_of_all(meaning).en} different values of {column.name} pass as {what.en}{by.en}.",
            f"{column.name} 的不同值{_of_all(meaning).zh}是{what.zh}{by.zh}。",
        )
        message = Both(f"{column.name} is not {what.en}{by.en}. Correct it.", f"{column.name} 不是{what.zh}{by.zh}，请更正。")
        kwargs = {"column": column.name, **meaning.kwargs}
        yield Proposal(f"{slug(column.name, place)}_is_valid", meaning.expect, kwargs, meaning.severity, message, why)


def _of_all(meaning: Meaning) -> Both:
    """How many of the values that were judged pass."""
    if meaning.share == 1:
        return Both(f"all {meaning.looked:,}", f"（{meaning.looked:,} 个）全部")
    return Both(
        f"{100 * meaning.share:.1f} % of {meaning.looked:,}", f"（{meaning.looked:,} 个）中有 {100 * meaning.share:.1f} % "
    )


def _country(column: Column) -> Meaning | None:
    named = column.concept == "country" or column.kind is Kind.COUNTRY
    sample = sample_of(column)
    if not named and not sample.look(_LONG_NAMES):
        return None
    for form in _FORMS if named else ("name",):
        share = sample.share(valid_countries(sample.values, form), named=named)
        if share is not None:
            return Meaning(f"{_VALID}country", {"form": form}, _COUNTRIES, share, sample.distinct, "major")
    return None


def _other(column: Column, country: Column | None) -> Meaning | None:
    if column.concept in _PHONES or column.kind is Kind.PHONE:
        return _phone(column, country)
    if column.concept == "postal_code" or column.kind is Kind.POSTAL_CODE:
        return _postal(column, country) if country is not None else None
    return _by_form(column) or numbered(column, country)


def _phone(column: Column, country: Column | None) -> Meaning | None:
    for beside in (country, None) if country else (None,):
        sample = sample_of(column, beside)
        share = sample.share(valid_phones(sample.values, sample.countries, abroad=beside is None), named=True)
        if share is not None:
            by = {"country_column": beside.name} if beside else {}
            return Meaning(f"{_VALID}phone", by, Both("a telephone number", "有效的电话号码"), share, sample.distinct)
    return None


def _postal(column: Column, country: Column) -> Meaning | None:
    sample = sample_of(column, country)
    share = sample.share(valid_postal_codes(sample.values, sample.countries), named=True)
    if share is None:
        return None
    what = Both("a postal code", "有效的邮政编码")
    return Meaning(f"{_VALID}postal_code", {"country_column": country.name}, what, share, sample.distinct)


def _by_form(column: Column) -> Meaning | None:
    sample = sample_of(column)
    for form in _BY_FORM:
        named = form.named(column)
        if not (named or sample.look(form.pattern)):
            continue
        share = sample.share(form.judge(sample.values), named=named)
        if share is not None:
            return Meaning(_VALID + form.name, {}, form.what, share, sample.distinct, form.severity)
    return None
