"""Names of companies as matching sees them: Latin, abbreviations written out, legal form apart.

Two steps beyond the comparable form, so it finds more; what is equal is decided there and not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from reconcile.values.spelling.abbreviations import WORDS
from reconcile.values.spelling.legal_words import FORMS, LEADING, SAME
from reconcile.values.spelling.scripts import in_latin
from reconcile.values.spelling.together import (
    Replacements,
    apart,
    as_lines,
    initials,
    letters,
    replaced,
    rewritten,
    singles_joined,
    squeezed,
)
from reconcile.values.spelling.umlauts import each_without_umlauts, without_umlauts

ACRONYM_LETTERS = 6
"""A single word of so many letters or fewer may be an acronym itself."""
_AND = ("and", "und", "et")
_SMALL = (
    "of",
    "the",
    "for",
    "de",
    "la",
    "le",
    "du",
    "des",
    "der",
    "die",
    "das",
    "del",
    "di",
    "do",
    "da",
    "in",
    "van",
    "von",
    "a",
)


def company_core(values: pl.Series) -> pl.Series:
    """The name without its legal form, lower-case words in Latin letters apart by one space, abbreviations written out.

    `The Müller Mfg. Co. Ltd.` is `muller manufacturing`, 北京华为技术有限公司 `beijing huawei technology`.
    A name of nothing but a legal form stays; null where there is no letter or digit.
    """
    return rewritten(values, _core)


def company_legal_form(values: pl.Series) -> pl.Series:
    """The code of the legal form (`ltd`, `gmbh`) at the end of the name or, where that is customary, before it; or null."""
    written = rewritten(values, lambda text: squeezed(_in_words(_plain(text), _words()).encode()))
    found = written.str.extract(r"(?:^| )(\S+)$").replace_strict(_single_forms(), default=None, return_dtype=pl.String)
    first = written.str.extract(r"^(\S+) ")
    leading = first.replace_strict(list(LEADING), list(LEADING), default=None, return_dtype=pl.String)
    return pl.select(pl.coalesce(found, leading)).to_series().replace(SAME).alias(values.name)


def acronym(values: pl.Series) -> pl.Series:
    """First letters of the words without legal form and small words (`ibm`); a single short word is its own; else null."""
    core = company_core(values)
    small = {f" {word} ": " " for word in _SMALL}
    letters_only = rewritten(core, lambda text: initials(replaced(apart(text), small)))
    short = core.str.contains(rf"^[a-z]{{2,{ACRONYM_LETTERS}}}$")
    told = letters_only.str.len_chars() > 1
    frame = pl.DataFrame({"core": core, "letters": letters_only, "short": short, "told": told})
    chosen = pl.when("short").then("core").when("told").then("letters")
    return frame.select(chosen.alias(values.name)).to_series()


def _plain(text: str) -> str:
    return letters(text if text.isascii() else in_latin(apart(text), _business_words()))


def _business_words() -> dict[str, str]:
    from reconcile.values.spelling.native_words import business_words  # noqa: PLC0415 - only columns beyond ASCII pay for it

    return business_words()


def _in_words(plain: str, table: Mapping[str, str] | Replacements) -> str:
    """By a table of words, after `and` has gone, single letters are joined and umlauts are one; `apart`."""
    text = apart(plain)
    for word in _AND:
        text = text.replace(f" {word} ", "")
    return replaced(without_umlauts(singles_joined(text)), table)


def _core(text: str) -> str:
    plain = _plain(text)
    core, before = _in_words(plain, _words_and_ends()), ""
    while core != before:
        core, before = replaced(core, _ends()), core
    return _or_whole(squeezed(core.encode()), plain)


def _or_whole(core: str, plain: str) -> str:
    """The names of nothing but a legal form as they were."""
    if "\n\n" not in core:
        return core
    short, whole = as_lines(core), as_lines(plain)
    chosen = pl.select(pl.when(short == "").then(whole).otherwise(short)).to_series().str.join("\n")[0]
    return f"\n{chosen}\n"


def _between_spaces(words: str) -> str:
    return f" {words.replace(' ', '  ')} "


@cache
def _words() -> dict[str, str]:
    spelled = [(new, variant) for new, written in WORDS.items() for variant in written]
    spelled += [(code, variant) for code, written in FORMS.items() for variant in written if " " in variant]
    new, variants = (each_without_umlauts(map(_between_spaces, side)) for side in zip(*spelled, strict=True))
    return dict(zip(variants, new, strict=True))


@cache
def _single_forms() -> dict[str, str]:
    singles = {way: code for code, written in FORMS.items() for way in written if " " not in way}
    return dict(zip(each_without_umlauts(singles), singles.values(), strict=True)) | {code: code for code in FORMS}


@cache
def _words_and_ends() -> Replacements:
    return Replacements.of(_words() | _at_the_ends())


@cache
def _ends() -> Replacements:
    return Replacements.of(_at_the_ends())


@cache
def _at_the_ends() -> dict[str, str]:
    after = {f" {form} \n": "\n" for form in (*_single_forms(), "the")}
    return after | {f"\n {form} ": "\n" for form in (*LEADING, "the")}
