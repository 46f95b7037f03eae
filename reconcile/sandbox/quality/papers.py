"""What can be wrong about orders, invoices, payments and shipments, alone and against each other."""

from __future__ import annotations

import polars as pl

from reconcile.sandbox.quality.wrong import Rows, Wrong, being, having

_CRM_ORDER, _ERP_ORDER = ("orders", "crm", "Order"), ("orders", "erp", "A_SalesOrder")
_CRM_LINE, _ERP_LINE = ("order_lines", "crm", "OrderItem"), ("order_lines", "erp", "A_SalesOrderItem")
_CRM_INVOICE, _ERP_INVOICE = ("invoices", "crm", "Invoice__c"), ("invoices", "erp", "A_BillingDocument")
_CRM_PAYMENT, _ERP_PAYMENT = ("payments", "crm", "Payment__c"), ("payments", "erp", "A_IncomingPayment")
_CRM_SENT, _ERP_SENT = ("shipments", "crm", "Shipment__c"), ("shipments", "erp", "A_OutbDeliveryHeader")
_BEFORE_ALL = "2001-06-15"


def _another_currency(column: str) -> pl.Expr:
    return pl.when(pl.col(column) == "USD").then(pl.lit("GBP")).otherwise(pl.lit("USD"))


def _day_before(column: str) -> pl.Expr:
    return pl.col(column).str.to_date().dt.offset_by("-1d").cast(pl.String)


def _cancelled(_victims: pl.DataFrame, rows: Rows) -> pl.Series:
    """An order that was cancelled, of the ERP."""
    orders = rows["A_SalesOrder"]
    return orders.filter(pl.col("OverallSDProcessStatus") == "900")["SalesOrder"].head(1)


def _another_customer(victims: pl.DataFrame, rows: Rows) -> pl.Series:
    """A customer of the ERP that none of the victims belongs to."""
    partners = rows["A_BusinessPartner"]["BusinessPartner"]
    return partners.filter(~partners.is_in(victims["SoldToParty"].implode())).head(1)


PAPERS = (
    Wrong("order_of_a_customer_that_is_gone", *_ERP_ORDER, "SoldToParty", "1999999"),
    Wrong("order_from_the_future", *_CRM_ORDER, "EffectiveDate", "2031-03-01"),
    Wrong("order_before_the_year_2000", *_CRM_ORDER, "EffectiveDate", "1926-03-01"),
    Wrong("order_without_date", *_ERP_ORDER, "SalesOrderDate"),
    Wrong("order_amount_below_zero", *_CRM_ORDER, "TotalAmount__c", "-100.00"),
    Wrong("order_amount_other_than_its_lines", *_ERP_ORDER, "TotalNetAmount", pl.format("1{}", "TotalNetAmount")),
    Wrong("order_without_currency", *_CRM_ORDER, "CurrencyIsoCode"),
    Wrong("order_status_unknown", *_CRM_ORDER, "Status__c", "待定"),
    Wrong("order_number_twice", *_CRM_ORDER, "OrderNumber", where=having("OrderNumber"), twin=True),
    Wrong("line_of_a_product_that_is_gone", *_ERP_LINE, "Material", "GONE-1"),
    Wrong("line_of_nothing", *_ERP_LINE, "RequestedQuantity", "0.000"),
    Wrong("line_price_below_zero", *_CRM_LINE, "UnitPrice", "-12.50"),
    Wrong("invoice_due_before_it_was_written", *_ERP_INVOICE, "NetDueDate", _day_before("BillingDocumentDate")),
    Wrong("invoice_without_due_date", *_CRM_INVOICE, "DueDate__c"),
    Wrong("invoice_before_its_order", *_ERP_INVOICE, "BillingDocumentDate", _BEFORE_ALL),
    Wrong("invoice_for_another_customer", *_ERP_INVOICE, "SoldToParty", _another_customer),
    Wrong("invoice_in_another_currency", *_ERP_INVOICE, "TransactionCurrency", _another_currency("TransactionCurrency")),
    Wrong("invoice_amount_below_zero", *_CRM_INVOICE, "Amount__c", "-10.00"),
    Wrong("invoice_number_twice", *_CRM_INVOICE, "ERP_Number__c", where=having("ERP_Number__c"), twin=True),
    Wrong("invoice_status_unknown", *_CRM_INVOICE, "Status__c", "Draft"),
    Wrong("payment_before_its_invoice", *_ERP_PAYMENT, "PostingDate", _BEFORE_ALL),
    Wrong("payment_in_another_currency", *_ERP_PAYMENT, "TransactionCurrency", _another_currency("TransactionCurrency")),
    Wrong("payment_of_nothing", *_CRM_PAYMENT, "Amount__c", "0.00"),
    Wrong("payment_of_an_invoice_that_is_gone", *_CRM_PAYMENT, "Invoice__c", "a00gL0000999999QAA"),
    Wrong("payment_from_the_future", *_CRM_PAYMENT, "PaymentDate__c", "2031-03-01"),
    Wrong("payment_in_no_currency", *_CRM_PAYMENT, "CurrencyIsoCode", "QQQ"),
    Wrong("shipment_before_its_order", *_ERP_SENT, "ActualGoodsMovementDateTime", f"{_BEFORE_ALL}T08:00:00Z"),
    Wrong("shipment_of_a_cancelled_order", *_ERP_SENT, "ReferenceSDDocument", _cancelled),
    Wrong("shipment_of_an_order_that_is_gone", *_ERP_SENT, "ReferenceSDDocument", "4599999"),
    Wrong("shipment_from_the_future", *_CRM_SENT, "ShippedAt__c", "2031-03-01T08:00:00Z", where=having("ShippedAt__c")),
    Wrong("shipment_tracking_twice", *_CRM_SENT, "TrackingNumber__c", where=having("TrackingNumber__c"), twin=True),
    Wrong("shipment_without_carrier", *_CRM_SENT, "Carrier__c"),
    Wrong("shipment_without_status", *_ERP_SENT, "OverallGoodsMovementStatus"),
    Wrong("shipment_gone_without_time", *_CRM_SENT, "ShippedAt__c", where=being("Status__c", "Shipped", "Delivered")),
)
