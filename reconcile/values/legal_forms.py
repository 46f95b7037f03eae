"""Legal forms of companies: each form once, however it is written, parted from the name it stands behind.

Source: the forms in ISO 20275 (ELF) that are common in the English, German and Chinese trade.
"""

from __future__ import annotations

import polars as pl

from reconcile.values.sparing import once, where_needed
from reconcile.values.text import without_ending, words

_WRITTEN: dict[str, tuple[str, ...]] = {
    "gmbh&cokg": ("gmbh und co kg", "gmbh and co kg", "gmbh co kg", "gmbh und compagnie kg"),
    "gmbh": ("gesellschaft mit beschraenkter haftung", "gmbh", "g m b h", "mbh"),
    "ag": ("aktiengesellschaft", "ag", "a g"),
    "kg": ("kommanditgesellschaft", "kg"),
    "ohg": ("offene handelsgesellschaft", "ohg"),
    "ug": ("unternehmergesellschaft haftungsbeschraenkt", "ug haftungsbeschraenkt", "ug"),
    "ek": ("eingetragener kaufmann", "e k", "ek"),
    "plc": ("public limited company", "plc", "p l c"),
    "llp": ("limited liability partnership", "llp", "l l p"),
    "llc": ("limited liability company", "llc", "l l c"),
    "co ltd": ("company limited", "co limited", "co ltd"),
    "ltd": ("private limited", "pvt ltd", "limited", "ltd"),
    "inc": ("incorporated", "inc"),
    "corp": ("corporation", "corp"),
    "co": ("company", "co"),
    "lp": ("limited partnership", "lp", "l p"),
    "sa": ("societe anonyme", "sociedad anonima", "s a", "sa"),
    "sarl": ("societe a responsabilite limitee", "s a r l", "sarl"),
    "srl": ("societa a responsabilita limitata", "s r l", "srl"),
    "spa": ("societa per azioni", "s p a", "spa"),
    "bv": ("besloten vennootschap", "b v", "bv"),
    "nv": ("naamloze vennootschap", "n v", "nv"),
    "ab": ("aktiebolag", "ab"),
    "as": ("aktieselskab", "aksjeselskap", "a s"),
    "oy": ("osakeyhtio", "oy"),
}
_WRITTEN_CHINESE: dict[str, tuple[str, ...]] = {
    "股份": ("股份有限公司", "股份公司"),
    "有限": ("有限责任公司", "有限公司"),
}

_LATIN = [f" {written}" for forms in _WRITTEN.values() for written in forms]
_CHINESE = [written for forms in _WRITTEN_CHINESE.values() for written in forms]
_CANONICAL = {w: form for table in (_WRITTEN, _WRITTEN_CHINESE) for form, written in table.items() for w in written}


def spoken(name: pl.Expr) -> pl.Expr:
    """The words of a name, with `and` for `&`, `+` and `und`."""
    joined = where_needed(name, "[&+＆]", lambda some: some.str.replace_all(r"\s*[&+＆]\s*", " and "))
    return where_needed(words(joined), r"\bund\b", lambda some: some.str.replace_all(r"\bund\b", "and"))


def legal_form(name: pl.Expr) -> pl.Expr:
    """The legal form in one spelling (`gmbh`, `ltd`, `有限`), or null if the name has none."""
    return once(spoken(name), _form)


def _form(said: pl.Expr) -> pl.Expr:
    bare = without_latin_form(said)
    return form_between(said, bare, without_chinese_form(bare))


def without_latin_form(said: pl.Expr) -> pl.Expr:
    """Spoken words without a legal form in Latin letters at their end; perhaps nothing."""
    return without_ending(said, _LATIN)


def without_chinese_form(bare: pl.Expr) -> pl.Expr:
    """The same of one in Chinese characters, which no space parts from the name."""
    return without_ending(bare, _CHINESE)


def form_between(said: pl.Expr, bare: pl.Expr, core: pl.Expr) -> pl.Expr:
    """The legal form in one spelling, from spoken words, those without their Latin form, and those without any; or null."""
    latin, chinese = said.str.strip_prefix(bare).str.strip_chars(), bare.str.strip_prefix(core).str.strip_chars()
    found = pl.when(latin != "").then(latin).otherwise(chinese)
    return pl.when(found != "").then(found.replace_strict(_CANONICAL, default=found, return_dtype=pl.String))


def without_legal_form(name: pl.Expr) -> pl.Expr:
    """The name's words without legal form, `&`, `The` and white space; the whole name where nothing else would be left."""
    return once(spoken(name), _core)


def _core(said: pl.Expr) -> pl.Expr:
    whole = said.str.replace_all(" ", "", literal=True)
    core = joined(without_chinese_form(without_latin_form(said)))
    return pl.coalesce(core.replace("", None), whole)


def joined(core: pl.Expr) -> pl.Expr:
    """Words without `The`, `and` and white space."""
    bare = where_needed(core.str.strip_prefix("the "), r"\band\b", lambda some: some.str.replace_all(r"\band\b", ""))
    return bare.str.replace_all(" ", "", literal=True)
