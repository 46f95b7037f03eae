"""Text that is not what it seems: placeholders, broken encodings, stray blanks, values that were cut."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from expectations.own.judged.mojibake import is_garbled
from expectations.suggest.naming import slug
from expectations.suggest.placeholders import ALSO, MOST_SHARE, placeholders_of
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import Column, Table

NOT_MATCHES = "expect_column_values_to_not_match_regex"
NO_PLACEHOLDER = "expect_column_values_to_not_be_placeholders"
NOT_GARBLED = "expect_column_values_to_not_be_mojibake"
LENGTH = "expect_column_value_lengths_to_be_between"
BLANKS = r"^\s|\s$"
_HABIT = 0.5
"""What most values have is how the file is written, and no fault of single records."""
_MOST_PLACEHOLDERS = 20
_NUMBERS = 0.5
_AGAIN = 3
"""Times the rows of an ordinary value."""
_LONG = 15
_AT_THE_END = 5
"""So many values at least must have the greatest length for a cut to be evident ..."""
_TIMES = 4.0
"""... and so many times as many as have each of the lengths before it."""


def texts(table: Table, closed: frozenset[str]) -> Iterator[Proposal]:
    """The rules; `closed` are columns of which all values are listed already."""
    for place, column in enumerate(table.columns):
        if not column.text or column.name in closed or not column.filled:
            continue
        for make in (_placeholders, _broken, _blanks, _cut):
            proposal = make(column, place, table.values_each)
            if proposal is not None:
                yield proposal


def habits(table: Table) -> Iterator[Both]:
    """What most values of a column have in common that is a fault of the file, and columns that no suite can name."""
    if table.unsayable:
        some = ", ".join(repr(name) for name in table.unsayable[:5])
        yield Both(
            f"{len(table.unsayable)} columns are left out, whose names hold signs that no editor shows: {some}.",
            f"{len(table.unsayable)} 列的列名含不可见字符，无法写入规则集，已略过：{some}。",
        )
    for column in table.columns:
        if column.text and column.filled:
            share = float(column.values.str.contains(BLANKS).mean() or 0)  # type: ignore[arg-type]  # a share
            if share > _HABIT:
                yield Both(
                    f"{column.name}: {100 * share:.0f} % of the values begin or end with a blank. Trim them at the source.",
                    f"{column.name}：{100 * share:.0f} % 的值首尾带空格，请在生成文件时去除。",
                )


def _placeholders(column: Column, place: int, most: int) -> Proposal | None:
    said = placeholders_of(column, most)
    rows = int(said["n"].sum())
    if not rows or rows > MOST_SHARE * column.filled or said.height > _MOST_PLACEHOLDERS or _are_numbers_too(column, said):
        return None
    why = Both(
        f"{rows:,} of {column.filled:,} values of {column.name} say that there is none.",
        f"{column.name} 的 {column.filled:,} 个值中有 {rows:,} 个是占位内容。",
    )
    message = Both(
        f"{column.name} holds a placeholder. Enter the true value, or leave it empty.",
        f"{column.name} 是占位内容。请填写真实值或留空。",
    )
    also = [value for value in said["value"] if value.upper() in ALSO]
    kwargs = {"column": column.name, **({"also": sorted(also)} if also else {})}
    return Proposal(f"{slug(column.name, place)}_is_no_placeholder", NO_PLACEHOLDER, kwargs, "minor", message, why)


def _are_numbers_too(column: Column, said: pl.DataFrame) -> bool:
    """Whether 1111 and 1234 stand among other numbers, where they are no placeholders unless they come up again and again."""
    digits = float(column.counts["value"].str.contains(r"^[\d\s./-]+$").mean() or 0.0)  # type: ignore[arg-type]  # a share
    often = int(said["n"].min() or 0)  # type: ignore[arg-type]  # a count
    return digits >= _NUMBERS and often < _AGAIN * column.filled / column.distinct


def _broken(column: Column, place: int, most: int) -> Proposal | None:
    some = column.looked_at(most)
    broken = int(some.filter(is_garbled(some["value"]).fill_null(value=False))["n"].sum())
    if not broken or broken > _HABIT * column.filled:
        return None
    why = Both(
        f"{broken:,} of {column.filled:,} values hold the signs of a wrongly read encoding.",
        f"{column.filled:,} 个值中有 {broken:,} 个含有编码读错的乱码。",
    )
    message = Both(
        f"{column.name} was read in the wrong encoding somewhere. Enter it again.", f"{column.name} 出现乱码，请重新录入。"
    )
    return Proposal(f"{slug(column.name, place)}_is_readable", NOT_GARBLED, {"column": column.name}, "major", message, why)


def _blanks(column: Column, place: int, _most: int) -> Proposal | None:
    blank = int(column.values.str.contains(BLANKS).sum())
    if not blank or blank > _HABIT * column.filled:
        return None
    why = Both(
        f"{blank:,} of {column.filled:,} values begin or end with a blank, so that a search or a comparison misses them.",
        f"{column.filled:,} 个值中有 {blank:,} 个首尾带空格，搜索和比较会漏掉它们。",
    )
    message = Both(f"{column.name} begins or ends with a blank. Remove it.", f"{column.name} 首尾带空格，请去除。")
    kwargs = {"column": column.name, "regex": BLANKS}
    return Proposal(f"{slug(column.name, place)}_is_trimmed", NOT_MATCHES, kwargs, "minor", message, why, dimension="consistency")


def _cut(column: Column, place: int, _most: int) -> Proposal | None:
    lengths = column.values.drop_nulls().str.len_chars()
    longest = int(lengths.max() or 0)  # type: ignore[arg-type]  # a count
    if longest < _LONG:
        return None
    different = column.counts.select(pl.col("value").str.len_chars().alias("n")).group_by("n").len()
    by_length = dict(different.iter_rows())
    at_end = by_length[longest]
    before = [by_length.get(longest - back, 0) for back in range(1, 6)]
    if (
        at_end < _AT_THE_END
        or at_end < _TIMES * max(sum(before) / len(before), 0.2)
        or sum(before) == 0
        or len(by_length) < _LONG // 2
    ):
        return None
    why = Both(
        f"{at_end:,} different values have exactly {longest} characters, and none has more; {sum(before)} have one to five less: "
        "the text was cut.",
        f"{at_end:,} 个不同的值恰好有 {longest} 个字符且没有更长的，少一到五个字符的只有 {sum(before)} 个：文本被截断。",
    )
    message = Both(
        f"{column.name} fills all of its {longest} characters: its end was cut off. Enter the rest.",
        f"{column.name} 占满 {longest} 个字符：结尾被截断，请补全。",
    )
    kwargs = {"column": column.name, "max_value": longest - 1}
    return Proposal(f"{slug(column.name, place)}_is_not_cut", LENGTH, kwargs, "minor", message, why)
