"""The form in which matching compares each field, and the parts of it that records are brought together by."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.scheme import Scheme
from reconcile.records import KEY, Kind
from reconcile.values import comparable
from reconcile.values.sparing import each_once, only_where


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
    Kind.UNIT: Family.CODE,
    Kind.BOOLEAN: Family.CODE,
    Kind.DATE: Family.DATE,
    Kind.DATETIME: Family.DATE,
    Kind.MONEY: Family.NUMBER,
    Kind.QUANTITY: Family.NUMBER,
}
_WORDS_OF_PROSE = 3.5
"""Mean number of words from which a text is prose."""
_DIGITS_OF_A_PHONE = 7
_LONGEST = 300
"""Characters of a name or address that are compared: the time grows with their square."""
_LEGAL_FORM = (
    r"(?:(?: (?:gmbh|mbh|ag|kg|ohg|ug|ek|plc|llp|llc|lp|ltda?|limited|inc|incorporated|corp|corporation|co|company|sarl|sas"
    r"|sa|srl|spa|bv|nv|ab|as|aps|oy|oyj|sl|sp z o o|sro|kft|pte|pty|pvt|kk|bhd|sdn"
    r"|ооо|оао|зао|ао|оод|еоод|ад|αε|επε|οε|ικε|μον ικε))+"
    r"|股份有限公司|有限责任公司|有限責任公司|有限公司|公司|株式会社)$"
)
_UNREADY = {
    Kind.EMAIL: r"[A-Z]|[^\x00-\x7f]|^$",
    Kind.URL: r"[A-Z]|[^\x00-\x7f]|^http|^www\.|/$|^$",
    Kind.CODE: r"[^A-Z0-9]|^0|^$",
    Kind.IDENTIFIER: r"[^A-Z0-9]|^0|^$",
    Kind.TAX_ID: r"^[A-Z]{2}\d{7,}$|^$",
    Kind.POSTAL_CODE: r"[^A-Za-z0-9]|^$",
}
"""What of a value may have another form; the others are in it already."""
_UNTIDY = r"[^\p{L}\p{M}\p{N} ]|  |^ | $"


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
    forms = side_by_side(lambda name: _form(scheme.fields[name], frame[name]).alias(name), scheme.fields)
    return pl.DataFrame([frame[KEY], *forms])


def _form(kind: Kind, values: pl.Series) -> pl.Series:
    family = _FAMILIES[kind]
    if family is Family.NUMBER:
        return values.cast(pl.Float64)
    if family is Family.DATE:
        return values.dt.strftime("%Y%m%d")
    if family in (Family.NAME, Family.ADDRESS):
        return plain_words(values).str.slice(0, _LONGEST)
    if family is Family.CODE:
        return each_once(values, lambda distinct: _unready_formed(kind, distinct))
    return _unready_formed(kind, values)


def _unready_formed(kind: Kind, values: pl.Series) -> pl.Series:
    """Only what may have another form is looked at again."""

    def formed(some: pl.Series) -> pl.Series:
        return some.to_frame("v").select(_other(kind, pl.col("v"))).to_series()

    return only_where(values, _UNREADY[kind], formed) if kind in _UNREADY else formed(values)


def _other(kind: Kind, value: pl.Expr) -> pl.Expr:
    if kind is Kind.EMAIL:
        plain = value.str.len_bytes() == value.str.len_chars()
        form = pl.when(plain).then(value.str.to_lowercase()).otherwise(comparable(kind, value))
    elif kind is Kind.PHONE:
        form = comparable(kind, value).str.slice(-_DIGITS_OF_A_PHONE - 2)
    else:
        form = comparable(kind, value)
    return pl.when(form != "").then(form)


def plain_words(values: pl.Series) -> pl.Series:
    """Lower-case words of the script they are in, apart by one space. Rows that are so already cost nothing."""
    lower = values.to_frame("v").select(pl.col("v").str.to_lowercase()).to_series()
    untidy = lower.str.contains(_UNTIDY).fill_null(value=False).arg_true()
    if not len(untidy):
        return lower
    rest = lower.gather(untidy).to_frame("v")
    plain = rest.select(pl.col("v").str.len_bytes() == pl.col("v").str.len_chars()).to_series()
    for rows, text in ((plain, pl.col("v")), (~plain, pl.col("v").str.normalize("NFKC"))):
        if rows.any():
            lower = lower.scatter(untidy.filter(rows), rest.filter(rows).select(_tidied(text)).to_series())
    return lower


def _tidied(text: pl.Expr) -> pl.Expr:
    spoken = text.str.replace_many(["'", "\u2019", "`", ".", "&"], ["", "", "", "", " and "])
    spoken = spoken.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.strip_chars(" ")
    return pl.when(spoken != "").then(spoken)


def without_form(name: pl.Expr) -> pl.Expr:
    """A company's plain words without the commonest legal forms at the end; the whole name where nothing else is left."""
    core = name.str.replace(_LEGAL_FORM, "")
    return pl.when(core != "").then(core).otherwise(name)


def loose_form(kind: Kind, values: pl.Series) -> pl.Series:
    """A looser spelling of names and addresses, for pairs that look different: Latin letters, no legal form, no titles.

    Args:
        kind: what the field holds.
        values: distinct plain words.
    """
    from reconcile.values.spelling import company_core, latin, person_tokens  # noqa: PLC0415 - pyarrow and tables of words

    if kind is Kind.COMPANY_NAME:
        return company_core(values)
    if kind is Kind.PERSON_NAME:
        return person_tokens(values).list.join(" ")
    return latin(values)


def parts(name: str, family: Family) -> dict[str, pl.Expr]:
    """The parts of a field that two records may share although the rest differs, by name; the whole value comes first."""
    value = pl.col(name)
    found = {name: value}
    if family is Family.DIGITS:
        found |= {f"{name}:start": value.str.slice(0, 5), f"{name}:end": value.str.slice(-5)}
    elif family is Family.EMAIL:
        found |= {f"{name}:local": value.str.extract(r"^([^@]{4,})@")}
    elif family is Family.NAME:
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
