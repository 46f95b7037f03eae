"""How a name sounds, roughly and in any language: consonants by kind, vowels gone; for finding, never for deciding.

English codes (Soundex, Metaphone) tear apart what Slavic, German, Arabic and Chinese names share, so this one is its own.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from reconcile.values.spelling.scripts import in_latin
from reconcile.values.spelling.together import apart, letters, repeats_gone, replaced, rewritten, squeezed

_KINDS = {
    "f": "f v w ph pf",
    "k": "k c q g ck kh gh qu cq",
    "s": "s z j ts tz cz sz zs sh ch zh hs sch tch dzh tsh tsch stch shch ce ci cy dsch dj ss zz",
    "t": "t d th dt dh tt",
    "p": "b p",
    "l": "l",
    "r": "r rh",
    "m": "m",
    "n": "n ng",
    "ks": "x",
    "kr": "chr",
    "kl": "chl",
    "st": "st",
    "ns": "nge ngi",
}
_SILENT = {"ght": "t"} | {f"{vowel}w{end}": {"d": "t"}.get(end, end) for vowel in "aeo" for end in "nld "}
_AT_THE_START = {" kn": " n", " gn": " n", " wr": " r", " x": " s", " ts": " s", " pf": " f", " ps": " s", " mc": " mk"}
_VOWELS = "aeiouyh"


def phonetic(values: pl.Series) -> pl.Series:
    """For each word of a name its consonants by kind, words apart by a space: Mohamed, Muhammad and محمد are `mt`."""
    return rewritten(values, lambda text: _sounds(letters(in_latin(text))))


def _sounds(text: str) -> str:
    return squeezed(repeats_gone(replaced(apart(text), _table())).encode())


@cache
def _table() -> dict[str, str]:
    table = {spelling: kind for kind, spellings in _KINDS.items() for spelling in spellings.split()}
    table |= dict.fromkeys(_VOWELS, "") | _SILENT | _AT_THE_START
    return table | {f" {vowel}": " a" for vowel in _VOWELS if vowel != "h"}
