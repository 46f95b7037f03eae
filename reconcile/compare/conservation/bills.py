"""Invoices and credit notes with and without tax, what is applied to them, and which order each part of them is for."""

from __future__ import annotations

from typing import Literal

import polars as pl

from reconcile.compare.conservation.documents import BILLS, LINES, Documents
from reconcile.compare.conservation.outcomes import column
from reconcile.compare.conservation.sums import Reading, reading
from reconcile.results import UTC_TIME

Tax = Literal["auto", "included", "excluded"]

_APPLIED: dict[str, pl.DataType | type[pl.DataType]] = {
    "payment": pl.String,
    "invoice": pl.String,
    "currency": pl.String,
    "amount": pl.Int64,
    "modified": UTC_TIME,
}
APPLIED = pl.Schema(_APPLIED)
"""What of a payment was applied to which invoice, one row each."""


def applied(docs: Documents) -> pl.DataFrame:
    """APPLIED, as the side says: by its applications, else by the invoice that the payment names."""
    found = [APPLIED.to_frame()]
    if docs.lacking("payments.amount"):
        return found[0]
    payments = docs.frames["payments"]
    if docs.has("payment_applications", "invoice", "amount"):
        parts = docs.frames["payment_applications"].filter(pl.col("invoice").is_not_null())
        found.append(parts.select("invoice", "currency", "amount", "modified", payment="header"))
        payments = payments.join(parts, left_on="key", right_on="header", how="anti")
    if "invoice" in payments.columns:
        named = payments.filter(pl.col("invoice").is_not_null())
        found.append(named.select("invoice", "currency", "amount", "modified", payment="key"))
    return pl.concat([frame.select(APPLIED.names()).cast(dict(APPLIED.items())) for frame in found])


def with_tax(docs: Documents, tax: Tax) -> dict[str, pl.DataFrame]:
    """Invoices and credit notes (those that the side has) with `net` and `gross`, null where the amount is missing."""
    there = [name for name in BILLS if docs.has(name, "amount")]
    included = _included(docs, tax)
    return {name: _both(docs.frames[name], included=included) for name in there}


def _both(frame: pl.DataFrame, *, included: bool) -> pl.DataFrame:
    tax = column(frame, "tax")
    amount = pl.col("amount")
    return frame.with_columns(net=amount - tax, gross=amount) if included else frame.with_columns(net=amount, gross=amount + tax)


def _included(docs: Documents, tax: Tax) -> bool:
    """Whether amounts include the tax: by the configuration, by the lines, else by what was paid in full."""
    if tax != "auto" or not docs.has("invoices", "amount", "tax"):
        return tax != "excluded"
    read = reading(docs, "invoices")
    if read in (Reading.LINES_NET, Reading.LINES_GROSS):
        return read is Reading.LINES_NET
    paid = applied(docs).group_by("invoice", "currency").agg(pl.col("amount").sum().alias("_paid"))
    both = docs.frames["invoices"].join(paid, left_on=["key", "currency"], right_on=["invoice", "currency"])
    with_, without = both.filter(pl.col("tax") != 0).select(
        (pl.col("_paid") == pl.col("amount")).sum(), (pl.col("_paid") == pl.col("amount") + pl.col("tax")).sum().alias("more")
    )
    return int(with_[0]) >= int(without[0])


def shares(docs: Documents, bills: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """What each invoice and credit note demands for each order: entity, key, order, currency, net, gross, count, modified.

    The whole document where it is for one order only, else the sum of its lines for each; `count` is how many amounts were
    rounded. Credit notes are negative. Of documents that name no order there is a row without one.
    """
    found = [pl.DataFrame(schema=_SHARES)]
    included = {name: bool((frame["gross"] == frame["amount"]).all()) for name, frame in bills.items()}
    named = None
    for name, frame in bills.items():
        rows = _of_lines(docs, name, included=included[name]) if docs.has(LINES[name], "amount") else None
        several = rows.filter(pl.col("order").drop_nulls().n_unique().over("key") > 1) if rows is not None else None
        whole = frame if several is None else frame.join(several, on="key", how="anti")
        one = _own_order(whole, rows, named)
        sign = 1 if name == "invoices" else -1
        parts = [_with_count(one, rows).select(*_SAID, "count")]
        if several is not None and several.height:
            parts.append(several.select(*_SAID, "count"))
        made = pl.concat(parts).with_columns(pl.lit(name).alias("entity"), pl.col("net", "gross") * sign)
        found.append(made.select(list(_SHARES)))
        named = made.filter(pl.col("order").n_unique().over("key") == 1).select("key", "order").unique("key")
    return pl.concat(found)


_SAID = ("key", "order", "currency", "net", "gross", "modified")
_SHARES: dict[str, pl.DataType | type[pl.DataType]] = {
    "entity": pl.String,
    "key": pl.String,
    "order": pl.String,
    "currency": pl.String,
    "net": pl.Int64,
    "gross": pl.Int64,
    "count": pl.Int64,
    "modified": UTC_TIME,
}


def _with_count(frame: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    """Documents with how many amounts they were rounded in: one for each line, one where none are known."""
    if lines is None:
        return frame.with_columns(count=pl.lit(1, pl.Int64))
    counts = lines.group_by("key").agg(pl.col("count").sum())
    return frame.join(counts, on="key", how="left").with_columns(pl.col("count").fill_null(1))


def _own_order(frame: pl.DataFrame, lines: pl.DataFrame | None, invoices: pl.DataFrame | None) -> pl.DataFrame:
    """Documents with `order`: what they say, else what their lines say, else what the invoice that they credit says."""
    known = [pl.col("order")] if "order" in frame.columns else []
    if lines is not None:
        said = lines.filter(pl.col("order").is_not_null()).select("key", pl.col("order").alias("_of_lines")).unique("key")
        frame, known = frame.join(said, on="key", how="left"), [*known, pl.col("_of_lines")]
    if invoices is not None and "invoice" in frame.columns:
        said = invoices.select(pl.col("key").alias("invoice"), pl.col("order").alias("_of_invoice"))
        frame, known = frame.join(said, on="invoice", how="left"), [*known, pl.col("_of_invoice")]
    return frame.with_columns(order=pl.coalesce(known) if known else pl.lit(None, pl.String))


def _of_lines(docs: Documents, entity: str, *, included: bool) -> pl.DataFrame:
    """The lines of documents by order."""
    lines = docs.frames[LINES[entity]]
    own = [pl.col("order")] if "order" in lines.columns else []
    if "order_line" in lines.columns and docs.has("order_lines", "order"):
        of = docs.frames["order_lines"].select(pl.col("key").alias("order_line"), pl.col("order").alias("_order"))
        lines = lines.join(of, on="order_line", how="left")
        own = [pl.col("_order"), *own]
    found = reading(docs, entity)
    gross = found is Reading.LINES_GROSS or (found is not Reading.LINES_NET and included)
    tax = column(lines, "tax")
    lines = lines.with_columns(
        _order=pl.coalesce(own) if own else pl.lit(None, pl.String),
        _net=pl.col("amount") - tax if gross else pl.col("amount"),
        _gross=pl.col("amount") if gross else pl.col("amount") + tax,
    )
    return lines.group_by(key="header", order="_order").agg(
        pl.col("currency").first(),
        pl.when(pl.col("amount").is_null().any()).then(None).otherwise(pl.col("_net").sum()).first().alias("net"),
        pl.when(pl.col("amount").is_null().any()).then(None).otherwise(pl.col("_gross").sum()).first().alias("gross"),
        pl.len().cast(pl.Int64).alias("count"),
        pl.col("modified").max(),
    )
