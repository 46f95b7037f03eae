"""The written form of clean values: names in one case, legal forms in one spelling, phones in E.164; and which fields changed.

Apart from `values`, whose standard form is for comparing: here the result is what people read and load. Doing it twice
is doing it once.
"""

from __future__ import annotations

import re

import polars as pl

from reconcile.cleanse.rules import Rules
from reconcile.records import RAW, Kind
from reconcile.values.standard import Reading, standard
from reconcile.values.text import clean

CHANGED = "changed"
"""Column: names of the fields whose written form is not what the system holds (List of String)."""

_ACRONYM = 3
"""A word of so few capitals in a company's name is kept: IBM, JP, ABC."""
_SMALL = ("and", "of", "the", "for", "und", "der", "die", "das", "für", "von", "de", "du", "la", "le", "et", "y", "&")

_COMMA = r"(?:\s*(,)\s*|\s+)"
"""American names carry their comma; it stays where it is."""
_LEGAL_FORMS: tuple[tuple[str, str], ...] = (
    (r"[\s,]+g\.?\s?m\.?\s?b\.?\s?h\.?\s*(?:&|\+|und|and)?\s*co\.?,?\s*kg\.?$", " GmbH & Co. KG"),
    (r"[\s,]+g\.?\s?m\.?\s?b\.?\s?h\.?$", " GmbH"),
    (r"[\s,]+(?:a\.\s?g\.?|ag)$", " AG"),
    (r"[\s,]+(?:k\.\s?g\.?|kg)$", " KG"),
    (r"[\s,]+(?:o\.\s?h\.\s?g\.?|ohg)$", " OHG"),
    (r"[\s,]+ug\s*\(?haftungsbeschr(?:ä|ae)nkt\)?$", " UG (haftungsbeschränkt)"),
    (r"[\s,]+(?:e\.\s?k\.?|ek)$", " e.K."),
    (r"[\s,]+co\.?,?\s*ltd\.?$", " Co., Ltd."),
    (r"[\s,]+ltd\.?$", " Ltd"),
    (r"[\s,]+limited$", " Limited"),
    (r"[\s,]+(?:p\.\s?l\.\s?c\.?|plc)$", " plc"),
    (rf"{_COMMA}(?:l\.\s?l\.\s?c\.?|llc)$", "${1} LLC"),
    (rf"{_COMMA}(?:l\.\s?l\.\s?p\.?|llp)$", "${1} LLP"),
    (rf"{_COMMA}inc\.?$", "${1} Inc."),
    (rf"{_COMMA}corp\.?$", "${1} Corp."),
    (r"\s+((?:股份)?有限(?:责任)?公司)$", "$1"),
)
"""Spelling and spacing only: Limited stays Limited, because the registered name decides between it and Ltd."""
_SPELT = "(" + "|".join(re.escape(form.removeprefix("${1}")) for _, form in _LEGAL_FORMS if not form.startswith("$1")) + ")$"


def standardise(frame: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """A normalised frame (KEY, fields, `raw:` fields) with every field in its written form, and CHANGED added."""
    written = frame.with_columns(_written(name, kind, rules, frame.schema[name]) for name, kind in rules.kinds.items())
    changes = [
        pl.when(_differs(name, written.schema[name])).then(pl.lit(name)).otherwise(pl.lit(None, pl.String))
        for name in rules.kinds
    ]
    listed = pl.concat_list(changes).list.drop_nulls() if changes else pl.lit([], pl.List(pl.String))
    return written.with_columns(listed.alias(CHANGED))


def _written(name: str, kind: Kind, rules: Rules, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if name in rules.words:
        known = {pl.select(clean(pl.lit(word)).str.to_lowercase()).item(): word for word in rules.words[name]}
        said = clean(pl.col(RAW + name))
        value = pl.when(value.is_not_null()).then(said.str.to_lowercase().replace_strict(known, default=said))
    elif kind is Kind.PHONE and rules.country:
        home = standard(Kind.PHONE, value, dtype, Reading(country=pl.lit(rules.country)))
        value = pl.when(value.str.starts_with("+")).then(value).otherwise(home)
    if kind is Kind.COMPANY_NAME:
        value = company_name(value)
    elif name in rules.cased:
        value = in_name_case(value, keep_acronyms=False)
    return value.alias(name)


def company_name(name: pl.Expr) -> pl.Expr:
    """The name in name case, before its legal form in its usual spelling."""
    spelt = with_legal_form(name).str.replace_all(r"\(([^()]*\p{Han}[^()]*)\)", "（${1}）")  # as Chinese registers write it
    form = spelt.str.extract(_SPELT).fill_null("")
    return in_name_case(spelt.str.strip_suffix(form), keep_acronyms=True) + form


def in_name_case(text: pl.Expr, *, keep_acronyms: bool) -> pl.Expr:
    """A text all in capitals or all in small letters, as a name is written; any other stays as somebody wrote it."""
    long_enough = text.str.contains(r"\p{Lu}{5}|\p{Lu}{4}.*\p{Lu}{4}" if keep_acronyms else r"\p{Lu}{4}")
    shouted = (text == text.str.to_uppercase()) & long_enough
    whispered = (text == text.str.to_lowercase()) & text.str.contains(r"\p{Ll}{4}")
    word = pl.element()
    small = word.str.to_lowercase().is_in(_SMALL)
    acronym = word.str.contains(rf"^\p{{Lu}}{{1,{_ACRONYM}}}$") if keep_acronyms else pl.lit(value=False)
    named = (
        pl.when(small)
        .then(word.str.to_lowercase())
        .when(acronym)
        .then(word)
        .otherwise(word.str.to_lowercase().str.to_titlecase())
    )
    joined = text.str.split(" ").list.eval(named).list.join(" ")
    return pl.when(shouted | whispered).then(joined.str.slice(0, 1).str.to_uppercase() + joined.str.slice(1)).otherwise(text)


def with_legal_form(name: pl.Expr) -> pl.Expr:
    """The legal form at the end of a company's name in its usual spelling; the first that fits, so the longer come first."""
    written = name
    for pattern, form in reversed(_LEGAL_FORMS):
        anywhere = f"(?i){pattern}"
        written = pl.when(name.str.contains(anywhere)).then(name.str.replace(anywhere, form)).otherwise(written)
    return written


def _differs(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether the written form is another than the raw text; only white space and nothing are the same."""
    raw, value = pl.col(RAW + name), pl.col(name)
    said = pl.when(raw.str.contains(r"\S")).then(raw)
    if dtype.is_numeric():
        return said.cast(pl.Float64, strict=False).ne_missing(value)
    if isinstance(dtype, pl.Datetime):
        return said.str.slice(0, 19).str.replace(" ", "T").ne_missing(value.dt.strftime("%Y-%m-%dT%H:%M:%S"))
    if isinstance(dtype, pl.Date):
        return said.str.slice(0, 10).ne_missing(value.dt.strftime("%Y-%m-%d"))
    return said.ne_missing(value.cast(pl.String))
