"""Rules of whole orders: the CRM's amount is what the ERP has invoiced, and all that belongs to an order is in one currency."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.compare.conservation.documents import Documents
from reconcile.compare.conservation.outcomes import BROKEN, Outcome, breaking, column, money, rounded, scoped
from reconcile.compare.conservation.quantities import with_billed, with_shipped
from reconcile.compare.conservation.sums import Reading, reading
from reconcile.config.conservation import Conservation, ConservationCheck
from reconcile.records import Role


def order_invoiced(crm: Documents, erp: Documents, links: pl.DataFrame, shares: pl.DataFrame, given: Conservation) -> Outcome:
    """The CRM's amount of an order, less what was cancelled, is the sum of its ERP invoices less credit notes.

    Args:
        crm: the documents of the CRM, of which orders count.
        erp: those of the ERP.
        links: crm_key and erp_key of orders; one of either side may have several of the other.
        shares: what the ERP's invoices and credit notes demand for each order.
        given: the configuration.
    """
    rule = ConservationRule.ORDER_INVOICED
    lacking = tuple(f"crm: {place}" for place in crm.lacking("orders.amount"))
    lacking += tuple(f"erp: {place}" for place in erp.lacking("orders.amount", "invoices.amount"))
    if not lacking and shares["order"].null_count() == shares.height and shares.height:
        lacking = ("erp: invoices.order",)
    if lacking:
        return Outcome(rule, Role.ERP, "orders", lacking=lacking)
    rows = _grouped(scoped(crm.frames["orders"], given.order_invoiced), erp, links, shares, given)
    fit = rows.filter(pl.all_horizontal(pl.col("amount", "_net", "_gross", "_cancelled").is_not_null()) & ~pl.col("_foreign"))
    measure = _measure(fit)
    fit = fit.with_columns(_off=pl.col(measure) + pl.col("_cancelled") - pl.col("amount"))
    allowed = math.floor(given.order_invoiced.tolerance) + rounded(pl.col("_count"))
    off = fit.filter(pl.when("_whole").then(pl.col("_off").abs() > allowed).otherwise(pl.col("_off") > allowed))
    less = pl.when(pl.col("_cancelled") != 0).then(pl.format(" - {}", money("_cancelled"))).otherwise(pl.lit(""))
    sign = pl.when("_whole").then(pl.lit("≠")).otherwise(pl.lit("<"))
    crm_said = pl.format("{}{}", money("amount"), less)
    erp_said = pl.format("{} {} ({}×)", sign, money(measure), "_bills")
    broken = breaking(off, "orders", erp_said, pl.col("_off"), reason=rule, other=(pl.col("_crm_key"), crm_said))
    return Outcome(rule, Role.ERP, "orders", fit.height, rows.height - fit.height, measure[1:], broken=broken)


def _measure(rows: pl.DataFrame) -> str:
    """Whether the CRM's amounts are with tax or without: what more of the fully invoiced orders come to."""
    whole = rows.filter(pl.col("_whole") & (pl.col("_net") != pl.col("_gross")))
    fits = {
        name: int(((whole[name] + whole["_cancelled"] - whole["amount"]).abs() <= (whole["_count"] + 1) // 2).sum())
        for name in ("_net", "_gross")
    }
    return "_gross" if fits["_gross"] > fits["_net"] else "_net"


def _grouped(
    crm_orders: pl.DataFrame, erp: Documents, links: pl.DataFrame, shares: pl.DataFrame, given: Conservation
) -> pl.DataFrame:
    """One row for each order, or for each group of orders that are linked with one: both sides' sums."""
    pairs = links.select("crm_key", "erp_key").with_columns(_root=pl.col("crm_key").min().over("erp_key"))
    state = with_states(erp, given).join(_billed(shares), on=["key", "currency"], how="left", maintain_order="left")
    foreign = shares.join(state.select(pl.col("key").alias("order"), pl.col("currency").alias("_own")), on="order")
    foreign = foreign.filter(pl.col("currency") != pl.col("_own"))
    state = state.with_columns(
        _foreign=pl.col("key").is_in(foreign["order"].unique().implode()), **{n: pl.col(n).fill_null(0) for n in _BILLED}
    )
    ours = pairs.select("crm_key", "_root").unique().join(crm_orders, left_on="crm_key", right_on="key")
    ours = ours.group_by("_root").agg(
        _sum("amount"),
        pl.col("currency").first(),
        pl.col("currency").n_unique().alias("_several"),
        pl.col("modified").max().alias("_ours"),
    )
    theirs = pairs.select("erp_key", "_root").unique().join(state, left_on="erp_key", right_on="key").sort("erp_key")
    theirs = theirs.group_by("_root").agg(
        pl.col("erp_key").first().alias("key"),
        pl.col("label").first(),
        pl.col("currency").first().alias("_theirs"),
        pl.col("currency").n_unique().alias("_more"),
        pl.col("_whole").all(),
        pl.col("_foreign").any(),
        pl.col("_count", "_bills").sum(),
        pl.max_horizontal("modified", "_at").max().alias("modified"),
        *(_sum(name) for name in ("_net", "_gross", "_cancelled")),
    )
    both = theirs.join(ours, on="_root").with_columns(modified=pl.max_horizontal("modified", "_ours"), _crm_key=pl.col("_root"))
    mixed = (pl.col("_several") > 1) | (pl.col("_more") > 1) | (pl.col("currency") != pl.col("_theirs"))
    return both.with_columns(_foreign=pl.col("_foreign") | mixed)


_BILLED = ("_net", "_gross", "_count", "_bills")


def _sum(name: str) -> pl.Expr:
    """Null if one is missing."""
    return pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).first().alias(name)


def _billed(shares: pl.DataFrame) -> pl.DataFrame:
    named = shares.filter(pl.col("order").is_not_null())
    missing = pl.col("net").is_null().any()
    return named.group_by(key="order", currency="currency").agg(
        pl.when(missing).then(None).otherwise(pl.col("net").sum()).first().alias("_net"),
        pl.when(missing).then(None).otherwise(pl.col("gross").sum()).first().alias("_gross"),
        pl.col("count").sum().alias("_count"),
        pl.col("key").n_unique().cast(pl.Int64).alias("_bills"),
        pl.col("modified").max().alias("_at"),
    )


def with_states(erp: Documents, given: Conservation) -> pl.DataFrame:
    """ERP orders with `_whole`, whether they are invoiced in full, and `_cancelled`, the amount of what was cancelled."""
    orders = erp.frames["orders"]
    whole = pl.lit(value=False)
    if given.closed and "status" in orders.columns:
        whole = pl.col("status").is_in(list(given.closed)).fill_null(value=False)
    orders = orders.with_columns(_whole=whole)
    if not erp.has("order_lines", "order"):
        return orders.with_columns(_cancelled=pl.lit(0, pl.Int64))
    lines = erp.frames["order_lines"]
    said = [_cancelled(erp, lines).alias("_cancelled")]
    counted = erp.has("order_lines", "quantity", "open") and erp.has("invoice_lines", "order_line", "quantity")
    shipped = erp.has("order_lines", "shipped") or erp.has("shipment_lines", "order_line", "quantity")
    if counted and shipped:
        lines = with_billed(erp, with_shipped(erp))
        done = (pl.col("open") == 0) & (pl.col("_invoiced") - pl.col("_credited") == pl.col("_shipped"))
        said.append(done.fill_null(value=False).all().alias("_done"))
    by_order = lines.group_by(key="header").agg(*said, pl.col("modified").max().alias("_seen"))
    joined = orders.join(by_order, on="key", how="left", maintain_order="left")
    done = pl.col("_done").fill_null(value=False) if len(said) > 1 else pl.lit(value=False)
    return joined.with_columns(
        _whole=pl.col("_whole") | done,
        _cancelled=pl.col("_cancelled").fill_null(0),
        modified=pl.max_horizontal("modified", "_seen"),
    ).drop("_seen")


def _cancelled(erp: Documents, lines: pl.DataFrame) -> pl.Expr:
    """The amount of cancelled quantities, as the order's own amount counts: with tax, if its lines have none and it has."""
    if not erp.has("order_lines", "cancelled", "quantity", "amount"):
        return pl.lit(0, pl.Int64).first()
    found, tax = reading(erp, "orders"), column(lines, "tax")
    amount = pl.col("amount") + (tax if found is Reading.LINES_NET else -tax if found is Reading.LINES_GROSS else 0)
    share = pl.col("cancelled").fill_null(0) / pl.when(pl.col("quantity") != 0).then("quantity")
    return (share.fill_null(0.0) * amount).round(0).cast(pl.Int64).sum()


def one_currency(
    docs: Documents, bills: Mapping[str, pl.DataFrame], shares: pl.DataFrame, applied: pl.DataFrame, check: ConservationCheck
) -> list[Outcome]:
    """An invoice or credit note in another currency than its order, and a payment in another one than its invoice."""
    rule = ConservationRule.ONE_CURRENCY
    found = []
    if docs.has("orders"):
        orders = docs.frames["orders"].select(pl.col("key").alias("order"), pl.col("currency").alias("_other"))
        for name, frame in bills.items():
            mine = shares.filter(pl.col("entity") == name).select("key", "order").unique()
            theirs = mine.join(orders, on="order").select("key", "_other").unique()
            found.append(_two_currencies(docs, name, scoped(frame, check).join(theirs, on="key")))
    if "invoices" in bills:
        invoices = bills["invoices"].select(pl.col("key").alias("invoice"), pl.col("currency").alias("_other"))
        mine = applied.select("payment", "invoice").join(invoices, on="invoice").select("payment", "_other").unique()
        if docs.has("payments"):
            rows = scoped(docs.frames["payments"], check).join(mine, left_on="key", right_on="payment")
            found.append(_two_currencies(docs, "payments", rows))
    return found or [Outcome(rule, docs.role, "invoices", lacking=("invoices.amount",))]


def _two_currencies(docs: Documents, entity: str, rows: pl.DataFrame) -> Outcome:
    rule = ConservationRule.ONE_CURRENCY
    known = rows.filter((pl.col("currency") != "") & (pl.col("_other") != ""))
    off = known.filter(pl.col("currency") != pl.col("_other")).unique("key")
    said = pl.format("{} ≠ {}", "currency", "_other")
    at_risk = pl.col("amount") if "amount" in off.columns else pl.lit(None, pl.Int64)
    broken = breaking(off, entity, said, at_risk, reason=rule) if off.height else BROKEN.to_frame()
    return Outcome(
        rule, docs.role, entity, known["key"].n_unique(), rows["key"].n_unique() - known["key"].n_unique(), broken=broken
    )
