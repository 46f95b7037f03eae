"""Fifty million rows of Parquet against the same rows in parts: the same verdicts and counts, in bounded memory.

    python -P expectations_parquet.py FOLDER ROWS

The file is made in pieces in FOLDER and deleted there. One process validates it whole, another one in eight parts, cut by key,
so that equal keys are in one part. The last line is one JSON object: seconds, peak memory, size of the file, same results.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from expectations_contenders import rules
from expectations_data import frame

PIECE = 1_000_000
PARTS = 8
COMPOUND = 10
"""The place of the rule about two columns, whose parts are cut by the first of them."""


def make(path: Path, rows: int) -> None:
    """The file, a row group for each piece."""
    with pq.ParquetWriter(path, frame(1).to_arrow().schema, compression="zstd") as out:
        for first in range(0, rows, PIECE):
            out.write_table(frame(min(PIECE, rows - first), first).to_arrow())


def results(batch: Any, expected: list[Any]) -> list[dict[str, Any]]:
    """What Great Expectations finds, rule by rule."""
    import great_expectations as gx  # noqa: PLC0415 # only where it is measured

    suite = gx.ExpectationSuite(name="orders")
    for at, rule in enumerate(expected):
        rule.meta = {"at": at}
        suite.add_expectation(rule)
    found = sorted(batch.validate(suite).results, key=lambda one: one.expectation_config.meta["at"])
    return [
        {
            "success": bool(one.success),
            **{key: one.result.get(key) for key in ("unexpected_count", "element_count", "observed_value")},
        }
        for one in found
    ]


def source() -> Any:
    """The polars data source of a context that lives as long as this process."""
    import great_expectations as gx  # noqa: PLC0415 # only where it is measured
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415 # as above

    from expectations.engine import install  # noqa: PLC0415 # as above

    install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context.data_sources.add_polars("source")


def whole(path: Path, rows: int) -> list[dict[str, Any]]:
    """The file, scanned."""
    asset = source().add_parquet_asset("orders", path)
    return results(asset.add_batch_definition_whole_path("all").get_batch(), rules(rows))


def in_parts(path: Path, rows: int) -> list[list[dict[str, Any]]]:
    """The file in parts, each in memory."""
    definition = source().add_dataframe_asset("orders").add_batch_definition_whole_dataframe("all")
    out = []
    for part in range(PARTS):
        by_id = pl.scan_parquet(path).filter(pl.col("id") % PARTS == part).collect(engine="streaming")
        found = results(definition.get_batch({"dataframe": by_id}), rules(rows))
        by_order = (
            pl.scan_parquet(path).filter(pl.col("order") % PARTS == part).select("order", "line").collect(engine="streaming")
        )
        found[COMPOUND] = results(definition.get_batch({"dataframe": by_order}), [rules(rows)[COMPOUND]])[0]
        out.append(found)
    return out


def same(one: list[dict[str, Any]], parts: list[list[dict[str, Any]]]) -> bool:
    """Every count and every sum of the whole is that of its parts, and a rule about rows holds where it holds in all parts."""
    for at, found in enumerate(one):
        of_parts = [part[at] for part in parts]
        for key in ("unexpected_count", "element_count"):
            if found[key] is not None and found[key] != sum(part[key] for part in of_parts):
                return False
        if found["element_count"] is not None and found["success"] != all(part["success"] for part in of_parts):
            return False
    return one[8]["observed_value"] == sum(part[8]["observed_value"] for part in parts)


def apart(role: str, path: Path, rows: int) -> dict[str, Any]:
    """One role in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-P", __file__, role, str(path), str(rows)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{role} failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{role:>8}: {found['seconds']:7.1f} s   peak {found['peak_mb']:7.0f} MB", flush=True)
    return found


def main(role: str, where: str, rows: int) -> None:
    """One role, or all of them."""
    start = time.perf_counter()
    path = Path(where)
    if role in ("make", "whole", "parts"):
        found = {"make": make, "whole": whole, "parts": in_parts}[role](path, rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": time.perf_counter() - start, "peak_mb": peak, "found": found}, default=str))
        return
    path = path / "orders.parquet"
    apart("make", path, rows)
    one, parts = apart("whole", path, rows), apart("parts", path, rows)
    out = {
        "rows": rows,
        "file_mb": round(path.stat().st_size / 2**20),
        "seconds": round(one["seconds"], 1),
        "peak_mb": round(one["peak_mb"]),
    }
    path.unlink()
    print(json.dumps({**out, "same_as_in_parts": same(one["found"], parts["found"])}))


if __name__ == "__main__":
    main(*(["all", *sys.argv[1:]] if len(sys.argv) == 3 else sys.argv[1:])[:2], rows=int(sys.argv[-1]))
