"""The canonical shape of business: which entities exist, their fields, their kinds, and how they refer to each other.

Source of the field lists: the overlap of Salesforce's standard objects and S/4HANA's released OData services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

KEY = "_key"
"""Column of every normalised frame: the record's key in its own system, parts joined by `/` (String)."""
MODIFIED = "_modified"
"""Column of every normalised frame: when its system last changed the record (Datetime, UTC; null if unknown)."""
INACTIVE = "_inactive"
"""Column of a normalised frame whose side says what inactive means: what that field holds (String)."""
MERGED_INTO = "_merged_into"
"""The same of the field that names the record that a merged one went into (String)."""
RAW = "raw:"
"""Prefix of the evidence columns: `raw:name` holds what the system said, as text."""


WHOLE = "_whole"
"""Column of a part's frame while it is compared: what its whole is called, so that line 10 is known as 4711/10 (String)."""


class Role(StrEnum):
    """One side of a pair. CRM comes first, everywhere."""

    CRM = "crm"
    ERP = "erp"

    @property
    def other(self) -> Role:
        """The counterpart's role."""
        return Role.ERP if self is Role.CRM else Role.CRM


PAIR: Final = "pair"
"""In the place of a role: both sides of linked records together."""
Scope = Role | Literal["pair"]
COUNTERPART = "counterpart"
"""Column of a frame of linked pairs: the ERP record's key, beside the CRM's in KEY (String)."""


class Kind(StrEnum):
    """What a field holds; decides how it is normalised, compared and matched."""

    TEXT = "text"
    COMPANY_NAME = "company_name"
    PERSON_NAME = "person_name"
    ADDRESS = "address"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    IDENTIFIER = "identifier"
    TAX_ID = "tax_id"
    CODE = "code"
    CURRENCY = "currency"
    UNIT = "unit"
    MONEY = "money"
    QUANTITY = "quantity"
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"
    REFERENCE = "reference"


@dataclass(frozen=True)
class EntityShape:
    """One entity: its canonical fields, what they refer to, and where its name and money stand."""

    name: str
    fields: Mapping[str, Kind]
    references: Mapping[str, str] = field(default_factory=dict)
    parent: str | None = None
    """The reference field whose record this one is a part of: an order line is part of its order."""
    label: str = "name"
    """The fields, parted by spaces, that a person knows the record by."""
    amount: str | None = None
    """The field whose value is at risk when the whole record is missing or wrong."""


def _shape(name: str, fields: str, **more: object) -> EntityShape:
    kinds = {n: Kind(k) for n, k in (pair.split(":") for pair in fields.split())}
    return EntityShape(name, kinds, **more)  # type: ignore[arg-type]  # keywords of the dataclass, typed there


SHAPES: Mapping[str, EntityShape] = {
    shape.name: shape
    for shape in (
        _shape(
            "customers",
            "number:identifier crm_id:identifier name:company_name tax_id:tax_id street:address city:text "
            "postal_code:postal_code country:country phone:phone email:email website:url credit_limit:money currency:currency "
            "payment_terms:code status:code",
            amount="credit_limit",
        ),
        _shape(
            "contacts",
            "number:identifier crm_id:identifier customer:reference first_name:person_name last_name:person_name "
            "email:email phone:phone title:text",
            references={"customer": "customers"},
            label="first_name last_name",
        ),
        _shape(
            "products",
            "number:identifier name:text price:money currency:currency stock:quantity unit:code status:code",
            amount="price",
        ),
        _shape(
            "orders",
            "number:identifier crm_id:identifier customer:reference order_date:date status:code amount:money tax:money "
            "charges:money currency:currency",
            references={"customer": "customers"},
            label="number",
            amount="amount",
        ),
        _shape(
            "order_lines",
            "order:reference line:identifier product:reference quantity:quantity price:money amount:money tax:money "
            "shipped:quantity open:quantity cancelled:quantity",
            references={"order": "orders", "product": "products"},
            parent="order",
            label="line",
            amount="amount",
        ),
        _shape(
            "invoices",
            "number:identifier order:reference customer:reference invoice_date:date due_date:date amount:money "
            "tax:money charges:money currency:currency status:code",
            references={"order": "orders", "customer": "customers"},
            label="number",
            amount="amount",
        ),
        _shape(
            "invoice_lines",
            "invoice:reference line:identifier order:reference order_line:reference order_item:identifier product:reference "
            "quantity:quantity "
            "price:money amount:money tax:money",
            references={"invoice": "invoices", "order": "orders", "order_line": "order_lines", "product": "products"},
            parent="invoice",
            label="line",
            amount="amount",
        ),
        _shape(
            "credit_notes",
            "number:identifier invoice:reference order:reference customer:reference credit_date:date amount:money "
            "tax:money charges:money currency:currency status:code",
            references={"invoice": "invoices", "order": "orders", "customer": "customers"},
            label="number",
            amount="amount",
        ),
        _shape(
            "credit_note_lines",
            "credit_note:reference line:identifier order:reference order_line:reference order_item:identifier "
            "product:reference quantity:quantity "
            "price:money amount:money tax:money",
            references={"credit_note": "credit_notes", "order": "orders", "order_line": "order_lines", "product": "products"},
            parent="credit_note",
            label="line",
            amount="amount",
        ),
        _shape(
            "payments",
            "number:identifier invoice:reference order:reference customer:reference payment_date:date amount:money "
            "currency:currency status:code",
            references={"invoice": "invoices", "order": "orders", "customer": "customers"},
            parent="invoice",
            label="number",
            amount="amount",
        ),
        _shape(
            "payment_applications",
            "payment:reference invoice:reference amount:money",
            references={"payment": "payments", "invoice": "invoices"},
            parent="payment",
            label="invoice",
            amount="amount",
        ),
        _shape(
            "shipments",
            "number:identifier order:reference shipped_at:datetime carrier:text tracking:identifier status:code",
            references={"order": "orders"},
            label="number",
        ),
        _shape(
            "shipment_lines",
            "shipment:reference line:identifier order:reference order_line:reference order_item:identifier product:reference "
            "quantity:quantity",
            references={"shipment": "shipments", "order": "orders", "order_line": "order_lines", "product": "products"},
            parent="shipment",
            label="line",
        ),
    )
}
"""The kinds of record of the six domains, parents before children."""
