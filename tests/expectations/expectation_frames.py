"""Frames as the engine normalises them, made by hand."""

import datetime as dt

import polars as pl
from stdnum.iso7064 import mod_11_10

from reconcile.records import KEY, MODIFIED, RAW, SHAPES, Kind

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)
DTYPES = {Kind.MONEY: pl.Float64, Kind.QUANTITY: pl.Float64, Kind.DATE: pl.Date, Kind.DATETIME: pl.Datetime("us", "UTC")}

GOOD = {
    "customers": {
        "number": "1{n:06}",
        "crm_id": "001{n:012}",
        "name": "上海示例贸易有限公司 {n}",
        "tax_id": "DE1{n:07}",
        "street": "Hauptstraße 1",
        "city": "München",
        "postal_code": "80331",
        "country": "DE",
        "phone": "+498912345678",
        "email": "info{n}@example.de",
        "website": "example.de",
        "credit_limit": 5000.0,
        "currency": "EUR",
        "payment_terms": "0030",
        "status": "01",
    },
    "contacts": {
        "number": "2{n:06}",
        "crm_id": "003{n:012}",
        "customer": "1000001",
        "first_name": "伟",
        "last_name": "王",
        "email": "wang{n}@example.cn",
        "phone": "+8613812345678",
        "title": "采购经理",
    },
    "products": {
        "number": "P-{n:04}",
        "name": "Kugellager {n}",
        "price": 12.5,
        "currency": "EUR",
        "stock": 0.0,
        "unit": "PCE",
        "status": "01",
    },
    "orders": {
        "number": "SO-{n:05}",
        "crm_id": "801{n:012}",
        "customer": "1000001",
        "order_date": dt.date(2026, 11, 20),
        "status": "100",
        "amount": 0.0,
        "currency": "CNY",
    },
    "order_lines": {
        "order": "4500001",
        "line": "{n}",
        "product": "P-0001",
        "quantity": 1.0,
        "price": 12.5,
        "amount": 12.5,
    },
    "invoices": {
        "number": "9{n:06}",
        "order": "4500001",
        "customer": "1000001",
        "invoice_date": dt.date(2026, 11, 1),
        "due_date": dt.date(2026, 11, 1),
        "amount": 119.0,
        "currency": "EUR",
        "status": "A",
    },
    "payments": {
        "number": "7{n:06}",
        "invoice": "9000001",
        "payment_date": dt.date(2026, 11, 19),
        "amount": 119.0,
        "currency": "EUR",
    },
    "shipments": {
        "number": "8{n:06}",
        "order": "4500001",
        "shipped_at": dt.datetime(2026, 11, 20, 8, 30, tzinfo=dt.UTC),
        "carrier": "顺丰速运",
        "tracking": "SF{n:012}",
        "status": "B",
    },
}
"""A record of each entity that no rule of the product complains about; `{n}` makes it one of its kind."""

CODES = {
    "customers": {"raw:payment_terms": ("0001", "0014", "0030", "0060"), "raw:status": ("01", "02", "03")},
    "products": {"raw:unit": ("PCE", "BX", "KGM"), "raw:status": ("01", "02")},
    "orders": {"raw:status": ("10", "100", "200", "300", "400", "900")},
    "invoices": {"raw:status": ("A", "B", "C")},
    "shipments": {"raw:status": ("A", "B", "C")},
}


def normalised(entity, rows):
    """A normalised frame from {key: {field: value}} laid over the good record; `raw:` follows the value unless given."""
    kinds = {name: kind for name, kind in SHAPES[entity].fields.items() if name in GOOD[entity]}
    filled = []
    for number, changes in enumerate(rows.values()):
        good = {k: v.format(n=number) if isinstance(v, str) else v for k, v in GOOD[entity].items()}
        if "tax_id" in good:
            good["tax_id"] += mod_11_10.calc_check_digit(good["tax_id"][2:])
        filled.append(good | changes)
    columns = {name: pl.Series([row[name] for row in filled], dtype=DTYPES.get(kind, pl.String)) for name, kind in kinds.items()}
    raw = {
        RAW + name: pl.Series([row.get(RAW + name, row[name]) for row in filled], dtype=pl.String, strict=False) for name in kinds
    }
    keys = pl.Series(list(rows), dtype=pl.String)
    return pl.DataFrame({KEY: keys, MODIFIED: pl.Series([NOW] * len(rows), dtype=pl.Datetime("us", "UTC")), **columns, **raw})
