"""Tax numbers with right check digits, a column at a time: one for each serial number, never two the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
_USCC = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))


def _scattered(serial: Numbers, size: int) -> Numbers:
    """Another number below `size` for each serial, so that neighbours do not look alike."""
    return (serial * 7_368_787 + 1_299_709) % size


def _digits(number: Numbers, width: int) -> Numbers:
    """One row a number, one column a digit."""
    return number[:, None] // 10 ** np.arange(width - 1, -1, -1) % 10


def _text(number: Numbers, width: int) -> pl.Series:
    return pl.Series(number).cast(pl.String).str.zfill(width)


def _german(body: Numbers) -> Numbers:
    check = np.full(len(body), 5)
    for digit in _digits(body, 8).T:
        check = (np.where(check == 0, 10, check) * 2 % 11 + digit) % 10
    return (1 - np.where(check == 0, 10, check) * 2 % 11) % 10


def _luhn(body: Numbers, width: int) -> Numbers:
    digits = _digits(body, width)
    doubled = digits[:, ::-1].copy()
    doubled[:, ::2] *= 2
    return (-(doubled // 10 + doubled % 10).sum(axis=1)) % 10


def _bulgarian(body: Numbers) -> Numbers:
    digits = _digits(body, 8)
    first = (digits * np.arange(1, 9)).sum(axis=1) % 11
    second = (digits * np.arange(3, 11)).sum(axis=1) % 11
    return np.where(first == 10, second, first) % 10


def _greek(body: Numbers) -> Numbers:
    total = (_digits(body, 8) * 2 ** np.arange(8, 0, -1)).sum(axis=1)
    return total % 11 % 10


def _taiwanese(body: Numbers) -> Numbers:
    """The last digit, where the seventh is never 7 (it has a rule of its own)."""
    product = _digits(body, 7) * np.array([1, 2, 1, 2, 1, 2, 4])
    return (-(product // 10 + product % 10).sum(axis=1)) % 10


def _chinese(serial: Numbers) -> pl.Series:
    """`91310000` and so on: unified social credit codes."""
    body = 9_131_0000 * 10**9 + _scattered(serial, 10**9)
    digits = _digits(body + serial % 7 * 10**13, 17)
    weights = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
    check = (31 - (digits * weights).sum(axis=1) % 31) % 31
    letters = pl.Series(_USCC.tolist()).gather(check)
    return pl.select(pl.format("{}{}", _text(body + serial % 7 * 10**13, 17), letters)).to_series()


def _british(serial: Numbers) -> Numbers:
    body = 1_000_000 + _scattered(serial, 8_999_999)
    total = (_digits(body, 7) * np.array([8, 7, 6, 5, 4, 3, 2])).sum(axis=1)
    return body * 100 + (97 - total % 97)


def tax_numbers(code: str, serial: Numbers) -> pl.Series:
    """The tax number of each company of a country, as it is written there without spaces."""
    big = 10_000_000 + _scattered(serial, 89_999_999)
    if code == "US":
        offices = np.array([20, 26, 27, 33, 36, 45, 46, 47, 52, 58, 61, 75, 81, 82, 83, 84, 85, 86, 87, 88])
        rest = _scattered(serial, 20 * 10**7)
        return pl.select(pl.format("{}-{}", pl.Series(offices[rest // 10**7]), _text(rest % 10**7, 7))).to_series()
    if code == "CN":
        return _chinese(serial)
    if code == "FR":
        siren = big * 10 + _luhn(big, 8)
        return pl.select(pl.format("FR{}{}", _text((siren * 100 + 12) % 97, 2), _text(siren, 9))).to_series()
    if code == "TW":
        number = _scattered(serial, 9 * 899_999)
        body = (100_000 + number // 9) * 10 + np.array([0, 1, 2, 3, 4, 5, 6, 8, 9])[number % 9]
        return _text(body * 10 + _taiwanese(body), 8)
    if code == "GB":
        return "GB" + _text(_british(serial), 9)
    prefix, check = {"DE": ("DE", _german), "BG": ("BG", _bulgarian), "GR": ("EL", _greek)}[code]
    return prefix + _text(big * 10 + check(big), 9)
