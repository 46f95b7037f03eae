"""Fixed patterns of identifiers, such as AB-1234, as regular expressions that a person can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import Column, Table
from reconcile.records import Kind

MATCHES = "expect_column_values_to_match_regex"
_KINDS = (Kind.IDENTIFIER, Kind.CODE, Kind.REFERENCE, Kind.POSTAL_CODE, Kind.PHONE, Kind.TAX_ID, Kind.TEXT)
_ENOUGH = 20
"""Different values from which a pattern is told."""
_EVIDENT = 0.98
"""Share of the rows that must have the pattern."""
_PARTS = 6
"""Runs of letters and digits; more is no code."""
_LONGEST = 40
_RUN = re.compile(r"[A-Z]+|[a-z]+|\d+|.", re.DOTALL)
_SAMPLE = 5_000
"""Different values of which the pattern is told, the most frequent first; how many rows have it is counted in all."""


def formats(table: Table, closed: frozenset[str]) -> Iterator[Proposal]:
    """The rules; `closed` are columns of which all values are listed already."""
    for place, column in enumerate(table.columns):
        if column.name in closed or not column.text or column.kind not in _KINDS or column.distinct < _ENOUGH:
            continue
        pattern = pattern_of(column)
        if pattern is None:
            continue
        has = int(column.values.str.contains(pattern).sum())
        if has < _EVIDENT * column.filled:
            continue
        example = column.counts.filter(pl.col("value").str.contains(pattern))["value"][0]
        why = Both(
            f"{has:,} of {column.filled:,} values of {column.name} are written like {example!r}.",
            f"{column.name} 的 {column.filled:,} 个值中有 {has:,} 个写作 {example!r} 的形式。",
        )
        message = Both(
            f"{column.name} is not written like {example}. Correct it.", f"{column.name} 的写法与 {example} 的格式不符，请更正。"
        )
        yield Proposal(
            f"{slug(column.name, place)}_is_well_formed",
            MATCHES,
            {"column": column.name, "regex": pattern},
            "minor",
            message,
            why,
        )


def pattern_of(column: Column) -> str | None:
    """The regular expression that nearly all values match, if they are built in one way; None where there is no fixed pattern."""
    few = column.counts.head(_SAMPLE)
    shaped = (
        few.with_columns(shape=_shape(pl.col("value")))
        .group_by("shape")
        .agg(pl.col("n").sum())
        .sort("n", "shape", descending=[True, False])
    )
    shape, rows = shaped.row(0)
    if (
        shape is None or len(shape) > _LONGEST or rows < (_EVIDENT - 0.28) * int(few["n"].sum())
    ):  # the rest may have other lengths
        return None
    values = few.with_columns(shape=_shape(pl.col("value"))).filter(pl.col("shape") == shape)["value"].to_list()
    runs = [_RUN.findall(value) for value in values]
    if len(runs[0]) > _PARTS or " " in shape:
        return None
    parts = [_part([one[at] for one in runs]) for at in range(len(runs[0]))]
    if None in parts or not _says_something(parts, shape, running=column.names_records):
        return None
    return "^" + "".join(str(part) for part in parts) + "$"


def _shape(value: pl.Expr) -> pl.Expr:
    """AB-1234 as A-9: what kind of sign follows what."""
    plain = value.str.replace_all(r"[0-9]+", "9").str.replace_all(r"[A-Z]+", "A").str.replace_all(r"[a-z]+", "a")
    return pl.when(~plain.str.contains(r"[^\x21-\x7e]")).then(plain)


def _part(runs: list[str]) -> str | None:
    """What all of the runs at one place have in common; None where letters are words, of any length."""
    if len(set(runs)) == 1 and not runs[0].isdigit():
        return re.escape(runs[0]).replace(r"\-", "-")
    sort = r"\d" if runs[0].isdigit() else "[A-Z]" if runs[0].isupper() else "[a-z]"
    lengths = {len(run) for run in runs}
    if len(lengths) == 1:
        count = lengths.pop()
        return sort if count == 1 else f"{sort}{{{count}}}"
    if sort != r"\d":
        return None
    return rf"\d{{{min(lengths)},{max(lengths)}}}" if max(lengths) - min(lengths) <= 2 and min(lengths) > 1 else r"\d+"  # noqa: PLR2004 # wider is any number


def _says_something(parts: list[str | None], shape: str, *, running: bool) -> bool:
    """Whether a wrong value would be noticed: digits alone are any number, and of running numbers the count grows one day."""
    if len(parts) == 1:
        return not (running and shape == "9") and "{" in str(parts[0]) and "," not in str(parts[0])
    return any(sign in shape for sign in "9A")
