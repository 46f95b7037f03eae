"""Dates and times: one day or moment written in two ways, and as far apart as the rule allows."""

from __future__ import annotations

import polars as pl

from reconcile.compare.equality.verdicts import OpenCells
from reconcile.values.rule import Rule

_WITHOUT_TIME = r"^\s*(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{8}|\d{4}年\d{1,2}月\d{1,2}日)\s*$"
_ZONED = r"\d[T ]\d{2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})\s*$"


def date(rule: Rule, cells: OpenCells) -> None:
    """A day; one side may have written it as the moment at which it begins in the rule's zone."""
    if rule.zone:
        for short, side in (("l", "crm"), ("r", "erp")):
            cells.keep(**{short: _day_in_zone(f"{side}_raw", side, rule.zone)})
        cells.equal("time_zone", pl.col("l") == pl.col("r"))
    _days(rule, cells, pl.col("crm"), pl.col("erp"))
    _how_days_differ(cells, pl.col("crm"), pl.col("erp"))


def _day_in_zone(raw: str, day: str, zone: str) -> pl.Expr:
    written = pl.when(pl.col(raw).str.contains(_ZONED)).then(raw)
    moment = written.str.strip_chars().str.replace(r"Z$", "+0000").str.replace(r"^(\d{4}-\d{2}-\d{2}) ", "${1}T")
    forms = ("%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z")
    read = [moment.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC") for form in forms]
    return pl.coalesce(pl.coalesce(read).dt.convert_time_zone(zone).dt.date(), pl.col(day))


def datetime(rule: Rule, cells: OpenCells) -> None:
    """A moment; where one side keeps only the day, or the rule asks for no more, the day counts."""
    left, right = pl.col("crm"), pl.col("erp")
    if rule.seconds:
        cells.equal("seconds", (left - right).dt.total_microseconds().abs() <= rule.seconds * 1e6)
    cells.keep(lo=pl.col("crm_raw").str.contains(_WITHOUT_TIME), ro=pl.col("erp_raw").str.contains(_WITHOUT_TIME))
    one_without_time = pl.col("lo") ^ pl.col("ro")
    if rule.zone:
        cells.keep(l=left.dt.convert_time_zone(rule.zone), r=right.dt.convert_time_zone(rule.zone))
        begins = pl.when("lo").then(pl.col("r")).otherwise("l")
        bare = pl.when("lo").then(left).otherwise(right).dt.date()
        at_midnight = begins.dt.time() == pl.time(0, 0, 0)
        cells.equal("midnight_shift", one_without_time & at_midnight & (begins.dt.date() == bare))
    else:
        cells.keep(l=left, r=right)
    days = [pl.col(short).dt.date() for short in "lr"]
    same_day = days[0] == days[1]
    cells.equal("date_only", same_day if rule.date_only else same_day & one_without_time)
    _days(rule, cells, *days)
    apart = (left - right).dt.total_seconds().abs()
    cells.different("shifted_hours", (apart % 3600 == 0) & (apart <= _WIDEST_ZONES))
    if rule.date_only or rule.days or rule.business_days:
        _how_days_differ(cells, *days)


_WIDEST_ZONES = 14 * 3600


def _days(rule: Rule, cells: OpenCells, left: pl.Expr, right: pl.Expr) -> None:
    if rule.days:
        cells.equal("days", (left - right).dt.total_days().abs() <= rule.days)
    if rule.business_days:
        first, last = pl.min_horizontal(left, right), pl.max_horizontal(left, right)
        between = pl.business_day_count(first, last, holidays=rule.holidays)
        cells.equal("business_days", between.abs() <= rule.business_days)


def _how_days_differ(cells: OpenCells, left: pl.Expr, right: pl.Expr) -> None:
    swapped = (left.dt.year() == right.dt.year()) & (left.dt.month() == right.dt.day()) & (left.dt.day() == right.dt.month())
    cells.different("day_month_swapped", swapped)
    cells.different("one_day_apart", (left - right).dt.total_days().abs() == 1)
