"""What a suite of twelve expectations takes: Great Expectations on polars, on pandas, pointblank, and polars by hand.

    python benchmarks/expectations.py [--rows 1000000] [--contenders polars,pandas,pointblank,hand]
    python benchmarks/expectations.py --rows 50000000 --parquet

Every contender is a process of its own on the same file, read (and for pandas converted) before the clock starts; one
warm-up, then the median of five. pointblank comes from `uv run --with`, so that it is no dependency. Peak memory is that
of the process; every process but pointblank's has Great Expectations imported, so that what differs is the evaluation.
Verdicts and counts must agree. The last line is one JSON object. With `--parquet` the file is made in pieces and
scanned: `expectations_parquet.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from expectations_data import frame

HERE = Path(__file__).resolve().parent
CONTENDERS = ("polars", "pandas", "pointblank", "hand")
PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)]), "GX_ANALYTICS_ENABLED": "false"}
"""With `-P`: this folder must come after the package `expectations`, which has the name of this file."""
POINTBLANK = "pointblank==1.1.*"


def contend(name: str, path: Path, rows: int) -> dict[str, Any]:
    """One contender in a process of its own: seconds, peak memory in megabytes, and what it found."""
    python = [sys.executable]
    if name == "pointblank":
        python = ["uv", "run", "-q", "--no-project", "--with", POINTBLANK, "--with", f"polars=={pl.__version__}", "python"]
    script = HERE / "expectations_contenders.py"
    done = subprocess.run(
        [*python, "-P", str(script), name, str(path), str(rows)], capture_output=True, text=True, check=False, env=PATHS
    )
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{name:>11}: {found['seconds']:7.3f} s   peak {found['peak_mb']:7.0f} MB   failing {found['failing']}")
    return found


def compare(found: dict[str, dict[str, Any]]) -> None:
    """Every contender gives the same verdict, and counts as many failing rows."""
    first = next(iter(found.values()))
    for name, one in found.items():
        if (one["verdicts"], one["failing"]) != (first["verdicts"], first["failing"]):
            raise SystemExit(f"{name} found something else: {one['verdicts']} {one['failing']}")


def main() -> None:
    """Make the file, run the contenders, print the ratios."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--contenders", default=",".join(CONTENDERS))
    asked.add_argument("--parquet", action="store_true", help="scan a large file instead, and compare with its parts")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="expectations-") as folder:
        if given.parquet:
            script = HERE / "expectations_parquet.py"
            raise SystemExit(
                subprocess.run([sys.executable, "-P", str(script), folder, str(given.rows)], check=False, env=PATHS).returncode
            )
        path = Path(folder) / "orders.arrow"
        frame(given.rows).write_ipc(path)
        found = {name: contend(name, path, given.rows) for name in given.contenders.split(",")}
    compare(found)
    seconds = {name: one["seconds"] for name, one in found.items()}
    out: dict[str, Any] = {
        "rows": given.rows,
        "seconds": seconds,
        "peak_mb": {name: one["peak_mb"] for name, one in found.items()},
    }
    if "pandas" in found:
        out["faster_than_gx_pandas"] = round(seconds["pandas"] / seconds["polars"], 2)
    if "pointblank" in found:
        out["slower_than_pointblank"] = round(seconds["polars"] / seconds["pointblank"], 2)
    if "hand" in found:
        out["slower_than_polars"] = round(seconds["polars"] / seconds["hand"], 2)
        out["memory_of_polars"] = round(found["polars"]["peak_mb"] / found["hand"]["peak_mb"], 2)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
