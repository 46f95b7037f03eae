"""Text that is not what it seems: placeholders, broken encodings, stray blanks, values that were cut."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from expectations.suggest.naming import slug
from expectations.suggest.placeholders import is_placeholder
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import Column, Table

NOT_MATCHES = "expect_column_values_to_not_match_regex"
NOT_IN_SET = "expect_column_values_to_not_be_in_set"
LENGTH = "expect_column_value_lengths_to_be_between"
BLANKS = r"^\s|\s$"
BROKEN = "\ufffd|Ã[\u0080-\u00bf]|Â[\u0080-\u00bf]|â€|Ã¼|ï¿½"
"""UTF-8 that was read as Latin-1 or Windows-1252, and what stands where nothing could be read."""
_HABIT = 0.5
"""What most values have is how the file is written, and no fault of single records."""
_MOST_PLACEHOLDERS = 20
_WORTH_A_LIST = 0.05
"""More placeholders than this share are a way to say nothing that the column's owner may want."""
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
            proposal = make(column, place)
            if proposal is not None:
                yield proposal


def habits(table: Table) -> Iterator[Both]:
    """What most values of a column have in common that is a fault of the file."""
    for column in table.columns:
        if column.text and column.filled:
            share = float(column.values.str.contains(BLANKS).mean() or 0)  # type: ignore[arg-type]  # a share
            if share > _HABIT:
                yield Both(
                    f"{column.name}: {100 * share:.0f} % of the values begin or end with a blank. Trim them at the source.",
                    f"{column.name}：{100 * share:.0f} % 的值首尾带空格，请在生成文件时去除。",
                )


def _placeholders(column: Column, place: int) -> Proposal | None:
    said = [(value, n) for value, n in column.counts.iter_rows() if is_placeholder(value)] if column.distinct else []
    rows = sum(n for _, n in said)
    if not said or rows > _WORTH_A_LIST * column.filled or len(said) > _MOST_PLACEHOLDERS:
        return None
    why = Both(
        f"{rows:,} of {column.filled:,} values of {column.name} say that there is none.",
        f"{column.name} 的 {column.filled:,} 个值中有 {rows:,} 个是占位内容。",
    )
    message = Both(
        f"{column.name} holds a placeholder. Enter the true value, or leave it empty.",
        f"{column.name} 是占位内容。请填写真实值或留空。",
    )
    kwargs = {"column": column.name, "value_set": sorted(value for value, _ in said)}
    return Proposal(f"{slug(column.name, place)}_is_no_placeholder", NOT_IN_SET, kwargs, "minor", message, why)


def _broken(column: Column, place: int) -> Proposal | None:
    broken = int(column.values.str.contains(BROKEN).sum())
    if not broken:
        return None
    why = Both(
        f"{broken:,} of {column.filled:,} values hold the signs of a wrongly read encoding.",
        f"{column.filled:,} 个值中有 {broken:,} 个含有编码读错的乱码。",
    )
    message = Both(
        f"{column.name} was read in the wrong encoding somewhere. Enter it again.", f"{column.name} 出现乱码，请重新录入。"
    )
    kwargs = {"column": column.name, "regex": BROKEN}
    return Proposal(f"{slug(column.name, place)}_is_readable", NOT_MATCHES, kwargs, "major", message, why)


def _blanks(column: Column, place: int) -> Proposal | None:
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


def _cut(column: Column, place: int) -> Proposal | None:
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
