"""What is left open of each order and each customer: ordered and not invoiced, invoiced and not paid, in its own currency."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.balances import RESIDUALS
from reconcile.compare.conservation.documents import Documents
from reconcile.compare.conservation.outcomes import column
from reconcile.values.exact import minor_digits


def residuals(
    docs: Documents,
    bills: Mapping[str, pl.DataFrame],
    shares: pl.DataFrame,
    applied: pl.DataFrame,
    orders: pl.DataFrame,
    measure: str,
    customers: pl.DataFrame | None,
) -> pl.DataFrame:
    """RESIDUALS of one side.

    Args:
        docs: the side's documents.
        bills: its invoices and credit notes with net and gross.
        shares: what they demand for each order; credit notes are negative.
        applied: what of payments is applied to which invoice.
        orders: orders with `_cancelled`.
        measure: net or gross: how the orders' amounts count.
        customers: normalised customers of the side, for their names.
    """
    ordered = orders.select(
        "key",
        "label",
        "currency",
        customer=pl.col("customer") if "customer" in orders.columns else pl.lit(None, pl.String),
        ordered=column(orders, "amount"),
        cancelled=pl.col("_cancelled"),
    )
    flat = [_of_orders(ordered), _of_shares(shares, measure), _of_payments(docs, shares, applied)]
    rows = pl.concat(flat, how="diagonal").with_columns(pl.col(name).fill_null(0) for name in _FLAT)
    named = rows.join(
        ordered.select(pl.col("key").alias("order"), "label", pl.col("customer").alias("_of_order")), on="order", how="left"
    )
    per_order = _summed(named.filter(pl.col("order").is_not_null()), "order", pl.col("order"), pl.col("label"))
    owner = _owners(bills)
    owned = named.join(owner, on="document", how="left").with_columns(customer=pl.coalesce("customer", "_owner", "_of_order"))
    by_order = pl.col("customer").drop_nulls().first().over("order")  # of an order that names none, the one who is invoiced
    owned = owned.with_columns(
        customer=pl.when(pl.col("order").is_null()).then("customer").otherwise(pl.coalesce("customer", by_order))
    )
    names = _names(customers)
    owned = owned.drop("label").join(names, on="customer", how="left")
    per_customer = _summed(owned, "customer", pl.col("customer"), pl.col("label"))
    both = pl.concat([per_order, per_customer]).with_columns(
        system=pl.lit(str(docs.role)), digits=minor_digits(pl.col("currency"))
    )
    return both.select(RESIDUALS.names()).cast(dict(RESIDUALS.items()))


_FLAT = ("ordered", "cancelled", "invoiced", "credited", "paid", "billed")


def _of_orders(ordered: pl.DataFrame) -> pl.DataFrame:
    return ordered.select(order="key", customer="customer", currency="currency", ordered="ordered", cancelled="cancelled")


def _of_shares(shares: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Invoices and credit notes; `billed` counts as the orders do."""
    credit = pl.col("entity") == "credit_notes"
    gross = pl.col("gross").fill_null(0)
    return shares.select(
        "order",
        "currency",
        document=pl.col("entity") + "/" + pl.col("key"),
        invoiced=pl.when(credit).then(0).otherwise(gross),
        credited=pl.when(credit).then(-gross).otherwise(0),
        billed=pl.col(measure).fill_null(0),
    )


def _of_payments(docs: Documents, shares: pl.DataFrame, applied: pl.DataFrame) -> pl.DataFrame:
    """What was paid: on the order of the invoice if that is for one only, on the order that is named, else on account."""
    of = shares.filter((pl.col("entity") == "invoices") & (pl.col("order").n_unique().over("entity", "key") == 1))
    paid = applied.join(of.select(pl.col("key").alias("invoice"), "order").unique("invoice"), on="invoice", how="left")
    rows = [paid.select("order", "currency", paid=pl.col("amount").fill_null(0), document="invoices/" + pl.col("invoice"))]
    if docs.has("payments", "amount"):
        payments = docs.frames["payments"]
        used = applied.group_by(key="payment").agg(_used=pl.col("amount").sum())
        rest = payments.join(used, on="key", how="left").with_columns(
            paid=pl.col("amount").fill_null(0) - pl.col("_used").fill_null(0)
        )
        rest = rest.filter(pl.col("paid") != 0)
        rows.append(
            rest.select(
                "currency",
                "paid",
                order=pl.col("order") if "order" in rest.columns else pl.lit(None, pl.String),
                customer=pl.col("customer") if "customer" in rest.columns else pl.lit(None, pl.String),
                document=pl.lit(None, pl.String),
            )
        )
    return pl.concat(rows, how="diagonal")


def _owners(bills: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Which customer a document is for."""
    nothing = pl.DataFrame(schema={"document": pl.String, "_owner": pl.String})
    said = [
        frame.select(document=name + "/" + pl.col("key"), _owner=pl.col("customer"))
        for name, frame in bills.items()
        if "customer" in frame.columns
    ]
    return pl.concat([nothing, *said])


def _names(customers: pl.DataFrame | None) -> pl.DataFrame:
    if customers is None:
        return pl.DataFrame(schema={"customer": pl.String, "label": pl.String})
    name = pl.col("raw:name") if "raw:name" in customers.columns else pl.lit(None, pl.String)
    return customers.select(customer=pl.col("_key"), label=name)


def _summed(rows: pl.DataFrame, level: str, key: pl.Expr, label: pl.Expr) -> pl.DataFrame:
    sums = rows.group_by(key.alias("key"), "currency", maintain_order=True).agg(
        label.drop_nulls().first().alias("label"), *(pl.col(name).sum() for name in _FLAT)
    )
    return sums.sort("key", "currency", nulls_last=True).select(
        "key",
        "label",
        "currency",
        *_FLAT[:-1],
        level=pl.lit(level),
        uninvoiced=pl.col("ordered") - pl.col("cancelled") - pl.col("billed"),
        unpaid=pl.col("invoiced") - pl.col("credited") - pl.col("paid"),
    )
