"""IBAN: what is written plainly is judged in bulk, by the library's own table of countries; the rest by the library."""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from reconcile.values.national_numbers import international_number
from reconcile.values.sparing import cheap_first

_PLAIN = r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$"
_MODULUS = 97
_AT_ONCE = 15
"""Digits that are divided at once: with the two of the rest they are a whole number of 64 bits."""
_LONGEST = 68
"""Digits of 34 letters."""
_LETTERS = {chr(code): str(code - 55) for code in range(65, 91)}
_KINDS = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


def valid_iban(values: pl.Series) -> pl.Series:
    """Whether each is an IBAN: the country's length and form, its own check digits, and those of ISO 13616."""
    return cheap_first(values, _plain, _by_library)


def _plain(values: pl.Series) -> pl.Series:
    """True or false where plain text says it; null for other text, and for countries with check digits of their own."""
    bare = values.str.replace_all(r"[ .-]", "").str.to_uppercase()
    turned = (bare.str.slice(4) + bare.str.slice(0, 4)).str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    rest = pl.lit(0, pl.Int64)
    for at in range(0, _LONGEST, _AT_ONCE):
        part = pl.col("digits").str.slice(at, _AT_ONCE)
        moved = rest * pl.lit(10, pl.Int64).pow(part.str.len_chars().cast(pl.Int64))
        rest = (moved + part.cast(pl.Int64, strict=False).fill_null(0)) % _MODULUS
    frame = pl.DataFrame({"bare": bare, "digits": turned.set(~bare.str.contains(_PLAIN), None)}).with_columns(rest=rest)
    country = pl.col("bare").str.slice(0, 2)
    fits = pl.col("bare").str.contains(_forms())
    judged = pl.when(pl.col("digits").is_not_null() & ~country.is_in(list(_own_checks()))).then(fits & (pl.col("rest") == 1))
    return frame.select(judged.alias(values.name)).to_series()


@cache
def _forms() -> str:
    """A pattern of all countries' IBANs. Source: python-stdnum, from SWIFT's registry."""
    from stdnum import numdb  # noqa: PLC0415 - only who judges IBANs pays for it

    countries = [f"{a}{b}" for a in _LETTERS for b in _LETTERS]
    told = {country: numdb.get("iban").info(country)[0][1].get("bban") for country in countries}
    return "^(?:" + "|".join(f"{country}[0-9]{{2}}{_form(bban)}" for country, bban in told.items() if bban) + ")$"


def _form(bban: str) -> str:
    return re.sub(r"([1-9][0-9]*)!([nac])", lambda found: f"{_KINDS[found[2]]}{{{found[1]}}}", bban)


@cache
def _own_checks() -> tuple[str, ...]:
    """Countries of which the library checks more than form and check digits, as a table of banks or digits of their own."""
    from stdnum.util import get_cc_module  # noqa: PLC0415 - as above

    pairs = [f"{a}{b}" for a in _LETTERS for b in _LETTERS]
    return tuple(pair for pair in pairs if get_cc_module(pair, "iban") is not None)


def _by_library(values: pl.Series) -> pl.Series:
    iban = international_number("iban")
    # of Belgium the library asks a list of banks too, which lacks even the registry's own example
    judged = [bool(iban.is_valid(each, check_country=not each.lstrip().upper().startswith("BE"))) for each in values]
    return pl.Series(values.name, judged, pl.Boolean)
