"""SAP's CAP server in OData V2 and V4: records a second that are read, looked up by key, created and changed in batches.

    python benchmarks/odata.py [--records 2000] [--batch 25]

The last line is one JSON object. Needs Node 20; the first time, the server is installed, which takes a minute or two.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from systems.cap_server import cap_server
from systems.cap_service import CITY, LIMIT, NAME, OK, PARTNERS, Service, cap_service

from reconcile.connect.odata import write as odata_write
from reconcile.connect.port import Write

Made = TypeVar("Made")


def timed(work: Callable[[], Made]) -> tuple[Made, float]:
    """What it gave, and the seconds it took."""
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def measure(service: Service, records: int) -> dict[str, float]:
    """Records a second."""
    connector = service.connector
    creates = [
        Write(
            str(n),
            PARTNERS,
            {NAME: f"Müller {n} GmbH", LIMIT: Decimal("12.50"), CITY: "Wien"},
            external_id=("ExternalReference", f"C{n}"),
        )
        for n in range(records)
    ]
    created, creating = timed(lambda: connector.write(creates))
    if refused := [outcome for outcome in created if outcome.status is not OK]:
        raise SystemExit(f"{len(refused)} of {records} were not created: {refused[0].message}")
    keys = [outcome.key or "" for outcome in created]
    pages, reading = timed(lambda: list(connector.read(PARTNERS, ["BusinessPartner", NAME, LIMIT, CITY])))
    current, fetching = timed(lambda: connector.fetch(PARTNERS, keys, [NAME, LIMIT, CITY]))
    values = {LIMIT: Decimal("99.90")}
    plain = [Write(key, PARTNERS, values, key=key, version=current[key].version) for key in keys]
    updated, updating = timed(lambda: connector.write(plain))
    fresh = connector.fetch(PARTNERS, keys, [CITY])
    both = {LIMIT: Decimal(7), CITY: "Graz"}
    pairs = [Write(key, PARTNERS, both, key=key, version=fresh[key].version) for key in keys]
    paired, pairing = timed(lambda: connector.write(pairs))
    done = (
        sum(page.height for page in pages),
        len(current),
        *(sum(o.status is OK for o in some) for some in (created, updated, paired)),
    )
    if set(done) != {records}:
        raise SystemExit(f"of {records} records were read, looked up, created, changed, changed with their address: {done}")
    seconds = {"read": reading, "fetched": fetching, "created": creating, "updated": updating, "updated_with_address": pairing}
    return {name: round(records / each) for name, each in seconds.items()}


def main() -> None:
    """Both versions, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=odata_write.WRITES_IN_ONE_BATCH, help="records in one batch")
    arguments = parser.parse_args()
    odata_write.WRITES_IN_ONE_BATCH = arguments.batch
    with tempfile.TemporaryDirectory() as folder:
        with cap_server(Path(folder) / "first"):
            pass  # installed, if it was not
        _, started = timed(lambda: cap_server(Path(folder) / "again").__enter__().close())
        figures: dict[str, object] = {"records": arguments.records, "start_seconds": round(started, 2)}
        for version in ("v2", "v4"):
            with cap_service(Path(folder) / version, version) as service:
                figures[version] = measure(service, arguments.records)
            print(version, figures[version])
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
