"""Customers for the benchmark of our own expectations: mostly right, in three scripts and four countries, some wrong."""

from __future__ import annotations

import random

import polars as pl
from stdnum import iban, luhn
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

SEED = 20260801
_COUNTRIES = ("DE", "IT", "US", "CN")
_CURRENCIES = {"DE": "EUR", "IT": "EUR", "US": "USD", "CN": "CNY"}
_PHONES = {"DE": "+49 30 2{:07}", "IT": "+39 06 4{:07}", "US": "(212) 2{:02}-{:04}", "CN": "+86 10 6{:07}"}
_PLACES = ("Nord", "Süd", "Hafen", "Lake", "River", "Milano", "Torre", "Garden", "Königs", "Città")
_TRADES = ("Handel", "Logistik", "Trading", "Systems", "Bäckerei", "Caffè", "Metals", "Pharma", "Möbel", "Design")
_FORMS = {"DE": "GmbH", "IT": "S.r.l.", "US": "Inc.", "CN": "有限公司"}
_HAN = "海天金龙华东方明远新中大成兴盛泰和平安福康"
_WRONG = {
    "name": ["n/a", "test", "xxx", "MÃ¼ller GmbH", "CaffÃ¨ Torre", "???"],
    "email": ["nobody", "a@b", "info@@example.com", "x@localhost"],
    "phone": ["000", "12", "n/a", "+49"],
    "tax_id": ["123", "DE000000000", "n/a", "00-0000000"],
    "iban": ["DE00 0000", "DE89370400440532013001", "IT60"],
    "postal_code": ["0", "ABCDE", "1234567"],
    "country": ["XX", "Germany?"],
    "currency": ["EURO", "$"],
}


def frame(rows: int, distinct: int) -> pl.DataFrame:
    """Columns email, phone, tax_id, iban, postal_code, name, country, currency; `distinct` different customers."""
    chance = random.Random(SEED)  # noqa: S311 # no secret hangs on it
    customers = pl.DataFrame([_customer(number, chance) for number in range(distinct)])
    at = pl.int_range(rows, dtype=pl.UInt64, eager=True)
    return customers[(at.hash(SEED) % distinct).cast(pl.UInt32).zip_with(at >= distinct, at.cast(pl.UInt32))]


def _customer(number: int, chance: random.Random) -> dict[str, str]:
    land = _COUNTRIES[number % len(_COUNTRIES)]
    right = {
        "name": _name(land, number, chance),
        "email": f"office.{number}@{chance.choice(_TRADES).encode('ascii', 'ignore').decode().lower()}-{number % 977}.com",
        "phone": _PHONES[land].format(*((number // 10_000 % 100, number % 10_000) if land == "US" else (number,))),
        "tax_id": _tax_id(land, number),
        "iban": _iban(number),
        "postal_code": f"{10_000 + number % 80_000}" if land != "CN" else f"{100_000 + number % 80_000}",
        "country": land,
        "currency": _CURRENCIES[land],
    }
    return {key: chance.choice(_WRONG[key]) if chance.random() < 0.01 else value for key, value in right.items()}


def _name(land: str, number: int, chance: random.Random) -> str:
    if land == "CN":
        return "".join(chance.choices(_HAN, k=4)) + _FORMS[land]
    return f"{chance.choice(_PLACES)} {chance.choice(_TRADES)} {number} {_FORMS[land]}"


def _tax_id(land: str, number: int) -> str:
    if land == "DE":
        bare = f"{10_000_000 + number}"
        return f"DE{bare}{mod_11_10.calc_check_digit(bare)}"
    if land == "IT":
        bare = f"{number + 1:07}015"
        return f"IT{bare}{luhn.calc_check_digit(bare)}"
    if land == "US":
        return f"{20 + number % 7}-{number:07}"
    bare = f"91110000{number:09}"
    return bare + uscc.calc_check_digit(bare)


def _iban(number: int) -> str:
    bare = f"10010010{number:010}"
    return f"DE{iban.calc_check_digits('DE00' + bare)}{bare}"
