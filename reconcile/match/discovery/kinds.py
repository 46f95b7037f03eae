"""What a column holds, told from its values and its name; where the two contradict each other, the values decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from reconcile.match.discovery.headers import Concept, concept_of
from reconcile.match.discovery.sample import Sampled
from reconcile.records import Kind
from reconcile.values.places import country_codes

_LOOKED_AT = 600
"""So many distinct values are looked at."""
_MOST = 0.8
"""This share of the values must look like a kind for the column to be of it by the values alone."""
_SOME = 0.3
"""This share must look like it for a column that is named so."""
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DATE = (
    rf"^(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{4}}"
    rf"|(?:1[89]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    rf"|\d{{4}}年{_MONTH}月{_DAY}日|{_DAY}[ -][A-Za-z]{{3}}[ -]\d{{4}})"
)
_STREET = (
    r"(?i)\b(?:street|st|road|rd|avenue|ave|av|drive|dr|lane|ln|boulevard|blvd|place|pl|court|ct|crescent|cres|close|way|highway|"
    r"hwy|"
    r"rue|chemin|calle|avda|avenida|plaza|via|piazza|box|suite|ste|circuit|terrace|parade|platz|weg"
    r"|allee)\b\.?|(?:str(?:a(?:ss|ß)e)?|"
    r"weg|platz|gasse|allee|ring|damm|ufer)\b\.?"
    r"|路|街|号|巷|大道|丁目"
)
_LEGAL = (
    r"(?i)\b(?:ltd|limited|inc|incorporated|llc|llp|plc|corp|corporation|co|company|gmbh|ag|kg|ohg|ug|mbh"
    r"|sarl|sas|srl|spa|s\.?a\.?|bv|nv|ab|"
    r"oy|pty|pvt|sl|kk)\b\.?\s*$|公司|株式会社|集团|有限|\b(?:group|holdings?|gmbh & co)\b"
)
_SHAPES: dict[str, str] = {
    "email": r"^[^@\s]+@[^@\s]+\.[^@\s.]+$",
    "url": r"(?i)^(?:https?://|www\.)\S+$|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|de|fr|es|cn|uk|io|eu"
    r"|info|biz|co)(?:/\S*)?$",
    "date": _DATE + r"(?:$|[T ])",
    "time": _DATE + r"[T ]\d{1,2}:\d{2}",
    "compact": r"^\d{8}$",
    "year": r"^(?:1[4-9]|20)\d\d$",
    "money": r"^\s*(?:[€$£¥]|EUR|USD|GBP|CNY|RMB)\s*-?\d[\d.,' ]*$|^-?\d[\d.,' ]*\s*(?:[€$£¥元]|EUR|USD|GBP|CNY|RMB)\s*$",
    "decimal": r"^[-+]?\d+[.,]\d+$",
    "integer": r"^[-+]?\d+$",
    "digits": r"^[\d\s()+./x-]*$",
    "phone": r"^(?:\+|00?[1-9]|\(\d)[\d\s()./-]{6,20}(?:\s*(?:x|ext\.?|durchwahl|转|分机)\s*\d+)?$"
    r"|^\d{3}[-. /]\d{3}[-. /]\d{3,4}$",
    "phoneish": r"^\+?[\d\s()./-]{6,22}(?:\s*(?:x|ext\.?|durchwahl|转|分机)\s*\d+)?$",
    "vat": r"^(?:AT ?U\d{8}|(?:BE|BG|CZ|DE|DK|EE|EL|FI|HR|HU|IT|LT|LU|LV|MT|PL|PT|RO|SE|SI|SK) ?\d{8,12}|FR ?[0-9A-Z]{2} ?\d{9}|"
    r"ES ?[0-9A-Z]\d{7}[0-9A-Z]|GB ?\d{9}|IE ?\d\w{7,8}|NL ?\d{9}B\d\d|CHE[-\d. ]{9,})$"
    r"|^[1-9A-GY][1-59]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$",
    "postal": r"^(?:\d{4,6}|\d{5}-\d{4}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}"
    r"|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d|\d{4} ?[A-Z]{2})$",
    "identifier": r"^[^\s]*\d[^\s]*$",
    "digit": r"\d",
    "letter": r"\p{L}",
    "space": r"\s",
    "street": _STREET,
    "legal": _LEGAL,
    "alphabetic": r"^[\p{L}\p{M}.,;&'’` -]+$",
    "initial": r"(?:^|\s)\p{L}\.?(?:$|[\s,])",
    "han_name": r"^\p{Han}{2,4}$",
    "several": r"\p{L}[,;]\s.*\p{L}",
    "parted": r"^\S+\s\S+(?:\s\S+){0,3}$",
}


@dataclass(frozen=True)
class Looks:
    """What a column's values look like: the share of its distinct values that has each shape, and a few counts."""

    share: dict[str, float]
    distinct: int
    """Distinct values in the sample."""
    repeated: float
    """Rows of the sample for each distinct value."""
    length: float
    """Median length, in characters."""
    words: float
    """Median count of words."""
    country: float
    """Share of the values that name a country."""
    truth: float
    """Share that are words for true and false."""


_TRUTH = ("true", "false", "yes", "no", "y", "n", "ja", "nein", "0", "1", "是", "否", "t", "f")


def looks(columns: Sequence[Sampled]) -> list[Looks]:
    """The looks of each column; all shares are 0 where it has no value. In one go, since a shape costs more than a column."""
    value = pl.col("value")
    few = [
        c.values.sort(value.hash(), "value").head(_LOOKED_AT).select(pl.lit(i).alias("i"), "value") for i, c in enumerate(columns)
    ]
    empty = pl.DataFrame(schema={"i": pl.Int32, "value": pl.String})
    v = pl.col("v")
    tidy = pl.concat([empty, *few]).with_columns(v=value.str.strip_chars())
    seen = tidy.select(
        "i",
        *(v.str.contains(shape).alias(name) for name, shape in _SHAPES.items()),
        v.str.len_chars().alias("_length"),
        v.str.count_matches(r"\S+").alias("_words"),
        v.str.to_uppercase().is_in(list(country_codes())).alias("_country"),
        v.str.to_lowercase().is_in(_TRUTH).alias("_truth"),
    )
    middle = ("_length", "_words")
    means = seen.group_by("i").agg(pl.exclude("i", *middle).mean(), pl.col(middle).median())
    table = means.to_dict(as_series=False)
    at = {i: n for n, i in enumerate(table["i"])}
    return [
        _look(column, {name: values[at[i]] for name, values in table.items()} if i in at else {})
        for i, column in enumerate(columns)
    ]


def _look(column: Sampled, row: dict[str, float]) -> Looks:
    repeated = column.counted / column.distinct if column.distinct else 0.0
    counts = [row.get(name, 0.0) for name in ("_length", "_words", "_country", "_truth")]
    return Looks({name: row.get(name, 0.0) for name in _SHAPES}, column.distinct, repeated, *counts)


def kind_of(column: Sampled, look: Looks) -> Kind:
    """The kind of a column."""
    concept = concept_of(column.name)
    if concept and concept.kind and _bears_out(concept, column, look):
        return concept.kind
    typed = _typed(column)
    return typed or _certain(look) or _likely(concept, look)


def _typed(column: Sampled) -> Kind | None:
    if column.dtype == pl.Date:
        return Kind.DATE
    if isinstance(column.dtype, pl.Datetime):
        return Kind.DATETIME
    return Kind.BOOLEAN if column.dtype == pl.Boolean else None


def _bears_out(concept: Concept, column: Sampled, look: Looks) -> bool:
    """Whether the values may be what the name says."""
    if not look.distinct:
        return True
    fits = _FITS.get(concept.kind) if concept.kind else None
    return fits is not None and fits(concept, column, look)


def _text(column: Sampled) -> bool:
    return not (column.dtype.is_temporal() or column.dtype == pl.Boolean)


def _fits_shape(concept: Concept, _: Sampled, look: Looks) -> bool:
    return look.share[str(concept.kind)] >= _SOME


def _fits_date(concept: Concept, column: Sampled, look: Looks) -> bool:
    timed = look.share["time"] >= _SOME or isinstance(column.dtype, pl.Datetime)
    return _is_date(column, look.share) and timed == (concept.kind is Kind.DATETIME)


def _fits_number(_: Concept, column: Sampled, look: Looks) -> bool:
    share = look.share
    return column.dtype.is_numeric() or share["money"] + share["decimal"] + share["integer"] >= _SOME


def _fits_name(_: Concept, column: Sampled, look: Looks) -> bool:
    return _text(column) and look.share["letter"] >= _MOST and look.share["email"] < _SOME


def _fits_text(_: Concept, column: Sampled, look: Looks) -> bool:
    return _text(column) and look.share["letter"] >= _SOME and look.share["email"] < _SOME


def _fits_postal(_: Concept, column: Sampled, look: Looks) -> bool:
    return _text(column) and look.length <= _LONGEST_POSTAL and look.share["digit"] >= _SOME


def _fits_number_of(_: Concept, column: Sampled, look: Looks) -> bool:
    share = look.share
    return _text(column) and share["digit"] >= _SOME and share["space"] < _MOST and not _is_date_only(column, share)


def _fits_code(concept: Concept, _: Sampled, look: Looks) -> bool:
    return concept.name in ("year", "house_number", "state") or look.words <= _WORDS_OF_A_CODE


_LONGEST_POSTAL = 10
_LONGEST_CURRENCY = 4
_WORDS_OF_A_CODE = 2
_FITS: dict[Kind, Callable[[Concept, Sampled, Looks], bool]] = {
    Kind.EMAIL: _fits_shape,
    Kind.URL: _fits_shape,
    Kind.PHONE: lambda _, column, look: _text(column) and look.share["phoneish"] >= _SOME,
    Kind.DATE: _fits_date,
    Kind.DATETIME: _fits_date,
    Kind.COUNTRY: lambda _concept, _column, look: look.country >= _SOME,
    Kind.MONEY: _fits_number,
    Kind.QUANTITY: _fits_number,
    Kind.PERSON_NAME: _fits_name,
    Kind.COMPANY_NAME: _fits_name,
    Kind.ADDRESS: _fits_text,
    Kind.TEXT: _fits_text,
    Kind.POSTAL_CODE: _fits_postal,
    Kind.TAX_ID: _fits_number_of,
    Kind.IDENTIFIER: _fits_number_of,
    Kind.CURRENCY: lambda _concept, _column, look: look.length <= _LONGEST_CURRENCY,
    Kind.CODE: _fits_code,
}


def _is_date(column: Sampled, share: dict[str, float]) -> bool:
    return column.dtype.is_temporal() or share["date"] >= _SOME


def _is_date_only(column: Sampled, share: dict[str, float]) -> bool:
    return column.dtype.is_temporal() or (share["date"] >= _MOST and share["compact"] < _SOME)


def _certain(look: Looks) -> Kind | None:
    """The kinds whose values can't be mistaken."""
    share = look.share
    if share["time"] >= _MOST:
        return Kind.DATETIME
    order: tuple[tuple[bool, Kind], ...] = (
        (share["email"] >= _MOST, Kind.EMAIL),
        (share["url"] >= _MOST, Kind.URL),
        (share["date"] >= 0.9 and (share["compact"] < _SOME or look.distinct > 1), Kind.DATE),  # noqa: PLR2004 - a few are mistyped
        (share["vat"] >= _MOST, Kind.TAX_ID),
        (share["year"] >= 0.97, Kind.CODE),  # noqa: PLR2004 - a few are mistyped
        (look.country >= 0.9 and look.distinct > 1, Kind.COUNTRY),  # noqa: PLR2004 - as above
        (share["money"] >= _MOST or share["decimal"] >= _MOST, Kind.MONEY if share["money"] >= _SOME else Kind.QUANTITY),
        (share["phone"] >= _MOST and share["date"] < _SOME, Kind.PHONE),
    )
    return next((kind for fits, kind in order if fits), None)


_FEW_CODES = 60
_SHORT = 12
_OFTEN = 20.0


def _likely(concept: Concept | None, look: Looks) -> Kind:
    """The kinds that are a matter of degree."""
    share = look.share
    if share["integer"] >= _NEARLY_ALL:
        return Kind.BOOLEAN if _is_truth(look) else _of_digits(look)
    person = (concept is None or concept.name in ("name", "id")) and _persons(look)
    coded = look.distinct <= _FEW_CODES and look.repeated >= _OFTEN and look.length <= _SHORT
    order: tuple[tuple[bool, Kind], ...] = (
        (_is_truth(look), Kind.BOOLEAN),
        (coded, Kind.CODE),
        (share["postal"] >= _NEARLY_ALL and share["digit"] >= _NEARLY_ALL, Kind.POSTAL_CODE),
        (share["legal"] >= _SOME_LEGAL, Kind.COMPANY_NAME),
        (_is_address(look), Kind.ADDRESS),
        (share["identifier"] >= _MOST and share["digit"] >= _MOST, Kind.IDENTIFIER if look.repeated < _RARELY else Kind.CODE),
        (person, Kind.PERSON_NAME),
    )
    return next((kind for fits, kind in order if fits), Kind.TEXT)


_NEARLY_ALL = 0.9
"""A few values are mistyped."""
_SOME_LEGAL = 0.25
"""Many companies are named without their legal form."""
_RARELY = 5.0
"""What more rows share identifies none."""
_WORDS_OF_AN_ADDRESS = 8


def _is_truth(look: Looks) -> bool:
    return look.truth >= 1.0 and look.distinct == 2  # noqa: PLR2004 - true and false


def _is_address(look: Looks) -> bool:
    sure = 0.6 if look.words > _WORDS_OF_AN_ADDRESS else _SOME
    return look.share["street"] >= sure and look.share["digit"] >= sure


def _of_digits(look: Looks) -> Kind:
    if look.length >= 4 and look.repeated < 3:  # noqa: PLR2004 - long and rarely repeated: it names something
        return Kind.IDENTIFIER
    return Kind.POSTAL_CODE if look.share["postal"] >= 0.95 and look.distinct > _FEW_CODES else Kind.CODE  # noqa: PLR2004 - as above


def _persons(look: Looks) -> bool:
    share = look.share
    if share["han_name"] >= _MOST:
        return True
    spelled = share["alphabetic"] >= 0.9 and look.words <= 12  # noqa: PLR2004 - longer is a sentence
    return spelled and (share["initial"] >= 0.25 or (share["several"] >= 0.5 and share["parted"] >= _SOME))  # noqa: PLR2004 - signs of persons
