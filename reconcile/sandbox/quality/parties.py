"""What can be wrong about customers, contacts and products."""

from __future__ import annotations

import polars as pl

from reconcile.sandbox.quality.wrong import Rows, Wrong, being, having

_ACCOUNT, _PARTNER = ("customers", "crm", "Account"), ("customers", "erp", "A_BusinessPartner")
_CRM_CONTACT, _ERP_CONTACT = ("contacts", "crm", "Contact"), ("contacts", "erp", "A_ContactPerson")
_CRM_PRODUCT, _ERP_PRODUCT = ("products", "crm", "Product2"), ("products", "erp", "A_Product")


def _other_digit(column: str) -> pl.Expr:
    """The number with its last digit one higher, so that its check digit is wrong."""
    last = pl.col(column).str.slice(-1).cast(pl.Int64, strict=False)
    return pl.concat_str(pl.col(column).str.head(-1), ((last + 1) % 10).cast(pl.String))


def _german_with_tax_id(_rows: Rows) -> pl.Expr:
    return (pl.col("BillingCountryCode") == "DE") & pl.col("TaxId__c").str.contains(r"^DE\d{9}$")


def _german_with_number(_rows: Rows) -> pl.Expr:
    return (pl.col("BillingCountryCode") == "DE") & pl.col("ERP_Number__c").is_not_null()


def _german_phone(_rows: Rows) -> pl.Expr:
    return pl.col("Phone").str.starts_with("+49")


PARTIES = (
    Wrong("customer_without_name", *_PARTNER, "BusinessPartnerFullName"),
    Wrong("customer_called_test", *_ACCOUNT, "Name", "TEST"),
    Wrong("customer_name_garbled", *_ACCOUNT, "Name", pl.format("GerÃ¤tebau MÃ¼ller {} GmbH", pl.col("Id").str.slice(-6))),
    Wrong("customer_number_twice", *_ACCOUNT, "ERP_Number__c", where=having("ERP_Number__c"), twin=True),
    Wrong("customer_tax_id_twice", *_PARTNER, "TaxNumber", where=having("TaxNumber"), twin=True),
    Wrong("customer_tax_id_misread", *_ACCOUNT, "TaxId__c", _other_digit("TaxId__c"), where=_german_with_tax_id),
    Wrong("customer_without_country", *_ACCOUNT, "BillingCountryCode"),
    Wrong("customer_in_no_country", *_ACCOUNT, "BillingCountryCode", "ZZ"),
    Wrong("customer_without_city", *_ACCOUNT, "BillingCity"),
    Wrong("customer_postal_code_misread", *_ACCOUNT, "BillingPostalCode", "8O33", where=being("BillingCountryCode", "DE")),
    Wrong("customer_mail_without_domain", *_ACCOUNT, "Email__c", "sales@", where=having("Email__c")),
    Wrong("customer_phone_too_short", *_ACCOUNT, "Phone", "+49 12", where=_german_with_number),
    Wrong("customer_credit_below_zero", *_PARTNER, "CreditLimitAmount", "-5000.00"),
    Wrong("customer_credit_absurd", *_PARTNER, "CreditLimitAmount", "990000000.00"),
    Wrong("customer_in_no_currency", *_PARTNER, "Currency", "QQQ"),
    Wrong("customer_terms_unknown", *_ACCOUNT, "PaymentTerms__c", "Net 45"),
    Wrong("customer_status_unknown", *_ACCOUNT, "Status__c", "Prospect"),
    Wrong("contact_without_last_name", *_ERP_CONTACT, "LastName"),
    Wrong("contact_called_unknown", *_CRM_CONTACT, "LastName", "unknown"),
    Wrong("contact_of_nobody", *_CRM_CONTACT, "AccountId"),
    Wrong("contact_of_a_customer_that_is_gone", *_ERP_CONTACT, "BusinessPartner", "1999999"),
    Wrong("contact_mail_with_a_space", *_CRM_CONTACT, "Email", pl.format("jane doe{}@example.com", "Id"), where=having("Email")),
    Wrong("contact_mail_shared", *_CRM_CONTACT, "Email", where=having("Email"), twin=True),
    Wrong("contact_phone_too_short", *_CRM_CONTACT, "Phone", "+49 12", where=_german_phone),
    Wrong("product_without_name", *_ERP_PRODUCT, "ProductDescription"),
    Wrong("product_for_nothing", *_ERP_PRODUCT, "StandardPrice", "0.00"),
    Wrong("product_stock_below_zero", *_ERP_PRODUCT, "AvailableQuantity", "-3.000"),
    Wrong("product_without_currency", *_CRM_PRODUCT, "CurrencyIsoCode"),
    Wrong("product_unit_unknown", *_CRM_PRODUCT, "QuantityUnitOfMeasure", "Pallet"),
    Wrong("product_status_unknown", *_CRM_PRODUCT, "Status__c", "Draft"),
)
