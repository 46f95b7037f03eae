"""Closed sets of codes, and spellings in them that are faults rather than codes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from expectations.suggest.joined import joined_of, together
from expectations.suggest.naming import sayable, slug
from expectations.suggest.openness import is_measure, is_place
from expectations.suggest.placeholders import MOST_SHARE, placeholders_of
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import DATES, NUMBERS, Column, Table
from reconcile.records import Kind

IN_SET = "expect_column_values_to_be_in_set"
_MOST = 30
"""Codes of a set that a person can keep."""
_ROWS_EACH = 10
"""Rows for each code."""
_UNSEEN = 0.01
"""Largest share of rows with a code that stands once: so large is the chance of a new one (Good and Turing)."""
_LONGEST = 60
_TIMES = 10
"""So many times as often a code must stand as the spelling that is taken for a slip of it."""
_COMMON = 5
_LONG, _LONGER = 4, 9
"""Letters from which one letter, or two, may be wrong."""
_POSTS, _FEW_POSTS = ("title", "occupation"), 8
"""Concepts whose values are free text, unless they are as few as forms of address."""
_FREE = (Kind.PERSON_NAME, Kind.COMPANY_NAME, Kind.ADDRESS, Kind.EMAIL, Kind.URL, Kind.PHONE)


@dataclass(frozen=True)
class Codes:
    """The codes of a column."""

    kept: tuple[str, ...]
    slips: tuple[tuple[str, str, int], ...]
    """A spelling, the code it is taken for (empty: it stands for nothing at all), and its rows."""
    rare: tuple[str, ...]
    """Codes that stand in one row only."""


def codes_of(column: Column) -> Codes | None:
    """The closed set of a column, or None where its values are open."""
    if not _may_be_closed(column):
        return None
    counted: list[tuple[str, int]] = list(column.counts.iter_rows())
    said = placeholders_of(column, column.distinct)
    nothing = set(said["value"]) if int(said["n"].sum()) <= MOST_SHARE * column.filled else set()
    slips = {value: code for value, rows in counted if (code := _meant(value, rows, counted)) is not None}
    slips |= dict.fromkeys(nothing, "")
    kept = [(value, rows) for value, rows in counted if value not in slips]
    rows = sum(n for _, n in kept)
    rare = [value for value, n in kept if n == 1]
    closed = (
        all(sayable(value) for value, _ in kept)
        and 1 < len(kept) <= _MOST
        and rows >= _ROWS_EACH * len(kept)
        and len(rare) <= _UNSEEN * rows
    )
    if not closed or len({_folded(value) for value, _ in kept}) < 2:  # noqa: PLR2004 # one code is no set
        return None
    told = tuple((value, slips[value], n) for value, n in counted if value in slips)
    return Codes(tuple(sorted(value for value, _ in kept)), told, tuple(sorted(rare)))


def _may_be_closed(column: Column) -> bool:
    if column.kind in (*NUMBERS, *DATES, *_FREE) or column.names_records or not column.filled:
        return False
    if column.concept in _POSTS and column.distinct > _FEW_POSTS:
        return False
    if not (column.text or column.values.dtype.is_integer()):
        return False
    short = int(column.counts["value"].str.len_chars().max() or 0) <= _LONGEST  # type: ignore[arg-type]  # a count
    return column.distinct <= 3 * _MOST and short and not is_place(column) and not is_measure(column)


def _meant(value: str, rows: int, counted: Sequence[tuple[str, int]]) -> str | None:
    """The common code that a rare value is a slip of; None if it is a code."""
    for code, often in counted:
        if often < max(_COMMON, _TIMES * rows):
            break
        if _folded(code) == _folded(value) or (_is_word(code) and _slip(_folded(value), _folded(code))):
            return code
    return None


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _is_word(code: str) -> bool:
    """Whether a code is spelled out: in an abbreviation such as HS-FD every letter tells, and HS-HD is no slip of it."""
    return any(letter.islower() for letter in code)


def _slip(value: str, code: str) -> bool:
    """Whether letters were mistyped: never a digit, for these tell codes apart, nor in a word so short that any other is near."""
    allowed = 0 if len(code) < _LONG else 1 if len(code) < _LONGER else 2
    if not allowed or re.findall(r"\d", value) != re.findall(r"\d", code):
        return False
    return OSA.distance(value, code, score_cutoff=allowed) <= allowed


def closed_sets(table: Table, told: frozenset[str]) -> Iterator[Proposal]:
    """The rules; `told` are columns of which something better is known."""
    for place, column in enumerate(table.columns):
        codes = None if column.name in told else codes_of(column)
        if codes is not None:
            joined = joined_of(codes.kept)
            yield together(column, place, joined) if joined else _listed(column, place, codes)


def _listed(column: Column, place: int, codes: Codes) -> Proposal:
    why = Both(
        f"{len(codes.kept)} values cover {column.filled - sum(n for *_, n in codes.slips):,} of {column.filled:,} rows.",
        f"{len(codes.kept)} 个值覆盖了 {column.filled:,} 行中的 {column.filled - sum(n for *_, n in codes.slips):,} 行。",
    )
    if codes.rare:
        some = ", ".join(codes.rare)
        why = why.joined(Both(f"Seen once only, look at it: {some}.", f"只出现一次，请核实：{some}。"))
    if codes.slips:
        en = ", ".join(f"{v!r} ({n:,}; {f'as {code!r}' if code else 'says nothing'})" for v, code, n in codes.slips[:5])
        zh = "、".join(f"{v!r}（{n:,} 行；{f'应为 {code!r}' if code else '无含义'}）" for v, code, n in codes.slips[:5])
        why = why.joined(Both(f"Taken for faults, not codes: {en}.", f"视为错误而非代码：{zh}。"))
    message = Both(
        f"{column.name} holds a value that is not on the list. Correct it, or add the new code to the rule.",
        f"{column.name} 的值不在清单中。请更正，或将新代码加入规则。",
    )
    kwargs = {"column": column.name, "value_set": list(codes.kept)}
    return Proposal(f"{slug(column.name, place)}_is_known", IN_SET, kwargs, "major" if codes.slips else "minor", message, why)
