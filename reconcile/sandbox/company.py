"""What the sandbox's company is made of: the rows of both systems, who is who in truth, and what is harmlessly different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reconcile.sandbox.objects import CRM, ERP, ObjectSpec

ADDRESS = "A_BusinessPartnerAddress"
"""The entity set with one row for each business partner, read together with it."""

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


def key_column(name: str) -> pl.Expr:
    """The key of an object's rows as text; of an address, its business partner."""
    return pl.col("BusinessPartner") if name == ADDRESS else key_of({**CRM, **ERP}[name])


def view(rows: Mapping[str, pl.DataFrame], pairs: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Both records of each pair in one row: crm_key, erp_key and the fields as `crm.Name` and `erp.Name`.

    Pairs with a record that is not among the rows are left out.
    """
    crm, erp = ENTITIES[entity]
    frame = pairs.join(_side(rows[crm], "crm", crm), on="crm_key", maintain_order="left")
    frame = frame.join(_side(rows[erp], "erp", erp), on="erp_key", maintain_order="left")
    if entity == "customers":
        address = _side(rows[ADDRESS], "erp", ADDRESS).drop("erp.BusinessPartner", "erp.LastChangeDateTime")
        frame = frame.join(address, on="erp_key", maintain_order="left")
    return frame


def _side(frame: pl.DataFrame, side: str, name: str) -> pl.DataFrame:
    return frame.select(key_column(name).alias(f"{side}_key"), pl.all().name.prefix(f"{side}."))


def changed(frame: pl.DataFrame, name: str, keys: pl.Series, values: Mapping[str, pl.Series | str | None]) -> pl.DataFrame:
    """The rows of object `name` with new values in the rows of these keys."""
    new = pl.DataFrame({"_key": keys}).with_columns(
        pl.Series(f, v, dtype=pl.String) if isinstance(v, pl.Series) else pl.lit(v, pl.String).alias(f) for f, v in values.items()
    )
    joined = frame.with_columns(_key=key_column(name)).join(
        new.with_columns(_hit=True), on="_key", how="left", maintain_order="left", suffix=":new"
    )
    hit = pl.col("_hit").is_not_null()
    return joined.select(
        pl.when(hit).then(pl.col(f"{c}:new")).otherwise(pl.col(c)).alias(c) if c in values else c for c in frame.columns
    )


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
