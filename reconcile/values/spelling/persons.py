"""Names of persons as matching sees them: words without order, titles and particles of nobility in one way, nicknames known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl

from reconcile.values.spelling.person_words import (
    COMMON_NAMES,
    COMPOUND_SURNAMES,
    NATIVE_TITLES,
    PARTICLES,
    SHORT_FOR,
    SUFFIXES,
    SURNAME_SOUNDS,
    SYLLABLES,
    TITLES,
    VARIANTS,
)
from reconcile.values.spelling.scripts import in_latin, simplified
from reconcile.values.spelling.together import Replacements, apart, as_lines, letters, replaced, rewritten, sorted_words, squeezed
from reconcile.values.spelling.umlauts import each_without_umlauts, without_umlauts

_SCRIPT_WITHOUT_SPACES = r"^(?:\p{Han}{2,4}|\p{Hangul}{2,4})$"


def person_tokens(values: pl.Series) -> pl.Series:
    """The words of a person's name, sorted (List of String): Latin, folded, without titles; particles joined to what follows.

    `Dr. Smith, John` and `John Smith` are `[john, smith]`, 王小明 is `[wang, xiaoming]`, `J. van der Berg` `[j, vanderberg]`.
    """
    return sorted_words(rewritten(_surname_first(values), _person)).alias(values.name)


def formal_tokens(tokens: pl.Series) -> pl.Series:
    """The words of `person_tokens` with the usual full name for a nickname (bill: william), sorted anew."""
    full = tokens.list.eval(pl.element().replace(_formal_names()))
    return sorted_words(full.list.join(" "))


def person_keys(values: pl.Series) -> pl.Series:
    """Keys under which a person may be found (List of String): each word with the first letter of each other one, nicknames too.

    `Bill Smith`, `Smith, William` and `W. Smith` share `smith w`. Null where there is no word of two letters.
    """
    tokens = person_tokens(values)
    both = pl.DataFrame({"row": pl.arange(0, len(values), eager=True), "said": tokens, "full": formal_tokens(tokens)})
    words = both.select("row", pl.col("said").alias("word")).explode("word", empty_as_null=True).with_row_index("place")
    named = pl.concat([both.select("row", pl.col(name).alias("other")) for name in ("said", "full")]).explode(
        "other", empty_as_null=True
    )
    pairs = words.filter(pl.col("word").str.len_chars() > 1).join(named.unique(), on="row", maintain_order="none")
    keys = pairs.filter(pl.col("word") != pl.col("other")).select(
        "row", pl.concat_str("word", pl.lit(" "), pl.col("other").str.head(1)).alias("key")
    )
    found = keys.group_by("row").agg(pl.col("key").unique().sort())
    return both.select("row").join(found, on="row", how="left", maintain_order="left")["key"].alias(values.name)


def _surname_first(values: pl.Series) -> pl.Series:
    """A space behind the surname of names in Chinese characters or in Hangul, which have none; titles behind it gone."""
    plain = values.str.len_bytes() == values.str.len_chars()
    if plain.all():
        return values
    compound = "|".join(COMPOUND_SURNAMES)
    titles = "|".join(NATIVE_TITLES)
    native = pl.col("name").str.replace_all(r"[\s・·]", "").str.replace(rf"(.)(?:{titles})$", "$1")
    together = native.str.contains(_SCRIPT_WITHOUT_SPACES) & ~pl.col("name").str.contains(r"\S[\s・·]+\S")
    parted = (
        pl.when(native.str.contains(rf"^(?:{compound}).+$"))
        .then(native.str.replace(rf"^({compound})(.+)$", "$1 $2"))
        .when(native.str.len_chars() == 4)  # noqa: PLR2004 - two and two, as most of such names
        .then(native.str.replace("^(..)(..)$", "$1 $2"))
        .otherwise(native.str.replace("^(.)(.+)$", "$1 $2"))
    )
    frame = pl.DataFrame({"name": simplified(values)})
    return frame.select(pl.when(together).then(parted).otherwise("name").alias(values.name)).to_series()


def _person(text: str) -> str:
    if "-" in text:
        syllable = "|".join(sorted(SYLLABLES, key=len, reverse=True))
        text = pl.Series([text]).str.replace_all(rf"(?i)\b({syllable})-({syllable})\b", "$1$2")[0]
    if not text.isascii():
        text = in_latin(apart(text), _surname_sounds())
    whole = without_umlauts(apart(letters(text)))
    bare = replaced(replaced(whole, _titles()), _suffixes())
    if any(nothing in bare for nothing in ("\n\n", "\n \n", "\n  \n")):
        named = pl.DataFrame({"bare": as_lines(squeezed(bare.encode())), "whole": as_lines(squeezed(whole.encode()))})
        kept = named.select(pl.when(pl.col("bare") != "").then("bare").otherwise("whole")).to_series().str.join("\n")[0]
        bare = apart(f"\n{kept}\n")
    return squeezed(replaced(bare, _particles()).encode())


@cache
def _surname_sounds() -> dict[str, str]:
    return {f" {surname} ": f" {sound} " for surname, sound in SURNAME_SOUNDS.items()}


@cache
def _titles() -> Replacements:
    return Replacements.of({f" {title} ": "" for title in TITLES})


@cache
def _suffixes() -> Replacements:
    return Replacements.of({f" {suffix} \n": "\n" for suffix in SUFFIXES})


@cache
def _particles() -> Replacements:
    joined = {particle: particle.replace(" ", "") for particle in PARTICLES} | {"el": "al", "mc": "mc"}
    table = {f" {particle.replace(' ', '  ')}  ": f" {new}" for particle, new in joined.items()}
    return Replacements.of(table | {f" {word} ": f" {new} " for word, new in _spelled(VARIANTS).items()})


@cache
def _formal_names() -> dict[str, str]:
    """Nickname to one common full name: with the same first letter if there is one. Source: nicknames."""
    from nicknames import name_triplets  # noqa: PLC0415 - only persons pay for it

    rank = {name: place for place, name in enumerate(COMMON_NAMES)}
    full: dict[str, str] = {}

    def order(name: str, nickname: str) -> tuple[bool, int, str]:
        return name[0] != nickname[0], rank[name], name

    for name, relationship, nickname in name_triplets():
        if relationship == "has_nickname" and name in rank and nickname not in rank:
            full[nickname] = min(name, full.get(nickname, name), key=lambda known: order(known, nickname))
    full |= SHORT_FOR
    return _spelled(full)


def _spelled(words: Mapping[str, str]) -> dict[str, str]:
    old, new = (each_without_umlauts(f" {word} " for word in side) for side in (words, words.values()))
    return {one.strip(): other.strip() for one, other in zip(old, new, strict=True)}
