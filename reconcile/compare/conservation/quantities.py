"""Rules of order lines: what was ordered, shipped, cancelled, is open and is invoiced, in quantities."""

from __future__ import annotations

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.compare.conservation.documents import QUANTITY_DIGITS, Documents
from reconcile.compare.conservation.outcomes import Outcome, breaking, column, quantity, quantity_tolerance, scoped
from reconcile.config.conservation import ConservationCheck

_SHIPPED = "shipment_lines.order_line", "shipment_lines.quantity"


def line_quantity(docs: Documents, check: ConservationCheck) -> Outcome:
    """Ordered = shipped + open + cancelled; shipped is what the line says, else what its shipments carry."""
    rule = ConservationRule.LINE_QUANTITY
    lacking = docs.lacking("order_lines.quantity", "order_lines.open")
    if not docs.has("order_lines", "shipped"):
        lacking += docs.lacking(*_SHIPPED)
    if lacking:
        return Outcome(rule, docs.role, "order_lines", lacking=lacking)
    lines = scoped(with_shipped(docs), check)
    lines = lines.with_columns(_cancelled=column(lines, "cancelled"))
    fit = lines.filter(pl.col("quantity").is_not_null() & pl.col("open").is_not_null() & pl.col("_shipped").is_not_null())
    off = fit.with_columns(_off=pl.col("quantity") - pl.col("_shipped") - pl.col("open") - pl.col("_cancelled"))
    off = off.filter(pl.col("_off").abs() > quantity_tolerance(check))
    said = pl.format("{} ≠ {} + {} + {}", *(quantity(name) for name in ("quantity", "_shipped", "open", "_cancelled")))
    broken = breaking(off, "order_lines", said, _worth(off), reason=rule)
    return Outcome(rule, docs.role, "order_lines", fit.height, lines.height - fit.height, broken=broken)


def line_shipped(docs: Documents, check: ConservationCheck) -> Outcome:
    """What the line calls shipped is what its shipments carry."""
    rule = ConservationRule.LINE_SHIPPED
    if lacking := docs.lacking("order_lines.shipped", *_SHIPPED):
        return Outcome(rule, docs.role, "order_lines", lacking=lacking)
    lines = scoped(_carried(docs), check)
    fit = lines.filter(pl.col("shipped").is_not_null() & pl.col("_carried").is_not_null())
    off = fit.with_columns(_off=pl.col("shipped") - pl.col("_carried"))
    off = off.filter(pl.col("_off").abs() > quantity_tolerance(check))
    said = pl.format("{} ≠ {}", quantity("shipped"), quantity("_carried"))
    broken = breaking(off, "order_lines", said, _worth(off), reason=rule)
    return Outcome(rule, docs.role, "order_lines", fit.height, lines.height - fit.height, broken=broken)


def invoiced_shipped(docs: Documents, check: ConservationCheck) -> Outcome:
    """No more is invoiced, less what is credited, than shipped."""
    rule = ConservationRule.INVOICED_SHIPPED
    lacking = docs.lacking("order_lines.order", "invoice_lines.order_line", "invoice_lines.quantity")
    if not docs.has("order_lines", "shipped"):
        lacking += docs.lacking(*_SHIPPED)
    if lacking:
        return Outcome(rule, docs.role, "order_lines", lacking=lacking)
    lines = scoped(with_billed(docs, with_shipped(docs)), check).filter(pl.col("_bills") > 0)
    fit = lines.filter(pl.col("_shipped").is_not_null() & pl.col("_invoiced").is_not_null() & pl.col("_credited").is_not_null())
    off = fit.with_columns(_off=pl.col("_invoiced") - pl.col("_credited") - pl.col("_shipped"))
    off = off.filter(pl.col("_off") > quantity_tolerance(check))
    less = pl.when(pl.col("_credited") != 0).then(pl.format(" - {}", quantity("_credited"))).otherwise(pl.lit(""))
    said = pl.format("{}{} > {}", quantity("_invoiced"), less, quantity("_shipped"))
    broken = breaking(off, "order_lines", said, _worth(off), reason=rule)
    return Outcome(rule, docs.role, "order_lines", fit.height, lines.height - fit.height, broken=broken)


def with_shipped(docs: Documents) -> pl.DataFrame:
    """Order lines with `_shipped`: what shipments carry, else what the line says; null where a quantity is missing."""
    if docs.has("shipment_lines", "order_line", "quantity") and not docs.has("order_lines", "shipped"):
        return _carried(docs).rename({"_carried": "_shipped"})
    lines = docs.frames["order_lines"]
    return lines.with_columns(_shipped=column(lines, "shipped"))


def with_billed(docs: Documents, lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with `_invoiced` and `_credited` quantities, null where one is missing, and `_bills`, how many invoice lines."""
    lines = _summed(lines, docs.frames["invoice_lines"], "_invoiced").rename({"_invoiced:count": "_bills"})
    if docs.has("credit_note_lines", "order_line", "quantity"):
        return _summed(lines, docs.frames["credit_note_lines"], "_credited").drop("_credited:count")
    return lines.with_columns(_credited=pl.lit(0, pl.Int64))


def _carried(docs: Documents) -> pl.DataFrame:
    """Order lines with `_carried`: the quantities of shipments that have gone."""
    carried = docs.frames["shipment_lines"]
    if "gone" in carried.columns:
        carried = carried.filter("gone")
    return _summed(docs.frames["order_lines"], carried, "_carried").drop("_carried:count")


def _summed(lines: pl.DataFrame, parts: pl.DataFrame, name: str) -> pl.DataFrame:
    """Order lines with the sum of their parts' quantities: 0 of none, null if one is missing."""
    sums = (
        parts.filter(pl.col("order_line").is_not_null())
        .group_by(key="order_line")
        .agg(
            pl.when(pl.col("quantity").is_null().any()).then(None).otherwise(pl.col("quantity").sum()).first().alias(name),
            pl.len().cast(pl.Int64).alias(f"{name}:count"),
            pl.col("modified").max().alias("_changed"),
        )
    )
    joined = lines.join(sums, on="key", how="left", maintain_order="left")
    none = pl.col(f"{name}:count").is_null()
    return joined.with_columns(
        pl.when(none).then(0).otherwise(pl.col(name)).alias(name),
        pl.col(f"{name}:count").fill_null(0),
        modified=pl.max_horizontal("modified", "_changed"),
    ).drop("_changed")


def _worth(rows: pl.DataFrame) -> pl.Expr:
    """What `_off` is worth in minor units, by the line's price; null where none is known."""
    whole = 10.0**QUANTITY_DIGITS
    if "price" in rows.columns:
        return (pl.col("_off") / whole * pl.col("price")).round(0)
    if "amount" in rows.columns and "quantity" in rows.columns:
        return pl.when(pl.col("quantity") != 0).then((pl.col("_off") / pl.col("quantity") * pl.col("amount")).round(0))
    return pl.lit(None, pl.Float64)
