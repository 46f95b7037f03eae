"""Rows a second that are read from a real Tryton, domain by domain, with the fields that docs/tryton.md compares.

    python benchmarks/tryton_domains.py [--copies 500]

The small trade of the tests is copied in Tryton's SQLite database, with the records that hang on each. The last line is one
JSON object: seconds to ask for the metadata, and for each entity rows, seconds and rows a second.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from systems.test_system_tryton_trade import configured  # noqa: E402  # found on the path that was just set
from systems.tryton_server import DATABASE, PASSWORD, TrytonServer, tryton_server  # noqa: E402  # as above

from reconcile.config.load import load  # noqa: E402  # as above
from reconcile.connect.tryton.connector import TrytonConnector  # noqa: E402  # as above
from reconcile.pipeline import in_order, wanted  # noqa: E402  # as above
from reconcile.records import Role  # noqa: E402  # as above

APART = 100_000
"""What lies between the ids of two copies."""
MOVED = {
    "party_party": {"code": "code || '-' || {n}"},
    "party_address": {"party": "party + {by}"},
    "party_contact_mechanism": {"party": "party + {by}"},
    "party_identifier": {"party": "party + {by}"},
    "product_template": {"code": "code || '-' || {n}"},
    "product_product": {"template": "template + {by}", "code": "code || '-' || {n}"},
    "product_list_price": {"template": "template + {by}", "product": "product + {by}"},
    "sale_sale": {"number": "number || '-' || {n}"},
    "sale_line": {"sale": "sale + {by}"},
    "account_move": {"number": "number || '-' || {n}"},
    "account_move_line": {"move": "move + {by}"},
    "account_invoice": {"number": "number || '-' || {n}", "move": "move + {by}"},
    "account_invoice_line": {"invoice": "invoice + {by}", "origin": "'sale.line,' || (substr(origin, 11) + {by})"},
    "account_invoice-account_move_line": {"invoice": "invoice + {by}", "line": "line + {by}"},
    "stock_shipment_out": {"number": "number || '-' || {n}"},
    "stock_move": {"shipment": "'stock.shipment.out,' || (substr(shipment, 20) + {by})"},
}
"""Tables, and what is different in a copy: unique values, and the ids of what is copied with it."""


def copy(server: TrytonServer, copies: int) -> None:
    """The records of the trade so many more times. References to what is not copied stay."""
    with closing(sqlite3.connect(server.folder / f"{DATABASE}.sqlite", timeout=60)) as database, database:
        for table, changes in MOVED.items():
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            kept = "WHERE shipment LIKE 'stock.shipment.out,%'" if table == "stock_move" else ""
            database.execute(f'CREATE TEMP TABLE original AS SELECT * FROM "{table}" {kept}')  # noqa: S608  # our own names
            for n in range(1, copies + 1):
                of = {"id": "id + {by}", **changes}
                values = ", ".join(of.get(c, f'"{c}"').format(n=n, by=n * APART) for c in columns)
                names = ", ".join(f'"{c}"' for c in columns)
                database.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM original')  # noqa: S608  # as above
            database.execute("DROP TABLE original")


def measured(server: TrytonServer, folder: Path) -> Mapping[str, object]:
    """Seconds and rows, entity by entity."""
    file = folder / "reconcile.yaml"
    file.write_text(configured(server.url), encoding="utf-8")
    config = load(file, {"TRYTON_PASSWORD": PASSWORD})
    system = config.system(Role.ERP).model_copy(update={"requests_per_second": 10_000.0, "timeout_seconds": 600.0})
    connector = TrytonConnector("tryton", system, folder)
    sides = wanted(config, in_order(config), Role.ERP)
    began = time.perf_counter()
    for _, source, _ in sides:
        connector.describe(source)
    out: dict[str, object] = {"metadata_seconds": round(time.perf_counter() - began, 1)}
    for entity, source, fields in sides:
        began = time.perf_counter()
        rows = sum(page.height for page in connector.read(source, fields))
        seconds = time.perf_counter() - began
        out[entity] = {"rows": rows, "seconds": round(seconds, 1), "rows_per_second": round(rows / seconds)}
        print(entity, out[entity], flush=True)
    connector.close()
    return out


def main() -> None:
    """Copy, read, say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--copies", type=int, default=500)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, tryton_server(Path(name) / "erp", trade=True) as server:
        copy(server, chosen.copies)
        print(json.dumps(measured(server, Path(name))))


if __name__ == "__main__":
    main()
