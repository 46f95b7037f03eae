"""Invoices, credit notes and lines: one for all, one for each shipment, one for several orders, cancelled and written anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.sandbox.quote_to_cash.orders import LINES, OPEN, PARTIAL, RATES, Orders, priced


@dataclass(frozen=True)
class Bills:
    """Amounts in minor units; `bill` numbers invoices and credit notes each on their own."""

    invoices: pl.DataFrame
    """bill, order (null if it is for several), customer, currency, net, tax, gross, day, life: live or cancelled."""
    invoice_lines: pl.DataFrame
    """bill, order, line, quantity, net, tax."""
    credit_notes: pl.DataFrame
    """The same as invoices, and `invoice`."""
    credit_note_lines: pl.DataFrame


def bills(rng: np.random.Generator, orders: Orders) -> Bills:
    """What is invoiced of what was shipped."""
    lines = _invoiced(rng, orders)
    invoices = _headers(orders, lines)
    again = invoices.filter(
        pl.col("order").is_not_null() & ~pl.Series(orders.twin | np.roll(orders.twin, -1))[invoices["bill"] // 2]
    )
    luck = pl.Series(rng.random(again.height))
    anew = again.filter(luck < 0.04)
    back = again.filter((luck > 0.96) & (pl.col("gross") > 0))
    new = anew.with_columns(bill=pl.col("bill") + 2 * len(orders.life), day=pl.col("day") + 3)
    new_lines = lines.join(anew.select("bill"), on="bill", how="semi").with_columns(pl.col("bill") + 2 * len(orders.life))
    full = anew.with_columns(invoice="bill", day=pl.col("day") + 2)
    full_lines = lines.join(anew.select("bill"), on="bill", how="semi")
    one, one_lines = _returned(orders, back, lines)
    return Bills(
        pl.concat([invoices.with_columns(life=_life(invoices, anew)), new.with_columns(life=pl.lit("live"))]).sort("bill"),
        pl.concat([lines, new_lines]).sort("bill", "order", "line"),
        pl.concat([full, one.select(full.columns)]).sort("bill"),
        pl.concat([full_lines, one_lines.select(full_lines.columns)]).sort("bill", "order", "line"),
    )


def _life(invoices: pl.DataFrame, anew: pl.DataFrame) -> pl.Expr:
    return pl.when(invoices["bill"].is_in(anew["bill"].implode())).then(pl.lit("cancelled")).otherwise(pl.lit("live"))


def _invoiced(rng: np.random.Generator, orders: Orders) -> pl.DataFrame:
    """Lines of invoices: all that was shipped in one, each shipment by itself, the first shipment only, or nothing yet."""
    count = len(orders.life)
    way = rng.choice(4, count, p=[0.12, 0.44, 0.32, 0.12])
    way[orders.twin | np.roll(orders.twin, -1)] = 1
    parts = np.zeros((2, count, LINES), dtype=np.int64)
    parts[0] = np.where((way == 1)[:, None], orders.shipped, np.where((way >= 2)[:, None], orders.first, 0))
    parts[1] = np.where((way == 2)[:, None], orders.second, 0)
    part, order, line = np.nonzero(parts)
    quantity = parts[part, order, line]
    net = priced(quantity, orders.price[order, line])
    rate = RATES[orders.currency[order]]
    joined = np.zeros(count, dtype=np.bool_)
    same = (orders.customer[1:] == orders.customer[:-1]) & (orders.currency[1:] == orders.currency[:-1])
    plain = (way == 1) & ~np.isin(orders.life, (OPEN, PARTIAL)) & ~orders.twin & ~np.roll(orders.twin, -1)
    joined[1:] = same & plain[1:] & plain[:-1] & (orders.shipped[:-1].sum(axis=1) > 0) & (rng.random(count - 1) < 0.2)
    joined[1:] &= ~joined[:-1]
    bill = 2 * (order - joined[order]) + part
    said = {"bill": bill, "order": order, "line": line, "quantity": quantity, "net": net, "tax": (net * rate + 50) // 100}
    return pl.DataFrame(said).cast(pl.Int64)


def _headers(orders: Orders, lines: pl.DataFrame) -> pl.DataFrame:
    sums = lines.group_by("bill").agg(
        pl.col("order").n_unique().alias("orders"),
        pl.col("order").min(),
        pl.col("net").sum(),
        pl.col("tax").sum().alias("by_line"),
    )
    place = sums["order"].to_numpy()
    rate = pl.Series(RATES[orders.currency[place]])
    tax = pl.when(pl.Series(orders.by_document[place])).then((pl.col("net") * rate + 50) // 100).otherwise("by_line")
    return sums.select(
        "bill",
        order=pl.when(pl.col("orders") == 1).then("order"),
        customer=pl.Series(orders.customer[place]),
        currency=pl.Series(orders.currency[place]),
        net="net",
        tax=tax,
        gross=pl.col("net") + tax,
        day=pl.Series(orders.day[place]) + 5 + pl.col("bill") % 2,
    ).sort("bill")


def _returned(orders: Orders, back: pl.DataFrame, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One piece of one line comes back and is credited."""
    piece = (
        lines.join(back.select("bill"), on="bill", how="semi")
        .filter(pl.col("quantity") >= 1000)
        .unique("bill", keep="first", maintain_order=True)
    )
    place, line = piece["order"].to_numpy(), piece["line"].to_numpy()
    net = orders.price[place, line]
    tax = (net * RATES[orders.currency[place]] + 50) // 100
    piece = piece.with_columns(quantity=pl.lit(1000, pl.Int64), net=pl.Series(net), tax=pl.Series(tax))
    of = back.select("bill", "order", "customer", "currency", "day")
    notes = piece.select("bill", "net", "tax").join(of, on="bill", maintain_order="left")
    notes = notes.with_columns(gross=pl.col("net") + pl.col("tax"), invoice="bill", day=pl.col("day") + 20)
    return notes, piece
