"""Text: white space, width, case, accents and punctuation. The ground that all other kinds stand on."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from reconcile.values.sparing import where_needed

_SPACES = r"[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+"
_CONTROLS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]"
_NOTHING = ["n/a", "#n/a", "null", "none", "nil", "-", "--", "—", "无", "(blank)"]

_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "œ": "oe", "ł": "l", "đ": "d"}

_UNTIDY = r"[^\x20-\x7eÀ-ÿ\x{4e00}-\x{9fff}]|  |^ | $|^$"
"""Whatever lacks this is clean as it stands."""
_UNFOLDED = r"[^\x00-\x7f\x{4e00}-\x{9fff}]"
"""What is in lower case and lacks this is folded as it stands."""


def clean(text: pl.Expr) -> pl.Expr:
    """One width (NFKC), no control characters, single spaces, none at the ends; nothing but space becomes null."""
    return where_needed(text.cast(pl.String), _UNTIDY, _cleaned)


def _cleaned(values: pl.Series) -> pl.Series:
    bare = values.str.replace_all(_CONTROLS, "").str.normalize("NFKC")
    tidy = bare.str.replace_all(_SPACES, " ").str.strip_chars()
    return tidy.set(tidy == "", None)


def present(text: pl.Expr) -> pl.Expr:
    """Null for the words that people type when there is nothing, such as `N/A`."""
    return pl.when(~text.str.to_lowercase().is_in(_NOTHING)).then(text)


def fold(text: pl.Expr) -> pl.Expr:
    """Lower case, German letters spelled out, other accents gone: Müller and MUELLER are one."""
    return where_needed(text.str.to_lowercase(), _UNFOLDED, _folded)


def _folded(values: pl.Series) -> pl.Series:
    spelled = values.to_frame("v").select(
        pl.col("v").str.normalize("NFC").str.replace_many(list(_GERMAN), list(_GERMAN.values())).str.normalize("NFKD")
    )
    return spelled.to_series().str.replace_all(r"\p{M}", "").str.normalize("NFC")


def words(text: pl.Expr) -> pl.Expr:
    """Folded, apostrophes gone, every other sign a space: only words remain."""
    return where_needed(fold(text), r"[^\p{L}\p{N} ]|  |^ | $", _in_words)


def _in_words(values: pl.Series) -> pl.Series:
    plain = values.str.replace_all(r"['’‘`´]", "")
    return plain.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()


def without_ending(text: pl.Expr, endings: Iterable[str]) -> pl.Expr:
    """Words without the longest of the endings that they have.

    Args:
        text: words, as `words` gives them.
        endings: words; those that begin with a space are only found where a word begins.
    """
    known = sorted(endings)
    marked = text + "$"  # no sign is left in words, so that none of them can be the mark
    bare = marked.str.replace_many([f"{each}$" for each in known], ["$"] * len(known), leftmost=True).str.strip_chars(" $")
    return pl.when(~text.is_in([each.strip() for each in known])).then(bare).otherwise(text.str.slice(0, 0))
