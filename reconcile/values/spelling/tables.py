"""Tables of words written as text, so that they stay readable: one entry a line, `word: ways to write it`."""

from __future__ import annotations


def ways(text: str) -> dict[str, tuple[str, ...]]:
    """Word to the ways to write it, which stand behind a colon with commas between; a word may have several lines."""
    table: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        word, _, written = line.partition(": ")
        table[word] = table.get(word, ()) + tuple(way.strip() for way in written.split(","))
    return table


def listed(text: str, between: str | None = None) -> tuple[str, ...]:
    """Words apart by white space, or by the sign between them."""
    return tuple(word.strip() for word in text.split(between))


def one_way(text: str) -> dict[str, str]:
    """Each way to write a word to that word."""
    return {written: word for word, several in ways(text).items() for written in several}
