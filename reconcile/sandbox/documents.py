"""Products, orders with lines, invoices with payments, and shipments as one truth. Money in whole cents until it is written."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from reconcile.sandbox import words
from reconcile.sandbox.identifiers import salesforce_ids
from reconcile.sandbox.parties import DAY, audit, seconds

MONTHS_BACK = 18
_RATE = {"EUR": 1.0, "GBP": 0.86, "USD": 1.09, "CNY": 7.8}
"""What one euro buys, as a price list would round it."""
_VAT = {"DE": 19, "GB": 20, "US": 0, "CN": 13}
"""Per cent that an invoice adds to the order's net amount."""
_TERM_DAYS = {"Immediate": 0, "Net 14": 14, "Net 30": 30, "Net 60": 60}


def products(rng: np.random.Generator, count: int, until: dt.date) -> pl.DataFrame:
    """One row for each product; `ordered` is false for the newest, which nobody has bought yet."""
    kinds = pl.DataFrame(words.PRODUCTS, schema=["prefix", "kind", "unit", "usual"], orient="row")
    frame = kinds[rng.integers(0, kinds.height, count)].with_columns(
        serial=pl.Series(rng.permutation(count) + 10_001),
        size=pl.Series(rng.integers(2, 60, count) * 5),
        material=pl.Series(words.MATERIALS).gather(rng.integers(0, len(words.MATERIALS), count)),
        factor=pl.Series(rng.lognormal(0, 0.5, count)),
        stock=pl.Series(rng.negative_binomial(2, 0.01, count)),
        newest=pl.Series(np.arange(count) >= count * 0.94),
        gone=pl.Series(rng.random(count) < 0.08),
    )
    created = pl.Series(seconds(until) - (rng.random(count) * 1500 * DAY).astype(np.int64) - 560 * DAY)
    frame = frame.select(
        "unit",
        code=pl.format("{}-{}", "prefix", "serial"),
        name=pl.format("{} {}-{}, {}", "kind", "size", pl.col("serial") % 1000, "material"),
        price=(pl.col("usual") * pl.col("factor")).round().cast(pl.Int64).clip(50),
        stock=pl.when(pl.col("unit") == "Kilogram").then(pl.col("stock") * 10 + 5).otherwise(pl.col("stock") * 10),
        status=pl.when(pl.col("gone") & ~pl.col("newest")).then(pl.lit("Discontinued")).otherwise(pl.lit("Active")),
        ordered=~pl.col("newest"),
        id=salesforce_ids("Product2", np.arange(1, count + 1)),
    )
    return pl.concat([frame, audit(rng, created, until)], how="horizontal")


def _statuses(rng: np.random.Generator, age: pl.Series) -> pl.Series:
    """An order's status by its age in days."""
    luck = pl.Series(rng.random(len(age)))
    chosen = (
        pl.when(age < 12)
        .then(pl.when(luck < 0.35).then(pl.lit("草稿")).otherwise(pl.lit("已确认")))
        .when(age < 45)
        .then(pl.when(luck < 0.2).then(pl.lit("已确认")).when(luck < 0.5).then(pl.lit("部分发货")).otherwise(pl.lit("已发货")))
        .otherwise(
            pl.when(luck < 0.05).then(pl.lit("已取消")).when(luck < 0.12).then(pl.lit("已发货")).otherwise(pl.lit("已完成"))
        )
    )
    return pl.select(chosen.alias("status")).to_series()


def orders(rng: np.random.Generator, customers: pl.DataFrame, count: int, until: dt.date) -> pl.DataFrame:
    """Orders of regular customers over 18 months, and two fresh orders of each new customer; amounts come with the lines."""
    regular = customers.filter((pl.col("life") == "regular") & (pl.col("status") == "Active"))
    new = customers.filter(pl.col("life") == "new")
    weight = rng.pareto(1.3, regular.height) + 0.2
    fresh = new[np.repeat(np.arange(new.height), 2)[: min(2 * new.height, count // 10)]]
    usual = regular[rng.choice(regular.height, count - fresh.height, p=weight / weight.sum())]
    at = pl.concat([usual, fresh]).select("country", "currency", "terms", "life", account="id", partner="number")
    age = np.concatenate(
        [(rng.beta(0.9, 1.0, usual.height) * MONTHS_BACK * 30.4).astype(np.int64), rng.integers(0, 11, fresh.height)]
    )
    at = at.with_columns(age=pl.Series(age)).sort("age", descending=True, maintain_order=True)
    day = seconds(until) - at["age"] * DAY
    frame = at.with_columns(
        status=_statuses(rng, at["age"]),
        order=pl.int_range(pl.len()),
        day=day,
        order_number=(pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(8),
        number=(pl.int_range(pl.len()) + 4_500_001).cast(pl.String),
        id=salesforce_ids("Order", np.arange(1, count + 1)),
    )
    return pl.concat([frame, audit(rng, day + pl.Series(rng.integers(6 * 3600, 18 * 3600, count)), until)], how="horizontal")


def order_lines(rng: np.random.Generator, orders_: pl.DataFrame, products_: pl.DataFrame) -> pl.DataFrame:
    """One to six lines for each order: price in the order's currency, quantity in thousandths, amount = quantity * price."""
    counts = rng.choice(np.arange(1, 7), orders_.height, p=[0.28, 0.26, 0.2, 0.13, 0.08, 0.05])
    row = np.repeat(np.arange(orders_.height), counts)
    sold = products_.filter("ordered")
    product = sold[rng.integers(0, sold.height, len(row))].select("code", "unit", "price", product="id")
    head = orders_[row].select("order", "currency", "number", "created", "crm_modified", "erp_modified", order_id="id")
    pieces = pl.Series("pieces", np.ceil(rng.lognormal(1.6, 1.0, len(row))).astype(np.int64))
    discount = pl.Series("discount", rng.choice([0, 0, 0, 2, 3, 5, 8, 10], len(row)))
    tenths = pl.Series("tenths", rng.integers(0, 10, len(row)))
    frame = pl.concat([head, product], how="horizontal").with_columns(pieces, discount, tenths)
    rate = pl.col("currency").replace_strict(_RATE, return_dtype=pl.Float64)
    frame = frame.with_columns(
        line=((pl.int_range(pl.len()).over("order") + 1) * 10).cast(pl.String),
        quantity=pl.when(pl.col("unit") == "Kilogram")
        .then((pl.col("pieces") * 10 + pl.col("tenths")) * 100)
        .otherwise(pl.col("pieces") * 1000),
        price=(pl.col("price") * rate * (100 - pl.col("discount")) / 100).round().cast(pl.Int64).clip(5),
        id=salesforce_ids("OrderItem", np.arange(1, len(row) + 1)),
    )
    # half a cent goes up, in whole numbers, so that no system may see it otherwise
    return frame.with_columns(amount=(pl.col("quantity") * pl.col("price") + 500) // 1000).drop("pieces", "discount", "tenths")


def with_amounts(orders_: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The orders with `amount`, the sum of their lines."""
    return orders_.join(lines.group_by("order").agg(pl.col("amount").sum()), on="order", how="left", maintain_order="left")


def invoices(rng: np.random.Generator, orders_: pl.DataFrame, until: dt.date) -> pl.DataFrame:
    """One invoice for each shipped or completed order: the order's amount and the value added tax of the country."""
    billed = orders_.filter(pl.col("status").is_in(["已发货", "已完成"]))
    rate = pl.col("country").replace_strict(_VAT, return_dtype=pl.Int64)
    count, end = billed.height, seconds(until)
    luck, after = pl.Series("luck", rng.random(count)), pl.Series("after", rng.integers(1, 15, count))
    frame = billed.with_columns(luck, after).with_columns(
        invoice_day=pl.min_horizontal(pl.col("day") + pl.col("after") * DAY, end),
        gross=pl.col("amount") + (pl.col("amount") * rate + 50) // 100,
    )
    due = pl.col("invoice_day") + pl.col("terms").replace_strict(_TERM_DAYS, return_dtype=pl.Int64) * DAY
    late = pl.when(due < end - 10 * DAY).then(0.9).otherwise(0.12)
    paid = pl.when(pl.col("luck") < late).then(pl.lit("Paid")).when(pl.col("luck") < late + 0.05).then(pl.lit("Partly paid"))
    frame = frame.select(
        "account", "partner", "currency", "order", "gross", "invoice_day",
        due_day=due,
        status=paid.otherwise(pl.lit("Open")),
        order_id="id",
        order_number="number",
        number=(pl.int_range(pl.len()) + 9_000_001).cast(pl.String),
        id=salesforce_ids("Invoice__c", np.arange(1, count + 1)),
    )  # fmt: skip  # plain columns in one line
    made = frame["invoice_day"] + pl.Series(rng.integers(6 * 3600, 18 * 3600, count))
    return pl.concat([frame, audit(rng, made, until)], how="horizontal")


def payments(rng: np.random.Generator, invoices_: pl.DataFrame, until: dt.date) -> pl.DataFrame:
    """What was paid: the whole in one or two parts, or a part."""
    paid = invoices_.filter(pl.col("status") != "Open").with_columns(luck=pl.lit(0.0))
    paid = paid.with_columns(luck=pl.Series(rng.random(paid.height)), share=pl.Series(rng.integers(30, 70, paid.height)))
    part = (pl.col("gross") * pl.col("share")) // 100
    split = (pl.col("status") == "Paid") & (pl.col("luck") < 0.12)
    first = paid.with_columns(paid=pl.when(split | (pl.col("status") == "Partly paid")).then(part).otherwise("gross"))
    second = paid.filter(split).with_columns(paid=pl.col("gross") - part)
    frame = pl.concat([first, second]).sort("number", maintain_order=True)
    count = frame.height
    wait = pl.Series(rng.integers(0, 40, count)) * DAY
    frame = frame.select(
        "currency",
        amount="paid",
        pay_day=pl.min_horizontal(pl.col("invoice_day") + wait, pl.lit(seconds(until))),
        invoice_id="id",
        invoice_number="number",
        number=(pl.int_range(pl.len()) + 7_000_001).cast(pl.String),
        id=salesforce_ids("Payment__c", np.arange(1, count + 1)),
    )
    return pl.concat([frame, audit(rng, frame["pay_day"] + 9 * 3600, until)], how="horizontal")


def shipments(rng: np.random.Generator, orders_: pl.DataFrame, until: dt.date) -> pl.DataFrame:
    """One or two shipments for each order on its way, and planned ones for some confirmed orders of regular customers."""
    luck = pl.Series("luck", rng.random(orders_.height))
    frame = orders_.with_columns(luck)
    sent = pl.col("status").is_in(["部分发货", "已发货", "已完成"])
    planned = (pl.col("status") == "已确认") & (pl.col("luck") < 0.3) & (pl.col("life") == "regular")
    frame = pl.concat([frame.filter(sent | planned), frame.filter(sent & (pl.col("luck") < 0.1))]).sort(
        "order", maintain_order=True
    )
    count, end = frame.height, seconds(until) + 12 * 3600
    after = pl.Series("after", rng.integers(6 * 3600, 12 * DAY, count))
    which, digits = pl.Series("which", rng.integers(0, 3, count)), pl.Series("digits", rng.choice(10**9, count, replace=False))
    frame = frame.with_columns(after, which, digits).with_columns(
        goes=pl.col("status") != "已确认",
        at=pl.min_horizontal(pl.col("day") + pl.col("after"), end),
        carrier=pl.coalesce(
            pl.when(pl.col("country") == country).then(pl.lit(pl.Series([carriers])).first().list.get(pl.col("which")))
            for country, carriers in words.CARRIERS.items()
        ),
    )
    prefix = pl.col("carrier").replace_strict(words.TRACKING)
    old = pl.col("at") < seconds(until) - 10 * DAY
    frame = frame.select(
        shipped_at=pl.when("goes").then("at"),
        carrier="carrier",
        tracking=pl.when("goes").then(pl.format("{}{}", prefix, pl.col("digits").cast(pl.String).str.zfill(10))),
        status=pl.when(~pl.col("goes")).then(pl.lit("Planned")).when(old).then(pl.lit("Delivered")).otherwise(pl.lit("Shipped")),
        order_id="id",
        order_number="number",
        number=(pl.int_range(pl.len()) + 8_000_001).cast(pl.String),
        id=salesforce_ids("Shipment__c", np.arange(1, count + 1)),
        made="at",
    )
    return pl.concat([frame.drop("made"), audit(rng, frame["made"], until)], how="horizontal")
