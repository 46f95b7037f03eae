"""What a column's name says: its words, in whatever case they are joined, and the concept behind them in five languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from reconcile.match.discovery.vocabulary import VOCABULARY
from reconcile.records import Kind

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ANONYMOUS = re.compile(
    r"(?:f|c|v|x|col|column|field|feld|spalte|champ|col|columna|campo|attr|attribute|var|字段|列|unnamed)?[\W_]*\d*|[a-z]"
)


@dataclass(frozen=True)
class Concept:
    """What a column is about, and the kind of value that goes with it."""

    name: str
    kind: Kind | None


def _read(vocabulary: str) -> Iterator[tuple[tuple[str, ...], Concept]]:
    for name, kind, terms in re.findall(r"^(\w+) \((\w+)\):((?:.+|\n  )+)", vocabulary, re.MULTILINE):
        concept = Concept(name, None if kind == "any" else Kind(kind))
        yield from ((words_of(term), concept) for term in terms.split(","))


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column name, folded: `KundenNr`, `kunden_nr` and `Kunden-Nr.` are (kunden, nr)."""
    parted = _HUMP.sub(" ", unicodedata.normalize("NFKC", name))
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        parted = parted.replace(letter, plain)
    plain = "".join(c for c in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(c))
    return tuple(_WORD.findall(plain.casefold()))


_BY_WORDS = dict(_read(VOCABULARY))
_LONGEST_TERM = max(map(len, _BY_WORDS))


def concept_of(name: str) -> Concept | None:
    """The concept of the name: the whole of it, else the longest term in it, the last where two are as long."""
    words = words_of(name)
    if not words:
        return None
    joined = ("".join(words),)
    if words in _BY_WORDS or joined in _BY_WORDS:
        return _BY_WORDS.get(words) or _BY_WORDS[joined]
    for size in range(min(_LONGEST_TERM, len(words)), 0, -1):
        for start in range(len(words) - size, -1, -1):
            part = words[start : start + size]
            found = _BY_WORDS.get(part)
            if found and not (found.name in ("id", "name") and size < len(words) and _other(words, part)):
                return found
    return next((_BY_WORDS[part] for w in words if (part := (w,)) in _BY_WORDS), None)


def _other(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether a word beside `part` says more than it does: a tax id is no id."""
    return any((w,) in _BY_WORDS and _BY_WORDS[(w,)].name not in ("id", "name") for w in words if w not in part)


def anonymous(name: str) -> bool:
    """Whether the name says nothing: `f1`, `Column 3`, `A`."""
    return _ANONYMOUS.fullmatch(" ".join(words_of(name))) is not None


def name_likeness(left: str, right: str) -> float | None:
    """How alike two names are, 0 to 1; None where one of them says nothing."""
    if anonymous(left) or anonymous(right):
        return None
    one, two = words_of(left), words_of(right)
    if one == two:
        return 1.0
    a, b = concept_of(left), concept_of(right)
    if a and b:
        return _NEAR.get(frozenset((a.name, b.name)), 0.0) if a.name != b.name else 0.9
    alike = fuzz.token_sort_ratio(" ".join(one), " ".join(two)) / 100
    return alike if alike > _LEAST_LIKENESS else 0.0


_LEAST_LIKENESS = 0.6
_NEAR = {
    frozenset(pair): 0.6
    for pair in (
        ("name", "company"), ("name", "person"), ("name", "title"), ("phone", "mobile"), ("birth_date", "date"),
        ("tax_id", "id"),
        ("name", "last_name"), ("person", "last_name"), ("person", "first_name"), ("person", "company"), ("social_id", "id"),
        ("model", "id"), ("name", "first_name"), ("birth_date", "year"), ("date", "year"), ("state", "city"),
        ("house_number", "address"), ("address", "address_more"), ("brand", "company"),
    )
}  # fmt: skip
