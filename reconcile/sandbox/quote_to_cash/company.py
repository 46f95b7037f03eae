"""A company's quote-to-cash data, made whole, written as both systems would hold them, and damaged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from reconcile.sandbox.quote_to_cash.bills import bills
from reconcile.sandbox.quote_to_cash.orders import CURRENCIES, DIGITS, RATES, Orders, Whole, orders
from reconcile.sandbox.quote_to_cash.payments import Payments, payments, unnamed
from reconcile.sandbox.quote_to_cash.planting import plant
from reconcile.sandbox.quote_to_cash.tables import PLANTED, QuoteToCash

_FIRST_DAY = "2025-01-01"
_PLANNED = 2
"""The shipment of an order that has not gone."""


def quote_to_cash(count: int, seed: int, planted: int) -> QuoteToCash:
    """`count` orders with all that follows from them; of each kind of violation `planted`, as far as there are documents for it.

    The same seed gives the same company. What is planted stands in documents that have nothing else wrong.
    """
    rng = np.random.default_rng(seed)
    made = orders(rng, count)
    billed = bills(rng, made)
    paid = payments(rng, made, billed)
    few, ways = unnamed(rng, billed, paid, max(count // 60, planted))
    paid = Payments(pl.concat([paid.payments, few], how="diagonal"), paid.applications)
    crm, erp = _crm(made), _erp(made, billed.__dict__, paid)
    ambiguous = ways.filter(pl.col("ways") > 1).select(
        rule=pl.lit("payment_covers"), system=pl.lit("erp"), entity=pl.lit("payments"), key=_key("P", pl.col("payment"))
    )
    known = pl.concat([pl.DataFrame(schema=PLANTED), ambiguous])
    return plant(rng, QuoteToCash(crm, erp, known), planted)


def _key(prefix: str, number: pl.Expr) -> pl.Expr:
    return pl.lit(prefix) + number.cast(pl.String).str.zfill(8)


def _day(days: pl.Expr) -> pl.Expr:
    return pl.lit(_FIRST_DAY).str.to_date() + pl.duration(days=days)


def _order_frame(made: Orders, prefix: str) -> pl.DataFrame:
    net = made.amount.sum(axis=1)
    frame = pl.DataFrame({"order": np.arange(len(net)), "customer": made.customer, "day": made.day, "amount": net})
    return frame.select(
        key=_key(prefix, pl.col("order")),
        number=(pl.col("order") + 4_500_001).cast(pl.String),
        customer=_key("C", pl.col("customer")),
        order_date=_day(pl.col("day")),
        amount="amount",
        tax=pl.Series((net * RATES[made.currency] + 50) // 100),
        currency=pl.Series(CURRENCIES).gather(made.currency),
        life=pl.Series(made.life),
        place="order",
    )


def _order_lines(made: Orders, prefix: str) -> pl.DataFrame:
    order, line = np.nonzero(made.quantity)

    def of(matrix: Whole) -> pl.Series:
        return pl.Series(matrix[order, line])

    frame = pl.DataFrame({"order": order, "line": line}).cast(pl.Int64)
    return frame.select(
        key=_line_key(prefix),
        order=_key(prefix, pl.col("order")),
        line=pl.col("line") * 10 + 10,
        quantity=of(made.quantity),
        price=of(made.price),
        amount=of(made.amount),
        shipped=of(made.shipped),
        open=of(made.open),
        cancelled=of(made.cancelled),
        currency=pl.Series(CURRENCIES).gather(made.currency[order]),
    )


def _line_key(prefix: str) -> pl.Expr:
    return _key(prefix, pl.col("order")) + "-" + (pl.col("line") * 10 + 10).cast(pl.String)


def _crm(made: Orders) -> dict[str, pl.DataFrame]:
    lines = _order_lines(made, "X")
    return {
        "orders": _order_frame(made, "X").drop("life", "tax"),
        "order_lines": lines.drop("shipped", "open", "cancelled"),
    }


def _erp(made: Orders, billed: Mapping[str, pl.DataFrame], paid: Payments) -> dict[str, pl.DataFrame]:
    tables = {"orders": _order_frame(made, "O").drop("tax"), "order_lines": _order_lines(made, "O")}
    tables |= _shipment_tables(made)
    for name, lines, prefix, part in (
        ("invoices", "invoice_lines", "I", "invoice"),
        ("credit_notes", "credit_note_lines", "N", "credit_note"),
    ):
        tables[name] = _bill_frame(billed[name], prefix)
        currency = tables[name].select("key", "currency")
        rows = (
            billed[lines]
            .with_row_index("place")
            .select(
                key=_key(prefix + "L", pl.col("place")),
                header=_key(prefix, pl.col("bill")),
                order_line=_line_key("O"),
                quantity="quantity",
                amount="net",
                tax="tax",
            )
        )
        tables[lines] = rows.join(currency, left_on="header", right_on="key", maintain_order="left").rename({"header": part})
    tables["payments"] = _payment_frame(paid.payments)
    each = paid.applications.with_row_index("place").select(
        key=_key("A", pl.col("place")),
        payment=_key("P", pl.col("payment")),
        invoice=_key("I", pl.col("invoice")),
        amount="amount",
    )
    currency = tables["payments"].select(pl.col("key").alias("payment"), "currency")
    tables["payment_applications"] = each.join(currency, on="payment", maintain_order="left")
    return tables


def _shipment_tables(made: Orders) -> dict[str, pl.DataFrame]:
    parts = np.stack([made.first, made.second, made.planned])
    part, order, line = np.nonzero(parts)
    frame = pl.DataFrame({"part": part, "order": order, "line": line, "quantity": parts[part, order, line]}).cast(pl.Int64)
    number = pl.col("order") * 3 + pl.col("part")
    lines = frame.with_row_index("place").select(
        key=_key("SL", pl.col("place")), shipment=_key("S", number), order_line=_line_key("O"), quantity="quantity"
    )
    gone = pl.Series(made.day[order]) + 3 + pl.col("part")
    heads = frame.select(
        key=_key("S", number),
        order=_key("O", pl.col("order")),
        shipped_at=pl.when(pl.col("part") < _PLANNED).then(_day(gone)),
    )
    return {"shipments": heads.unique("key", maintain_order=True), "shipment_lines": lines}


def _bill_frame(frame: pl.DataFrame, prefix: str) -> pl.DataFrame:
    said = {"invoice": _key("I", pl.col("invoice"))} if "invoice" in frame.columns else {}
    return frame.select(
        key=_key(prefix, pl.col("bill")),
        order=_key("O", pl.col("order")),
        customer=_key("C", pl.col("customer")),
        date=_day(pl.col("day")),
        amount="gross",
        tax="tax",
        currency=pl.lit(pl.Series([list(CURRENCIES)])).first().list.get(pl.col("currency")),
        **said,
    )


def _payment_frame(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        key=_key("P", pl.col("payment")),
        invoice=_key("I", pl.col("invoice")),
        order=_key("O", pl.col("order")),
        customer=_key("C", pl.col("customer")),
        date=_day(pl.col("day")),
        amount="amount",
        currency=pl.lit(pl.Series([list(CURRENCIES)])).first().list.get(pl.col("currency")),
    )


def digits_of(currency: pl.Expr) -> pl.Expr:
    """Digits after the point, by the currency's code."""
    return currency.replace_strict(dict(zip(CURRENCIES, DIGITS.tolist(), strict=True)), return_dtype=pl.Int64)
