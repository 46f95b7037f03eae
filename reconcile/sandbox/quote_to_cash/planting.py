"""Violations of every rule, each just past what rounding allows, in documents that have nothing else wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from reconcile.sandbox.quote_to_cash.orders import CURRENCIES, OPEN, PARTIAL, RATES
from reconcile.sandbox.quote_to_cash.tables import PLANTED, QuoteToCash

_PIECE = 1000
_TAX = dict(zip(CURRENCIES, RATES.tolist(), strict=True))


@dataclass
class _Ground:
    """The tables while they are damaged, and which orders and customers are still whole."""

    rng: np.random.Generator
    crm: dict[str, pl.DataFrame]
    erp: dict[str, pl.DataFrame]
    most: int
    rows: list[pl.DataFrame]
    used: set[str] = field(default_factory=set)
    """Customers: one violation for each of them, so that none shows in another."""

    def choose(self, frame: pl.DataFrame) -> pl.DataFrame:
        """At most `most` rows of customers of whom nothing was damaged yet; `frame` has `customer`."""
        left = frame.filter(~pl.col("customer").is_in(list(self.used)))
        left = left.sort(left.columns).sample(fraction=1.0, shuffle=True, seed=int(self.rng.integers(1 << 30)))
        chosen = left.unique("customer", keep="first", maintain_order=True).head(self.most)
        self.used |= set(chosen["customer"].to_list())
        return chosen

    def add(self, system: str, table: str, keys: pl.DataFrame, **by: str) -> None:
        """Add to columns of the rows whose `key` is in `keys` what its columns hold that `by` names."""
        tables = self.crm if system == "crm" else self.erp
        deltas = keys.select("key", *(pl.col(source).alias(f"+{name}") for name, source in by.items()))
        joined = tables[table].join(deltas, on="key", how="left", maintain_order="left")
        joined = joined.with_columns(pl.col(name) + pl.col(f"+{name}").fill_null(0) for name in by)
        tables[table] = joined.drop(f"+{name}" for name in by)

    def note(self, rule: str, entity: str, keys: pl.Series, system: str = "erp") -> None:
        """That these documents break the rule."""
        said = {"rule": rule, "system": system, "entity": entity}
        row = pl.DataFrame({"key": keys}).select(**{name: pl.lit(text) for name, text in said.items()}, key="key")
        self.rows.append(row)


def plant(rng: np.random.Generator, made: QuoteToCash, most: int) -> QuoteToCash:
    """The same data with violations; PLANTED says which, together with what is ambiguous by chance."""
    ground = _Ground(rng, dict(made.crm), dict(made.erp), most, [made.planted])
    unnamed = made.erp["payments"].filter(pl.col("invoice").is_null() & pl.col("order").is_null())
    unnamed = unnamed.join(made.erp["payment_applications"], left_on="key", right_on="payment", how="anti")
    ground.used |= set(unnamed["customer"].to_list())
    for violation in _VIOLATIONS:
        violation(ground)
    return QuoteToCash(ground.crm, ground.erp, pl.concat([frame.select(PLANTED.names()) for frame in ground.rows]))


def _lines(ground: _Ground) -> pl.DataFrame:
    heads = ground.erp["orders"].select(pl.col("key").alias("order"), "customer", "life")
    return ground.erp["order_lines"].join(heads, on="order", maintain_order="left")


def _single(ground: _Ground) -> pl.DataFrame:
    """Invoices for one order, not credited, with `order`, `life`, `lines` and `past`, the first amount that is past rounding."""
    heads = ground.erp["orders"].select(pl.col("key").alias("order"), "life")
    counts = ground.erp["invoice_lines"].group_by(key="invoice").agg(pl.len().cast(pl.Int64).alias("lines"))
    notes = ground.erp["credit_notes"].select(pl.col("invoice").alias("key"))
    frame = ground.erp["invoices"].join(heads, on="order").join(counts, on="key").join(notes, on="key", how="anti")
    return frame.with_columns(past=(pl.col("lines") + 1) // 2 + 1)


def _paid(ground: _Ground) -> pl.DataFrame:
    named = ground.erp["payments"].select("invoice", "amount")
    both = pl.concat([named, ground.erp["payment_applications"].select("invoice", "amount")]).drop_nulls()
    return both.group_by(key="invoice").agg(pl.col("amount").sum().alias("paid"))


def _unpaid(ground: _Ground) -> pl.DataFrame:
    return _single(ground).join(_paid(ground), on="key", how="anti")


def _line_quantity(ground: _Ground) -> None:
    chosen = ground.choose(_lines(ground).filter(pl.col("open") >= _PIECE)).with_columns(more=pl.lit(_PIECE))
    ground.add("erp", "order_lines", chosen, open="more")
    ground.note("line_quantity", "order_lines", chosen["key"])


def _line_shipped(ground: _Ground) -> None:
    there = _lines(ground).filter((pl.col("open") >= _PIECE) & (pl.col("shipped") > 0))
    chosen = ground.choose(there).with_columns(more=pl.lit(_PIECE), less=pl.lit(-_PIECE))
    ground.add("erp", "order_lines", chosen, shipped="more", open="less")
    ground.note("line_shipped", "order_lines", chosen["key"])


def _invoiced_shipped(ground: _Ground) -> None:
    """One piece more than was shipped is on the invoice, which adds up in itself."""
    sums = (
        ground.erp["invoice_lines"].group_by("order_line").agg(pl.col("quantity").sum().alias("billed"), pl.len().alias("times"))
    )
    lines = _lines(ground).filter((pl.col("life") == PARTIAL) & (pl.col("open") >= _PIECE) & (pl.col("price") > 0))
    lines = lines.join(sums, left_on="key", right_on="order_line").filter(
        (pl.col("billed") == pl.col("shipped")) & (pl.col("times") == 1)
    )
    parts = ground.erp["invoice_lines"].select(pl.col("key").alias("part"), pl.col("order_line").alias("key"), "invoice")
    single = _single(ground).select(pl.col("key").alias("invoice"))
    rate = pl.col("currency").replace_strict(_TAX, return_dtype=pl.Int64)
    chosen = ground.choose(lines.join(parts, on="key").join(single, on="invoice", how="semi"))
    chosen = chosen.with_columns(more=pl.lit(_PIECE), taxed=(pl.col("price") * rate + 50) // 100)
    chosen = chosen.with_columns(gross=pl.col("price") + pl.col("taxed"))
    ground.add(
        "erp", "invoice_lines", chosen.select("more", "price", "taxed", key="part"), quantity="more", amount="price", tax="taxed"
    )
    ground.add("erp", "invoices", chosen.select("gross", "taxed", key="invoice"), amount="gross", tax="taxed")
    ground.note("invoiced_shipped", "order_lines", chosen["key"])


def _header_lines(ground: _Ground) -> None:
    for system, tables in (("erp", ground.erp), ("crm", ground.crm)):
        counts = tables["order_lines"].group_by(key="order").agg(((pl.len() + 1) // 2 + 1).cast(pl.Int64).alias("past"))
        there = tables["orders"].join(counts, on="key")
        lives = ground.erp["orders"].filter(pl.col("life").is_in([OPEN, PARTIAL])).select("number")
        chosen = ground.choose(there.join(lives, on="number", how="semi"))
        ground.add(system, "orders", chosen, amount="past")
        ground.note("header_lines", "orders", chosen["key"], system)
    chosen = ground.choose(_unpaid(ground).filter(pl.col("life") == PARTIAL)).with_columns(-pl.col("past"))
    ground.add("erp", "invoices", chosen, amount="past")
    ground.note("header_lines", "invoices", chosen["key"])
    paid = _paid(ground).select(pl.col("key").alias("invoice"))
    one = ground.erp["credit_note_lines"].group_by(key="credit_note").agg(pl.len().alias("lines")).filter(pl.col("lines") == 1)
    whole = ground.erp["invoices"].select(pl.col("key").alias("invoice"), pl.col("amount").alias("of"))
    notes = (
        ground.erp["credit_notes"].join(paid, on="invoice", how="anti").join(one, on="key", how="semi").join(whole, on="invoice")
    )
    chosen = ground.choose(notes.filter(pl.col("amount") < pl.col("of") // 2)).with_columns(past=pl.lit(2))
    ground.add("erp", "credit_notes", chosen, amount="past")
    ground.note("header_lines", "credit_notes", chosen["key"])


def _tax_lines(ground: _Ground) -> None:
    """Past what the lines' taxes come to, not past the tax that may be rounded otherwise."""
    sums = ground.erp["invoice_lines"].group_by(key="invoice").agg(pl.col("tax").sum().alias("taxes"))
    chosen = ground.choose(_single(ground).join(sums, on="key"))
    chosen = chosen.with_columns(past=pl.col("taxes") + pl.col("past") - pl.col("tax"))
    ground.add("erp", "invoices", chosen, amount="past", tax="past")
    ground.note("tax_lines", "invoices", chosen["key"])


def _paid_invoiced(ground: _Ground) -> None:
    full = _single(ground).join(_paid(ground), on="key").filter(pl.col("paid") == pl.col("amount"))
    payments = (
        ground.erp["payments"].filter(pl.col("amount") > 0).select(pl.col("key").alias("payment"), pl.col("invoice").alias("key"))
    )
    chosen = ground.choose(full.join(payments, on="key").unique("key", maintain_order=True)).with_columns(more=pl.lit(1))
    ground.add("erp", "payments", chosen.select("more", key="payment"), amount="more")
    ground.note("paid_invoiced", "invoices", chosen["key"])


def _applied_paid(ground: _Ground) -> None:
    there = ground.erp["payments"].join(ground.erp["payment_applications"], left_on="key", right_on="payment", how="semi")
    chosen = ground.choose(there).with_columns(less=pl.lit(-1))
    ground.add("erp", "payments", chosen, amount="less")
    ground.note("applied_paid", "payments", chosen["key"])


def _payment_covers(ground: _Ground) -> None:
    """More than all that is open; and one of two invoices of the same amount."""
    said = ("customer", "currency")
    sums = ground.erp["invoices"].group_by(said, maintain_order=True).agg(pl.col("amount").sum() + 12345, pl.col("date").max())
    twins = _unpaid(ground).group_by(*said, "amount", maintain_order=True).agg(pl.len().alias("times"), pl.col("date").max())
    found = [ground.choose(sums), ground.choose(twins.filter((pl.col("times") > 1) & (pl.col("amount") > 0)))]
    more = pl.concat([frame.select(*said, "amount", "date") for frame in found]).with_row_index("place")
    more = more.with_columns(key="PX" + pl.col("place").cast(pl.String).str.zfill(6)).drop("place")
    ground.erp["payments"] = pl.concat([ground.erp["payments"], more], how="diagonal")
    ground.note("payment_covers", "payments", more["key"])


def _order_invoiced(ground: _Ground) -> None:
    """The CRM's order, with its lines, is of another amount than what was invoiced in full; or of less than was, in part."""
    lines = _lines(ground)
    counts = [
        ground.erp[name].join(lines.select(pl.col("key").alias("order_line"), "order"), on="order_line")
        .group_by("order", "order_line").agg(pl.len().cast(pl.Int64).alias("times"), pl.col("quantity").sum().alias(name))
        for name in ("invoice_lines", "credit_note_lines")
    ]  # fmt: skip  # one line for each step
    billed = counts[0].join(counts[1].drop("order"), on="order_line", how="left", suffix="_back").fill_null(0)
    each = lines.join(billed, left_on="key", right_on="order_line", how="left", suffix="_of").with_columns(
        done=(pl.col("open") == 0)
        & (pl.col("invoice_lines").fill_null(0) - pl.col("credit_note_lines").fill_null(0) == pl.col("shipped")),
        times=pl.col("times").fill_null(0) + pl.col("times_back").fill_null(0) + (pl.col("cancelled") != 0).cast(pl.Int64),
    )
    whole = each.group_by("order", "customer", maintain_order=True).agg(
        pl.col("done").all(), pl.col("times").sum(), pl.col("shipped").sum(), (pl.col("quantity") % _PIECE).max().alias("grams")
    )
    whole = whole.filter(pl.col("done") & (pl.col("shipped") > 0) & (pl.col("grams") == 0))
    for sign in (1, -1):
        chosen = ground.choose(whole).with_columns(off=((pl.col("times") + 1) // 2 + 1) * sign)
        first = ground.crm["order_lines"].unique("order", keep="first", maintain_order=True)
        theirs = chosen.select("off", order=pl.col("order").str.replace("O", "X"))
        ground.add("crm", "orders", theirs.rename({"order": "key"}), amount="off")
        ground.add("crm", "order_lines", theirs.join(first.select("key", "order"), on="order"), amount="off")
        ground.note("order_invoiced", "orders", chosen["order"])


def _one_currency(ground: _Ground) -> None:
    euros = _unpaid(ground).filter(pl.col("currency") == "EUR")
    full = (
        _single(ground).join(_paid(ground), on="key").filter((pl.col("paid") == pl.col("amount")) & (pl.col("currency") == "EUR"))
    )
    payments = ground.erp["payments"].select(pl.col("key").alias("payment"), pl.col("invoice").alias("key"))
    chosen = {
        "invoices": ground.choose(euros)["key"],
        "payments": ground.choose(full.join(payments, on="key").unique("key", maintain_order=True))["payment"],
    }
    for name, keys in chosen.items():
        dollars = pl.when(pl.col("key").is_in(keys.implode())).then(pl.lit("USD")).otherwise("currency")
        ground.erp[name] = ground.erp[name].with_columns(currency=dollars)
        ground.note("one_currency", name, keys)


_VIOLATIONS: tuple[Callable[[_Ground], None], ...] = (
    _payment_covers, _applied_paid, _one_currency, _paid_invoiced, _header_lines, _invoiced_shipped, _order_invoiced,
    _tax_lines, _line_shipped, _line_quantity,
)  # fmt: skip  # the rarest documents first
