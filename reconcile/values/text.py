"""Text: white space, width, case, accents and punctuation. The ground that all other kinds stand on."""

from __future__ import annotations

import polars as pl

_SPACES = r"[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]"
_NOTHING = ["n/a", "#n/a", "null", "none", "nil", "-", "--", "—", "无", "(blank)"]

_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ł": "l", "đ": "d"}


def clean(text: pl.Expr) -> pl.Expr:
    """One width (NFKC), no control characters, single spaces, none at the ends; nothing but space becomes null."""
    tidy = (
        text.cast(pl.String).str.replace_all(_CONTROLS, "").str.normalize("NFKC").str.replace_all(_SPACES, " ").str.strip_chars()
    )
    return pl.when(tidy != "").then(tidy)


def present(text: pl.Expr) -> pl.Expr:
    """Null for the words that people type when there is nothing, such as `N/A`."""
    return pl.when(~text.str.to_lowercase().is_in(_NOTHING)).then(text)


def fold(text: pl.Expr) -> pl.Expr:
    """Lower case, German letters spelled out, other accents gone: Müller and MUELLER are one."""
    return (
        text.str.to_lowercase()
        .str.normalize("NFC")
        .str.replace_many(list(_GERMAN), list(_GERMAN.values()))
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.normalize("NFC")
    )


def words(text: pl.Expr) -> pl.Expr:
    """Folded, apostrophes gone, every other sign a space: only words remain."""
    return fold(text).str.replace_all(r"['’‘`´]", "").str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
