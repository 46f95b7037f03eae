"""What blocking misses beside what is estimated, and how many links move when unrelated records are added.

    python benchmarks/match_bounds.py --of DIR [--two-goes] [--added 1,10,100] [--seed 1]

Reads left.parquet, right.parquet and truth.parquet as match_data.py makes them. What is added to the left are businesses that
neither side has, made by the same generator. With --two-goes small files are matched as large ones are. The last line is one
JSON object.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
from match_damage import FIRST, normalised, records
from match_world import businesses

from reconcile.match.candidates.missed import missed
from reconcile.match.linkage import Scored, Settings, decide, score, zones
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent
from reconcile.records import KEY, Kind

KINDS = {
    "name": Kind.COMPANY_NAME, "contact": Kind.PERSON_NAME, "street": Kind.ADDRESS, "city": Kind.TEXT, "country": Kind.COUNTRY,
    "postcode": Kind.POSTAL_CODE, "phone": Kind.PHONE, "email": Kind.EMAIL, "tax_id": Kind.TAX_ID, "website": Kind.URL,
}  # fmt: skip
_FIRST_NEW = 800_000_000
"""Number of the first new business: no other has it."""


def unrelated(count: int, seed: int) -> pl.DataFrame:
    """Records of businesses that no file of match_data.py holds."""
    rng = np.random.default_rng([seed, 9])
    made = normalised(records(rng, businesses(rng, _FIRST_NEW, count), FIRST))
    return made.select(pl.format("~{}", pl.int_range(pl.len())).alias(KEY), *KINDS)


def linked(left: pl.DataFrame, right: pl.DataFrame, settings: Settings) -> tuple[Scored, set[tuple[str, str]]]:
    """What was compared, and the links."""
    scored = score(left, right, Scheme(KINDS), settings, Silent())
    found = zones(decide(scored, settings, (left, right)), left[KEY], right[KEY])
    return scored, set(found.filter(pl.col("zone") == "link").select("crm_key", "erp_key").iter_rows())


def truly_missed(scored: Scored, left: pl.DataFrame, right: pl.DataFrame, truth: pl.DataFrame) -> float:
    """The share of the true pairs that were never compared."""
    ends = {"l": ("crm_key", left), "r": ("erp_key", right)}
    for end, (name, frame) in ends.items():
        rows = frame.select(pl.col(KEY).alias(name), pl.int_range(pl.len(), dtype=pl.UInt32).alias(end))
        truth = truth.join(rows, on=name)
    return truth.join(scored.pairs.select("l", "r"), on=["l", "r"], how="anti").height / truth.height


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="what blocking misses, and what unrelated records move")
    options.add_argument("--of", type=Path, required=True)
    options.add_argument("--two-goes", action="store_true")
    options.add_argument("--added", default="1,10,100")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    frames = [pl.read_parquet(given.of / f"{side}.parquet").rename({"id": KEY}) for side in ("left", "right")]
    left, right = (frame.select(KEY, *KINDS) for frame in frames)
    settings = Settings(small=100) if given.two_goes else Settings()
    scored, links = linked(left, right, settings)
    estimate = missed(scored.pairs, scored.rules, scored.comparison)
    truth = truly_missed(scored, left, right, pl.read_parquet(given.of / "truth.parquet"))
    told: dict[str, object] = {"links": len(links), "pairs": scored.pairs.height, "missed": round(truth, 5)}
    if estimate is not None:
        told["estimated"] = [round(estimate.least, 5), round(estimate.most, 5)]
    moved = {}
    for count in [int(number) for number in given.added.split(",") if number]:
        _, others = linked(pl.concat([left, unrelated(count, given.seed)]), right, settings)
        moved[count] = sum(1 for crm, _ in links ^ others if not crm.startswith("~"))
    print(json.dumps(told | {"moved": moved}))


if __name__ == "__main__":
    main()
