"""How well causes are found: data damaged by eight mechanisms at once and by noise (two sets of eight), and data with noise only.

    python benchmarks/causes.py [--pairs 480000] [--noise 0.01] [--seed 1]

Prints which cause each damage was attributed to; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time

import polars as pl
from causes_damage import MECHANISMS, OTHERS, Damaged, damaged

from reconcile.compare.causes import Explained, evidence, explain


def main() -> None:
    """All cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=480_000)
    parser.add_argument("--noise", type=float, default=0.01, help="share of the cells that are noise")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    figures: dict[str, object] = {"benchmark": "causes", "pairs": given.pairs, "noise": given.noise, "seed": given.seed}
    figures |= {"damaged": _measured(damaged(given.pairs, given.noise, given.seed, MECHANISMS))}
    figures |= {"damaged_otherwise": _measured(damaged(given.pairs, given.noise, given.seed, OTHERS))}
    figures |= {"noise_only": _measured(damaged(given.pairs, max(given.noise * 5, 0.05), given.seed, ()))}
    print(json.dumps(figures))


def _measured(data: Damaged) -> dict[str, object]:
    begun, cpu = time.perf_counter(), time.process_time()
    ready = evidence(data.entity, data.kinds, (data.crm, data.erp), (data.breaks, data.agreed))
    found = explain(ready)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    told = found.causes.select("cause", "mechanism", "fields", "parameters", "covered", "of_all", "purity", "fix")
    with pl.Config(tbl_rows=30, tbl_cols=20, fmt_str_lengths=80, tbl_width_chars=240, fmt_table_cell_list_len=12):
        print(told)
        table = attributed(data, found)
        print(table.group_by("truth", "mechanism").len().sort("len", descending=True))
    true = table.filter(pl.col("truth") != "noise")
    right = true.filter(pl.col("truth") == pl.col("mechanism")).height
    noise = table.filter(pl.col("truth") == "noise")
    return {
        "differences": table.height,
        "of_mechanisms": true.height,
        "attributed_to_the_true_mechanism": round(right / true.height, 4) if true.height else None,
        "noise": noise.height,
        "noise_left_alone": round(noise["mechanism"].null_count() / max(noise.height, 1), 4),
        "causes": found.causes.height,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu_seconds, 2),
    }


def attributed(data: Damaged, found: Explained) -> pl.DataFrame:
    """fingerprint, truth (mechanism or noise), mechanism (null where nothing explains it); one row for each difference."""
    names = found.causes.select("cause", "mechanism")
    members = found.members.join(names, on="cause")
    return data.truth.join(members.select("fingerprint", "mechanism"), on="fingerprint", how="left")


if __name__ == "__main__":
    main()
