"""What the two sandbox systems keep: objects, fields, types, lengths and relations, in the names of their dialects.

The servers, the data and the defects all read this; nothing of the engine does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Type = Literal["string", "decimal", "date", "datetime"]


@dataclass(frozen=True)
class FieldSpec:
    """One field: its type, its longest value in characters (strings only), and what the system demands of it."""

    name: str
    type: Type = "string"
    length: int = 255
    required: bool = False
    picklist: tuple[str, ...] = ()
    refers_to: str | None = None


CRM_WHOLE_DIGITS, CRM_DECIMALS = 16, 2
"""Of every number in the CRM: more digits before the point are refused, more after it are cut off without a word."""
ERP_DIGITS = 18
"""Of every number in the ERP, before and after the point together."""


@dataclass(frozen=True)
class ObjectSpec:
    """One object: its key, how it numbers new records, its fields and its relations."""

    name: str
    key: tuple[str, ...]
    fields: tuple[FieldSpec, ...]
    first_number: int | None = None
    """The system numbers new records from here; None if the caller gives the key."""
    number_field: str | None = None
    """A field other than the key that the system numbers by itself."""
    external_id: str | None = None
    relations: Mapping[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    """Relation name to (object, {its field: our field}): the rows behind it."""
    modified: str = "LastModifiedDate"

    def field(self, name: str) -> FieldSpec | None:
        """The field of that name, or None."""
        return next((f for f in self.fields if f.name == name), None)


def _fields(text: str, **more: FieldSpec) -> tuple[FieldSpec, ...]:
    """`Name:120! Amount:decimal Day:date AccountId>Account`: `!` is required, `>` is a reference, a number is the length."""
    out = []
    for word in text.split():
        named, _, refers_to = word.removesuffix("!").partition(">")
        name, _, detail = named.partition(":")
        kind: Type = detail if detail in ("decimal", "date", "datetime") else "string"  # type: ignore[assignment]  # narrowed by the test
        length = int(detail) if detail.isdigit() else 18 if refers_to else 255
        out.append(more.get(name) or FieldSpec(name, kind, length, word.endswith("!"), refers_to=refers_to or None))
    return tuple(out)


def _picklist(name: str, *values: str) -> FieldSpec:
    return FieldSpec(name, length=40, picklist=values)


CUSTOMER_STATUS = {"Active": "01", "Inactive": "02", "Blocked": "03"}
PRODUCT_STATUS = {"Active": "01", "Discontinued": "02"}
PAYMENT_TERMS = {"Immediate": "0001", "Net 14": "0014", "Net 30": "0030", "Net 60": "0060"}
ORDER_STATUS = {"草稿": "10", "已确认": "100", "部分发货": "200", "已发货": "300", "已完成": "400", "已取消": "900"}
INVOICE_STATUS = {"Open": "A", "Partly paid": "B", "Paid": "C"}
SHIPMENT_STATUS = {"Planned": "A", "Shipped": "B", "Delivered": "C"}
UNITS = {"Piece": "PCE", "Box": "BX", "Kilogram": "KGM"}
"""Code maps from the CRM's words to the ERP's codes, as the demo's configuration states them."""

_AUDIT = "CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime"

CRM: Mapping[str, ObjectSpec] = {
    spec.name: spec
    for spec in (
        ObjectSpec(
            "Account",
            ("Id",),
            _fields(
                f"Id:18 Name:255! ERP_Number__c:30 TaxId__c:30 BillingStreet BillingCity:80 BillingPostalCode:20 "
                f"BillingCountryCode:2 Phone:40 Email__c:80 Website CreditLimit__c:decimal CurrencyIsoCode:3 "
                f"PaymentTerms__c Status__c {_AUDIT}",
                PaymentTerms__c=_picklist("PaymentTerms__c", *PAYMENT_TERMS),
                Status__c=_picklist("Status__c", *CUSTOMER_STATUS, "Prospect"),
            ),
            first_number=1,
            external_id="ERP_Number__c",
        ),
        ObjectSpec(
            "Contact",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 AccountId>Account FirstName:40 LastName:80! Email:80 Phone:40 Title:128 "
                f"Status__c {_AUDIT}",
                Status__c=_picklist("Status__c", "Active", "Inactive"),
            ),
            first_number=1,
            external_id="ERP_Number__c",
            relations={"Account": ("Account", {"Id": "AccountId"})},
        ),
        ObjectSpec(
            "Product2",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 ProductCode:40! Name:255! Price__c:decimal CurrencyIsoCode:3 Stock__c:decimal "
                f"QuantityUnitOfMeasure Status__c {_AUDIT}",
                QuantityUnitOfMeasure=_picklist("QuantityUnitOfMeasure", *UNITS),
                Status__c=_picklist("Status__c", *PRODUCT_STATUS),
            ),
            first_number=1,
            external_id="ERP_Number__c",
        ),
        ObjectSpec(
            "Order",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 OrderNumber:30 AccountId>Account EffectiveDate:date! Status__c TotalAmount__c:decimal "
                f"CurrencyIsoCode:3 {_AUDIT}",
                Status__c=_picklist("Status__c", *ORDER_STATUS, "待审核"),
            ),
            first_number=1,
            number_field="OrderNumber",
            external_id="ERP_Number__c",
            relations={"Account": ("Account", {"Id": "AccountId"})},
        ),
        ObjectSpec(
            "OrderItem",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 OrderId>Order LineNumber__c:6! Product2Id>Product2 Quantity:decimal UnitPrice:decimal "
                f"TotalPrice:decimal {_AUDIT}"
            ),
            first_number=1,
            external_id="ERP_Number__c",
            relations={"Order": ("Order", {"Id": "OrderId"}), "Product2": ("Product2", {"Id": "Product2Id"})},
        ),
        ObjectSpec(
            "Invoice__c",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 Order__c>Order Account__c>Account InvoiceDate__c:date DueDate__c:date Amount__c:decimal "
                f"CurrencyIsoCode:3 Status__c {_AUDIT}",
                Status__c=_picklist("Status__c", *INVOICE_STATUS),
            ),
            first_number=1,
            external_id="ERP_Number__c",
            relations={"Order__r": ("Order", {"Id": "Order__c"}), "Account__r": ("Account", {"Id": "Account__c"})},
        ),
        ObjectSpec(
            "Payment__c",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 Invoice__c>Invoice__c PaymentDate__c:date Amount__c:decimal CurrencyIsoCode:3 {_AUDIT}"
            ),
            first_number=1,
            external_id="ERP_Number__c",
            relations={"Invoice__r": ("Invoice__c", {"Id": "Invoice__c"})},
        ),
        ObjectSpec(
            "Shipment__c",
            ("Id",),
            _fields(
                f"Id:18 ERP_Number__c:30 Order__c>Order ShippedAt__c:datetime Carrier__c:60 TrackingNumber__c:60 "
                f"Status__c {_AUDIT}",
                Status__c=_picklist("Status__c", *SHIPMENT_STATUS),
            ),
            first_number=1,
            external_id="ERP_Number__c",
            relations={"Order__r": ("Order", {"Id": "Order__c"})},
        ),
    )
}
"""The CRM's sObjects. Every one also answers under its relation names in SOQL paths such as `Account.Name`."""

_CHANGED = "LastChangeDateTime:datetime"


def _erp(name: str, key: str, text: str, **more: object) -> ObjectSpec:
    picklists = {f.name: f for f in more.pop("picklists", ())}  # type: ignore[attr-defined]  # a tuple of FieldSpec
    return ObjectSpec(
        name,
        tuple(key.split()),
        _fields(f"{text} {_CHANGED}", **picklists),
        modified="LastChangeDateTime",
        **more,  # type: ignore[arg-type]  # as above
    )


ERP: Mapping[str, ObjectSpec] = {
    spec.name: spec
    for spec in (
        _erp(
            "A_BusinessPartner",
            "BusinessPartner",
            "BusinessPartner:10 BusinessPartnerFullName:81! ExternalReference:20 TaxNumber:20 WebsiteURL:132 "
            "CreditLimitAmount:decimal Currency:3 PaymentTerms BusinessPartnerStatus",
            picklists=(
                _picklist("PaymentTerms", *PAYMENT_TERMS.values()),
                _picklist("BusinessPartnerStatus", *CUSTOMER_STATUS.values()),
            ),
            first_number=1_000_001,
            external_id="ExternalReference",
            relations={"to_BusinessPartnerAddress": ("A_BusinessPartnerAddress", {"BusinessPartner": "BusinessPartner"})},
        ),
        _erp(
            "A_BusinessPartnerAddress",
            "BusinessPartner AddressID",
            "BusinessPartner:10! AddressID:10! StreetName:60 CityName:40 PostalCode:10 Country:3 PhoneNumber:30 EmailAddress:241",
        ),
        _erp(
            "A_ContactPerson",
            "ContactPerson",
            "ContactPerson:10 BusinessPartner:10>A_BusinessPartner ExternalReference:20 FirstName:40 LastName:40! "
            "EmailAddress:241 PhoneNumber:30 FunctionName:40 ContactPersonIsBlocked:1",
            first_number=2_000_001,
            external_id="ExternalReference",
        ),
        _erp(
            "A_Product",
            "Product",
            "Product:40! ProductDescription:80! StandardPrice:decimal Currency:3 AvailableQuantity:decimal BaseUnit:3 "
            "ProductStatus",
            picklists=(_picklist("ProductStatus", *PRODUCT_STATUS.values()),),
        ),
        _erp(
            "A_SalesOrder",
            "SalesOrder",
            "SalesOrder:10 ExternalReference:20 PurchaseOrderByCustomer:35 SoldToParty>A_BusinessPartner SalesOrderDate:date! "
            "OverallSDProcessStatus TotalNetAmount:decimal TransactionCurrency:3",
            picklists=(_picklist("OverallSDProcessStatus", *ORDER_STATUS.values()),),
            first_number=4_500_001,
            external_id="ExternalReference",
            relations={"to_Item": ("A_SalesOrderItem", {"SalesOrder": "SalesOrder"})},
        ),
        _erp(
            "A_SalesOrderItem",
            "SalesOrder SalesOrderItem",
            "SalesOrder:10! SalesOrderItem:6! ExternalReference:20 Material>A_Product RequestedQuantity:decimal "
            "NetPriceAmount:decimal NetAmount:decimal",
            external_id="ExternalReference",
        ),
        _erp(
            "A_BillingDocument",
            "BillingDocument",
            "BillingDocument:10 ExternalReference:20 ReferenceSDDocument>A_SalesOrder SoldToParty>A_BusinessPartner "
            "BillingDocumentDate:date NetDueDate:date TotalGrossAmount:decimal TransactionCurrency:3 OverallBillingStatus",
            picklists=(_picklist("OverallBillingStatus", *INVOICE_STATUS.values()),),
            first_number=9_000_001,
            external_id="ExternalReference",
            relations={"to_IncomingPayment": ("A_IncomingPayment", {"BillingDocument": "BillingDocument"})},
        ),
        _erp(
            "A_IncomingPayment",
            "IncomingPayment",
            "IncomingPayment:10 ExternalReference:20 BillingDocument>A_BillingDocument PostingDate:date "
            "AmountInTransactionCurrency:decimal TransactionCurrency:3",
            first_number=7_000_001,
            external_id="ExternalReference",
        ),
        _erp(
            "A_OutbDeliveryHeader",
            "DeliveryDocument",
            "DeliveryDocument:10 ExternalReference:20 ReferenceSDDocument>A_SalesOrder ActualGoodsMovementDateTime:datetime "
            "ShippingCarrier:60 TrackingNumber:60 OverallGoodsMovementStatus",
            picklists=(_picklist("OverallGoodsMovementStatus", *SHIPMENT_STATUS.values()),),
            first_number=8_000_001,
            external_id="ExternalReference",
        ),
    )
}
"""The ERP's entity sets, under one OData V4 service at `/sap/opu/odata4/sap/api_sandbox/0001/`."""

ODATA_ROOT = "/sap/opu/odata4/sap/api_sandbox/0001/"
