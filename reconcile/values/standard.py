"""The standard form of each kind: typed, clean, one way to write it. Standardising twice is standardising once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from reconcile.records import Kind
from reconcile.values.dates import date_from_text, in_utc, time_from_text
from reconcile.values.numbers import DecimalMark, number
from reconcile.values.places import calling_codes, country_codes
from reconcile.values.text import clean, present
from reconcile.values.units import AMOUNT_AND_UNIT, unit_code

TRUE_WORDS = ("true", "yes", "y", "1", "1.0", "x", "ja", "wahr", "是", "真")
FALSE_WORDS = ("false", "no", "n", "0", "0.0", "nein", "falsch", "否", "假")

LOCAL_DIGITS = 7
"""A telephone number of so many digits or fewer has no area code and can't be made international."""


@dataclass(frozen=True)
class Reading:
    """How one system writes: what can't be told from a value alone."""

    decimal: DecimalMark = "auto"
    day_first: bool = True
    timezone: str = "UTC"
    country: pl.Expr | None = None
    """Alpha-2 of the record's country, for telephone numbers without a calling code."""
    two_digit_years: bool = False
    """Whether 31.12.26 is a date."""
    true_words: tuple[str, ...] = ()
    """Words for yes beside TRUE_WORDS, in lower case."""
    false_words: tuple[str, ...] = ()
    """Words for no beside FALSE_WORDS, in lower case."""


def standard(kind: Kind, value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    """The value in the standard form of its kind.

    Args:
        kind: what the field holds.
        value: the column as the system gave it.
        dtype: that column's type.
        reading: how the system writes.

    Returns:
        Float64 for money and quantity, Date, Datetime (UTC), Boolean, else String; null where nothing can be read.
    """
    return _FORMS[kind](value, dtype, reading)


def as_text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Any column as a person would type it: a float that is whole loses its `.0`, a zero of a decimal stays away."""
    if dtype.is_float():
        whole = value.is_finite() & (value == value.round(0)) & (value.abs() < 2**53)
        return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))
    if isinstance(dtype, pl.List | pl.Struct | pl.Array | pl.Object | pl.Binary):
        return value.map_elements(str, return_dtype=pl.String)
    if isinstance(dtype, pl.Duration):
        return value.dt.to_string("iso")
    return value.cast(pl.String)


def _text(value: pl.Expr, dtype: pl.DataType, _: Reading) -> pl.Expr:
    return present(clean(as_text(value, dtype)))


def _upper(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    return _text(value, dtype, reading).str.to_uppercase()


def _number(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    if dtype.is_numeric():
        plain = value.cast(pl.Float64)
        return pl.when(plain.is_finite()).then(plain)
    return number(_text(value, dtype, reading), reading.decimal)


def _quantity(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    """The number alone where a unit of measure stands behind it."""
    if dtype.is_numeric():
        return _number(value, dtype, reading)
    text = _text(value, dtype, reading)
    unit = unit_code(text.str.extract(AMOUNT_AND_UNIT, 2))
    bare = pl.when(unit.is_not_null()).then(text.str.extract(AMOUNT_AND_UNIT, 1).str.strip_chars())
    return number(pl.coalesce(bare, text), reading.decimal)


def _date(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    if isinstance(dtype, pl.Date):
        return value
    if isinstance(dtype, pl.Datetime):
        local = value.dt.convert_time_zone(reading.timezone) if dtype.time_zone else value
        return local.dt.date()
    text = _text(value, dtype, reading)
    return date_from_text(text, day_first=reading.day_first, two_digit_years=reading.two_digit_years)


def _datetime(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        fine = value.dt.cast_time_unit("us")
        return fine.dt.convert_time_zone("UTC") if dtype.time_zone else in_utc(fine, reading.timezone)
    if isinstance(dtype, pl.Date):
        return in_utc(value.cast(pl.Datetime("us")), reading.timezone)
    return time_from_text(_text(value, dtype, reading), day_first=reading.day_first, timezone=reading.timezone)


def _boolean(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    if isinstance(dtype, pl.Boolean):
        return value
    word = clean(as_text(value, dtype)).str.to_lowercase()  # "-" may be a word for no
    yes, no = TRUE_WORDS + reading.true_words, FALSE_WORDS + reading.false_words
    return pl.when(word.is_in(yes)).then(True).when(word.is_in(no)).then(False)


def _email(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    return _text(value, dtype, reading).str.to_lowercase().str.replace(r"^mailto:\s*", "")


def _country(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    codes = country_codes()
    name = _upper(value, dtype, reading)
    return name.replace(list(codes), list(codes.values()))


def _currency(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    return _upper(value, dtype, reading).replace({"€": "EUR", "£": "GBP", "RMB": "CNY", "人民币": "CNY", "EURO": "EUR"})


def _tax_id(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    bare = _upper(value, dtype, reading).str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(bare != "").then(bare)


def _phone(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    text = _text(value, dtype, reading).str.to_lowercase().str.replace(r"(?:ext\.?|x|durchwahl|转|分机)\s*\d+$", "")
    signs = text.str.replace(r"\(0\)", "").str.replace_all(r"[^\d+]", "").str.replace(r"^00", "+")
    digits = signs.str.replace_all("+", "", literal=True)
    abroad = signs.str.starts_with("+")
    spoken = pl.when(digits != "").then(pl.when(abroad).then("+" + digits).otherwise(digits))
    if reading.country is None:
        return spoken
    codes, trunks = calling_codes()
    code = reading.country.replace_strict(codes, default=None, return_dtype=pl.String)
    trunk = reading.country.replace_strict(trunks, default="", return_dtype=pl.String)
    national = pl.when(digits.str.len_chars() > LOCAL_DIGITS).then("+" + code + digits.str.strip_prefix(trunk))
    return pl.when(abroad | code.is_null()).then(spoken).otherwise(pl.coalesce(national, spoken))


def _url(value: pl.Expr, dtype: pl.DataType, reading: Reading) -> pl.Expr:
    bare = _text(value, dtype, reading).str.replace(r"[\s/]+$", "")
    return present(pl.when(bare != "").then(bare))


_FORMS: dict[Kind, Callable[[pl.Expr, pl.DataType, Reading], pl.Expr]] = {
    Kind.TEXT: _text,
    Kind.COMPANY_NAME: _text,
    Kind.PERSON_NAME: _text,
    Kind.ADDRESS: _text,
    Kind.POSTAL_CODE: _upper,
    Kind.COUNTRY: _country,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.URL: _url,
    Kind.IDENTIFIER: _text,
    Kind.TAX_ID: _tax_id,
    Kind.CODE: _text,
    Kind.CURRENCY: _currency,
    Kind.UNIT: _text,
    Kind.MONEY: _number,
    Kind.QUANTITY: _quantity,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.BOOLEAN: _boolean,
    Kind.REFERENCE: _text,
}
