"""What makes dates and times differ: a constant shift, a zone with summer time, day and month swapped, the time of day lost."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Hypothesis
from reconcile.compare.causes.evidence import Cells
from reconcile.records import Kind

_TRIED = 6
_SAMPLE = 2000
_ZONES = (
    *("Europe/London", "Europe/Berlin", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver"),
    *("America/Los_Angeles", "America/Anchorage", "America/Halifax", "America/Santiago"),
    *("Australia/Sydney", "Australia/Adelaide", "Pacific/Auckland"),
)
"""One zone for each rule of summer time that is in use; without summer time a zone is a constant shift."""
_CUTS = ("1d", "1h", "1m", "1s")
_MORE = 1.15
"""A zone explains so much more than its best constant shift, or it is not named."""
_CRM, _ERP = pl.col("crm"), pl.col("erp")
_FILLED = _CRM.is_not_null() & _ERP.is_not_null()


def hypotheses(cells: Cells) -> list[Hypothesis]:
    """Of a field that holds dates or times."""
    both = cells.with_both().different
    if both.height < LEAST:
        return []
    found = list(_shifts(both, cells.kind))
    if cells.kind is Kind.DATE:
        return [*found, _day_and_month(both)]
    return [*found, *_cuts(), *_zones(both)]


def _apart(kind: Kind) -> pl.Expr:
    """ERP less CRM, in days for dates and seconds for times."""
    apart = _ERP - _CRM
    return apart.dt.total_days() if kind is Kind.DATE else apart.dt.total_seconds()


def _shifts(both: pl.DataFrame, kind: Kind) -> Iterator[Hypothesis]:
    apart, unit = _apart(kind), "days" if kind is Kind.DATE else "seconds"
    counts = both.select(apart=apart).group_by("apart").len().sort(["len", "apart"], descending=[True, False])
    for by, size in zip(counts["apart"].head(_TRIED).to_list(), counts["len"].head(_TRIED).to_list(), strict=True):
        if size < LEAST or by == 0:
            continue
        mirrored = counts.filter(pl.col("apart") == -by)["len"].sum()
        others = counts.filter(pl.col("apart") != by)["len"].sort(descending=True)
        rival = 0 if kind is Kind.DATE else 1  # times may have two peaks, in summer and in winter
        next_best = others[rival] if others.len() > rival else 0
        parameters = {"side": "erp" if by > 0 else "crm", unit: abs(by)}
        yield Hypothesis(Mechanism.OFFSET, parameters, apart == by, _FILLED, float(max(mirrored, next_best)))


def _day_and_month(both: pl.DataFrame) -> Hypothesis:
    """03/04 read as the third of April here and the fourth of March there."""
    same_year = _CRM.dt.year() == _ERP.dt.year()
    days = (_CRM.dt.day(), _ERP.dt.day())
    months = (_CRM.dt.month().cast(pl.Int8), _ERP.dt.month().cast(pl.Int8))
    hit = same_year & (days[0] == months[1]) & (months[0] == days[1])
    may = _FILLED & (days[0] <= 12) & (days[0] != months[0])  # noqa: PLR2004  # months of a year
    return Hypothesis(Mechanism.DAY_MONTH, {}, hit, may, both.height / 365 / 10)


def _cuts() -> Iterator[Hypothesis]:
    for side, exact, rough in (("erp", _CRM, _ERP), ("crm", _ERP, _CRM)):
        for every in _CUTS:
            broken = exact != exact.dt.truncate(every)
            hit = broken & (rough == exact.dt.truncate(every))
            yield Hypothesis(Mechanism.TIME_CUT, {"side": side, "to": every}, hit, _FILLED & broken)


def _zones(both: pl.DataFrame) -> list[Hypothesis]:
    """The zone whose local time one side takes for UTC, where no constant shift says as much."""
    part = both.head(_SAMPLE)
    best = part.select(apart=_apart(Kind.DATETIME)).group_by("apart").len()["len"].max()
    ideas = [(side, zone, _is_local(side, zone)) for side in ("erp", "crm") for zone in _ZONES]
    counts = part.select(hit.sum().alias(str(at)) for at, (_, _, hit) in enumerate(ideas)).unpivot()["value"]
    at = int(counts.arg_max() or 0)
    if counts[at] < LEAST or counts[at] < _MORE * (best if isinstance(best, int) else 0):
        return []
    side, zone, hit = ideas[at]
    return [Hypothesis(Mechanism.TIME_ZONE, {"side": side, "zone": zone}, hit, _FILLED)]


def _is_local(side: str, zone: str) -> pl.Expr:
    """Whether that side shows the local time of the zone as though it were UTC."""
    right, shown = (_CRM, _ERP) if side == "erp" else (_ERP, _CRM)
    local = right.dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.replace_time_zone("UTC")
    return (shown == local) & (shown != right)
