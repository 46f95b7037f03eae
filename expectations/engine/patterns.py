"""Patterns as Python reads them: by polars where both mean the same, by Python for each distinct value where they do not."""

from __future__ import annotations

import re

import polars as pl

from expectations.engine.distinct import on_distinct

_WORD = r"\p{L}\p{N}_"
"""Python's letters, digits and underscore; those of polars also hold marks, and lack superscripts."""
_SPACE = r"\s\x1c-\x1f"
_OUTSIDE = {"w": f"[{_WORD}]", "W": f"[^{_WORD}]", "s": f"[{_SPACE}]", "S": f"[^{_SPACE}]", "Z": r"\z", "A": r"\A"}
_INSIDE = {"w": _WORD, "W": f"[^{_WORD}]", "s": _SPACE, "S": f"[^{_SPACE}]"}
_NOT_THE_SAME = re.compile(r"\\[bB0-9N]|\(\?(?![:P)])|\(\?P[=>]|[*+?}]\+")
"""Word boundaries, back references, named characters, groups with flags or that look around, possessive repeats."""


def holds(text: pl.Expr, pattern: str) -> pl.Expr:
    """True in each row in which Python's `re.search` finds the pattern.

    Raises:
        ValueError: Python can't read the pattern either.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"The pattern {pattern!r} can't be read: {error}.") from error
    rewritten = for_polars(pattern)
    if rewritten is not None and _readable(rewritten):
        return text.str.contains(rewritten)
    return on_distinct(
        text, lambda values: pl.Series([compiled.search(one) is not None for one in values.to_list()], dtype=pl.Boolean)
    )


def for_polars(pattern: str) -> str | None:
    """The same pattern in the language of polars, or None if it has no words for it."""
    if _NOT_THE_SAME.search(pattern.replace(r"\\", "")):
        return None
    out, at, inside = [], 0, False
    while at < len(pattern):
        letter = pattern[at]
        if letter == "\\" and at + 1 < len(pattern):
            following = pattern[at + 1]
            out.append((_INSIDE if inside else _OUTSIDE).get(following, letter + following))
            at += 2
            continue
        if inside:
            if letter == "[" or pattern[at : at + 2] in ("&&", "--", "~~", "||"):
                return None  # operations on sets of characters, which Python does not have
            inside = letter != "]"
        elif letter == "[":
            inside = True
            opening = 2 if pattern[at + 1 : at + 2] == "^" else 1
            if pattern[at + opening : at + opening + 1] == "]":
                return None  # a bracket as the first member
        elif letter == "$":
            letter = r"(?:\n?\z)"
        out.append(letter)
        at += 1
    return "".join(out)


def _readable(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


def like(pattern: str, escape: str | None = None) -> str:
    """A pattern of SQL's LIKE as a regular expression of polars: `%` is any text, `_` one character."""
    out, letters = [], iter(pattern)
    for letter in letters:
        if letter == escape:
            out.append(re.escape(next(letters, "")))
        else:
            out.append({"%": ".*", "_": "."}.get(letter) or re.escape(letter))
    return rf"(?s)\A{''.join(out)}\z"
