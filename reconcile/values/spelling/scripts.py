"""Every script in Latin letters, and traditional characters as simplified ones: a library is asked once for each character.

The only file that knows opencc and anyascii; they are imported when such characters are there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from itertools import chain

import polars as pl

from reconcile.values.spelling.han import phrases, sound_of, toneless
from reconcile.values.spelling.together import characters, letters, replaced, rewritten

_KEPT = {"乾"}
"""Traditional characters that are also in simplified use, where the other use is the one of names."""
_KANA = (("\u3041", "\u3096"), ("\u30a1", "\u30fa"))
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o", "ャ": "a", "ュ": "u", "ョ": "o"}
_SMALL_VOWELS = {"ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}
_DOUBLING = ("っ", "ッ")
_TWO_LETTERS = {"ου": "ou", "ού": "ou"}
_OTHERWISE = {"ー": "", "々": "", "®": "", "™": "", "©": ""}


def simplified(values: pl.Series) -> pl.Series:
    """Chinese in simplified characters of one width, Japanese forms of characters as well; anything else as it is."""
    return rewritten(values, lambda text: text if text.isascii() else _simple(unicodedata.normalize("NFKC", text)))


def latin(values: pl.Series) -> pl.Series:
    """Words in Latin letters without accents, lower case, apart by one space: Владимир is vladimir, 北京 beijing."""
    return rewritten(values, lambda text: letters(in_latin(text)))


def in_latin(text: str, words: Mapping[str, str] | None = None) -> str:
    """ASCII alone.

    Args:
        text: lines; ASCII text is given back as it is.
        words: what stands in another script and what to write for it, instead of its sounds; in simplified characters.
    """
    if text.isascii():
        return text
    text = _simple(unicodedata.normalize("NFKC", text).lower())
    if text.isascii():
        return text
    present = characters(text)
    table = {char: _sound(char) for char in present} | _kana(present)
    table |= {pair: sound for pair, sound in _TWO_LETTERS.items() if present.issuperset(pair)}
    if any(map(_is_han, present)):
        table |= _phrases(present)
    if words:
        table |= {word: sound for word, sound in words.items() if present.issuperset(_beyond_ascii(word))}
    return replaced(text, table)


@cache
def _beyond_ascii(word: str) -> frozenset[str]:
    return frozenset(char for char in word if not char.isascii())


def _simple(text: str) -> str:
    changed = {char: _simple_character(char) for char in characters(text) if _is_han(char)}
    return replaced(text, {char: new for char, new in changed.items() if char != new})


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


@cache
def _simple_character(char: str) -> str:
    if char in _KEPT:
        return char
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:  # not of the Chinese standard set, so it may be a Japanese form
        char = _converter("jp2t")(char)
    return _converter("t2s")(char)


@cache
def _converter(name: str) -> Callable[[str], str]:
    from opencc import OpenCC  # noqa: PLC0415 - only columns with Han characters pay for it

    convert: Callable[[str], str] = OpenCC(name).convert
    return convert


@cache
def _sound(char: str) -> str:
    if char in _OTHERWISE:
        return _OTHERWISE[char]
    if _is_han(char):
        said = sound_of(char)
        if said is not None:
            return said
    from anyascii import anyascii  # noqa: PLC0415 - only columns beyond ASCII pay for it

    return anyascii(char.casefold()).lower()


def _phrases(present: set[str]) -> dict[str, str]:
    """Words of these characters that sound otherwise than their characters alone: 重庆, 银行. Source: pypinyin."""
    begun = chain.from_iterable(map(_phrases_of, present))
    return {phrase: said for phrase, said in begun if present.issuperset(phrase)}


@cache
def _phrases_of(char: str) -> list[tuple[str, str]]:
    """Those that begin with a character."""
    return [(phrase, said) for phrase in _phrases_by_first().get(char, ()) if (said := _said_otherwise(phrase))]


@cache
def _phrases_by_first() -> dict[str, list[str]]:
    begun: dict[str, list[str]] = {}
    for phrase in phrases():
        begun.setdefault(phrase[0], []).append(phrase)
    return begun


def _said_otherwise(phrase: str) -> str | None:
    said = [toneless(syllable[0]) for syllable in phrases()[phrase]]
    if "".join(said).isascii() and any(_sound(char) != sound for char, sound in zip(phrase, said, strict=False)):
        return "".join(said)
    return None


def _kana(present: set[str]) -> dict[str, str]:
    """Pairs of kana that are one syllable: キャ is kya and ッカ kka."""
    kana = {char for char in present if any(first <= char <= last for first, last in _KANA)}
    pairs = {}
    for char in kana:
        sound = _sound(char)
        for small, vowel in _SMALL_Y.items():
            if sound.endswith("i") and small in kana:
                pairs[char + small] = sound[:-1] + ("" if sound in {"shi", "chi", "ji"} else "y") + vowel
        for small, vowel in _SMALL_VOWELS.items():
            if small in kana and char not in _SMALL_VOWELS:
                pairs[char + small] = ("f" if sound == "fu" else sound[:-1]) + vowel
    once = {char: _sound(char) for char in kana} | pairs
    doubled = {
        double + char: ("t" if sound[:2] == "ch" else sound[:1]) + sound for double in _DOUBLING for char, sound in once.items()
    }
    return pairs | (doubled if kana.intersection(_DOUBLING) else {})
