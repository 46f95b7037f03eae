"""Quote to cash at size: every planted violation is found, and nothing else; and what it takes to add everything up.

    python benchmarks/conservation.py [--orders 100000] [--seed 3] [--planted 50] [--dir FOLDER]

The table says rule, planted, found, false. The last line is one JSON object: `seconds` is `conserve` alone, from canonical
records to breaks and residuals; `records` is how many it read. `--dir` keeps the data as a project on files.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from pathlib import Path

import polars as pl

from reconcile.compare.conservation import Inputs, conserve
from reconcile.config.load import load
from reconcile.config.models import ProjectConfig
from reconcile.normalise import normalise, with_whole
from reconcile.pipeline import in_order
from reconcile.records import KEY, Role
from reconcile.results import LINKS
from reconcile.sandbox.quote_to_cash.company import quote_to_cash
from reconcile.sandbox.quote_to_cash.project import write

_BY = ["rule", "system", "entity", "key"]


def main() -> None:
    """Make the data, add it up, compare with the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--planted", type=int, default=50, help="violations of each kind")
    parser.add_argument("--dir", type=Path, help="where the project is kept; nowhere if not given")
    given = parser.parse_args()
    made = quote_to_cash(given.orders, given.seed, given.planted)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.dir or Path(temporary)
        config = load(write(made, folder), {})
        records = _records(config, folder)
    links = {"orders": _links(records)}
    assert config.conservation is not None
    begun, used = time.monotonic(), time.process_time()
    inputs = Inputs(records, links, dt.datetime.now(dt.UTC), pl.Series("fingerprint", [], dtype=pl.String))
    conserved = conserve(inputs, config.conservation, config.in_flight_minutes)
    seconds, cpu = time.monotonic() - begun, time.process_time() - used
    table = _judged(made.planted, told(conserved.breaks))
    with pl.Config(tbl_rows=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        print(table)
    totals = {name: int(table[name].sum()) for name in ("planted", "found", "false")}
    count = sum(frame.height for of in records.values() for frame in of.values())
    print(
        json.dumps(
            {"orders": given.orders, "records": count, **totals, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2)}
        )
    )


def _records(config: ProjectConfig, folder: Path) -> dict[Role, dict[str, pl.DataFrame]]:
    """Normalised frames of both sides, as a run has them."""
    records: dict[Role, dict[str, pl.DataFrame]] = {role: {} for role in Role}
    for name, entity in in_order(config).items():
        for role in (role for role in Role if entity.kept_by(role)):
            raw = pl.read_parquet(folder / role / f"{name}.parquet")
            frame = normalise(raw, name, entity, role, config.system(role)).frame
            records[role][name] = with_whole(frame, name, records[role])
    return records


def _links(records: dict[Role, dict[str, pl.DataFrame]]) -> pl.DataFrame:
    """Orders by their number, as matching would link them."""
    sides = [records[role]["orders"].select("number", pl.col(KEY).alias(f"{role}_key")) for role in Role]
    both = sides[0].join(sides[1], on="number")
    return both.select(
        entity=pl.lit("orders"), crm_key="crm_key", erp_key="erp_key", rung=pl.lit("key:number"), probability=pl.lit(1.0)
    ).cast(dict(LINKS.items()))


def told(breaks: pl.DataFrame) -> pl.DataFrame:
    """Breaks as the truth has them: rule, system, entity, key."""
    covers = pl.col("reason").str.starts_with("payment_")
    return breaks.select(
        rule=pl.when(covers).then(pl.lit("payment_covers")).otherwise("reason"),
        system=pl.when(pl.col("erp_key").is_null()).then(pl.lit("crm")).otherwise(pl.lit("erp")),
        entity="entity",
        key=pl.coalesce("erp_key", "crm_key"),
    )


def _judged(planted: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    counts = planted.group_by("rule").len("planted")
    right = planted.join(found, on=_BY, how="semi").group_by("rule").len("found")
    wrong = found.join(planted, on=_BY, how="anti").group_by("rule").len("false")
    both = counts.join(right, on="rule", how="full", coalesce=True).join(wrong, on="rule", how="full", coalesce=True)
    return both.with_columns(pl.exclude("rule").fill_null(0).cast(pl.Int64)).sort("rule")


if __name__ == "__main__":
    main()
