"""Identifiers with their real check digits, a column at a time: Salesforce ids, and tax ids of four countries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.sandbox.salesforce.ids import salesforce_id

Numbers = npt.NDArray[np.int64]

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_EIN_PREFIXES = np.array([20, 26, 27, 36, 45, 46, 47, 81, 82, 83])


def distinct(rng: np.random.Generator, capacity: int, count: int) -> Numbers:
    """`count` different whole numbers from 0 to `capacity` - 1, in no order."""
    return rng.choice(capacity, count, replace=False).astype(np.int64)


def _digits(numbers: Numbers, width: int) -> Numbers:
    """One row of `width` digits for each number, the first digit first."""
    return (numbers[:, None] // 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)) % 10


def uk_vat(rng: np.random.Generator, count: int) -> pl.Series:
    """`GB` and nine digits, the last two of which make the weighted sum a multiple of 97."""
    stem = 1_000_000 + distinct(rng, 9_000_000, count)
    check = 97 - (_digits(stem, 7) * np.arange(8, 1, -1)).sum(axis=1) % 97
    return pl.select(pl.format("GB{}{}", pl.Series(stem), pl.Series(check).cast(pl.String).str.zfill(2))).to_series()


def german_vat(rng: np.random.Generator, count: int) -> pl.Series:
    """`DE` and nine digits, the last by ISO 7064 mod 11,10."""
    stem = 10_000_000 + distinct(rng, 90_000_000, count)
    product = np.full(count, 10, dtype=np.int64)
    for place in range(8):
        total = (_digits(stem, 8)[:, place] + product) % 10
        product = np.where(total == 0, 10, total) * 2 % 11
    return pl.select(pl.format("DE{}{}", pl.Series(stem), pl.Series((11 - product) % 10))).to_series()


def chinese_credit_code(rng: np.random.Generator, regions: pl.Series) -> pl.Series:
    """Unified social credit codes of companies: `91`, the region's six digits, organisation code, check character."""
    count = len(regions)
    alphabet = np.frombuffer(_USCC.encode(), dtype=np.uint8)
    chars = np.empty((count, 18), dtype=np.uint8)
    chars[:, :2] = np.frombuffer(b"91", dtype=np.uint8)
    chars[:, 2:8] = _digits(regions.cast(pl.Int64).to_numpy(), 6) + ord("0")
    chars[:, 8:10] = np.frombuffer(b"MA", dtype=np.uint8)
    body = distinct(rng, len(_USCC) ** 6, count)
    chars[:, 10:16] = alphabet[(body[:, None] // len(_USCC) ** np.arange(6)) % len(_USCC)]
    # the organisation code inside has a check character of its own (GB 11714), where letters count from A = 10
    values = np.where(chars[:, 8:16] >= ord("A"), chars[:, 8:16].astype(np.int64) - ord("A") + 10, chars[:, 8:16] - ord("0"))
    inner = (11 - (values * _ORGANISATION_WEIGHTS).sum(axis=1) % 11) % 11
    chars[:, 16] = np.where(inner == 10, ord("X"), inner + ord("0"))
    value_of = np.zeros(128, dtype=np.int64)
    value_of[alphabet] = np.arange(len(_USCC))
    chars[:, 17] = alphabet[(31 - (value_of[chars[:, :17]] * _USCC_WEIGHTS).sum(axis=1)) % 31]
    return pl.Series(np.ascontiguousarray(chars).view("S18").ravel().astype(str), dtype=pl.String)


def us_employer(rng: np.random.Generator, count: int) -> pl.Series:
    """`36-1234567`: a campus prefix that is in use and seven digits; this kind has no check digit."""
    numbers = 1_000_000 + distinct(rng, 9_000_000, count)
    return pl.select(pl.format("{}-{}", pl.Series(rng.choice(_EIN_PREFIXES, count)), pl.Series(numbers))).to_series()


def salesforce_ids(name: str, numbers: Numbers) -> pl.Series:
    """`salesforce_id` for a whole column: one String for each number of the object's records."""
    alphabet = np.frombuffer(_DIGITS.encode(), dtype=np.uint8)
    chars = np.empty((len(numbers), 18), dtype=np.uint8)
    chars[:, :6] = np.frombuffer(salesforce_id(name, 0)[:6].encode(), dtype=np.uint8)
    powers = len(_DIGITS) ** np.arange(8, -1, -1, dtype=np.int64)
    chars[:, 6:15] = alphabet[(numbers[:, None] // powers) % len(_DIGITS)]
    capital = (chars[:, :15] >= ord("A")) & (chars[:, :15] <= ord("Z"))
    bits = (capital.reshape(-1, 3, 5) << np.arange(5)).sum(axis=2)
    chars[:, 15:] = np.frombuffer(_CHECK.encode(), dtype=np.uint8)[bits]
    return pl.Series(np.ascontiguousarray(chars).view("S18").ravel().astype(str), dtype=pl.String)
