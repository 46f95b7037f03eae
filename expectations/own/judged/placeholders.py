"""What people type to get past a field: `test`, `xxx`, `n/a`, 99999, 1900-01-01. As expressions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from reconcile.values.text import words

_NOTHING = (
    "na|n a|nil|null|none|nan|nothing|empty|blank|unknown|unbekannt|unk|undefined|tbd|tba|tbc|t b d|to be defined|"
    "to be determined|"
    "not available|not applicable|not known|not provided|not specified|keine angabe|k a|nicht bekannt|ohne|entfallt|entfaellt|"
    "inconnu|non renseigne|neant|sans objet|desconocido|sin datos|no aplica|sconosciuto|non disponibile|onbekend|nvt|n v t|"
    "brak|nieznany|nao informado|desconhecido|неизвестно|нет|无|没有|未知|暂无|不详|待定|空|無|不明|なし|未定|未設定|미정|없음"
)
_INVENTED = (
    "test|tests|testing|tester|teste|prueba|prova|essai|proba|тест|测试|測試|テスト|테스트|dummy|fake|sample|example|"
    "beispiel|muster|"
    "placeholder|platzhalter|foo|bar|foobar|foo bar|lorem ipsum|lorem|asdf|asdfg|asdfgh|asdfghjk|asdfghjkl|asd|qwe|qwer|"
    "qwert|qwerty|"
    "qwertz|azerty|yxcv|zxcv|zxcvbn|hjkl|jkl|fdsa|abc123|123abc|changeme|change me|delete|delete me|do not use|dont use|"
    "nicht verwenden|"
    "xyz|aaaa|bbbb|blah|bla|blabla|bla bla|doe john|john doe|jane doe|max mustermann|erika mustermann|mustermann|"
    "张三李四|占位|示例|样例"
)
_TESTED = r"(?:test|dummy|fake|тест|测试|測試|テスト|테스트)"
_WHAT = (
    r"(?:accounts?|customers?|clients?|kunden?|kunde|compan(?:y|ies)|firma|users?|records?|entry|orders?|products?|contacts?|names?|"
    r"gmbh|ltd|inc|llc|ag|sa|co|[\d]+|[a-c]|客户|公司|账户|联系人|订单|产品|顧客|会社)"
)
_ONLY_TEST = rf"^(?:{_TESTED}\d*(?: ?{_WHAT})*|(?:{_WHAT} )+{_TESTED}\d*|{_WHAT}{_TESTED}|{_TESTED}{_WHAT})$"
"""Test, Test GmbH, test customer 2, 测试公司; not Testa Rossa and not Test Valley Council."""
_SIGNS = r"^[\s?!.,;:_*#+=~/\\'\"<>()\[\]{}|-]+$"
_COUNTED = ("1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "0123456789", "987654321", "0987654321")
_REPEATED_DIGITS = 4
_REPEATED_LETTERS = 3
_MAIL = (
    r"(?i)^(?:(?:test|dummy|fake|none?|na|nomail|noemail|no-?e?mail|asdf|xxx+|abc)\d*@.*"
    r"|[^@]*@(?:[^@]*\.)?(?:example\.(?:com|org|net)|test\.(?:com|de|test)|domain\.com|email\.com|asdf\.com|xxx+\.[a-z]+|mailinator\.com))$"
)
_NINES = 4
_FIRST_AND_LAST_DAYS = (
    *(dt.date(year, 1, 1) for year in (1, 1000, 1111, 1753, 1800, 1899, 1900, 1901, 1970)),
    *(dt.date(1899, 12, day) for day in (30, 31)),
    *(dt.date(1969, 12, day) for day in (31,)),
    *(dt.date(year, 12, 31) for year in (2099, 2999, 9999)),
    *(dt.date(year, 1, 1) for year in (2099, 2999, 3000, 9999)),
    dt.date(1911, 11, 11), dt.date(1111, 11, 11),
)  # fmt: skip  # a table


def is_placeholder(column: pl.Expr, dtype: pl.DataType, also: Sequence[str] = (), allowed: Sequence[str] = ()) -> pl.Expr:
    """Whether each value only fills its place.

    Args:
        column: text, numbers, dates or moments.
        dtype: its type.
        also: further words, numbers or days that stand for nothing; case and accents don't matter.
        allowed: what is none here, although it looks like one.

    Returns:
        Boolean; null where the value is null.
    """
    if dtype.is_temporal() and not isinstance(dtype, pl.Time | pl.Duration):
        return _day(column.cast(pl.Date), also, allowed)
    if dtype.is_numeric():
        return _number(column, also, allowed)
    return _text(column.cast(pl.String), also, allowed)


def _text(value: pl.Expr, also: Sequence[str], allowed: Sequence[str]) -> pl.Expr:
    def judged(values: pl.Series) -> pl.Series:
        told = values.to_frame("v").with_columns(plain=words(pl.col("v")))
        return told.select(_says_nothing(pl.col("v"), pl.col("plain"), also, allowed)).to_series().alias(values.name)

    return value.map_batches(judged, return_dtype=pl.Boolean, is_elementwise=True)


def _says_nothing(value: pl.Expr, plain: pl.Expr, also: Sequence[str], allowed: Sequence[str]) -> pl.Expr:
    """Of a text and its plain words, which are made once: they are asked for in several places."""
    bare = value.str.strip_chars()
    known = pl.Series([*_NOTHING.split("|"), *_INVENTED.split("|"), *_COUNTED, *_folded(also)], dtype=pl.String)
    digits = bare.str.replace_all(r"[\s./()+-]", "")
    repeated = digits.str.contains(rf"^(?:{'|'.join(f'{digit}{{{_REPEATED_DIGITS},}}' for digit in range(10))})$")
    filled = plain.str.contains(
        rf"^(?:x{{{_REPEATED_LETTERS - 1},}}|z{{{_REPEATED_LETTERS},}}|y{{{_REPEATED_LETTERS},}}|a{{4,}})$"
    )
    found = plain.is_in(known.implode()) | repeated | filled | plain.str.contains(_ONLY_TEST) | bare.str.contains(_SIGNS)
    found = found | (bare.str.contains("@", literal=True) & bare.str.contains(_MAIL))
    return found & ~plain.is_in(pl.Series(_folded(allowed), dtype=pl.String).implode()) & (bare != "")


def _folded(given: Sequence[str]) -> list[str]:
    return (
        pl.Series([str(each) for each in given], dtype=pl.String).to_frame("v").select(words(pl.col("v"))).to_series().to_list()
    )


def _number(value: pl.Expr, also: Sequence[str], allowed: Sequence[str]) -> pl.Expr:
    """Nothing but nines, four at least, and the numbers that count up."""
    digits = value.abs().cast(pl.Float64)
    nines = [float("9" * count) for count in range(_NINES, 16)]
    cents = [nine + 0.99 for nine in nines[:8]]
    known = [*nines, *cents, *(float(each) for each in _COUNTED[1:] if not each.startswith("0")), *_numbers(also)]
    return digits.is_in(pl.Series(known).implode()) & ~digits.is_in(pl.Series(_numbers(allowed), dtype=pl.Float64).implode())


def _numbers(given: Sequence[str]) -> list[float]:
    found = pl.Series([str(each) for each in given], dtype=pl.String).cast(pl.Float64, strict=False).drop_nulls()
    return found.abs().to_list()


def _day(value: pl.Expr, also: Sequence[str], allowed: Sequence[str]) -> pl.Expr:
    known = pl.Series([*_FIRST_AND_LAST_DAYS, *_days(also)], dtype=pl.Date)
    return value.is_in(known.implode()) & ~value.is_in(pl.Series(_days(allowed), dtype=pl.Date).implode())


def _days(given: Sequence[str]) -> list[dt.date]:
    text = pl.Series([str(each)[:10] for each in given], dtype=pl.String)
    return text.str.to_date("%Y-%m-%d", strict=False).drop_nulls().to_list()
