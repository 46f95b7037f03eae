"""Which columns must be filled: always, nearly always, or only for some codes of another column."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from expectations.suggest.dates import days_of, is_date
from expectations.suggest.margins import lower_bound, mostly_of
from expectations.suggest.naming import sayable, slug, trimmed
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import Column, Table
from expectations.suite import Severity
from reconcile.records import Kind

PRESENT = "expect_column_values_to_not_be_null"
_SURE = 0.85
"""A column without gaps has seen enough rows once not more than 15 % of those to come could have one: some twenty."""
_NEARLY = 0.9
"""Less often filled, a column is optional."""
_OPTIONAL = ("fax", "mobile", "website", "address_more", "description", "occupation", "title")
"""Concepts that stay empty in good data, so that only many rows without a gap speak for a rule."""
_MANY = 100
_EVENTS = (
    "shipped delivered dispatched received returned paid payment settled closed completed finished cancelled canceled resolved "
    "approved rejected terminated ended end exit left last expired bezahlt geliefert versand storniert erledigt austritt "
    "paiement actual movement livraison pago entrega"
)
"""Words of dates of what happens to a record later, or never."""
_EVENT_SIGNS = ("发货", "交付", "签收", "付款", "支付", "完成", "关闭", "取消", "退货", "离职", "结束", "终止", "结清", "审批")
_LABELS = ("name", "company", "person", "last_name")
_MOST_GROUPS = 30
_GAPS = 0.8
"""Share of the gaps that must belong to codes for which the column is never filled; otherwise the codes have no say in it."""
_FEWEST = 5
"""Rows of a code that decide whether another column is filled for it."""


def presence(table: Table, key: tuple[str, ...]) -> Iterator[Proposal]:
    """The rules; `key` are the columns that identify a record."""
    for place, column in enumerate(table.columns):
        if not column.filled:
            continue
        if column.filled == column.rows:
            if column.name in key or _enough(column):
                yield _always(column, place, in_key=column.name in key)
        elif (
            column.share >= _NEARLY
            and not _still_to_come(table, column)
            and column.concept not in _OPTIONAL
            and lower_bound(column.filled, column.rows) >= _NEARLY - 0.1
        ):
            yield _mostly(column, place)
        elif (found := _where(table, column)) is not None:
            yield _for_codes(column, place, *found)


def _still_to_come(table: Table, column: Column) -> bool:
    """Whether a gap is a state, not a fault: of something that has not happened yet, or not for every record."""
    if _of_event(table, column):
        return True
    gaps = column.values.is_null()
    events = (one.values.is_null() for one in table.columns if is_date(one) and one.filled < one.rows and _of_event(table, one))
    return any(int((gaps & open_still).sum()) >= _NEARLY * int(gaps.sum()) for open_still in events)


def _of_event(table: Table, column: Column) -> bool:
    """Whether it is the date of an event that comes later than the record, as its name or other dates show."""
    if not is_date(column) or column.concept == "birth_date":
        return False
    if not set(_EVENTS.split()).isdisjoint(column.words) or any(sign in column.name for sign in _EVENT_SIGNS):
        return True
    days = days_of(column)
    others = (days_of(one) for one in table.columns if one is not column and is_date(one) and one.filled > column.filled)
    return any(int((days >= other).sum()) >= _NEARLY * column.filled for other in others)


def _enough(column: Column) -> bool:
    if column.concept in _OPTIONAL or column.kind is Kind.URL:
        return column.rows >= _MANY
    return lower_bound(column.rows, column.rows) >= _SURE


def _severity(column: Column, *, in_key: bool) -> Severity:
    if in_key:
        return "blocking"
    return "major" if column.names_records or column.concept in _LABELS else "minor"


def _always(column: Column, place: int, *, in_key: bool) -> Proposal:
    why = Both(f"{column.name} is filled in all {column.rows:,} rows.", f"{column.name} 在全部 {column.rows:,} 行中都有值。")
    if in_key:
        why = why.joined(Both("It identifies the record.", "它是记录的标识。"))
    return Proposal(
        f"{slug(column.name, place)}_is_present",
        PRESENT,
        {"column": column.name},
        _severity(column, in_key=in_key),
        _missing(column),
        why,
    )


def _missing(column: Column) -> Both:
    return Both(f"{column.name} is missing. Enter it.", f"缺少 {column.name}，请补录。")


def _mostly(column: Column, place: int) -> Proposal:
    gaps = column.rows - column.filled
    mostly = mostly_of(column.filled, column.rows)
    why = Both(
        f"{column.name} is filled in {_percent(column.share)} of {column.rows:,} rows; {gaps:,} have none. mostly {mostly:g} "
        "leaves room "
        f"for chance: with so many rows, the true share may be as low as that (95 % sure).",
        f"{column.name} 在 {column.rows:,} 行中有 {_percent(column.share)} 有值，{gaps:,} 行为空。mostly {mostly:g} "
        f"为偶然波动留有余地：按此行数，真实比例可能低至该值（95% 置信）。",
    )
    name = f"{slug(column.name, place)}_is_mostly_present"
    return Proposal(name, PRESENT, {"column": column.name}, "minor", _missing(column), why, mostly)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _where(table: Table, column: Column) -> tuple[Column, tuple[str, ...], int] | None:
    """The column of codes that decides whether this one is filled, the codes for which it is, and their rows."""
    best: tuple[float, Column, tuple[str, ...], int] | None = None
    for other in table.columns:
        if other is column or not 1 < other.distinct <= _MOST_GROUPS or not other.text or other.filled < other.rows:
            continue
        groups = (
            pl.DataFrame({"code": other.values, "there": column.values.is_not_null()})
            .group_by("code")
            .agg(pl.len().alias("n"), pl.col("there").mean())
        )
        full = groups.filter(pl.col("there") == 1.0, pl.col("n") >= _FEWEST)
        mixed = int(groups.filter(pl.col("there").is_between(0, 1, closed="none"))["n"].sum())
        covered = (
            int(full["n"].sum()) if trimmed(other.name) and all(sayable(code) and trimmed(code) for code in full["code"]) else 0
        )
        explained = covered / column.filled
        gaps = int(groups.filter(pl.col("there") == 0.0)["n"].sum())
        if gaps < max(_FEWEST, _GAPS * (column.rows - column.filled)):
            continue
        if mixed > (1 - _NEARLY) * column.rows or explained < _NEARLY or full.height == groups.height:
            continue
        if best is None or explained > best[0]:
            best = (explained, other, tuple(full.sort("code")["code"]), covered)
    return best[1:] if best else None


def _for_codes(column: Column, place: int, by: Column, codes: tuple[str, ...], rows: int) -> Proposal:
    some = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")  # noqa: PLR2004 # as many as fit a line
    why = Both(
        f"{column.name} is filled in {_percent(column.share)} of the rows, but in all {rows:,} rows "
        f"where {by.name} is one of: {some}.",
        f"{column.name} 只在 {_percent(column.share)} 的行中有值，但在 {by.name} 为下列值的全部 {rows:,} 行中都有值：{some}。",
    )
    message = Both(
        f"{column.name} is missing, which this {by.name} needs. Enter it.", f"缺少 {column.name}，而该 {by.name} 需要它，请补录。"
    )
    name = f"{slug(column.name, place)}_is_present_where_needed"
    return Proposal(name, PRESENT, {"column": column.name}, "minor", message, why, where={by.name: codes})
