"""Records that both sides have and that differ in a value: one declaration for each defect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.sandbox import names, places, words
from reconcile.sandbox.company import ADDRESS, cents, decimal_text, timestamp
from reconcile.sandbox.defects.damage import DIFFERENCE, STRONG, Damage
from reconcile.sandbox.names import without_form
from reconcile.sandbox.objects import CRM, PAYMENT_TERMS

Wrong = Callable[[np.random.Generator, pl.DataFrame], pl.Expr]
"""From chance and the victims' view to the value that the wrong side holds."""


@dataclass(frozen=True)
class WrongValue:
    """One field that is wrong on one side."""

    defect: str
    entity: str
    field: str
    target: str
    """`Object.Field`: where the wrong value goes."""
    count: int
    note: str
    wrong: Wrong
    where: pl.Expr | None = None
    kind: str = DIFFERENCE
    pushable: bool = True


def _from(rng: np.random.Generator, values: Sequence[int], count: int) -> pl.Series:
    return pl.Series(rng.choice(np.array(values), count))


def _mapped(column: str, words_: dict[str, str]) -> Wrong:
    return lambda _rng, _victims: pl.col(column).replace_strict(words_)


def _added(column: str, steps: Sequence[int]) -> Wrong:
    """The amount and some whole units more or less, given in cents."""
    return lambda rng, victims: decimal_text(cents(pl.col(column)) + _from(rng, steps, victims.height))


def _scaled(column: str, percent: Sequence[int]) -> Wrong:
    return lambda rng, victims: decimal_text(cents(pl.col(column)) * _from(rng, percent, victims.height) // 100)


def _following(values: Sequence[str]) -> dict[str, str]:
    return dict(zip(values, [*values[1:], values[0]], strict=True))


def _old_phone(rng: np.random.Generator, victims: pl.DataFrame) -> pl.Expr:
    there = places.choose(rng, victims["crm.BillingCountryCode"])
    return pl.lit(places.landlines(rng, places.addresses(rng, there)))


def _old_name(rng: np.random.Generator, victims: pl.DataFrame) -> pl.Expr:
    found = names.company_names(rng, victims["crm.BillingCountryCode"], victims["crm.BillingCity"].str.strip_chars())
    return pl.lit(found["name"])


_PROVIDER = {"DE": "t-online.de", "GB": "btconnect.com", "US": "earthlink.net", "CN": "163.com"}


def _old_email(_rng: np.random.Generator, _victims: pl.DataFrame) -> pl.Expr:
    site = pl.col("crm.Email__c").str.extract(r"@([^.]+)\.")
    return pl.format("{}@{}", site, pl.col("crm.BillingCountryCode").replace_strict(_PROVIDER))


def _mistyped(_rng: np.random.Generator, _victims: pl.DataFrame) -> pl.Expr:
    return pl.col("crm.Email").str.replace(r"^(.)(.)", "$2$1")


def _later(rng: np.random.Generator, victims: pl.DataFrame) -> pl.Expr:
    days = pl.duration(days=pl.lit(_from(rng, [7, 14, 30], victims.height)))
    return (pl.col("crm.DueDate__c").str.to_date() + days).dt.strftime("%Y-%m-%d")


def _other_digit(_rng: np.random.Generator, _victims: pl.DataFrame) -> pl.Expr:
    number = pl.col("crm.TrackingNumber__c")
    last = number.str.tail(1).cast(pl.Int64)
    return pl.format("{}{}", number.str.head(-1), (last + 5) % 10)


def _local_time(_rng: np.random.Generator, _victims: pl.DataFrame) -> pl.Expr:
    sent = pl.col("erp.ActualGoodsMovementDateTime").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="ms")
    return timestamp(sent.dt.epoch("s") + 8 * 3600)


def _other_partner(_rng: np.random.Generator, victims: pl.DataFrame) -> pl.Expr:
    return pl.lit(victims["erp.BusinessPartner"].gather((np.arange(victims.height) + 1) % max(victims.height, 1)))


def _more_stock(rng: np.random.Generator, victims: pl.DataFrame) -> pl.Expr:
    more = _from(rng, [50, 80, 120, 200, 360], victims.height)
    return decimal_text((pl.col("crm.Stock__c").cast(pl.Float64) * 10).round().cast(pl.Int64) + more, 1)


def _older_series(_rng: np.random.Generator, _victims: pl.DataFrame) -> pl.Expr:
    return pl.format("{} Mk I", pl.col("crm.Name").str.replace(", .*", ""))


_EARLIER = {
    "草稿": "已确认",
    "已确认": "草稿",
    "部分发货": "已确认",
    "已发货": "部分发货",
    "已完成": "已发货",
    "已取消": "已确认",
}
_CARRIERS = sorted(words.TRACKING)
_IN_CHINA = pl.col("crm.Carrier__c").is_in(words.CARRIERS["CN"][:2]) & pl.col("crm.ShippedAt__c").is_not_null()
_CORE = pl.col("crm.Name").pipe(without_form).str.len_chars()
_EMAIL = STRONG & pl.col("crm.Email__c").is_not_null()
_TYPED = STRONG & pl.col("crm.Email").str.contains(r"^[a-z]{2}") & ~pl.col("crm.Email").str.contains(r"^(aa|ee|oo)")

WRONG_VALUES = (
    WrongValue("wrong_credit_limit", "customers", "credit_limit", "Account.CreditLimit__c", 18,
               "a limit that the ERP never granted", _scaled("crm.CreditLimit__c", [50, 150, 200, 300]), STRONG),
    WrongValue("stale_phone", "customers", "phone", f"{ADDRESS}.PhoneNumber", 14,
               "the number before the move", _old_phone, STRONG),
    WrongValue("stale_email", "customers", "email", f"{ADDRESS}.EmailAddress", 12,
               "the mailbox before the company had a domain", _old_email, _EMAIL),
    WrongValue("wrong_payment_terms", "customers", "payment_terms", "Account.PaymentTerms__c", 14,
               "terms that were not agreed", _mapped("crm.PaymentTerms__c", _following(list(PAYMENT_TERMS))), STRONG),
    WrongValue("wrong_customer_status", "customers", "status", "A_BusinessPartner.BusinessPartnerStatus", 10,
               "the ERP did not learn of the change", _mapped("erp.BusinessPartnerStatus", {"01": "02", "02": "01", "03": "01"}),
               STRONG),
    WrongValue("renamed_company", "customers", "name", "A_BusinessPartner.BusinessPartnerFullName", 10,
               "the name before the company was renamed", _old_name, STRONG),
    WrongValue("name_cut_at_35", "customers", "name", "A_BusinessPartner.BusinessPartnerFullName", 14,
               "an interface with a field of 35 characters", lambda _rng, _v: pl.col("crm.Name").str.head(35),
               STRONG & (_CORE > 37)),
    WrongValue("code_map_hole", "customers", "status", "Account.Status__c", 6,
               "Prospect is in no code map", lambda _rng, _v: pl.lit("Prospect"), STRONG, "unmapped_code", pushable=False),
    WrongValue("contact_moved", "contacts", "customer", "A_ContactPerson.BusinessPartner", 12,
               "the employer before", _other_partner, STRONG),
    WrongValue("contact_email_typo", "contacts", "email", "A_ContactPerson.EmailAddress", 16,
               "two letters changed places", _mistyped, _TYPED),
    WrongValue("price_behind", "products", "price", "Product2.Price__c", 14,
               "last year's price", _scaled("crm.Price__c", [91, 94, 96, 97]), pl.col("crm.Price__c").cast(pl.Float64) >= 5),
    WrongValue("stock_behind", "products", "stock", "Product2.Stock__c", 14,
               "the stock before the last deliveries", _more_stock),
    WrongValue("product_name_stale", "products", "name", "Product2.Name", 8,
               "the name of the series before", _older_series),
    WrongValue("product_status_stale", "products", "status", "Product2.Status__c", 8,
               "the CRM still sells what the ERP has taken off the list", lambda _rng, _v: pl.lit("Active"),
               pl.col("crm.Status__c") == "Discontinued"),
    WrongValue("wrong_order_status", "orders", "status", "Order.Status__c", 18,
               "a step behind the ERP", _mapped("crm.Status__c", _EARLIER)),
    WrongValue("order_amount_off", "orders", "amount", "A_SalesOrder.TotalNetAmount", 14,
               "digits changed places in the total", _added("erp.TotalNetAmount", [900, 1800, 9000, 27000, 90000])),
    WrongValue("code_map_hole", "orders", "status", "Order.Status__c", 8,
               "待审核 is in no code map", lambda _rng, _v: pl.lit("待审核"),
               pl.col("crm.Status__c").is_in(["已确认", "部分发货"]), "unmapped_code", pushable=False),
    WrongValue("invoice_paid_on_one_side", "invoices", "status", "Invoice__c.Status__c", 16,
               "the ERP has the payment, the CRM still waits", lambda _rng, _v: pl.lit("Open"),
               pl.col("crm.Status__c") == "Paid"),
    WrongValue("invoice_due_date_off", "invoices", "due_date", "Invoice__c.DueDate__c", 12, "a due date never agreed", _later),
    WrongValue("invoice_amount_off", "invoices", "amount", "Invoice__c.Amount__c", 12,
               "the amount before a correction", _added("crm.Amount__c", [500, 1250, 4000, 19900, 75000])),
    WrongValue("payment_amount_off", "payments", "amount", "Payment__c.Amount__c", 10,
               "the bank's fee was taken off", _added("crm.Amount__c", [-1500, -2500, -4500]),
               pl.col("crm.Amount__c").cast(pl.Float64) > 60),
    WrongValue("time_zone_shift", "shipments", "shipped_at",
               "A_OutbDeliveryHeader.ActualGoodsMovementDateTime", 16,
               "Shanghai's local time written as UTC: 8 hours late", _local_time, _IN_CHINA),
    WrongValue("wrong_tracking_number", "shipments", "tracking", "Shipment__c.TrackingNumber__c", 12,
               "a digit was mistyped", _other_digit, pl.col("crm.TrackingNumber__c").is_not_null()),
    WrongValue("wrong_carrier", "shipments", "carrier", "Shipment__c.Carrier__c", 10,
               "the carrier that was planned at first", _mapped("crm.Carrier__c", _following(_CARRIERS))),
)  # fmt: skip  # a table of defects


def wrong_values(damage: Damage) -> None:
    """Every defect of WRONG_VALUES."""
    for each in WRONG_VALUES:
        victims = damage.choose(f"{each.defect} {each.entity}", each.entity, each.count, each.where, [each.field])
        if victims.is_empty():
            continue
        name, column = each.target.split(".")
        value = victims.with_columns(each.wrong(damage.rng(each.defect), victims).alias("value"))["value"]
        keys = victims["crm_key" if name in CRM else "erp_key"]
        damage.change(name, keys, **{column: value})
        damage.record(each.defect, each.entity, victims, each.kind, each.note, field=each.field, pushable=each.pushable)


def stale_addresses(damage: Damage) -> None:
    """stale_address: the ERP has street, city and postal code of before the move; one log row for each."""
    defect, fields = "stale_address", ["street", "city", "postal_code"]
    victims = damage.choose(defect, "customers", 10, STRONG, fields)
    rng = damage.rng(defect)
    before = places.addresses(rng, _elsewhere(rng, victims))
    damage.change(
        ADDRESS, victims["erp_key"], StreetName=before["street"], CityName=before["city"], PostalCode=before["postal_code"]
    )
    for field in fields:
        damage.record(defect, "customers", victims, DIFFERENCE, "the address before the move", field=field)


def _elsewhere(rng: np.random.Generator, victims: pl.DataFrame) -> places.Numbers:
    """For each victim a place in the same country but another city."""
    chosen = []
    for country, city in victims.select("crm.BillingCountryCode", "erp.CityName").iter_rows():  # a handful
        there = places.PLACES.filter((pl.col("country") == country) & (pl.col("city") != city))
        chosen.append(int(rng.choice(there["place"].to_numpy())))
    return np.array(chosen, dtype=np.int64)


def wrong_lines(damage: Damage) -> None:
    """quantity_off_on_one_line and line_price_off: the ERP's line amount follows, so each is logged with two fields."""
    quantity, price = pl.col("erp.RequestedQuantity").cast(pl.Float64), cents(pl.col("erp.NetPriceAmount"))
    thousandths = (quantity * 1000).round().cast(pl.Int64)
    for defect, field, count, note in (
        ("quantity_off_on_one_line", "quantity", 14, "the ERP's line has another quantity, and an amount to match"),
        ("line_price_off", "price", 12, "the ERP's line has another price, and an amount to match"),
    ):
        victims = damage.choose(defect, "order_lines", count, price >= 200, ["quantity", "price", "amount"])
        rng = damage.rng(defect)
        if field == "quantity":
            many, each = thousandths + 1000 * _from(rng, [1, 2, 5, 10], victims.height), price
        else:
            many, each = thousandths, price * _from(rng, [95, 103, 105, 110], victims.height) // 100
        wrong = victims.select(quantity=many, price=each).select(
            quantity=decimal_text(pl.col("quantity"), 3),
            price=decimal_text(pl.col("price")),
            amount=decimal_text((pl.col("quantity") * pl.col("price") + 500) // 1000),
        )
        damage.change(
            "A_SalesOrderItem", victims["erp_key"],
            RequestedQuantity=wrong["quantity"], NetPriceAmount=wrong["price"], NetAmount=wrong["amount"],
        )  # fmt: skip  # one line of columns
        for logged in (field, "amount"):
            damage.record(defect, "order_lines", victims, DIFFERENCE, note, field=logged)


def changed_seconds_ago(damage: Damage) -> None:
    """Real differences so fresh that the ordinary sync has yet to run: no break."""
    for entity, field, name, column, wrong, where in (
        ("customers", "phone", "Account", "Phone", _old_phone, STRONG),
        ("customers", "credit_limit", "A_BusinessPartner", "CreditLimitAmount", _scaled("erp.CreditLimitAmount", [200]), STRONG),
        ("products", "stock", "Product2", "Stock__c", _more_stock, None),
        ("orders", "status", "Order", "Status__c", _mapped("crm.Status__c", _EARLIER), None),
    ):
        variation = "changed_seconds_ago"
        victims = damage.choose(f"{variation} {field}", entity, 8, where, [field])
        if victims.is_empty():
            continue
        rng = damage.rng(variation)
        value = victims.with_columns(wrong(rng, victims).alias("value"))["value"]
        moment = pl.lit(pl.Series("at", int(damage.now.timestamp()) - rng.integers(5, 50, victims.height)))
        when = pl.select(timestamp(moment)).to_series()
        if name in CRM:
            damage.change(name, victims["crm_key"], **{column: value, "LastModifiedDate": when, "SystemModstamp": when})
        else:
            damage.change(name, victims["erp_key"], **{column: value, "LastChangeDateTime": when})
        damage.forgive(variation, entity, victims, field)
