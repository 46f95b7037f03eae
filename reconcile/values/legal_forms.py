"""Legal forms of companies: each form once, however it is written, parted from the name it stands behind.

Source: the forms in ISO 20275 (ELF) that are common in the English, German and Chinese trade.
"""

from __future__ import annotations

import polars as pl

from reconcile.values.text import words

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

_LATIN = r"(?:^|\s)(?:" + "|".join(sorted((w for forms in _WRITTEN.values() for w in forms), key=len, reverse=True)) + r")$"
_CHINESE = "(?:" + "|".join(w for forms in _WRITTEN_CHINESE.values() for w in forms) + ")$"
_CANONICAL = {w: form for table in (_WRITTEN, _WRITTEN_CHINESE) for form, written in table.items() for w in written}


def spoken(name: pl.Expr) -> pl.Expr:
    """The words of a name, with `and` for `&`, `+` and `und`."""
    return words(name.str.replace_all(r"\s*[&+＆]\s*", " and ")).str.replace_all(r"\bund\b", "and")


def legal_form(name: pl.Expr) -> pl.Expr:
    """The legal form in one spelling (`gmbh`, `ltd`, `有限`), or null if the name has none."""
    return form_of(spoken(name))


def form_of(said: pl.Expr) -> pl.Expr:
    """The legal form of spoken words, in one spelling; null if there is none."""
    found = pl.coalesce(said.str.extract(f"({_LATIN})"), said.str.extract(f"({_CHINESE})")).str.strip_chars()
    return found.replace_strict(_CANONICAL, default=found, return_dtype=pl.String)


def core_of(said: pl.Expr) -> pl.Expr:
    """Spoken words without legal form and `The`; perhaps nothing."""
    return said.str.replace(_LATIN, "").str.replace(_CHINESE, "").str.replace(r"^the ", "")


def without_legal_form(name: pl.Expr) -> pl.Expr:
    """The name's words without legal form, `&`, `The` and white space; the whole name where nothing else would be left."""
    said = spoken(name)
    core = core_of(said).str.replace_all(r"\band\b| ", "")
    return pl.when(core != "").then(core).otherwise(said.str.replace_all(" ", "", literal=True))
