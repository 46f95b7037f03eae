"""Which rules a country's numbers follow: tax numbers, and those of companies and persons. Source: python-stdnum."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

_COMPANY = {
    "AT": "businessid", "AU": "acn", "BR": "cnpj", "CN": "uscc", "CZ": "dic", "DE": "handelsregisternummer", "ES": "cif",
    "FR": "siren", "IL": "hp", "IN": "pan", "IT": "iva", "JP": "cn", "KR": "brn", "NO": "orgnr", "PL": "regon", "RO": "cui",
    "RU": "ogrn", "SE": "orgnr", "SG": "uen", "SK": "dph", "TW": "ubn", "UA": "edrpou", "US": "ein", "ZA": "tin",
}  # fmt: skip  # a table
_PERSON = {
    "AU": "tfn", "BG": "egn", "BR": "cpf", "CA": "sin", "CH": "ssn", "CN": "ric", "CR": "cpf", "CU": "ni", "CZ": "rc",
    "DE": "idnr",
    "DO": "cedula", "EC": "ci", "ES": "dni", "FR": "nir", "GB": "utr", "GR": "amka", "ID": "nik", "IE": "pps", "IL": "idnr",
    "IN": "aadhaar", "IT": "codicefiscale", "JP": "in_", "KR": "rrn", "LT": "asmens", "MU": "nid", "MY": "nric", "NL": "bsn",
    "PE": "cui", "PK": "cnic", "PL": "pesel", "PT": "cc", "RO": "cnp", "SK": "rc", "TH": "pin", "TR": "tckimlik", "UA": "rntrc",
    "US": "ssn", "ZA": "idnr",
}  # fmt: skip  # a table
_TAX = {"US": "ein", "CN": "uscc", "ZA": "tin", "UA": "edrpou", "MD": "idno", "SG": "uen", "IL": "hp", "LI": "peid"}
_BY_PURPOSE = {"tax": (_TAX, "vat"), "company": (_COMPANY, "businessid"), "person": (_PERSON, "personalid")}


def tax_number(country: str) -> Any:
    """The library's module for the tax number of companies of a country (alpha-2, upper case); None where it knows none."""
    return national_number(country, "tax")


@cache
def national_number(country: str, purpose: str) -> Any:
    """The library's module for a country's numbers.

    Args:
        country: alpha-2, upper case.
        purpose: tax, company, person, or the name of a module of that country such as `stnr`.

    Returns:
        A module with `is_valid` and `compact`, or None where the library knows none.
    """
    from stdnum.util import get_cc_module  # noqa: PLC0415 - only who judges such numbers pays for it

    names, usual = _BY_PURPOSE.get(purpose, ({}, purpose))
    found = get_cc_module(country.lower(), names.get(country, usual)) if country.isidentifier() else None
    return found if hasattr(found, "is_valid") else None


@cache
def international_number(scheme: str) -> Any:
    """The library's module of a numbering scheme that holds everywhere, such as `lei`, `ean` or `bic`; None if it knows none."""
    try:
        found = importlib.import_module(f"stdnum.{scheme}")
    except ImportError:
        return None
    return found if hasattr(found, "is_valid") else None
