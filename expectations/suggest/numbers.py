"""Bounds of amounts that follow from what they are, not from the smallest and the largest that happened to be there."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from expectations.suggest.margins import lower_bound
from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import NUMBERS, Column, Table
from expectations.suite import Severity

BETWEEN = "expect_column_values_to_be_between"
_ENOUGH = 20
_NEARLY = 0.99
"""So many amounts must keep a bound for the others to be faults."""
_POSITIVE = ("price", "quantity")
"""Concepts that are more than nothing, if they ever are."""
_RUNNING_OUT = (
    "stock available hand remaining inventory free open balance limit credit tax vat freight shipping fee paid due bestand "
    "verfuegbar rest saldo steuer fracht"
)
"""Words of amounts that may be nothing although none is today."""
_SHARES = (
    "discount",
    "rate",
    "share",
    "ratio",
    "percent",
    "percentage",
    "pct",
    "rabatt",
    "anteil",
    "probability",
    "score",
    "折扣",
    "比例",
)
_HUNDRED = 100
_GAP = 20
"""So many times the largest ordinary value an amount must be for it to be a slip of the keyboard."""
_FEW = 0.005
"""Share of such slips."""


def bounds(table: Table) -> Iterator[Proposal]:
    """The rules."""
    for place, column in enumerate(table.columns):
        if column.names_records or column.kind not in NUMBERS or not column.values.dtype.is_numeric() or column.filled < _ENOUGH:
            continue
        proposal = _bound(column, place)
        if proposal is not None:
            yield proposal


def _bound(column: Column, place: int) -> Proposal | None:
    values = column.values.drop_nulls().cast(pl.Float64)
    values = values.filter(values.is_finite())
    if values.is_empty():
        return None
    negative, zero = int((values < 0).sum()), int((values == 0).sum())
    if negative > (1 - _NEARLY) * len(values) or lower_bound(len(values) - negative, len(values)) < _NEARLY - 0.2:
        return None
    kwargs: dict[str, object] = {"column": column.name, "min_value": 0}
    smallest, largest = _plain(values.min()), _plain(values.max())
    why = Both(
        f"from {smallest} to {largest} in {len(values):,} rows; {negative:,} are negative.",
        f"{len(values):,} 行的取值从 {smallest} 到 {largest}；其中 {negative:,} 个为负数。",
    )
    message = Both(f"{column.name} is less than 0.", f"{column.name} 小于 0。")
    top = _whole(column, values)
    if top is not None:
        kwargs["max_value"] = top
        why = why.joined(Both(f"It is a share: none is above {top}.", f"这是一个比例：没有超过 {top} 的值。"))
        message = Both(f"{column.name} is not between 0 and {top}.", f"{column.name} 不在 0 到 {top} 之间。")
    elif column.concept in _POSITIVE and zero == 0 and len(values) >= 2 * _ENOUGH and not _may_be_nothing(column):
        kwargs["strict_min"] = True
        why = why.joined(Both("None is 0.", "没有等于 0 的值。"))
        message = Both(f"{column.name} is 0 or less.", f"{column.name} 小于或等于 0。")
    slips = _slips(values)
    if slips is not None:
        limit, count = slips
        kwargs["max_value"] = limit
        why = why.joined(
            Both(
                f"{count:,} are more than {_GAP} times as large as any other: most often a slip of the keyboard.",
                f"{count:,} 个值超过其余最大值的 {_GAP} 倍：通常是输入错误。",
            )
        )
        message = message.joined(Both(f"Or it is above {limit:,}, which is hardly true.", f"或大于 {limit:,}，不太可能属实。"))
    severity: Severity = "major" if column.concept in _POSITIVE else "minor"
    return Proposal(f"{slug(column.name, place)}_is_in_range", BETWEEN, kwargs, severity, message, why)


def _may_be_nothing(column: Column) -> bool:
    named = not set(_RUNNING_OUT.split()).isdisjoint(column.words)
    return named or any(sign in column.name for sign in ("库存", "可用", "余额", "限额", "额度", "税"))


def _whole(column: Column, values: pl.Series) -> int | None:
    """1 or 100 where the amounts are shares of a whole."""
    named = any(word in _SHARES for word in column.words)
    largest = float(values.max())  # type: ignore[arg-type]  # floats
    if largest <= 1 and bool((values != values.round(0)).any()):
        return 1
    return _HUNDRED if named and 1 < largest <= _HUNDRED else None


def _slips(values: pl.Series) -> tuple[int, int] | None:
    """A round bound below the few amounts that no other comes near to, and how many these are."""
    most = values.sort(descending=True).head(int(_FEW * len(values)) + 1)
    for at in range(len(most) - 1):
        large, next_one = float(most[at]), float(most[at + 1])
        if next_one > 0 and large > _GAP * next_one:
            return int(10 ** len(str(int(next_one * 2)))), at + 1
    return None


def _plain(value: object) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
