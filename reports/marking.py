"""How one raw value is shown: hostile characters made visible, long ones cut, the characters that differ marked.

Apart from the view because it alone looks into texts, and only into the few that are shown.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

LONGEST = 200
"""Characters of one value that are shown."""
_CONTEXT = 40
"""Characters before the first difference that stay in sight when a long value is cut."""
_TOO_DIFFERENT = 0.4
"""Below this share of equal characters, two values are marked as a whole: speckles would say nothing."""
_SHORTEST_ISLAND = 2
"""Equal runs shorter than this, between two differing ones, are marked with them."""
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that a reader can't see, or that reorder what he sees."""
_PICTURES = {"\n": "↵", "\t": "⇥"}


@dataclass(frozen=True)
class Segment:
    """A run of characters, equal in both systems or not."""

    text: str
    differs: bool


@dataclass(frozen=True)
class Shown:
    """One raw value, ready to be shown."""

    segments: tuple[Segment, ...]
    """None for an empty value."""
    length: int
    """Characters of the raw value."""
    cut: bool
    """Whether `segments` hold less than the raw value."""

    @property
    def text(self) -> str:
        """The segments without their marks."""
        return "".join(s.text for s in self.segments)

    @property
    def empty(self) -> bool:
        """Whether the system holds nothing here."""
        return not self.segments


EMPTY = Shown((), 0, cut=False)


def visible(text: str) -> str:
    """The text with every character that hides or reorders others replaced by a sign or its code: `↵`, `⟨U+202E⟩`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    if character.isprintable():
        return character
    hidden = unicodedata.category(character) in _HIDDEN
    return _PICTURES.get(character) or (f"⟨U+{ord(character):04X}⟩" if hidden else character)


def shorten(text: str | None, longest: int = LONGEST) -> str:
    """A visible text of at most about `longest` characters, `…` where it was cut; empty for None."""
    if not text:
        return ""
    return visible(text) if len(text) <= longest else visible(text[:longest]) + "…"


def plain(value: str | None, longest: int = LONGEST) -> Shown:
    """A value that is compared with nothing."""
    if not value:
        return EMPTY
    return Shown((Segment(shorten(value, longest), differs=False),), len(value), cut=len(value) > longest)


def side_by_side(left: str | None, right: str | None) -> tuple[Shown, Shown]:
    """Two values with the characters marked in which they differ; only what is shown is compared."""
    if not left or not right or left == right:
        return plain(left), plain(right)
    start = 0
    if max(len(left), len(right)) > LONGEST:
        start = max(0, _first_difference(left, right) - _CONTEXT)
    a, b = _window(left, start), _window(right, start)
    if a == b:  # they differ behind the window
        return _shown(left, start, [Segment(a, differs=False)]), _shown(right, start, [Segment(b, differs=False)])
    segments_a, segments_b = _marked(a, b)
    return _shown(left, start, segments_a), _shown(right, start, segments_b)


def _window(text: str, start: int) -> str:
    return visible(text[start : start + LONGEST])


def _first_difference(left: str, right: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def _shown(raw: str, start: int, segments: list[Segment]) -> Shown:
    before = [Segment("…", differs=False)] if start else []
    after = [Segment("…", differs=False)] if start + LONGEST < len(raw) else []
    return Shown((*before, *(s for s in segments if s.text), *after), len(raw), cut=bool(before or after))


def _marked(a: str, b: str) -> tuple[list[Segment], list[Segment]]:
    blocks = _blocks(a, b)
    same = sum(a_end - a_start for a_start, a_end, _, _ in blocks)
    if same < _TOO_DIFFERENT * max(len(a), len(b)) and not _one_holds_the_other(a, b):
        return [Segment(a, differs=True)], [Segment(b, differs=True)]
    left: list[Segment] = []
    right: list[Segment] = []
    a_at = b_at = 0
    for a_start, a_end, b_start, b_end in [*blocks, (len(a), len(a), len(b), len(b))]:
        left += [Segment(a[a_at:a_start], differs=True), Segment(a[a_start:a_end], differs=False)]
        right += [Segment(b[b_at:b_start], differs=True), Segment(b[b_start:b_end], differs=False)]
        a_at, b_at = a_end, b_end
    return left, right


def _one_holds_the_other(a: str, b: str) -> bool:
    """A value cut off by a system reads best with its missing rest marked, however long that is."""
    return a.startswith(b) or b.startswith(a)


def _blocks(a: str, b: str) -> list[tuple[int, int, int, int]]:
    """Equal runs (start and end in a, start and end in b), without islands too short to help a reader."""
    equal = [(op.src_start, op.src_end, op.dest_start, op.dest_end) for op in Levenshtein.opcodes(a, b) if op.tag == "equal"]
    return [
        block
        for block in equal
        if block[1] - block[0] >= _SHORTEST_ISLAND or block[0] == block[2] == 0 or (block[1] == len(a) and block[3] == len(b))
    ]
