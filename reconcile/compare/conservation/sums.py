"""Rules of a document and its lines: the amount is the sum of the lines, and so is the tax, however each is rounded."""

from __future__ import annotations

import math
from enum import StrEnum

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.compare.conservation.documents import LINES, Documents
from reconcile.compare.conservation.outcomes import Outcome, breaking, column, money, rounded, scoped
from reconcile.config.conservation import ConservationCheck


class Reading(StrEnum):
    """How the amounts of a side's documents and of their lines go together."""

    SAME = "same"
    """Both with tax, or both without."""
    LINES_NET = "lines_net"
    """The document with tax, its lines without."""
    LINES_GROSS = "lines_gross"
    """The document without tax, its lines with it."""


def header_lines(docs: Documents, entity: str, check: ConservationCheck) -> Outcome:
    """The amount is the sum of the lines, as most documents of the side read."""
    rule = ConservationRule.HEADER_LINES
    lines = LINES[entity]
    if lacking := docs.lacking(f"{entity}.amount", f"{lines}.amount"):
        return Outcome(rule, docs.role, entity, lacking=lacking)
    all_ = _with_sums(docs, entity)
    found = reading(docs, entity) or Reading.SAME
    rows = scoped(all_, check)
    fit = rows.filter(pl.col("amount").is_not_null() & pl.col("_lines").is_not_null())
    off = fit.with_columns(_off=pl.col("amount") - _expected(found))
    off = off.filter(pl.col("_off").abs() > math.floor(check.tolerance) + rounded(pl.col("_count")))
    tax = {Reading.SAME: "", Reading.LINES_NET: " + {}", Reading.LINES_GROSS: " - {}"}[found]
    more = pl.when(pl.col("_charges") != 0).then(pl.format(" + {}", money("_charges"))).otherwise(pl.lit(""))
    taxed = [money("_tax")] if tax else []
    said = pl.format("{} ≠ {}" + tax + "{}", money("amount"), money("_lines"), *taxed, more)
    broken = breaking(off, entity, said, pl.col("_off"), reason=rule)
    return Outcome(rule, docs.role, entity, fit.height, rows.height - fit.height, found.value, broken=broken)


def tax_lines(docs: Documents, entity: str, check: ConservationCheck) -> Outcome:
    """The tax is the sum of the lines' taxes. Charges have a tax that no line says: such documents are not judged."""
    rule = ConservationRule.TAX_LINES
    lines = LINES[entity]
    if lacking := docs.lacking(f"{entity}.tax", f"{lines}.tax"):
        return Outcome(rule, docs.role, entity, lacking=lacking)
    rows = scoped(_with_sums(docs, entity), check)
    fit = rows.filter(pl.col("tax").is_not_null() & pl.col("_line_tax").is_not_null() & (pl.col("_charges") == 0))
    off = fit.with_columns(_off=pl.col("tax") - pl.col("_line_tax"))
    off = off.filter(pl.col("_off").abs() > math.floor(check.tolerance) + rounded(pl.col("_count")))
    said = pl.format("{} ≠ {}", money("tax"), money("_line_tax"))
    broken = breaking(off, entity, said, pl.col("_off"), reason=rule)
    return Outcome(rule, docs.role, entity, fit.height, rows.height - fit.height, broken=broken)


def reading(docs: Documents, entity: str) -> Reading | None:
    """How most documents read that have a tax; None where nothing tells: no lines, no tax, or none that adds up."""
    if docs.lacking(f"{entity}.amount", f"{LINES[entity]}.amount"):
        return None
    rows = _with_sums(docs, entity).filter(pl.col("_tax") != 0)
    within = rounded(pl.col("_count"))
    fits = rows.select(((pl.col("amount") - _expected(each)).abs() <= within).sum().alias(each.value) for each in Reading)
    counts = {each: int(fits[each.value][0] or 0) for each in Reading}
    best = max(Reading, key=lambda each: counts[each])
    return best if counts[best] else None


def _expected(found: Reading | None) -> pl.Expr:
    tax = {Reading.LINES_NET: pl.col("_tax"), Reading.LINES_GROSS: -pl.col("_tax")}.get(
        found or Reading.SAME, pl.lit(0, pl.Int64)
    )
    return pl.col("_lines") + tax + pl.col("_charges")


def _with_sums(docs: Documents, entity: str) -> pl.DataFrame:
    """Documents with `_lines` and `_line_tax`, the sums of their lines (null if one is missing), `_tax`, `_charges`, `_count`."""
    headers, lines = docs.frames[entity], docs.frames[LINES[entity]]
    taxed = "tax" in lines.columns
    sums = lines.group_by(key="header").agg(
        _whole(pl.col("amount")).alias("_lines") if "amount" in lines.columns else pl.lit(None, pl.Int64).alias("_lines"),
        _whole(pl.col("tax")).alias("_line_tax") if taxed else pl.lit(None, pl.Int64).alias("_line_tax"),
        pl.len().cast(pl.Int64).alias("_count"),
        pl.col("modified").max().alias("_changed"),
    )
    joined = headers.join(sums, on="key", how="left", maintain_order="left")
    none = pl.col("_count").is_null()
    joined = joined.with_columns(
        _lines=pl.when(none).then(0).otherwise("_lines"),
        _line_tax=pl.when(none).then(0).otherwise("_line_tax"),
        _count=pl.col("_count").fill_null(0),
        _charges=column(joined, "charges"),
        modified=pl.max_horizontal("modified", "_changed"),
    )
    own = pl.col("tax") if "tax" in headers.columns else pl.lit(None, pl.Int64)
    return joined.with_columns(_tax=pl.coalesce(own, "_line_tax", pl.lit(0, pl.Int64)))


def _whole(amounts: pl.Expr) -> pl.Expr:
    """The sum; null where an amount is missing."""
    return pl.when(amounts.is_null().any()).then(None).otherwise(amounts.sum()).first()
