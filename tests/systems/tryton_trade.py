"""A small trade in a real Tryton, made by Tryton's own client: run by Tryton's Python, once for each cached database.

Apart from the server that starts it, because it needs proteus, which stands in Tryton's environment alone.
"""

from __future__ import annotations

import datetime as dt
import sys
from decimal import Decimal
from typing import Any

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import create_payment_term, set_fiscalyear_invoice_sequences

CUSTOMERS = (
    ("C1", "Müller GmbH", "Gasse 1", "1010", "Wien", "AT", "ATU61993034", "+43 1 5880010", "office@mueller.example"),
    ("C2", "北京科技有限公司", "长安街 2", "100031", "北京", "CN", "91110108551385082Q", "+86 10 6552 9988", "info@keji.example"),
    ("C3", "Dupont SARL", "Rue 3", "75001", "Paris", "FR", "FR40303265045", "+33 1 40 20 50 50", "compta@dupont.example"),
    ("C4", "O'Neil & Sons", "Lane 4", "D02 X285", "Dublin", "IE", "IE6433435F", "+353 1 679 1000", "hello@oneil.example"),
)
PRODUCTS = (("P1", "Bolt M8", "0.25", 1000), ("P2", "Pump", "480", 40), ("P3", "Filter", "12.50", 300), ("P4", "Valve", "95", 60))
ORDERS = (
    ("CRM-1", "C1", (("P1", 100), ("P3", 4)), "paid"),
    ("CRM-2", "C2", (("P2", 2),), "partly paid"),
    ("CRM-3", "C3", (("P3", 10), ("P4", 1)), "posted"),
    ("CRM-4", "C4", (("P4", 3),), "confirmed"),
    ("CRM-5", "C1", (("P2", 1),), "quoted"),
    ("CRM-6", "C2", (("P1", 8),), "draft"),
)
"""The customer's own number, the customer, lines (product, quantity), and how far the order went."""
STOCKED, ORDERED, INVOICED = dt.date(2025, 1, 2), dt.date(2025, 3, 3), dt.date(2025, 3, 5)
SHIPPED, PAID = dt.date(2025, 3, 10), dt.date(2025, 3, 20)
PLANNED = dt.date(2099, 12, 31)
"""What was planned for a day that is over no longer counts in the forecast of a stock."""


def build() -> None:
    """Chart of accounts, parties, products with stock, orders; of these invoices, payments and shipments."""
    _company()
    parties = {row[0]: _party(*row) for row in CUSTOMERS}
    products = _products()
    method, term = _payment_method(), create_payment_term()
    term.save()
    for number, party, lines, end in ORDERS:
        _order(number, parties[party], [(products[code], count) for code, count in lines], end, method, term)


def _company() -> None:
    create_chart()
    set_fiscalyear_invoice_sequences(create_fiscalyear(today=ORDERED)).click("create_period")


def _party(code: str, name: str, street: str, zip_: str, city: str, country: str, tax: str, phone: str, email: str) -> Any:
    party = Model.get("party.party")(name=name, code=code)
    address = party.addresses[0] if party.addresses else party.addresses.new()
    address.street, address.postal_code, address.city = street, zip_, city
    address.country = _country(country)
    party.contact_mechanisms.new(type="phone", value=phone, name="Reception", comment=f"T-{code}")
    party.contact_mechanisms.new(type="email", value=email, name="Accounts", comment=f"M-{code}")
    party.identifiers.new(type="eu_vat" if country != "CN" else None, code=tax)
    party.save()
    return party


def _country(code: str) -> Any:
    found = Model.get("country.country").find([("code", "=", code)])
    if found:
        return found[0]
    new = Model.get("country.country")(name=code, code=code)
    new.save()
    return new


def _products() -> dict[str, Any]:
    accounts, tax = get_accounts(), create_tax(Decimal("0.20"))
    tax.save()
    category = Model.get("product.category")(name="Trade", accounting=True)
    category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
    category.customer_taxes.append(tax)
    category.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    (storage,) = Model.get("stock.location").find([("code", "=", "STO")])
    inventory = Model.get("stock.inventory")(location=storage, date=STOCKED)
    out = {}
    for code, name, price, stock in PRODUCTS:
        template = Model.get("product.template")(name=name, code=code, default_uom=unit, type="goods", salable=True)
        template.list_price, template.account_category = Decimal(price), category
        template.save()
        (out[code],) = template.products
        line = inventory.lines.new(product=out[code])
        line.quantity, line.expected_quantity = float(stock), 0.0
    inventory.click("confirm")
    return out


def _payment_method() -> Any:
    (journal,) = Model.get("account.journal").find([("type", "=", "cash")])
    cash = get_accounts()["cash"]
    method = Model.get("account.invoice.payment.method")(name="Cash", journal=journal)
    method.credit_account = method.debit_account = cash
    method.save()
    return method


def _order(number: str, party: Any, lines: list[tuple[Any, float]], end: str, method: Any, term: Any) -> None:
    sale = Model.get("sale.sale")(party=party, reference=number, payment_term=term, invoice_method="order")
    sale.sale_date, sale.shipping_date = ORDERED, PLANNED
    for product, count in lines:
        line = sale.lines.new()
        line.product, line.quantity = product, float(count)
    sale.save()
    if end == "draft":
        return
    sale.click("quote")
    if end == "quoted":
        return
    sale.click("confirm")
    if sale.state == "confirmed":
        sale.click("process")
    sale.reload()
    if end == "confirmed":
        return
    (invoice,) = sale.invoices
    invoice.invoice_date = INVOICED
    invoice.click("post")
    if end != "posted":
        _pay(invoice, method, whole=end == "paid")
    (shipment,) = sale.shipments
    shipment.effective_date = SHIPPED
    for button in ("assign_try", "pick", "pack", "do") if end != "posted" else ("assign_try",):
        shipment.click(button)


def _pay(invoice: Any, method: Any, *, whole: bool) -> None:
    pay = invoice.click("pay")
    pay.form.payment_method, pay.form.date = method, PAID
    if not whole:
        pay.form.amount = Decimal(100)
    pay.execute("choice")
    if not whole:
        pay.form.type = "partial"
        pay.execute("pay")


if __name__ == "__main__":
    config.set_trytond(database=sys.argv[1], user="admin", config_file=sys.argv[2]).skip_warning = True  # its dates have passed
    build()
