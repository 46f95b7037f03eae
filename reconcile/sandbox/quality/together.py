"""What can be wrong about two records that are one: each would pass alone, but not beside its counterpart in the other system."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from reconcile.sandbox.quality.wrong import Rows, Wrong, being, having

_ACCOUNT, _PARTNER = ("customers", "crm", "Account"), ("customers", "erp", "A_BusinessPartner")
_CRM_CONTACT, _ERP_CONTACT = ("contacts", "crm", "Contact"), ("contacts", "erp", "A_ContactPerson")
_CRM_PRODUCT = ("products", "crm", "Product2")
_CRM_ORDER, _ERP_ORDER = ("orders", "crm", "Order"), ("orders", "erp", "A_SalesOrder")
_CRM_LINE = ("order_lines", "crm", "OrderItem")
_CRM_INVOICE = ("invoices", "crm", "Invoice__c")
_CRM_PAYMENT = ("payments", "crm", "Payment__c")
_CRM_SENT = ("shipments", "crm", "Shipment__c")


def _another_number(column: str) -> pl.Expr:
    """One that no record has, and no two get."""
    return pl.format("77{}", column)


def _another_id(column: str) -> pl.Expr:
    """The CRM's id of a record that is not there, another for each."""
    return pl.col(column).str.replace("gL0", "gL7", literal=True)


def _more(column: str) -> pl.Expr:
    return pl.format("1{}", column)


def _another(column: str, parents: str, number: str, status: str | None = None) -> Callable[[pl.DataFrame, Rows], pl.Series]:
    """The first of the CRM's `parents` that has a number of its own, is in this status, and is no victim's already."""

    def told(victims: pl.DataFrame, rows: Rows) -> pl.Series:
        frame = rows[parents].filter(pl.col(number).is_not_null() & pl.col(number).is_unique())
        frame = frame.filter(pl.col("Status__c") == status) if status else frame
        return frame.filter(~pl.col("Id").is_in(victims[column].implode()))["Id"].head(1)

    return told


_ANOTHER_CUSTOMER = _another("AccountId", "Account", "ERP_Number__c")
_DONE, _CANCELLED = "已完成", "已取消"

TOGETHER = (
    Wrong("customer_number_of_another", *_ACCOUNT, "ERP_Number__c", _another_number("ERP_Number__c"),
          where=having("ERP_Number__c"), pair=True),
    Wrong("customer_crm_id_of_another", *_PARTNER, "ExternalReference", _another_id("ExternalReference"),
          where=having("ExternalReference"), pair=True),
    Wrong("customer_terms_only_in_the_crm", *_PARTNER, "PaymentTerms", pair=True),
    Wrong("customer_credit_promised_beyond_the_erp", *_ACCOUNT, "CreditLimit__c", _more("CreditLimit__c"), pair=True),
    Wrong("contact_number_of_another", *_CRM_CONTACT, "ERP_Number__c", _another_number("ERP_Number__c"),
          where=having("ERP_Number__c"), pair=True),
    Wrong("contact_crm_id_of_another", *_ERP_CONTACT, "ExternalReference", _another_id("ExternalReference"),
          where=having("ExternalReference"), pair=True),
    Wrong("contact_of_another_customer", *_CRM_CONTACT, "AccountId", _ANOTHER_CUSTOMER, pair=True),
    Wrong("product_number_of_another", *_CRM_PRODUCT, "ProductCode", _another_number("ProductCode"), pair=True),
    Wrong("product_stock_promised_beyond_the_erp", *_CRM_PRODUCT, "Stock__c", _more("Stock__c"), pair=True),
    Wrong("order_number_of_another", *_CRM_ORDER, "OrderNumber", _another_number("OrderNumber"),
          where=having("OrderNumber"), pair=True),
    Wrong("order_crm_id_of_another", *_ERP_ORDER, "ExternalReference", _another_id("ExternalReference"),
          where=having("ExternalReference"), pair=True),
    Wrong("order_of_another_customer", *_CRM_ORDER, "AccountId", _ANOTHER_CUSTOMER, pair=True),
    Wrong("order_entered_before_it_was_sold", *_ERP_ORDER, "SalesOrderDate",
          pl.col("SalesOrderDate").str.to_date(strict=False).dt.offset_by("-5d").cast(pl.String),
          where=having("SalesOrderDate"), pair=True),
    Wrong("line_in_another_place", *_CRM_LINE, "LineNumber__c", _more("LineNumber__c"), pair=True),
    Wrong("line_of_another_product", *_CRM_LINE, "Product2Id", _another("Product2Id", "Product2", "ProductCode"), pair=True),
    Wrong("invoice_number_of_another", *_CRM_INVOICE, "ERP_Number__c", _another_number("ERP_Number__c"),
          where=having("ERP_Number__c"), pair=True),
    Wrong("invoice_of_another_order", *_CRM_INVOICE, "Order__c", _another("Order__c", "Order", "OrderNumber", _DONE), pair=True),
    Wrong("invoice_due_later_in_the_crm", *_CRM_INVOICE, "DueDate__c",
          pl.col("DueDate__c").str.to_date(strict=False).dt.offset_by("30d").cast(pl.String),
          where=having("DueDate__c"), pair=True),
    Wrong("payment_number_of_another", *_CRM_PAYMENT, "ERP_Number__c", _another_number("ERP_Number__c"),
          where=having("ERP_Number__c"), pair=True),
    Wrong("payment_of_another_invoice", *_CRM_PAYMENT, "Invoice__c",
          _another("Invoice__c", "Invoice__c", "ERP_Number__c"), pair=True),
    Wrong("shipment_number_of_another", *_CRM_SENT, "ERP_Number__c", _another_number("ERP_Number__c"),
          where=having("ERP_Number__c"), pair=True),
    Wrong("shipment_of_another_order", *_CRM_SENT, "Order__c", _another("Order__c", "Order", "OrderNumber", _DONE), pair=True),
    Wrong("shipment_of_an_order_cancelled_in_the_crm", *_CRM_SENT, "Order__c",
          _another("Order__c", "Order", "OrderNumber", _CANCELLED), where=being("Status__c", "Shipped", "Delivered"),
          pair=True),
)  # fmt: skip  # a defect in two lines
