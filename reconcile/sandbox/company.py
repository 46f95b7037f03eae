"""What the sandbox's company is made of: the rows of both systems, who is who in truth, and what is harmlessly different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reconcile.sandbox.objects import ObjectSpec

ENTITIES: Mapping[str, tuple[str, str]] = {
    "customers": ("Account", "A_BusinessPartner"),
    "contacts": ("Contact", "A_ContactPerson"),
    "products": ("Product2", "A_Product"),
    "orders": ("Order", "A_SalesOrder"),
    "order_lines": ("OrderItem", "A_SalesOrderItem"),
    "invoices": ("Invoice__c", "A_BillingDocument"),
    "payments": ("Payment__c", "A_IncomingPayment"),
    "shipments": ("Shipment__c", "A_OutbDeliveryHeader"),
}
"""Canonical entity to the CRM's object and the ERP's entity set."""

HARMLESS = pl.Schema(
    {"variation": pl.String, "entity": pl.String, "crm_key": pl.String, "erp_key": pl.String, "field": pl.String}
)
"""One row for each harmless difference; field is null where the whole record is meant, a key is null where it has no record."""

PLANTED = pl.Schema(
    {
        "defect": pl.String,
        "entity": pl.String,
        "crm_key": pl.String,
        "erp_key": pl.String,
        "field": pl.String,
        "break_kind": pl.String,
        "pushable": pl.Boolean,
        "note": pl.String,
    }
)
"""One row for each thing that a run should report."""


@dataclass(frozen=True)
class Company:
    """Two systems that tell of the same business."""

    crm: Mapping[str, pl.DataFrame]
    """Rows of each sObject, all columns String, in the order of objects.CRM."""
    erp: Mapping[str, pl.DataFrame]
    """Rows of each entity set, all columns String, in the order of objects.ERP."""
    pairs: Mapping[str, pl.DataFrame]
    """For each entity the truth: columns crm_key and erp_key, one row for each pair of records that exist on both sides."""
    harmless: pl.DataFrame
    """HARMLESS: what differs in writing, but not in meaning."""


def shaped(frame: pl.DataFrame, spec: ObjectSpec) -> pl.DataFrame:
    """The fields of `spec` in its order, as String; fields that the frame lacks are null."""
    present = set(frame.columns)
    return frame.select(
        pl.col(f.name).cast(pl.String) if f.name in present else pl.lit(None, pl.String).alias(f.name) for f in spec.fields
    )


def key_of(spec: ObjectSpec) -> pl.Expr:
    """A record's key in its system: the parts joined by `/`."""
    return pl.concat_str(*spec.key, separator="/")


def decimal_text(cents: pl.Expr, places: int = 2) -> pl.Expr:
    """Whole hundredths (or other powers of ten) as a plain decimal text: 12345 becomes 123.45."""
    unit = 10**places
    return pl.format("{}.{}", cents // unit, (cents % unit).cast(pl.String).str.zfill(places))


def cents(text: pl.Expr) -> pl.Expr:
    """A plain decimal text as whole hundredths."""
    return (text.cast(pl.Float64) * 100).round().cast(pl.Int64)


def timestamp(seconds: pl.Expr) -> pl.Expr:
    """Seconds since 1970 as `2026-10-31T08:15:30Z`."""
    return pl.from_epoch(seconds.cast(pl.Int64), time_unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
