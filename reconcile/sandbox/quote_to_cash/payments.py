"""Payments: whole, in parts, for several invoices at once, in advance, given back; and those that name no invoice at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.sandbox.quote_to_cash.bills import Bills
from reconcile.sandbox.quote_to_cash.orders import Orders

LAST_DAY = 500
"""When those are paid that name no invoice: all others are known by then."""
_MOST = 12
"""Open invoices of a customer of whom such a payment comes: so few that every sum of them can be tried."""


@dataclass(frozen=True)
class Payments:
    """Amounts in minor units."""

    payments: pl.DataFrame
    """payment, customer, currency, amount, day, and invoice or order where it names one."""
    applications: pl.DataFrame
    """payment, invoice, amount: of payments for several invoices."""


def payments(rng: np.random.Generator, orders: Orders, bills: Bills) -> Payments:
    """What is paid by payments that say what they are for."""
    credited = bills.credit_notes.group_by(bill="invoice").agg(pl.col("gross").sum().alias("credited"))
    due = bills.invoices.join(credited, on="bill", how="left", maintain_order="left").with_columns(
        pl.col("credited").fill_null(0)
    )
    live = due.filter(pl.col("life") == "live").with_columns(due=pl.col("gross") - pl.col("credited")).filter(pl.col("due") > 1)
    twin = pl.Series(orders.twin | np.roll(orders.twin, -1))
    live = live.filter(~twin[(live["bill"] // 2 % len(orders.life))])
    live = live.with_columns(luck=pl.Series(rng.random(live.height)), share=pl.Series(rng.integers(20, 80, live.height)))
    part = (pl.col("due") * pl.col("share") // 100).clip(1)
    luck = pl.col("luck")
    whole, parts = live.filter(luck < 0.42), live.filter(luck.is_between(0.42, 0.52, closed="left"))
    early = live.filter(luck.is_between(0.62, 0.67, closed="left") & pl.col("order").is_not_null())
    back = due.filter(pl.col("life") == "cancelled").sample(fraction=0.3, seed=7)
    said = ["customer", "currency", "day"]
    made = [
        whole.select(*said, invoice="bill", amount="due", wait=pl.lit(20)),
        parts.select(*said, invoice="bill", amount=part, wait=pl.lit(15)),
        parts.select(*said, invoice="bill", amount=pl.col("due") - part, wait=pl.lit(40)),
        early.select(*said, order="order", amount=part, wait=pl.lit(-4)),
        early.select(*said, invoice="bill", amount=pl.col("due") - part, wait=pl.lit(20)),
        back.select(*said, invoice="bill", amount="gross", wait=pl.lit(1)),
        back.select(*said, invoice="bill", amount=-pl.col("gross"), wait=pl.lit(9)),
    ]
    several = live.filter(luck.is_between(0.52, 0.62, closed="left"))
    joint = several.group_by("customer", "currency", maintain_order=True).agg(
        pl.col("due").sum().alias("amount"), pl.col("day").max(), pl.col("bill"), pl.col("due").alias("each")
    )
    made.append(joint.select(*said, "amount", wait=pl.lit(25)))
    flat = pl.concat(made, how="diagonal")
    flat = flat.with_columns(payment=pl.int_range(pl.len(), dtype=pl.Int64), day=pl.col("day") + pl.col("wait")).drop("wait")
    joint = joint.with_columns(payment=pl.int_range(pl.len(), dtype=pl.Int64) + flat.height - joint.height)
    applications = joint.select("payment", invoice="bill", amount="each").explode("invoice", "amount")
    return Payments(flat, applications)


def unnamed(rng: np.random.Generator, bills: Bills, known: Payments, count: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """At most `count` payments of single customers that name nothing, each the sum of some of their open invoices.

    Returns:
        The payments, and payment and ways, in how many ways the amount can be the sum of open invoices: all of them tried.
    """
    groups = (
        opened(bills, known).group_by("customer", "currency").agg("due").filter(pl.col("due").list.len().is_between(2, _MOST))
    )
    chosen = groups.sort("customer", "currency").sample(min(count, groups.height), seed=int(rng.integers(1 << 30)))
    rows, ways = [], []
    for place, (customer, currency, due) in enumerate(chosen.iter_rows()):
        payment = known.payments.height + place
        size = int(rng.integers(1, len(due) + 1))
        amount = sum(rng.choice(due, size, replace=False).tolist())
        rows.append((payment, customer, currency, amount, LAST_DAY))
        ways.append((payment, _ways(due, amount)))
    schema = ["payment", "customer", "currency", "amount", "day"]
    named = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.Int64), orient="row")
    return named, pl.DataFrame(ways, schema={"payment": pl.Int64, "ways": pl.Int64}, orient="row")


def opened(bills: Bills, known: Payments) -> pl.DataFrame:
    """Invoices with `due`, what is left to pay, of those of which something is."""
    paid = pl.concat(
        [
            known.payments.filter(pl.col("invoice").is_not_null()).select("invoice", "amount"),
            known.applications.select("invoice", "amount"),
        ]
    )
    sums = paid.group_by(bill="invoice").agg(pl.col("amount").sum().alias("paid"))
    credited = bills.credit_notes.group_by(bill="invoice").agg(pl.col("gross").sum().alias("credited"))
    both = bills.invoices.join(sums, on="bill", how="left").join(credited, on="bill", how="left").sort("bill")
    left = pl.col("gross") - pl.col("paid").fill_null(0) - pl.col("credited").fill_null(0)
    return both.with_columns(due=left).filter(pl.col("due") > 0)


def _ways(amounts: list[int], total: int) -> int:
    """Every subset is added up, one amount after the other."""
    sums = {0: 1}
    for amount in amounts:
        more = {known + amount: times for known, times in sums.items()}
        sums = {known: sums.get(known, 0) + more.get(known, 0) for known in sums.keys() | more.keys()}
    return sums.get(total, 0)
