"""Northwind as a company with two systems that write differently: `shop` (the CRM's way) and `books` (the ERP's way).

Each is a folder of files. A list of edits damages them; what a run reports of it is the golden file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

NORTHWIND = Path(__file__).parents[1] / "data" / "northwind"
CHANGED = "2024-05-01 08:30:00"
COUNTRIES = {"Argentina": "AR", "Austria": "AT", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Denmark": "DK",
             "Finland": "FI", "France": "FR", "Germany": "DE", "Ireland": "IE", "Italy": "IT", "Mexico": "MX", "Norway": "NO",
             "Poland": "PL", "Portugal": "PT", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "UK": "GB", "USA": "US",
             "Venezuela": "VE"}  # fmt: skip

Files = dict[str, pl.DataFrame]
"""File name without ending to its rows; every column is text."""


@dataclass(frozen=True)
class Edit:
    """One thing that somebody did to one row of one file: `values` None takes it away, `like` adds a copy of another row."""

    system: str
    file: str
    row: Mapping[str, str]
    values: Mapping[str, str | None] | None
    like: bool = False

    def apply(self, files: Files) -> None:
        table = files[self.file]
        here = pl.all_horizontal(pl.col(name) == value for name, value in self.row.items())
        assert table.filter(here).height == 1, self
        if self.values is None:
            files[self.file] = table.filter(~here)
            return
        literals = [pl.lit(value, pl.String).alias(name) for name, value in self.values.items()]
        if self.like:
            files[self.file] = pl.concat([table, table.filter(here).with_columns(literals)])
        else:
            files[self.file] = table.with_columns(
                pl.when(here).then(v).otherwise(pl.col(v.meta.output_name())).alias(v.meta.output_name()) for v in literals
            )


def source(name: str) -> pl.DataFrame:
    return pl.read_csv(NORTHWIND / f"{name}.csv", infer_schema=False)


def shop() -> Files:
    """The CRM's way: its own ids, English words, plain decimals, months first."""
    customers, products, orders, lines = (source(name) for name in ("customers", "products", "orders", "order_lines"))
    return {
        "accounts": customers.select(
            Id="C-" + pl.col("CustomerID"), Number="CustomerID", Name="CompanyName", Street="Address", Town="City",
            Zip="PostalCode", Country="Country", Phone="Phone", Changed=pl.lit(CHANGED),
        ),
        "catalogue": products.select(
            Id="P-" + pl.col("ProductID"), Code="ProductID", Title="ProductName", Price="UnitPrice", Stock="UnitsInStock",
            State=pl.when(pl.col("Discontinued") == "1").then(pl.lit("Discontinued")).otherwise(pl.lit("Active")),
        ),
        "orders": orders.select(
            Id="O-" + pl.col("OrderID"), Number="OrderID", Account="C-" + pl.col("CustomerID"), Date="OrderDate",
            State=pl.when(pl.col("ShippedDate").is_null()).then(pl.lit("Open")).otherwise(pl.lit("Shipped")),
        ),
        "lines": lines.select(
            Id=pl.format("L-{}-{}", "OrderID", "ProductID"), Order="O-" + pl.col("OrderID"), Product="P-" + pl.col("ProductID"),
            Price="UnitPrice", Quantity="Quantity",
        ),
    }  # fmt: skip


def books() -> Files:
    """The ERP's way: numbers as keys, codes, decimal commas, capitals, telephone numbers without signs, days first."""
    customers, products, orders, lines = (source(name) for name in ("customers", "products", "orders", "order_lines"))
    day = pl.col("OrderDate").str.to_date("%m/%d/%Y").dt.to_string("%d.%m.%Y")
    return {
        "debtors": customers.select(
            DebtorNo="CustomerID", Name1=pl.col("CompanyName").str.to_uppercase(), Street="Address", City="City",
            PostCode="PostalCode", Country=pl.col("Country").replace_strict(COUNTRIES),
            Tel=pl.col("Phone").str.replace_all(r"[^0-9]", ""), ChangedOn=pl.lit(CHANGED),
        ),
        "items": products.select(
            ItemNo="ProductID", Text="ProductName", Price=_german("UnitPrice"), OnHand="UnitsInStock",
            Status=pl.when(pl.col("Discontinued") == "1").then(pl.lit("02")).otherwise(pl.lit("01")),
        ),
        "sales": orders.select(
            SalesNo="OrderID", Debtor="CustomerID", Date=day,
            Status=pl.when(pl.col("ShippedDate").is_null()).then(pl.lit("10")).otherwise(pl.lit("90")),
        ),
        "positions": lines.select(
            SalesNo="OrderID", ItemNo="ProductID", Price=_german("UnitPrice"), Qty="Quantity",
        ),
    }  # fmt: skip


def _german(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Decimal(10, 2)).cast(pl.String).str.replace(".", ",", literal=True)


COMPANY = {"shop": shop, "books": books}
SYSTEMS: Mapping[str, dict[str, Any]] = {
    "shop": {"title": "Shop", "connector": "files", "path": "shop", "day_first": False},
    "books": {"title": "Books", "connector": "files", "path": "books"},
}
SOURCES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "customers": {"shop": {"object": "accounts.csv", "key": "Id", "modified": "Changed", "external_id": "Number"},
                  "books": {"object": "debtors.csv", "key": "DebtorNo", "modified": "ChangedOn", "external_id": "ShopRef"}},
    "products": {"shop": {"object": "catalogue.csv", "key": "Id", "external_id": "Code"},
                 "books": {"object": "items.csv", "key": "ItemNo"}},
    "orders": {"shop": {"object": "orders.csv", "key": "Id"},
               "books": {"object": "sales.csv", "key": "SalesNo", "external_id": "ShopRef"}},
    "order_lines": {"shop": {"object": "lines.csv", "key": "Id"},
                    "books": {"object": "positions.csv", "key": ["SalesNo", "ItemNo"], "external_id": "ShopRef"}},
}  # fmt: skip
FIELDS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "customers": {"number": ("Number", "DebtorNo", ""), "name": ("Name", "Name1", "shop"), "street": ("Street", "Street", "shop"),
                  "city": ("Town", "City", "shop"), "postal_code": ("Zip", "PostCode", "shop"),
                  "country": ("Country", "Country", "books"), "phone": ("Phone", "Tel", "newest")},
    "products": {"number": ("Code", "ItemNo", ""), "name": ("Title", "Text", "books"), "price": ("Price", "Price", "books"),
                 "stock": ("Stock", "OnHand", "books"), "status": ("State", "Status", "review")},
    "orders": {"number": ("Number", "SalesNo", ""), "customer": ("Account", "Debtor", "shop"),
               "order_date": ("Date", "Date", "shop"), "status": ("State", "Status", "books")},
    "order_lines": {"order": ("Order", "SalesNo", ""), "product": ("Product", "ItemNo", ""), "price": ("Price", "Price", "shop"),
                    "quantity": ("Quantity", "Qty", "shop")},
}  # fmt: skip
"""Canonical field to the shop's column, the books' column, and who is right; nobody where it only links."""
CODES = {"products": {"Active": "01", "Discontinued": "02"}, "orders": {"Open": "10", "Shipped": "90"}}
KEYS: Mapping[str, list[Any]] = {
    "customers": ["number"],
    "products": ["number"],
    "orders": ["number"],
    "order_lines": [["order", "product"]],
}
CREATE: Mapping[str, list[str]] = {
    "customers": ["shop", "books"],
    "products": ["shop"],
    "orders": ["books"],
    "order_lines": ["books"],
}


def config(crm: str = "shop", erp: str = "books") -> str:
    """The project file for two of the systems; the same one may stand on both sides."""
    role = {crm: "crm", erp: "erp"}
    names = {"crm": crm, "erp": erp if erp != crm else "mirror"}
    systems = {names[side]: SYSTEMS[system] | {"role": side} for side, system in (("crm", crm), ("erp", erp))}
    entities = {}
    for entity, fields in FIELDS.items():
        mapped = {name: _field(entity, name, spec, (crm, erp), role) for name, spec in fields.items()}
        match = {"keys": KEYS[entity]} | ({"fields": ["name", "street", "city", "phone"]} if entity == "customers" else {})
        entities[entity] = {"crm": SOURCES[entity][crm], "erp": SOURCES[entity][erp], "fields": mapped, "match": match,
                            "create_in": sorted({role[s] for s in CREATE[entity] if s in role})}  # fmt: skip
    document = {"project": "Northwind", "systems": systems, "entities": entities}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def _field(entity: str, name: str, spec: tuple[str, str, str], sides: tuple[str, str], role: Mapping[str, str]) -> dict[str, Any]:
    columns = dict(zip(("shop", "books"), spec, strict=False))
    out: dict[str, Any] = {"crm": columns[sides[0]], "erp": columns[sides[1]]}
    out |= (
        {"owner": role.get(spec[2], spec[2] if spec[2] in ("newest", "review") else "review")} if spec[2] else {"compare": False}
    )
    if name == "status" and sides[0] != sides[1]:
        codes = CODES[entity]
        out["values"] = codes if sides[0] == "shop" else {code: word for word, code in codes.items()}
    return out


def store(
    folder: Path, edits: Sequence[Edit] = (), *, shuffled: bool = False, systems: tuple[str, str] = ("shop", "books")
) -> Path:
    """Write both systems, damaged, and the project file; return the project file."""
    for system in set(systems):
        files = COMPANY[system]()
        for edit in edits:
            if edit.system == system:
                edit.apply(files)
        (folder / system).mkdir(parents=True, exist_ok=True)
        for name, rows in files.items():
            table = rows.sample(fraction=1.0, shuffle=True, seed=4) if shuffled else rows
            table.write_csv(folder / system / f"{name}.csv", separator=";" if system == "books" else ",")
    place = folder / "reconcile.yaml"
    place.write_text(config(*systems), encoding="utf-8")
    return place


EDITS: tuple[Edit, ...] = (
    # whole records
    Edit("shop", "accounts", {"Number": "PARIS"}, None),
    Edit("books", "debtors", {"DebtorNo": "FISSA"}, None),
    Edit("books", "items", {"ItemNo": "77"}, {"ItemNo": "78", "Text": "Oolong", "Price": "1.204,50"}, like=True),
    Edit("books", "sales", {"SalesNo": "10256"}, None),
    Edit("books", "positions", {"SalesNo": "10256", "ItemNo": "53"}, None),
    Edit("books", "positions", {"SalesNo": "10256", "ItemNo": "77"}, None),
    Edit("shop", "lines", {"Id": "L-10255-2"}, None),
    Edit("books", "positions", {"SalesNo": "10257", "ItemNo": "27"}, None),
    # the same business twice, and one that is linked although its number is gone
    Edit("shop", "accounts", {"Number": "AROUT"}, {"Id": "C-X1", "Number": None, "Name": "Around the Horn Ltd"}, like=True),
    Edit("shop", "accounts", {"Number": "BLONP"}, {"Number": None}),
    # values
    Edit("shop", "accounts", {"Number": "ALFKI"}, {"Country": "Austria"}),
    Edit("books", "debtors", {"DebtorNo": "ANATR"}, {"Name1": "ANA TRUJILLO EMPAREDADOS Y"}),
    Edit("books", "debtors", {"DebtorNo": "BERGS"}, {"Tel": "0921124444"}),
    Edit("shop", "accounts", {"Number": "BSBEV"}, {"Phone": "(171) 555-9999", "Changed": "2024-06-01 09:00:00"}),
    Edit("shop", "accounts", {"Number": "BOLID"}, {"Zip": None}),
    Edit("shop", "catalogue", {"Code": "11"}, {"Price": "20"}),
    Edit("shop", "catalogue", {"Code": "17"}, {"Stock": "7"}),
    Edit("books", "items", {"ItemNo": "20"}, {"Status": "02"}),
    Edit("books", "sales", {"SalesNo": "10260"}, {"Debtor": "ERNSH"}),
    Edit("books", "sales", {"SalesNo": "10261"}, {"Date": "20.07.1996"}),
    Edit("shop", "orders", {"Number": "10262"}, {"State": "Open"}),
    Edit("books", "positions", {"SalesNo": "10250", "ItemNo": "41"}, {"Qty": "1"}),
    # what can't be read, mapped or resolved
    Edit("books", "sales", {"SalesNo": "10263"}, {"Date": "31.02.1996"}),
    Edit("books", "positions", {"SalesNo": "10264", "ItemNo": "2"}, {"Price": "ask Bob"}),
    Edit("shop", "orders", {"Number": "10265"}, {"State": "On hold"}),
    Edit("shop", "orders", {"Number": "10266"}, {"Account": "C-GONE"}),
    Edit("shop", "accounts", {"Number": "WOLZA"}, {"Name": "Wolski again"}, like=True),
    Edit("shop", "accounts", {"Number": "WHITC"}, {"Id": None, "Number": "NOKEY"}, like=True),
)  # fmt: skip
