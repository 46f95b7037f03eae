"""Rules of payments: not more than was invoiced, not more than they hold, and what those cover that name no invoice."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.compare.conservation.bills import APPLIED
from reconcile.compare.conservation.covering import covered
from reconcile.compare.conservation.documents import Documents
from reconcile.compare.conservation.outcomes import Outcome, breaking, money, scoped
from reconcile.config.conservation import Conservation, ConservationCheck

_SHOWN = 5
"""So many invoices at most are named in what a payment says."""


def paid_invoiced(docs: Documents, bills: Mapping[str, pl.DataFrame], applied: pl.DataFrame, check: ConservationCheck) -> Outcome:
    """No more is paid on an invoice than it demands with tax, less the credit notes that name it."""
    rule = ConservationRule.PAID_INVOICED
    lacking = docs.lacking("invoices.amount", "payments.amount")
    if not docs.has("payment_applications", "invoice", "amount"):
        lacking += docs.lacking("payments.invoice")
    if lacking:
        return Outcome(rule, docs.role, "invoices", lacking=lacking)
    rows = scoped(with_paid(bills, applied), check)
    fit = rows.filter(pl.all_horizontal(pl.col("gross", "_credited", "_paid").is_not_null()))
    off = fit.with_columns(_off=pl.col("_paid") - pl.col("gross") + pl.col("_credited"))
    off = off.filter((pl.col("_off") > math.floor(check.tolerance)) & (pl.col("_paid") > 0))
    less = pl.when(pl.col("_credited") != 0).then(pl.format(" - {}", money("_credited"))).otherwise(pl.lit(""))
    said = pl.format("{} > {}{}", money("_paid"), money("gross"), less)
    broken = breaking(off, "invoices", said, pl.col("_off"), reason=rule)
    return Outcome(rule, docs.role, "invoices", fit.height, rows.height - fit.height, broken=broken)


def with_paid(bills: Mapping[str, pl.DataFrame], applied: pl.DataFrame) -> pl.DataFrame:
    """Invoices with `_paid` and `_credited` in their own currency, null where an amount is missing."""
    named = applied.filter(pl.col("invoice").is_not_null())
    joined = _with_sum(bills["invoices"], named, "amount", "_paid")
    notes = bills.get("credit_notes")
    if notes is None or "invoice" not in notes.columns:
        return joined.with_columns(_credited=pl.lit(0, pl.Int64))
    return _with_sum(joined, notes.filter(pl.col("invoice").is_not_null()), "gross", "_credited")


def _with_sum(invoices: pl.DataFrame, rows: pl.DataFrame, amount: str, name: str) -> pl.DataFrame:
    """Invoices with the sum of what names them: 0 of none, null if an amount is missing."""
    sums = rows.group_by(key="invoice", currency="currency").agg(
        _whole(amount, name), pl.col("modified").max().alias("_at"), pl.lit(value=True).alias("_there")
    )
    joined = invoices.join(sums, on=["key", "currency"], how="left", maintain_order="left")
    made = pl.when(pl.col("_there").is_null()).then(0).otherwise(pl.col(name))
    return joined.with_columns(made.alias(name), modified=pl.max_horizontal("modified", "_at")).drop("_at", "_there")


def _whole(name: str, alias: str) -> pl.Expr:
    amounts = pl.col(name)
    return pl.when(amounts.is_null().any()).then(None).otherwise(amounts.sum()).first().alias(alias)


def applied_paid(docs: Documents, check: ConservationCheck) -> Outcome:
    """No more of a payment is applied than it holds; a payment that gives back is applied as a negative amount."""
    rule = ConservationRule.APPLIED_PAID
    if lacking := docs.lacking("payments.amount", "payment_applications.invoice", "payment_applications.amount"):
        return Outcome(rule, docs.role, "payments", lacking=lacking)
    sums = (
        docs.frames["payment_applications"]
        .group_by(key="header")
        .agg(_whole("amount", "_applied"), pl.col("modified").max().alias("_at"))
    )
    rows = scoped(docs.frames["payments"], check).join(sums, on="key", maintain_order="left")
    fit = rows.filter(pl.col("amount").is_not_null() & pl.col("_applied").is_not_null())
    off = fit.with_columns(_off=pl.col("_applied").abs() - pl.col("amount").abs(), modified=pl.max_horizontal("modified", "_at"))
    off = off.filter(pl.col("_off") > math.floor(check.tolerance))
    broken = breaking(off, "payments", pl.format("{} > {}", money("_applied"), money("amount")), pl.col("_off"), reason=rule)
    return Outcome(rule, docs.role, "payments", fit.height, rows.height - fit.height, broken=broken)


def payment_covers(
    docs: Documents, bills: Mapping[str, pl.DataFrame], applied: pl.DataFrame, given: Conservation
) -> tuple[Outcome, pl.DataFrame]:
    """Payments that name neither invoice nor order, and what they cover: the outcome, and APPLIED of those that are clear."""
    rule, check = ConservationRule.PAYMENT_COVERS, given.payment_covers
    lacking = docs.lacking("invoices.amount", "invoices.customer", "payments.amount", "payments.customer")
    if lacking:
        return Outcome(rule, docs.role, "payments", lacking=lacking), APPLIED.to_frame()
    waiting = scoped(_on_account(docs, applied), check)
    fit = waiting.filter(pl.col("amount").is_not_null() & pl.col("customer").is_not_null())
    opened = _open(bills, applied)
    found = covered(fit, opened, math.floor(check.tolerance), given.search_invoices, given.search_payments)
    clear = found.filter(pl.col("outcome") == "covered")
    off = fit.join(found.filter(pl.col("outcome") != "covered"), left_on="key", right_on="payment", maintain_order="left")
    named = pl.col("invoices").list.head(_SHOWN).list.join(" + ")
    said = pl.when(pl.col("ways") > 0).then(pl.format("{} = {} ({}×)", money("amount"), named, "ways"))
    reason = pl.format("payment_{}", "outcome")
    broken = breaking(off, "payments", said.otherwise(pl.format("{} = ?", money("amount"))), pl.col("amount"), reason=reason)
    outcome = Outcome(rule, docs.role, "payments", fit.height, waiting.height - fit.height, broken=broken)
    return outcome, _as_applied(clear, fit, opened)


def _on_account(docs: Documents, applied: pl.DataFrame) -> pl.DataFrame:
    """Payments of more than nothing that say of no invoice and no order that they are for it."""
    frame = docs.frames["payments"].join(applied, left_on="key", right_on="payment", how="anti")
    for name in ("invoice", "order"):
        if name in frame.columns:
            frame = frame.filter(pl.col(name).is_null())
    return frame.filter((pl.col("amount") > 0).fill_null(value=True))


def _open(bills: Mapping[str, pl.DataFrame], applied: pl.DataFrame) -> pl.DataFrame:
    """key, customer, currency, amount and at of what is not paid yet; credit notes that name no invoice are negative."""
    rows = with_paid(bills, applied).with_columns(amount=pl.col("gross") - pl.col("_credited") - pl.col("_paid"))
    found = [rows.filter(pl.col("amount") > 0).select("key", "customer", "currency", "amount", "at")]
    notes = bills.get("credit_notes")
    if notes is not None and "customer" in notes.columns:
        free = notes.filter(pl.col("invoice").is_null()) if "invoice" in notes.columns else notes
        free = free.filter(pl.col("gross") > 0).with_columns(amount=-pl.col("gross"))
        found.append(free.select("key", "customer", "currency", "amount", "at"))
    return pl.concat(found).filter(pl.col("customer").is_not_null())


def _as_applied(clear: pl.DataFrame, payments: pl.DataFrame, opened: pl.DataFrame) -> pl.DataFrame:
    if clear.is_empty():
        return pl.DataFrame(schema=APPLIED)
    rows = clear.select("payment", invoice="invoices").explode("invoice")
    amounts = opened.select(pl.col("key").alias("invoice"), "amount").unique("invoice", keep="first")
    said = payments.select(pl.col("key").alias("payment"), "currency", "modified")
    joined = rows.join(amounts, on="invoice").join(said, on="payment")
    return joined.select(APPLIED.names()).cast(dict(APPLIED.items()))
