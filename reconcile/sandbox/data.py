"""The sandbox's company: industrial goods sold to English, German and Chinese customers, told twice by a CRM and an ERP.

`generate` makes it from a seed, both sides in agreement but for harmless variation; `write` puts it into the servers' databases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from reconcile.sandbox import documents, parties, store
from reconcile.sandbox.company import ENTITIES, HARMLESS, Company, decimal_text, key_of, shaped, timestamp
from reconcile.sandbox.objects import (
    CRM,
    CUSTOMER_STATUS,
    ERP,
    INVOICE_STATUS,
    ORDER_STATUS,
    PAYMENT_TERMS,
    PRODUCT_STATUS,
    SHIPMENT_STATUS,
    UNITS,
)
from reconcile.sandbox.variation import vary

UNTIL = dt.date(2026, 10, 31)
"""The last day of business."""

_NUMBERED = ["both", "number"]
_REFERENCED = ["both", "reference"]


def generate(
    seed: int, customers: int = 2000, contacts: int = 3000, products: int = 400, orders: int = 5000, until: dt.date = UNTIL
) -> Company:
    """Both systems' rows and who is who; the same arguments give the same bytes. Business ends with the day `until`.

    There must be one customer and one product at least.
    """
    rng = np.random.default_rng(seed)
    buyers = parties.customers(rng, customers, until)
    people = parties.contacts(rng, buyers, contacts, until)
    goods = documents.products(rng, products, until)
    ordered = documents.orders(rng, buyers, orders, until)
    lines = documents.order_lines(rng, ordered, goods)
    ordered = documents.with_amounts(ordered, lines)
    billed = documents.invoices(rng, ordered, until)
    paid = documents.payments(rng, billed, until)
    sent = documents.shipments(rng, ordered, until)
    crm = {
        "Account": _accounts(buyers),
        "Contact": _crm_contacts(people),
        "Product2": _crm_products(goods),
        "Order": _crm_orders(ordered),
        "OrderItem": _crm_lines(lines),
        "Invoice__c": _crm_invoices(billed),
        "Payment__c": _crm_payments(paid),
        "Shipment__c": _crm_shipments(sent),
    }
    erp = {
        "A_BusinessPartner": _partners(buyers),
        "A_BusinessPartnerAddress": _partner_addresses(buyers),
        "A_ContactPerson": _erp_contacts(people),
        "A_Product": _erp_products(goods),
        "A_SalesOrder": _erp_orders(ordered),
        "A_SalesOrderItem": _erp_lines(lines),
        "A_BillingDocument": _erp_invoices(billed),
        "A_IncomingPayment": _erp_payments(paid),
        "A_OutbDeliveryHeader": _erp_shipments(sent),
    }
    crm = {name: shaped(crm[name], spec) for name, spec in CRM.items()}
    erp = {name: shaped(erp[name], spec) for name, spec in ERP.items()}
    # generation keeps each truth row on the same line of both sides, so the pairs are read off before the ERP is put in its order
    pairs = {
        entity: pl.DataFrame(
            {
                "crm_key": crm[one].select(key_of(CRM[one])).to_series(),
                "erp_key": erp[other].select(key_of(ERP[other])).to_series(),
            }
        )
        for entity, (one, other) in ENTITIES.items()
    }
    erp = {name: erp[name].sort(*ERP[name].key) for name in erp}
    return vary(Company(crm, erp, pairs, HARMLESS.to_frame()), seed)


def write(company: Company, folder: Path, planted: pl.DataFrame | None = None) -> None:
    """Writes erp.db, crm.db and harmless.parquet into `folder`, and planted.parquet and planted.jsonl if there is a log.

    Databases that are there are replaced. Each gets its name when it is whole, so that none is left half-way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    company.harmless.write_parquet(folder / "harmless.parquet")
    if planted is not None:
        planted.write_parquet(folder / "planted.parquet")
        planted.write_ndjson(folder / "planted.jsonl")
    for file, objects, rows in (("erp.db", ERP, company.erp), ("crm.db", CRM, company.crm)):
        part = folder / f"{file}.part"
        part.unlink(missing_ok=True)
        store.create(part, objects)
        for name, frame in rows.items():
            store.insert(part, name, frame)
        for rest in ("-wal", "-shm"):  # of a database that was deleted alone
            (folder / f"{file}{rest}").unlink(missing_ok=True)
        part.replace(folder / file)


def _crm_audit() -> list[pl.Expr]:
    changed = timestamp(pl.col("crm_modified"))
    return [timestamp(pl.col("created")).alias("CreatedDate"), changed.alias("LastModifiedDate"), changed.alias("SystemModstamp")]


def _changed() -> pl.Expr:
    return timestamp(pl.col("erp_modified")).alias("LastChangeDateTime")


def _day(column: str) -> pl.Expr:
    return pl.from_epoch(column, time_unit="s").dt.strftime("%Y-%m-%d")


def _code(column: str, codes: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(codes)


def _if_linked(column: str, links: list[str]) -> pl.Expr:
    return pl.when(pl.col("link").is_in(links)).then(column)


def _accounts(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        Name="name",
        ERP_Number__c=_if_linked("number", _NUMBERED),
        TaxId__c="tax_id",
        BillingStreet="street",
        BillingCity="city",
        BillingPostalCode="postal_code",
        BillingCountryCode="country",
        Phone="phone",
        Email__c="email",
        Website="website",
        CreditLimit__c=decimal_text(pl.col("credit") * 100),
        CurrencyIsoCode="currency",
        PaymentTerms__c="terms",
        Status__c="status",
    )


def _partners(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        BusinessPartner="number",
        BusinessPartnerFullName="name",
        ExternalReference=_if_linked("id", _REFERENCED),
        TaxNumber="tax_id",
        WebsiteURL="website",
        CreditLimitAmount=decimal_text(pl.col("credit") * 100),
        Currency="currency",
        PaymentTerms=_code("terms", PAYMENT_TERMS),
        BusinessPartnerStatus=_code("status", CUSTOMER_STATUS),
    )


def _partner_addresses(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        BusinessPartner="number",
        AddressID=pl.lit("1"),
        StreetName="street",
        CityName="city",
        PostalCode="postal_code",
        Country="country",
        PhoneNumber="phone",
        EmailAddress="email",
    )


def _crm_contacts(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c=_if_linked("number", _NUMBERED),
        AccountId="account",
        FirstName="first_name",
        LastName="last_name",
        Email="email",
        Phone="phone",
        Title="title",
    )


def _erp_contacts(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        ContactPerson="number",
        BusinessPartner="partner",
        ExternalReference=_if_linked("id", _REFERENCED),
        FirstName="first_name",
        LastName="last_name",
        EmailAddress="email",
        PhoneNumber="phone",
        FunctionName="title",
    )


def _crm_products(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c="code",
        ProductCode="code",
        Name="name",
        Price__c=decimal_text(pl.col("price")),
        CurrencyIsoCode=pl.lit("EUR"),
        Stock__c=decimal_text(pl.col("stock"), 1),
        QuantityUnitOfMeasure="unit",
        Status__c="status",
    )


def _erp_products(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        Product="code",
        ProductDescription="name",
        StandardPrice=decimal_text(pl.col("price")),
        Currency=pl.lit("EUR"),
        AvailableQuantity=decimal_text(pl.col("stock") * 100, 3),
        BaseUnit=_code("unit", UNITS),
        ProductStatus=_code("status", PRODUCT_STATUS),
    )


def _crm_orders(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c="number",
        OrderNumber="order_number",
        AccountId="account",
        EffectiveDate=_day("day"),
        Status__c="status",
        TotalAmount__c=decimal_text(pl.col("amount")),
        CurrencyIsoCode="currency",
    )


def _erp_orders(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        SalesOrder="number",
        ExternalReference="id",
        PurchaseOrderByCustomer="order_number",
        SoldToParty="partner",
        SalesOrderDate=_day("day"),
        OverallSDProcessStatus=_code("status", ORDER_STATUS),
        TotalNetAmount=decimal_text(pl.col("amount")),
        TransactionCurrency="currency",
    )


def _crm_lines(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c=pl.format("{}/{}", "number", "line"),
        OrderId="order_id",
        LineNumber__c="line",
        Product2Id="product",
        Quantity=decimal_text(pl.col("quantity") // 100, 1),
        UnitPrice=decimal_text(pl.col("price")),
        TotalPrice=decimal_text(pl.col("amount")),
    )


def _erp_lines(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        SalesOrder="number",
        SalesOrderItem="line",
        ExternalReference="id",
        Material="code",
        RequestedQuantity=decimal_text(pl.col("quantity"), 3),
        NetPriceAmount=decimal_text(pl.col("price")),
        NetAmount=decimal_text(pl.col("amount")),
    )


def _crm_invoices(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c="number",
        Order__c="order_id",
        Account__c="account",
        InvoiceDate__c=_day("invoice_day"),
        DueDate__c=_day("due_day"),
        Amount__c=decimal_text(pl.col("gross")),
        CurrencyIsoCode="currency",
        Status__c="status",
    )


def _erp_invoices(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        BillingDocument="number",
        ExternalReference="id",
        ReferenceSDDocument="order_number",
        SoldToParty="partner",
        BillingDocumentDate=_day("invoice_day"),
        NetDueDate=_day("due_day"),
        TotalGrossAmount=decimal_text(pl.col("gross")),
        TransactionCurrency="currency",
        OverallBillingStatus=_code("status", INVOICE_STATUS),
    )


def _crm_payments(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c="number",
        Invoice__c="invoice_id",
        PaymentDate__c=_day("pay_day"),
        Amount__c=decimal_text(pl.col("amount")),
        CurrencyIsoCode="currency",
    )


def _erp_payments(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        IncomingPayment="number",
        ExternalReference="id",
        BillingDocument="invoice_number",
        PostingDate=_day("pay_day"),
        AmountInTransactionCurrency=decimal_text(pl.col("amount")),
        TransactionCurrency="currency",
    )


def _crm_shipments(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        *_crm_audit(),
        Id="id",
        ERP_Number__c="number",
        Order__c="order_id",
        ShippedAt__c=timestamp(pl.col("shipped_at")),
        Carrier__c="carrier",
        TrackingNumber__c="tracking",
        Status__c="status",
    )


def _erp_shipments(of: pl.DataFrame) -> pl.DataFrame:
    return of.select(
        _changed(),
        DeliveryDocument="number",
        ExternalReference="id",
        ReferenceSDDocument="order_number",
        ActualGoodsMovementDateTime=timestamp(pl.col("shipped_at")),
        ShippingCarrier="carrier",
        TrackingNumber="tracking",
        OverallGoodsMovementStatus=_code("status", SHIPMENT_STATUS),
    )
