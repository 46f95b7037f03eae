"""`reconcile diff` against reading and joining alone, and against datacompy and diffly: seconds and memory, all in one run.

    python benchmarks/compare.py [--pairs 1000000] [--repeats 5] [--folder DIR] [--only floor,exact,typed,found,datacompy,diffly]

Everything starts cold, reads the same two Parquet files (20 fields of mixed kinds, 1 % of the cells changed, 5 % the same written
another way, records of one side) and writes what differs. `floor` is polars reading both files and joining them on the key.
`exact` asks no rule, `typed` has every field's kind and tolerance from a configuration, `found` finds the kinds. datacompy and
diffly know equality alone, and have environments of their own, made on first use. Who runs takes turns, so that a busy moment
hits all; figures are medians. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from match_measure import Spent, cache, installed, measured, median, python_with, table

HERE = Path(__file__).parent
OTHERS = {"datacompy": "datacompy==1.1.0", "diffly": "diffly==1.6.0"}
ALL = ("floor", "exact", "typed", "found", *OTHERS)
_DIFFERS = 1
"""What `reconcile diff` ends with if anything differs."""


def data(pairs: int, folder: Path | None) -> Path:
    """The folder with the files of that size: given, or made once and kept."""
    out = (folder or cache() / "compare").resolve() / str(pairs)
    if not (out / "compare.yaml").exists():
        subprocess.run([sys.executable, str(HERE / "compare_data.py"), "--pairs", str(pairs), "--out", str(out)], check=True)
    return out


def command(who: str, place: Path, out: Path) -> list[str]:
    """How one of ALL is run."""
    files = [str(place / f"{side}.parquet") for side in ("left", "right")]
    others = str(HERE / "compare_others.py")
    if who == "floor":
        return [sys.executable, others, who, *files, str(out)]
    if who in OTHERS:
        return [python_with(OTHERS[who]), others, who, *files, str(out)]
    how = {"exact": ["--key", "id", "--exact"], "typed": ["--config", str(place / "compare.yaml")], "found": ["--key", "id"]}
    return [installed(), "diff", *files, "--out", str(out), "--json", *how[who]]


def run(who: tuple[str, ...], place: Path, repeats: int) -> tuple[dict[str, Spent], dict[str, dict[str, int]]]:
    """Medians of each, and how many rows ours wrote, by verdict."""
    runs: dict[str, list[Spent]] = {name: [] for name in who}
    rows: dict[str, dict[str, int]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(repeats):
            for name in who:
                out = Path(folder) / f"{name}.parquet"
                runs[name].append(measured(command(name, place, out), ends=(0, _DIFFERS)))
                if name in ("exact", "typed", "found"):
                    rows[name] = dict(
                        pl.read_parquet(out, columns=["verdict"])["verdict"].value_counts().sort("verdict").iter_rows()
                    )
    return {name: median(each) for name, each in runs.items()}, rows


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="`reconcile diff` against reading and joining, datacompy and diffly")
    options.add_argument("--pairs", type=int, default=1_000_000, help="records that both files have")
    options.add_argument("--repeats", type=int, default=5)
    options.add_argument("--folder", type=Path, help="where the data is, or is to be made (one folder a size)")
    options.add_argument("--only", default=",".join(ALL), help="some of: " + ", ".join(ALL))
    given = options.parse_args()
    who = tuple(name for name in ALL if name in given.only.split(","))
    for name, package in OTHERS.items():
        if name in who:
            python_with(package)
    spent, rows = run(who, data(given.pairs, given.folder), given.repeats)
    figures = {
        name: {"seconds": one.seconds, "processor": one.processor, "mb": one.megabytes} | _ratios(one, spent.get("floor"))
        for name, one in spent.items()
    }
    print(table([{"who": name, **figure} for name, figure in figures.items()]))
    load = round(os.getloadavg()[0], 1)
    print(json.dumps({"pairs": given.pairs, "repeats": given.repeats, "load": load, "figures": figures, "rows": rows}))


def _ratios(one: Spent, floor: Spent | None) -> dict[str, float]:
    """Against reading and joining alone."""
    if floor is None:
        return {}
    return {
        "times": round(one.seconds / floor.seconds, 2),
        "times_processor": round(one.processor / floor.processor, 2),
        "times_memory": round(one.megabytes / floor.megabytes, 2),
    }


if __name__ == "__main__":
    main()
