"""The form in which matching compares each field, and the parts of it that records are brought together by."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import polars as pl

from reconcile.match.scheme import Scheme
from reconcile.records import KEY, Kind
from reconcile.values import comparable
from reconcile.values.spelling import company_core, person_tokens
from reconcile.values.text import words


class Family(StrEnum):
    """Kinds of field that are compared in the same way."""

    NAME = "name"
    ADDRESS = "address"
    PROSE = "prose"
    """Text of several words of which no two records have quite the same, such as a title."""
    DIGITS = "digits"
    """Identifiers of any sort: one wrong character is a typo, three are another identifier."""
    EMAIL = "email"
    CODE = "code"
    DATE = "date"
    NUMBER = "number"


_FAMILIES = {
    Kind.TEXT: Family.NAME,
    Kind.COMPANY_NAME: Family.NAME,
    Kind.PERSON_NAME: Family.NAME,
    Kind.ADDRESS: Family.ADDRESS,
    Kind.POSTAL_CODE: Family.DIGITS,
    Kind.PHONE: Family.DIGITS,
    Kind.IDENTIFIER: Family.DIGITS,
    Kind.TAX_ID: Family.DIGITS,
    Kind.REFERENCE: Family.DIGITS,
    Kind.EMAIL: Family.EMAIL,
    Kind.URL: Family.EMAIL,
    Kind.COUNTRY: Family.CODE,
    Kind.CODE: Family.CODE,
    Kind.CURRENCY: Family.CODE,
    Kind.BOOLEAN: Family.CODE,
    Kind.DATE: Family.DATE,
    Kind.DATETIME: Family.DATE,
    Kind.MONEY: Family.NUMBER,
    Kind.QUANTITY: Family.NUMBER,
}
_WORDS_OF_PROSE = 3.5
"""Mean number of words from which a text is prose."""
_DIGITS_OF_A_PHONE = 7
_BEYOND_PLAIN = r"[^\x00-\x7f]"
_LEGAL_FORM = (
    r"(?: (?:gmbh(?: and co kg)?|ag|kg|ohg|ug|ek|plc|llp|llc|lp|ltda?|limited|inc|incorporated|corp|corporation|co|company|sarl|sas|sa|"
    r"srl|spa|bv|nv|ab|as|aps|oy|oyj|sl|sp z o o|sro|kft|ood|eood|ooo|oao|pte|pty|pvt|kk|ch|bhd|sdn))+$"
)


def families(left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme) -> dict[str, Family]:
    """The family of each field; texts of many words are prose.

    Args:
        left: records of one side, columns KEY and the scheme's fields in standard form.
        right: the same of the other side.
        scheme: what the two are matched by.
    """
    found = {name: _FAMILIES[kind] for name, kind in scheme.fields.items()}
    for name, kind in scheme.fields.items():
        if kind is Kind.TEXT:
            count = pl.col(name).str.count_matches(" ", literal=True).mean() + 1
            mean = max(frame.select(count).item() or 0.0 for frame in (left, right))
            found[name] = Family.PROSE if mean >= _WORDS_OF_PROSE else Family.NAME
    return found


def match_forms(frame: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """KEY and each field in the form that is compared: Float64 for numbers, else String; null where nothing is."""
    return frame.select(KEY, *(_form(kind, frame[name]).alias(name) for name, kind in scheme.fields.items()))


def _form(kind: Kind, values: pl.Series) -> pl.Series:
    family = _FAMILIES[kind]
    if family is Family.NUMBER:
        return values.cast(pl.Float64)
    if family is Family.DATE:
        return values.dt.strftime("%Y%m%d")
    if kind is Kind.COMPANY_NAME:
        return _spelled(values, _plain_company, company_core)
    if kind is Kind.PERSON_NAME:
        return _spelled(values, _plain_words, lambda names: _joined(person_tokens(names)))
    if kind in (Kind.TEXT, Kind.ADDRESS):
        return _spelled(values, _plain_words, lambda texts: texts.to_frame("v").select(words(pl.col("v"))).to_series())
    column = pl.col("v")
    form = comparable(kind, column).str.slice(-_DIGITS_OF_A_PHONE - 2) if kind is Kind.PHONE else comparable(kind, column)
    return values.to_frame("v").select(pl.when(form != "").then(form)).to_series()


def _spelled(values: pl.Series, plain: Callable[[pl.Expr], pl.Expr], spelled: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Plain Latin letters by expressions, which costs little; everything else by its distinct values."""
    column = pl.col("v")
    found = values.to_frame("v").select("v", p=pl.when(~column.str.contains(_BEYOND_PLAIN)).then(plain(column)))
    others = found.select(pl.col("v").filter(column.is_not_null() & pl.col("p").is_null())).to_series().unique()
    if others.len():
        found = found.join(pl.DataFrame({"v": others, "s": spelled(others)}), on="v", how="left", maintain_order="left")
        found = found.select(p=pl.coalesce("p", "s"))
    return found.select(pl.when(pl.col("p") != "").then(pl.col("p"))).to_series()


def _plain_words(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    return (
        pl.when(lower.str.contains(r"[^a-z0-9 ]"))
        .then(lower.str.replace_all("'", "", literal=True).str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars(" "))
        .otherwise(lower)
    )


def _plain_company(name: pl.Expr) -> pl.Expr:
    spoken = _plain_words(name.str.replace_all(".", "", literal=True).str.replace_all("&", " and ", literal=True))
    core = spoken.str.replace(_LEGAL_FORM, "")
    return pl.when(core != "").then(core).otherwise(spoken)


def _joined(tokens: pl.Series) -> pl.Series:
    return tokens.list.join(" ")


def parts(name: str, family: Family) -> dict[str, pl.Expr]:
    """The parts of a field that two records may share although the rest differs, by name; the whole value comes first."""
    value = pl.col(name)
    found = {name: value}
    if family is Family.DIGITS:
        found |= {f"{name}:start": value.str.slice(0, 5), f"{name}:end": value.str.slice(-5)}
    elif family is Family.EMAIL:
        found |= {f"{name}:local": value.str.extract(r"^([^@]{4,})@")}
    elif family in (Family.NAME, Family.PROSE):
        found |= {f"{name}:start": value.str.slice(0, 5), f"{name}:last": value.str.extract(r"(\S+)$")}
    elif family is Family.ADDRESS:
        found |= {f"{name}:start": value.str.extract(r"^(\S+ \S{3})"), f"{name}:last": value.str.extract(r"(\S+ \S+)$")}
    elif family is Family.DATE:
        found |= {f"{name}:year": value.str.slice(0, 4), f"{name}:day": value.str.slice(4)}
    elif family is Family.NUMBER:
        found = {name: value.round(0).cast(pl.Int64, strict=False).cast(pl.String)}
    return found


def field_of(part: str) -> str:
    """The field that a part belongs to."""
    return part.split(":", 1)[0]
