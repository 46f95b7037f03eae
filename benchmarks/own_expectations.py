"""What our own expectations take: CPU seconds of each on a column of many rows and fewer values, in one suite alone.

    python benchmarks/own_expectations.py [--rows 1000000] [--distinct 200000] [--only mojibake,placeholder] [--times 3]

Values are mostly right, as a company's are: three scripts, four countries, one value in a hundred wrong. CPU seconds are those of
all threads of the process, so that they hardly depend on what else the machine does; the least of the runs counts. `nothing` is a
rule that costs nothing, so what Great Expectations takes for any. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the folder of this file has an expectations.py

import polars as pl
from own_expectations_data import frame

from expectations.gx import Expected, Verdict, evaluate

BY_COUNTRY = {"country_column": "country"}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": ("expect_column_values_to_not_be_null", {"column": "country"}),
    "e-mail": ("expect_column_values_to_be_valid_email", {"column": "email"}),
    "phone": ("expect_column_values_to_be_valid_phone", {"column": "phone", **BY_COUNTRY}),
    "tax id": ("expect_column_values_to_be_valid_tax_id", {"column": "tax_id", **BY_COUNTRY}),
    "IBAN": ("expect_column_values_to_be_valid_iban", {"column": "iban"}),
    "postal code": ("expect_column_values_to_be_valid_postal_code", {"column": "postal_code", **BY_COUNTRY}),
    "placeholder": ("expect_column_values_to_not_be_placeholders", {"column": "name"}),
    "mojibake": ("expect_column_values_to_not_be_mojibake", {"column": "name"}),
    "unique name": ("expect_column_values_to_be_unique_after_normalising", {"column": "name", "kind": "company_name"}),
    "country": ("expect_column_values_to_be_valid_country", {"column": "country"}),
    "currency": ("expect_column_values_to_be_valid_currency", {"column": "currency"}),
}


def timed(rows: pl.DataFrame, expected: Expected) -> tuple[float, Verdict]:
    """CPU seconds of one evaluation, and what was found.

    Raises:
        SystemExit: the rule could not be evaluated.
    """
    start = time.process_time()
    verdict = evaluate(rows, [expected])[0]
    took = time.process_time() - start
    if verdict.problem:
        raise SystemExit(f"{expected.name}: {verdict.problem}")
    return took, verdict


def main() -> None:
    """Make the rows, ask each expectation, print the table and the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--distinct", type=int, default=200_000)
    parser.add_argument("--only", default=",".join(ASKED), help="which of them, by name")
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    rows = frame(asked.rows, asked.distinct)
    seconds: dict[str, float] = {}
    print(f"{'expectation':<12} {'CPU s':>7} {'judged':>9} {'failing':>8}")
    for name in asked.only.split(","):
        expected = Expected(*ASKED[name])
        evaluate(rows.head(1_000), [expected])  # libraries are imported and tables are made before the clock starts
        runs = [timed(rows, expected) for _ in range(asked.times)]
        seconds[name] = round(min(took for took, _ in runs), 2)
        found = runs[0][1]
        print(f"{name:<12} {seconds[name]:>7.2f} {found.evaluated:>9} {found.rows.len():>8}", flush=True)
    print(json.dumps({"rows": asked.rows, "distinct": asked.distinct, "cpu_seconds": seconds}))


if __name__ == "__main__":
    main()
