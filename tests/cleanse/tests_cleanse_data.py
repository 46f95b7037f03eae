"""A small CRM list with everything that real lists have."""

from __future__ import annotations

import polars as pl

from reconcile.config.models import Entity, System
from reconcile.records import Role

ENTITY = Entity.model_validate(
    {
        "crm": {"object": "customers.csv", "key": "Id"},
        "erp": {"object": "partners.csv", "key": "Number"},
        "match": {"keys": ["number", "tax_id", "email"], "fields": ["name", "city"]},
        "fields": {
            name: {"crm": crm, "erp": name}
            for name, crm in {
                "number": "No", "name": "Name", "tax_id": "Tax", "street": "Street", "city": "City", "postal_code": "Zip",
                "country": "Land", "phone": "Tel", "email": "Mail", "website": "Web", "credit_limit": "Limit", "currency": "Cur",
            }.items()
        }
        | {"status": {"crm": "Status", "erp": "state", "values": {"Active": "01", "Blocked": "02"}}},
    }
)  # fmt: skip
SYSTEM = System(role=Role.CRM, connector="files", path="crm")

ROWS = [
    # Id, No, Name, Tax, Street, City, Zip, Land, Tel, Mail, Web, Limit, Cur, Status
    ("1", "100", "MÜLLER UND SÖHNE G.M.B.H.", "DE 136 695 976", "HAUPTSTRASSE 5A", "MÜNCHEN", "80331", "Germany", "089/1234567",
     "INFO@X.DE", "https://x.de/", "1.234,56", "eur", "active"),
    ("2", "0100", "Mueller & Soehne gmbh", "DE136695976", "Hauptstr. 5a", "münchen", "80331", "DE", "+49 89 1234567",
     "info@x.de", "x.de", "1234.56", "EUR", "Active"),
    ("3", None, "  上海贸易 有限公司", "91110000600037341L", "南京路 1", "上海", "200000", "China", "(021) 6234-5678",
     "a@b.cn", None, "5000", "RMB", "Blocked"),
    ("3", "x", "second with key 3", None, None, None, None, None, None, None, None, None, None, None),
    ("", "y", "without key", None, None, None, None, None, None, None, None, None, None, None),
    ("5", "200", None, "DE136695975", None, "Berlin", "1234", "DE", "123", "not a mail", "not a site", "abc", "XXQ", "Gone"),
    ("6", "=1+1", '=HYPERLINK("http://evil")', "12-3456789", "<script>alert(1)</script>", "new york", "10001", "USA",
     "(312) 555-0100 ext 3", "x@y.com", None, "-5", "USD", "Active"),
    ("7", "300", "IBM DEUTSCHLAND gmbh", None, "Weg 1", "Stuttgart", "70173", "Narnia", "0711 123456",
     "q@r.de", None, "1e3", "EUR", "ACTIVE"),
]  # fmt: skip
COLUMNS = ["Id", "No", "Name", "Tax", "Street", "City", "Zip", "Land", "Tel", "Mail", "Web", "Limit", "Cur", "Status"]


def snapshot(rows=ROWS) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
