"""Umlauts in one way: `ue` as `u`, so that Müller, Mueller and Muller are one name, as are Sørensen, Soerensen and Sorensen."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from reconcile.values.spelling.together import Replacements, replaced

_CONSONANTS = "bcdfghjklmnprstvwxz"
_VOWELS = "aeiou"


def without_umlauts(text: str) -> str:
    """The text, which is `apart`, with `ae`, `oe` and `ue` as one letter where they may be it: not in `blue`, `Michael`."""
    return replaced(text, _table())


def each_without_umlauts(texts: Iterable[str]) -> list[str]:
    """Likewise of many short texts, as one."""
    return without_umlauts("\0".join(texts)).split("\0")


@cache
def _table() -> Replacements:
    """Mueller as Müller, oe and ae likewise: after a consonant, unless the e is the last but for an l, or before a vowel."""
    table = {}
    for consonant in _CONSONANTS:
        for vowel in "aou":
            pair = f"{consonant}{vowel}e"
            table[pair] = pair[:-1]
            before = [*_VOWELS, " ", *(["l "] if vowel != "o" else [])]
            table |= {pair + end: pair + end for end in before}
    kept = {f" {v}e{end}": f" {v}e{end}" for v in "ou" for end in (*_VOWELS, " ")}
    return Replacements.of(table | {" oe": " o", " ue": " u"} | kept)
