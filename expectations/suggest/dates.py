"""Dates that can't be: before the business began, after today, or earlier than what comes before them; and data that grow old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import polars as pl

from expectations.suggest.naming import slug
from expectations.suggest.numbers import BETWEEN
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import DATES, MOST_COLUMNS, Column, Table

LATER = "expect_column_pair_values_a_to_be_greater_than_b"
_ENOUGH = 20
_NEARLY = 0.99
_PLANNED = (
    "due",
    "required",
    "requested",
    "expected",
    "planned",
    "promised",
    "delivery",
    "valid",
    "until",
    "expiry",
    "expires",
    "expiration",
    "end",
    "to",
    "next",
    "target",
    "deadline",
    "faellig",
    "termin",
    "bis",
    "ablauf",
    "echeance",
    "vencimiento",
    "start",
    "begin",
    "effective",
)
"""Words of dates that may lie ahead."""
_PLANNED_ZH = ("到期", "计划", "预计", "要求", "有效", "截止", "结束", "交货")
_BIRTH = 1900
_CHANGES = "modified change changed update updated loaded load sync synced import imported systemmodstamp geaendert"
_CHANGE_SIGNS = ("修改", "更新", "同步", "导入")
_YEARS = 20
"""What is so much earlier than nearly all others is a fault, not the beginning."""


def tells_of_change(column: Column) -> bool:
    """Whether it says when the record was last touched, which says nothing of the record."""
    return not set(_CHANGES.split()).isdisjoint(column.words) or any(sign in column.name for sign in _CHANGE_SIGNS)


def dates(table: Table) -> Iterator[Proposal]:
    """The rules about one date."""
    for place, column in enumerate(table.columns):
        if is_date(column) and column.filled >= _ENOUGH:
            proposal = _between(column, place, table.now)
            if proposal is not None:
                yield proposal


def is_date(column: Column) -> bool:
    """Whether it holds dates, or moments."""
    return column.kind in DATES and column.values.dtype.is_temporal()


def days_of(column: Column) -> pl.Series:
    """Its dates, moments as their days."""
    return column.values.cast(pl.Date) if column.values.dtype != pl.Date else column.values


def _between(column: Column, place: int, now: dt.datetime) -> Proposal | None:
    days = days_of(column).drop_nulls()
    today = now.date()
    low = days.sort()[int((1 - _NEARLY) * len(days))]
    first, last = days.min(), days.max()
    assert isinstance(low, dt.date) and isinstance(first, dt.date) and isinstance(last, dt.date)  # noqa: PT018 # for the type checker alone
    begin = days.filter(days.dt.year() >= low.year - _YEARS).dt.year().min()
    assert isinstance(begin, int)  # for the type checker alone
    floor = dt.date(_BIRTH if column.concept == "birth_date" else max(1, begin // 10 * 10), 1, 1)
    early, ahead = int((days < floor).sum()), int((days > today + dt.timedelta(days=1)).sum())
    kwargs: dict[str, object] = {"column": column.name, "min_value": floor.isoformat()}
    why = Both(
        f"from {first} to {last} in {len(days):,} rows; the bound is the beginning of the decade in which they begin.",
        f"{len(days):,} 行的日期从 {first} 到 {last}；下限取这些日期起始年代的第一天。",
    )
    message = Both(
        f"{column.name} is before {floor.year}, which is hardly true.", f"{column.name} 早于 {floor.year} 年，不太可能属实。"
    )
    if early:
        why = why.joined(Both(f"{early:,} are earlier.", f"{early:,} 个日期更早。"))
    if not _may_lie_ahead(column) and ahead <= (1 - _NEARLY) * len(days):
        kwargs["max_value"] = "$today+1d"
        why = why.joined(
            Both(
                "It tells what has happened, so that it is not in the future; one day of grace for other time zones.",
                "它记录已发生的事，不应在未来；为其他时区留一天余地。",
            )
        )
        message = Both(f"{column.name} is before {floor.year} or in the future.", f"{column.name} 早于 {floor.year} 年或在未来。")
    return Proposal(f"{slug(column.name, place)}_is_plausible", BETWEEN, kwargs, "minor", message, why, dimension="validity")


def _may_lie_ahead(column: Column) -> bool:
    return any(word in _PLANNED for word in column.words) or any(word in column.name for word in _PLANNED_ZH)


def in_order(table: Table) -> Iterator[Proposal]:
    """The rules about two dates of which one is never before the other."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    places = [
        i for i, c in enumerate(table.columns[:MOST_COLUMNS]) if is_date(c) and c.filled >= _ENOUGH and not tells_of_change(c)
    ][:20]
    for i in places:
        for j in places:
            if i != j and (counted := _never_before(table.columns[i], table.columns[j])) is not None:
                found[i, j] = counted
    for (i, j), (kept, both) in found.items():
        if any((i, k) in found and (k, j) in found for k in places):
            continue  # it follows from the two
        yield _order(table, i, j, kept, both)


def _never_before(first: Column, later: Column) -> tuple[int, int] | None:
    """How many rows have `first` at or before `later`, of how many with both; None where that is no rule."""
    if first.values.dtype != later.values.dtype:
        return None  # a day is before each of its moments, and moments of two zones can't be compared
    a, b = days_of(first), days_of(later)
    both = a.is_not_null() & b.is_not_null()
    rows = int(both.sum())
    if rows < _ENOUGH:
        return None
    gap = (b - a).dt.total_days().filter(both)
    kept = int((gap >= 0).sum())
    if kept < _NEARLY * rows or not bool((gap > 0).any()):
        return None
    spread = (a.max() - a.min()).days  # type: ignore[operator,union-attr]  # dates
    near = abs(float(gap.median() or 0)) <= max(spread, 1) / 2  # type: ignore[arg-type]  # days
    return (kept, rows) if near else None


def _order(table: Table, i: int, j: int, kept: int, both: int) -> Proposal:
    first, later = table.columns[i], table.columns[j]
    why = Both(
        f"in {kept:,} of the {both:,} rows that have both, {later.name} is the same day as {first.name} or after it.",
        f"在两者都有值的 {both:,} 行中，有 {kept:,} 行的 {later.name} 不早于 {first.name}。",
    )
    message = Both(
        f"{later.name} is before {first.name}. One of them is wrong.", f"{later.name} 早于 {first.name}，其中之一有误。"
    )
    kwargs = {"column_A": later.name, "column_B": first.name, "or_equal": True}
    return Proposal(f"{slug(later.name, j)}_is_not_before_{slug(first.name, i)}"[:80], LATER, kwargs, "major", message, why)
