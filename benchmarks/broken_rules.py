"""What very many findings cost a run: their breaks, the ledger that keeps them, and the scores.

`python benchmarks/broken_rules.py [--findings 500000]`; the last line is one JSON object. Times are seconds of one process.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from pathlib import Path

import polars as pl

from reconcile.checks import CHECKS, FINDINGS
from reconcile.compare.broken_rules import broken_rules, with_suite
from reconcile.ledger import Ledger
from reconcile.records import KEY, RAW, Role
from reconcile.results import BREAKS, CheckResult

_RULES = 5
_START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def checked(findings: int) -> CheckResult:
    """As many findings, of five rules about customers."""
    each = findings // _RULES
    names = [f"rule_{at}" for at in range(_RULES)]
    same = {"entity": "customers", "system": "erp", "field": "name", "severity": "major"}
    counted = {"success": False, "evaluated": each * 2, "failed": each, "dimension": "validity", "owner": "Data desk"}
    checks = [
        {**same, **counted, "suite": "customers", "rule": n, "message_en": "", "message_zh": "", "observed": None} for n in names
    ]
    keys = pl.DataFrame({"key": [f"E{n:07d}" for n in range(each)]})
    rows = keys.join(pl.DataFrame({"rule": names}), how="cross").with_columns(
        pl.lit(value).alias(name) for name, value in (*same.items(), ("value", "?"))
    )
    return CheckResult(pl.DataFrame(checks, schema=CHECKS), rows.match_to_schema(FINDINGS, missing_columns="insert"))


def measured(result: CheckResult, records_per_rule: int, folder: Path) -> dict[str, float]:
    """Two runs, the second of which finds the same; the ledger's size in megabytes."""
    keys = result.findings["key"].unique().sort()
    frame = pl.DataFrame({KEY: keys, f"{RAW}name": keys})
    records = {Role.CRM: {}, Role.ERP: {"customers": frame}}
    out: dict[str, float] = {}
    with Ledger.open(f"sqlite:///{folder / f'{records_per_rule}.db'}") as ledger:
        for at, word in enumerate(("first", "again")):
            begin = time.perf_counter()
            known = ledger.open_fingerprints()
            breaks = broken_rules(result.checks, with_suite(result), records, BREAKS.to_frame(), known, records_per_rule)
            made = time.perf_counter()
            ledger.record_breaks(breaks, f"r{at}", _START + dt.timedelta(days=at), entities=["customers"])
            ledger.quality.record(result.checks, f"r{at}", _START + dt.timedelta(days=at))
            out |= {f"breaks_{word}": round(made - begin, 2), f"ledger_{word}": round(time.perf_counter() - made, 2)}
    size = (folder / f"{records_per_rule}.db").stat().st_size
    return {"breaks": breaks.height, **out, "megabytes": round(size / 1e6, 1)}


def main() -> None:
    """Bounded as by default, and without a bound."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=500_000)
    findings = parser.parse_args().findings
    result = checked(findings)
    with tempfile.TemporaryDirectory() as folder:
        told = {name: measured(result, bound, Path(folder)) for name, bound in (("bounded", 1000), ("unbounded", findings))}
    print(json.dumps({"findings": findings, **told}))


if __name__ == "__main__":
    main()
