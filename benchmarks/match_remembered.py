"""`reconcile match --remember` a night later: what it takes beside a full run, and whether both give the same links.

    python benchmarks/match_remembered.py [--records 1000000] [--folder DIR] [--share 0.01]

The files are those of match_data.py, then those of match_changes.py: of each side the share of the records is changed or
new. Three runs from a cold start: all records of the first night, which is remembered; the second night by what is
remembered; the second night in full, from nothing. A record has the same link if both runs link it with the same record, or
neither links it. `same` compares the second night's two runs; `same_as_night_before` says on how many records the full runs of
both nights agree. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import polars as pl
from match_changes import night
from match_measure import installed, judged, measured, table
from match_splink import data

PAIR = ["crm_key", "erp_key"]


def same(one: pl.DataFrame, other: pl.DataFrame, records: int) -> float:
    """On what share of the records two runs give the same link."""
    links = [frame.filter(pl.col("zone") == "link").select(PAIR) for frame in (one, other)]
    apart = pl.concat([links[0].join(links[1], on=PAIR, how="anti"), links[1].join(links[0], on=PAIR, how="anti")])
    return 1 - (apart["crm_key"].n_unique() + apart["erp_key"].n_unique()) / records


def nights(first: Path, records: int, share: float) -> dict[str, object]:
    """All three runs, and what they give."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        told = night(first, work, share=share, seed=1)

        def run(place: Path, name: str, *more: str) -> tuple[dict[str, float], pl.DataFrame]:
            files = [str(place / f"{side}.parquet") for side in ("left", "right")]
            spent = measured([installed(), "match", *files, "--out", str(work / f"{name}.parquet"), "--quiet", *more])
            return vars(spent), pl.read_parquet(work / f"{name}.parquet")

        remember = ("--remember", str(work / "memory"))
        base, before = run(first, "base", *remember)
        size = sum(path.stat().st_size for path in (work / "memory").rglob("*")) / 2**20
        again, mine = run(work, "again", *remember)
        whole, full = run(work, "full")
    truth = pl.read_parquet(first / "truth.parquet")
    rows = {"first night, remembered": base, "second night, by memory": again, "second night, in full": whole}
    print(table([{"run": name, **spent} for name, spent in rows.items()]))
    return {
        "records": records,
        **told,
        **dict(zip(("base", "again", "full"), rows.values(), strict=True)),
        "share_of_seconds": round(again["seconds"] / whole["seconds"], 3),
        "share_of_processor": round(again["processor"] / whole["processor"], 3),
        "same": round(same(mine, full, 2 * records), 5),
        "same_as_night_before": round(same(before, full, 2 * records), 5),
        "right_among_links": [judged(frame.filter(pl.col("zone") == "link"), truth)["precision"] for frame in (mine, full)],
        "memory_mb": round(size, 1),
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--records", type=int, default=1_000_000, help="records a side")
    options.add_argument("--folder", type=Path, help="where the data is, or is to be made (one folder a size)")
    options.add_argument("--share", type=float, default=0.01, help="share of the records that are changed or new")
    given = options.parse_args()
    print(json.dumps(nights(data(given.records, given.folder), given.records, given.share)))


if __name__ == "__main__":
    main()
