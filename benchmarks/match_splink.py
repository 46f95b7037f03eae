"""`reconcile match` against Splink 5 (DuckDB), on the same frames in one run: seconds, memory, and pairs against the truth.

    python benchmarks/match_splink.py [--records 10000,100000,1000000] [--repeats 3] [--folder DIR] [--only ours|splink] [--raw]

Both sides start cold, read the same two Parquet files and write scored pairs; imports and reading count. Splink runs in an
environment of its own, made on first use. F1 is over all true pairs, links and duplicates together: ours in the zones `link` and
`duplicate` at the default thresholds, and at the best threshold of any; Splink's at its best threshold (chosen with the truth)
and at 0.9. With --raw, ours also on the files as each system would export them. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from match_measure import Spent, best, cache, installed, judged, measured, median, python_with, table

HERE = Path(__file__).parent
SPLINK = "splink==5.0.0"
DUCKDB = "duckdb==2.0.0"
_OURS = ("link", "duplicate")


def data(records: int, folder: Path | None) -> Path:
    """The folder with the files of that size: given, or made once and kept."""
    out = (folder or cache() / "match").resolve() / str(records)
    if not (out / "truth.parquet").exists():
        subprocess.run(
            [sys.executable, str(HERE / "match_data.py"), "--records", str(records), "--out", str(out), "--raw"], check=True
        )
    return out


def ours(place: Path, work: Path, repeats: int, prefix: str = "") -> dict[str, object]:
    """Seconds, memory and quality of `reconcile match` without configuration."""
    out = work / f"{prefix}ours.parquet"
    command = [installed(), "match", *(str(place / f"{prefix}{side}.parquet") for side in ("left", "right")), "--out", str(out)]
    spent = median([measured(command) for _ in range(repeats)])
    pairs, truth = pl.read_parquet(out), pl.read_parquet(place / "truth.parquet")
    given = judged(pairs.filter(pl.col("zone").is_in(_OURS)), truth)
    links = judged(pairs.filter(pl.col("zone") == "link"), truth)
    return _row(spent, given | {"best": best(pairs, truth)["f1"], "link_precision": links["precision"]})


def splink(place: Path, work: Path, repeats: int) -> dict[str, object]:
    """Seconds, memory and quality of Splink."""
    out = work / "splink.parquet"
    command = [
        python_with(SPLINK, DUCKDB),
        str(HERE / "match_splink_side.py"),
        *(str(place / f"{side}.parquet") for side in ("left", "right")),
    ]
    spent = median([measured([*command, str(out)]) for _ in range(repeats)])
    pairs, truth = pl.read_parquet(out), pl.read_parquet(place / "truth.parquet")
    top = best(pairs, truth)
    given = judged(pairs.filter(pl.col("probability") >= 0.9), truth)
    return _row(spent, given | {"best": top["f1"], "best_at": top["at"]})


def _row(spent: Spent, quality: dict[str, float]) -> dict[str, object]:
    return {"seconds": spent.seconds, "processor": spent.processor, "mb": spent.megabytes, **quality}


def ratios(mine: dict[str, object], other: dict[str, object]) -> dict[str, float]:
    """How many times faster and leaner ours is; its F1 at the default thresholds against Splink's best and its own best."""
    number = {name: float(str(mine[name])) for name in ("seconds", "mb", "f1", "best")}
    return {
        "faster": round(float(str(other["seconds"])) / number["seconds"], 2),
        "less_processor": round(float(str(other["processor"])) / float(str(mine["processor"])), 2),
        "memory": round(number["mb"] / float(str(other["mb"])), 3),
        "f1_above_splink_best": round(number["f1"] - float(str(other["best"])), 5),
        "f1_below_own_best": round(number["best"] - number["f1"], 5),
    }


def compared(records: int, given: argparse.Namespace) -> dict[str, dict[str, object]]:
    """Both sides at one size."""
    place = data(records, given.folder)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        made: dict[str, dict[str, object]] = {}
        if given.only != "splink":
            made["ours"] = ours(place, work, given.repeats)
            if given.raw:
                made["ours_raw"] = ours(place, work, 1, "raw_")
        if given.only != "ours":
            made["splink"] = splink(place, work, given.repeats)
        if given.only is None:
            made["ratios"] = dict(ratios(made["ours"], made["splink"]))
    return made


def main() -> None:
    """Compare at each size and print."""
    options = argparse.ArgumentParser(description="`reconcile match` against Splink 5")
    options.add_argument("--records", default="10000,100000,1000000", help="sizes, records a side")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--folder", type=Path, help="where the data is, or is to be made (one folder a size)")
    options.add_argument("--only", choices=["ours", "splink"])
    options.add_argument("--raw", action="store_true", help="ours also on the files as each system would export them")
    given = options.parse_args()
    figures = {size: compared(int(size), given) for size in given.records.split(",")}
    columns = ("seconds", "processor", "mb", "precision", "recall", "f1", "best", "link_precision")
    rows = [
        {"records": size, "side": side, **{name: row.get(name) for name in columns}}
        for size, sides in figures.items()
        for side, row in sides.items()
        if side != "ratios"
    ]
    print(table(rows))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
