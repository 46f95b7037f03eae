"""A whole column rewritten as one text: a line for each value, a table of replacements in one pass, no work per value.

A million short strings cost more to visit than to rewrite. Slices keep the memory bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

_SLICE = 1 << 16
_SPACE, _LINE = 32, 10
_DELETED = b"'`"
_SIGNS = bytes(c if c == _LINE else ord(chr(c).lower()) if c < 128 and chr(c).isalnum() else _SPACE for c in range(256))  # noqa: PLR2004 - the end of ASCII

Rewrite = Callable[[str], str]


def rewritten(values: pl.Series, rewrite: Rewrite) -> pl.Series:
    """Every value as `rewrite` has it.

    Args:
        values: any strings; null stays null.
        rewrite: gets lines, each between line feeds (also before the first and after the last), and gives as many lines.
            Lines with ASCII letters alone and others never come in the same text.

    Returns:
        As many strings; null where nothing is left.
    """
    slices = [values.slice(start, _SLICE) for start in range(0, values.len(), _SLICE)]
    if not slices:
        return pl.Series(values.name, [], dtype=pl.String)
    return pl.concat([_slice_rewritten(part, rewrite) for part in slices])


def _slice_rewritten(values: pl.Series, rewrite: Rewrite) -> pl.Series:
    plain = (values.str.len_bytes() == values.str.len_chars()).fill_null(value=True)
    if plain.all():
        return _lines_rewritten(values, rewrite)
    if not plain.any():
        return _lines_rewritten(values, rewrite)
    rows = pl.arange(0, values.len(), eager=True)
    parts = [_lines_rewritten(values.filter(chosen), rewrite) for chosen in (plain, ~plain)]
    order = pl.concat([rows.filter(plain), rows.filter(~plain)])
    return pl.concat(parts).gather(order.arg_sort())


def _lines_rewritten(values: pl.Series, rewrite: Rewrite) -> pl.Series:
    text: str = values.fill_null("").str.join("\n")[0]
    if text.count("\n") != values.len() - 1:
        text = values.fill_null("").str.replace_all(r"\s", " ").str.join("\n")[0]
    lines = as_lines(rewrite(f"\n{text}\n")).alias(values.name)
    return lines.set(lines == "", None)


def as_lines(text: str) -> pl.Series:
    """The lines of a text, without what stands before the first line feed and after the last."""
    return pl.Series([text[text.index("\n") + 1 : text.rindex("\n")]]).str.split("\n").explode(empty_as_null=False)


@dataclass(frozen=True)
class Replacements:
    """Patterns and what to write for them, ready to be used many times."""

    old: list[str]
    """The longest first."""
    new: list[str]

    @classmethod
    def of(cls, patterns: Mapping[str, str]) -> Replacements:
        """The same from a table."""
        longest_first = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
        return cls(longest_first, [patterns[pattern] for pattern in longest_first])


def replaced(text: str, patterns: Mapping[str, str] | Replacements) -> str:
    """The text with each pattern replaced, leftmost first, and of those that begin at one place the longest."""
    ready = patterns if isinstance(patterns, Replacements) else Replacements.of(patterns)
    if not ready.old:
        return text
    return pl.Series([text]).str.replace_many(ready.old, ready.new, leftmost=True)[0]  # type: ignore[no-any-return] # one string in, one out


def letters(text: str) -> str:
    """ASCII text as lower-case words, apart by one space; apostrophes gone, other signs a space."""
    return squeezed(text.encode("ascii", "replace").translate(_SIGNS, _DELETED))


def squeezed(text: bytes) -> str:
    """Every run of spaces as one, none at the ends of lines."""
    signs = np.frombuffer(text, dtype=np.uint8)
    space = signs == _SPACE
    idle = space[1:] & (space[:-1] | (signs[:-1] == _LINE))
    if idle.any():
        text = signs[np.append(True, ~idle)].tobytes()
    return text.replace(b" \n", b"\n").decode()


def apart(text: str) -> str:
    """Each word between two spaces of its own, so that patterns of words, which have them too, never share one."""
    return text.replace(" ", "  ").replace("\n", " \n ")


def singles_joined(text: str) -> str:
    """Letters that stand alone, side by side, as one word: `i  b  m` is `ibm`. The text is `apart`."""
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    space = signs == _SPACE
    alone = np.zeros(len(signs), dtype=bool)
    alone[1:-1] = space[:-2] & space[2:] & (signs[1:-1] >= ord("a"))
    pair = np.flatnonzero(alone[:-3] & alone[3:])
    if not len(pair):
        return text
    keep = np.ones(len(signs), dtype=bool)
    keep[pair + 1] = keep[pair + 2] = False
    return signs[keep].tobytes().decode()


def sorted_words(values: pl.Series) -> pl.Series:
    """Words apart by one space as a sorted List of String; null stays null."""
    words = values.str.split(" ")
    every = words.explode(empty_as_null=False, keep_nulls=False)
    counts = words.list.len().fill_null(0).to_numpy()
    distinct = every.unique().sort()
    codes = every.replace_strict(distinct, pl.arange(0, distinct.len(), eager=True, dtype=pl.Int64), return_dtype=pl.Int64)
    row = np.repeat(np.arange(values.len(), dtype=np.int64), counts)
    order = np.sort((row << 32) | codes.to_numpy()) & 0xFFFFFFFF
    ends = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
    offsets = pa.Array.from_buffers(pa.int64(), len(ends), [None, pa.py_buffer(ends)])  # an ndarray would import pandas
    lists = pa.LargeListArray.from_arrays(offsets, distinct.gather(order).to_arrow())
    return pl.Series(values.name, lists, dtype=pl.List(pl.String)).set(values.is_null(), None)


def initials(text: str) -> str:
    """The first letter of each word of each line."""
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    gap: NDArray[np.bool_] = (signs == _SPACE) | (signs == _LINE)
    first = np.append(False, gap[:-1]) & ~gap
    return bytes(signs[first | (signs == _LINE)]).decode()


def repeats_gone(text: str) -> str:
    """Each letter once where it stands several times in a row; lines stay."""
    signs = np.frombuffer(text.encode(), dtype=np.uint8)
    new = np.append(True, signs[1:] != signs[:-1])
    return bytes(signs[new | (signs == _LINE)]).decode()


def characters(text: str) -> set[str]:
    """The distinct characters beyond ASCII."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    seen = np.zeros(0x110000, dtype=bool)
    seen[points] = True
    return {chr(point) for point in np.flatnonzero(seen) if point > 127}  # noqa: PLR2004 - the end of ASCII
