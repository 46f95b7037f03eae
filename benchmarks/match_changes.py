"""What becomes of two systems in a night: some records changed, some new, some gone.

    python benchmarks/match_changes.py --of DIR --out DIR [--share 0.01] [--seed 1]

Reads left.parquet and right.parquet as match_data.py makes them and writes them anew: of each side the given share of the
records is changed or new (seven tenths changed, three tenths new, of which most are in both systems), and a tenth of it is gone.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
from match_damage import FIRST, normalised, records, slipped
from match_data import OVERLAP
from match_world import businesses

CHANGED, NEW, GONE = 0.7, 0.3, 0.1
"""Of the share: how much is changed, new and gone."""
_FIRST_NEW = 900_000_000
"""Number of the first new business: no other has it."""
_LETTER = {"left": "C", "right": "E"}


def changed(rng: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """The same records after somebody has worked on them: a slip, another address or contact, something emptied."""
    other = frame[rng.permutation(frame.height)]
    letters = pl.Series(list("aeinrst")).gather(rng.integers(0, 7, frame.height))
    digits = pl.Series(list("0123456789")).gather(rng.integers(0, 10, frame.height))
    what = pl.Series("_what", rng.integers(0, 7, frame.height))
    new = {
        "name": slipped(rng, frame["name"], 1.0, letters),
        "street": other["street"],
        "contact": other["contact"],
        "email": slipped(rng, frame["email"], 1.0, letters),
        "phone": slipped(rng, frame["phone"], 1.0, digits),
        "postcode": slipped(rng, frame["postcode"], 1.0, digits),
        "website": pl.Series([None] * frame.height, dtype=pl.String),
    }
    return frame.with_columns(
        pl.when(what == at).then(column).otherwise(frame[name]).alias(name) for at, (name, column) in enumerate(new.items())
    )


def night(folder: Path, out: Path, *, share: float, seed: int) -> dict[str, int]:
    """Write both sides as they are a night later; how many records were changed, new and gone on each."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 3])
    frames = {side: pl.read_parquet(folder / f"{side}.parquet") for side in _LETTER}
    count = {side: round(frame.height * share) for side, frame in frames.items()}
    more = round(max(count.values()) * NEW)
    world = businesses(rng, _FIRST_NEW, 2 * more - round(more * OVERLAP))
    sides = {"left": world[:more], "right": world[world.height - more :]}
    told = {"new": more}
    for side, frame in frames.items():
        order = rng.permutation(frame.height)
        worked, gone = order[: round(count[side] * CHANGED)], order[frame.height - round(count[side] * GONE) :]
        fresh = normalised(records(rng, sides[side], FIRST))
        ids = (pl.lit(_LETTER[side] + "9") + pl.int_range(fresh.height).cast(pl.String).str.zfill(8)).alias("id")
        stays = np.ones(frame.height, bool)
        stays[worked] = stays[gone] = False
        parts = [frame.filter(pl.Series(stays)), changed(rng, frame[worked]), fresh.with_columns(ids).select(frame.columns)]
        whole = pl.concat(parts)
        whole[rng.permutation(whole.height)].write_parquet(out / f"{side}.parquet", compression="zstd")
        told |= {"changed": len(worked), "gone": len(gone)}
    return told


def main() -> None:
    """Make the files and say what was done."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--of", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--share", type=float, default=0.01, help="share of the records that are changed or new")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(json.dumps(night(given.of, given.out, share=given.share, seed=given.seed)))


if __name__ == "__main__":
    main()
