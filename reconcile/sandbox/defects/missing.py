"""Records that one side lacks, that stand twice on one side, or that point nowhere."""

from __future__ import annotations

import numpy as np
import polars as pl

from reconcile.sandbox.company import ADDRESS, timestamp
from reconcile.sandbox.defects.damage import STRONG, Damage
from reconcile.sandbox.identifiers import salesforce_ids
from reconcile.sandbox.names import without_form
from reconcile.sandbox.salesforce.ids import number_of
from reconcile.sandbox.variation import short_street

_FRESH = ["草稿", "已确认"]
_NO_KEY = pl.lit(None, pl.String)


def _unknown_there(damage: Damage, defect: str, entity: str, victims: pl.DataFrame, side: str, note: str) -> None:
    """Logs records that `side` lacks."""
    victims = victims.with_columns(_NO_KEY.alias(f"{side}_key")) if side == "erp" else victims
    if side == "crm":
        damage.spare(entity, victims["crm_key"])
        victims = victims.with_columns(_NO_KEY.alias("crm_key"))
    damage.record(defect, entity, victims, f"missing_in_{side}", note)


def _mentioned(damage: Damage, *names: str) -> pl.Series:
    """The accounts that rows of these objects refer to."""
    column = {"Contact": "AccountId", "Order": "AccountId", "Invoice__c": "Account__c"}
    return pl.concat([damage.rows[name][column[name]].alias("Id") for name in names]).drop_nulls().unique().sort()


def _documented(damage: Damage) -> pl.Series:
    """The orders that have an invoice or a shipment."""
    return pl.concat([damage.rows[n]["Order__c"] for n in ("Invoice__c", "Shipment__c")]).drop_nulls().unique().sort()


def customers(damage: Damage) -> None:
    """customer_missing_in_erp and customer_missing_in_crm: nobody else refers to them but orders that are missing as well."""
    quiet = ~pl.col("crm_key").is_in(_mentioned(damage, "Contact", "Order", "Invoice__c").implode())
    defect = "customer_missing_in_erp"
    victims = damage.choose(defect, "customers", 9, quiet)
    _drop_partner(damage, victims)
    _unknown_there(damage, defect, "customers", victims, "erp", "the account was never sent to the ERP")
    _new_customers(damage, defect)
    defect = "customer_missing_in_crm"
    victims = damage.choose(defect, "customers", 10, quiet)
    damage.remove("Account", victims["crm_key"])
    damage.change("A_BusinessPartner", victims["erp_key"], ExternalReference=None)
    _unknown_there(damage, defect, "customers", victims, "crm", "the business partner was never sent to the CRM")


def _drop_partner(damage: Damage, victims: pl.DataFrame) -> None:
    damage.remove("A_BusinessPartner", victims["erp_key"])
    damage.remove(ADDRESS, victims["erp_key"])
    damage.change("Account", victims["crm_key"], ERP_Number__c=None)


def _new_customers(damage: Damage, defect: str) -> None:
    """Customers that are missing together with all their orders."""
    orders = damage.rows["Order"].select(
        "AccountId", open=pl.col("Status__c").is_in(_FRESH) & ~pl.col("Id").is_in(_documented(damage).implode())
    )
    only_open = orders.group_by("AccountId").agg(pl.col("open").all()).filter("open")["AccountId"]
    known = _mentioned(damage, "Contact", "Invoice__c")
    victims = damage.choose(
        f"{defect} with orders",
        "customers",
        3,
        pl.col("crm_key").is_in(only_open.implode()) & ~pl.col("crm_key").is_in(known.implode()),
    )
    _drop_partner(damage, victims)
    _unknown_there(damage, defect, "customers", victims, "erp", "a new account that was not sent to the ERP, nor were its orders")
    theirs = damage.view("orders").filter(pl.col("crm.AccountId").is_in(victims["crm_key"].implode()))
    _drop_orders(damage, theirs, "its customer is not in the ERP either")


def _drop_orders(damage: Damage, victims: pl.DataFrame, note: str) -> None:
    """Takes orders and their lines out of the ERP; one break for each order."""
    lines = damage.view("order_lines").filter(pl.col("crm.OrderId").is_in(victims["crm_key"].implode()))
    damage.remove("A_SalesOrder", victims["erp_key"])
    damage.remove("A_SalesOrderItem", lines["erp_key"])
    damage.change("Order", victims["crm_key"], ERP_Number__c=None)
    damage.change("OrderItem", lines["crm_key"], ERP_Number__c=None)
    _unknown_there(damage, "order_missing_in_erp", "orders", victims, "erp", note)


def contacts_and_products(damage: Damage) -> None:
    """contact_missing_in_erp and product_missing_in_crm."""
    defect = "contact_missing_in_erp"
    victims = damage.choose(defect, "contacts", 14)
    damage.remove("A_ContactPerson", victims["erp_key"])
    damage.change("Contact", victims["crm_key"], ERP_Number__c=None)
    _unknown_there(damage, defect, "contacts", victims, "erp", "the contact was never sent to the ERP")
    defect = "product_missing_in_crm"
    sold = damage.rows["OrderItem"]["Product2Id"].unique().sort()
    victims = damage.choose(defect, "products", 6, ~pl.col("crm_key").is_in(sold.implode()))
    damage.remove("Product2", victims["crm_key"])
    _unknown_there(damage, defect, "products", victims, "crm", "a new product that is not in the CRM's catalogue")


def documents(damage: Damage) -> None:
    """Orders, lines, invoices, payments and shipments that one side lacks."""
    fresh = pl.col("crm.Status__c").is_in(_FRESH) & ~pl.col("crm_key").is_in(_documented(damage).implode())
    _drop_orders(damage, damage.choose("order_missing_in_erp", "orders", 14, fresh), "the order was never sent to the ERP")
    defect = "line_missing_in_erp"
    several = pl.len().over("crm.OrderId") > 1
    victims = damage.choose(defect, "order_lines", 12, several).unique("crm.OrderId", maintain_order=True)
    damage.remove("A_SalesOrderItem", victims["erp_key"])
    damage.change("OrderItem", victims["crm_key"], ERP_Number__c=None)
    _unknown_there(damage, defect, "order_lines", victims, "erp", "one line of the order did not arrive")
    for entity, name, other, count in (
        ("invoice", "Invoice__c", "A_BillingDocument", 12),
        ("payment", "Payment__c", "A_IncomingPayment", 12),
        ("shipment", "Shipment__c", "A_OutbDeliveryHeader", 12),
    ):
        defect = f"{entity}_missing_in_crm"
        victims = damage.choose(defect, f"{entity}s", count)
        damage.remove(name, victims["crm_key"])
        damage.change(other, victims["erp_key"], ExternalReference=None)
        if entity == "invoice":
            payments = damage.view("payments").filter(pl.col("crm.Invoice__c").is_in(victims["crm_key"].implode()))
            damage.remove("Payment__c", payments["crm_key"])
            damage.change("A_IncomingPayment", payments["erp_key"], ExternalReference=None)
        _unknown_there(damage, defect, f"{entity}s", victims, "crm", f"the {entity} was not copied to the CRM")


def orphans(damage: Damage) -> None:
    """orphan_order: the CRM's order names no account, or one that is not there."""
    defect = "orphan_order"
    victims = damage.choose(defect, "orders", 10, fields=["customer"])
    gone = salesforce_ids("Account", 9_000_000 + damage.rng(defect).permutation(victims.height).astype(np.int64))
    empty = pl.Series(np.arange(victims.height) % 2 == 0)
    account = pl.select(pl.when(empty).then(None).otherwise(gone).alias("account")).to_series()
    damage.change("Order", victims["crm_key"], AccountId=account)
    note = "the order's account is empty or does not exist; the ERP has it right"
    damage.record(defect, "orders", victims, "orphan_in_crm", note, field="customer", pushable=False)


def duplicates(damage: Damage) -> None:
    """duplicate_in_crm and duplicate_in_erp: one more record of a business that is linked already."""
    alone = pl.len().over("crm.BillingStreet", "crm.BillingCity") == 1
    full = alone & STRONG & pl.all_horizontal(pl.col(f"crm.{n}").is_not_null() for n in ("TaxId__c", "Email__c", "Phone"))
    fields = ["name", "tax_id", "email", "street", "phone"]
    note = "the same business once more, by tax id, by e-mail, or by name and address alone"
    victims = damage.choose("duplicate_in_crm", "customers", 14, full, fields)
    extra = _extra_accounts(damage, victims)
    damage.spare("customers", victims["crm_key"])
    pairs = victims.select(erp_key="erp_key", crm_key=extra)
    damage.record("duplicate_in_crm", "customers", pairs, "duplicate_in_crm", note, pushable=False)
    victims = damage.choose("duplicate_in_erp", "customers", 12, full, fields)
    extra = _extra_partners(damage, victims)
    pairs = victims.select(crm_key="crm_key", erp_key=extra)
    damage.record("duplicate_in_erp", "customers", pairs, "duplicate_in_erp", note, pushable=False)


def _known_by(column: str, way: int) -> pl.Expr:
    """The column for every third victim from `way`, null for the others."""
    return pl.when(pl.int_range(pl.len()) % 3 == way).then(column)


def _typed_anew(column: str) -> pl.Expr:
    """The name as somebody else would type it: without legal form, with two letters changed round, or in capitals."""
    name = pl.col(column)
    bare = name.pipe(without_form)
    way = pl.int_range(pl.len()) // 3 % 3
    slip = bare.str.replace(r"^(\p{Latin}{3})(\p{Latin})(\p{Latin})", "$1$3$2")
    return pl.when(way == 0).then(bare).when(way == 1).then(slip).otherwise(name.str.to_uppercase())


def _extra_accounts(damage: Damage, victims: pl.DataFrame) -> pl.Series:
    last = number_of(str(damage.before.crm["Account"]["Id"].max()))  # ids sort as they were given, and none is given twice
    ids = salesforce_ids("Account", np.arange(last + 1, last + 1 + victims.height, dtype=np.int64))
    rows = victims.select(pl.col("^crm\\..*$").name.map(lambda n: n.removeprefix("crm.")))
    damage.add(
        "Account",
        rows.with_columns(
            ids.alias("Id"),
            ERP_Number__c=_NO_KEY,
            Name=_typed_anew("Name"),
            TaxId__c=_known_by("TaxId__c", 0),
            Email__c=_known_by("Email__c", 1),
            BillingStreet=short_street("BillingStreet"),
        ),
    )
    return ids


def _extra_partners(damage: Damage, victims: pl.DataFrame) -> pl.Series:
    last = int(str(damage.before.erp["A_BusinessPartner"]["BusinessPartner"].max()))  # all have seven digits
    numbers = pl.Series(np.arange(last + 1, last + 1 + victims.height)).cast(pl.String)
    rows = victims.select(pl.col("^erp\\..*$").name.map(lambda n: n.removeprefix("erp.")))
    rows = rows.with_columns(
        numbers.alias("BusinessPartner"),
        ExternalReference=_NO_KEY,
        BusinessPartnerFullName=_typed_anew("BusinessPartnerFullName"),
        TaxNumber=_known_by("TaxNumber", 0),
        EmailAddress=_known_by("EmailAddress", 1),
    )
    damage.add("A_BusinessPartner", rows)
    damage.add(ADDRESS, rows)
    return numbers


def created_seconds_ago(damage: Damage) -> None:
    """Orders that the CRM took just now, and the ERP has yet to learn of: no break."""
    fresh = pl.col("crm.Status__c").is_in(_FRESH) & ~pl.col("crm_key").is_in(_documented(damage).implode())
    victims = damage.choose("created_seconds_ago", "orders", 4, fresh)
    lines = damage.view("order_lines").filter(pl.col("crm.OrderId").is_in(victims["crm_key"].implode()))
    damage.remove("A_SalesOrder", victims["erp_key"])
    damage.remove("A_SalesOrderItem", lines["erp_key"])
    moment = pl.select(timestamp(pl.lit(int(damage.now.timestamp()) - 20))).item()
    new = {"ERP_Number__c": None, "CreatedDate": moment, "LastModifiedDate": moment, "SystemModstamp": moment}
    damage.change("Order", victims["crm_key"], **new)
    damage.change("OrderItem", lines["crm_key"], **new)
    damage.forgive("created_seconds_ago", "orders", victims.with_columns(erp_key=_NO_KEY), None)
    damage.forgive("created_seconds_ago", "order_lines", lines.with_columns(erp_key=_NO_KEY), None)
