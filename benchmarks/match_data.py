"""Two systems that know the same businesses, with the truth beside them: the data of the matching benchmark.

    python benchmarks/match_data.py --records 1000000 --out DIR [--seed 1] [--raw]

Writes left.parquet (CRM), right.parquet (ERP) and truth.parquet (crm_key, erp_key: every true pair, so that a business which one
system holds twice has more than one). 60 % companies, 80 % of the businesses in both systems, 5 % of the records of each side are
second entries, 4 % of the businesses are further sites of a company (same name and tax number), 3 % further people of a household
(same family name, address and phone). Columns: id, name (of the company or the person), contact (a company's), street, city,
postcode, country, phone, email, website and tax_id (companies). With --raw also raw_left.parquet and raw_right.parquet: the same
records under each system's own headers and formats. Made in pieces:
memory grows only with the keys. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from match_damage import AGAIN, FIRST, normalised, records
from match_raw import raw_left, raw_right
from match_world import businesses

OVERLAP, DUPLICATES = 0.80, 0.05
PIECE = 150_000
"""Records a side that are made at once."""
_LETTER = {"left": "C", "right": "E"}
Raw = Callable[[np.random.Generator, pl.DataFrame], pl.DataFrame]
_RAW: dict[str, Raw] = {"left": raw_left, "right": raw_right}


@dataclass(frozen=True)
class Sizes:
    """Of one piece: records a side, businesses a side, and businesses in all."""

    records: int

    @property
    def unique(self) -> int:
        """Businesses of one side."""
        return self.records - round(self.records * DUPLICATES)

    @property
    def shared(self) -> int:
        """Businesses in both."""
        return round(self.unique * OVERLAP)

    @property
    def all(self) -> int:
        """Businesses of either."""
        return 2 * self.unique - self.shared


def _pieces(total: int) -> list[Sizes]:
    count = max(1, -(-total // PIECE))
    return [Sizes(total * (i + 1) // count - total * i // count) for i in range(count)]


def _side(rng: np.random.Generator, business: pl.DataFrame, duplicates: int) -> pl.DataFrame:
    """The records of one side: all of `business` once, some of them twice; with the business they stand for."""
    twice = business[rng.choice(business.height, duplicates, replace=False)]
    frames = [records(rng, frame, rates) for frame, rates in ((business, FIRST), (twice, AGAIN))]
    extra = pl.concat([business.select("entity", "kind"), twice.select("entity", "kind")])
    again = pl.Series("again", np.repeat([False, True], [business.height, duplicates]))
    return pl.concat(frames).hstack(extra).with_columns(again)


def generate(total: int, out: Path, *, seed: int, raw: bool) -> dict[str, int]:
    """Write all files; the counts of what was made."""
    out.mkdir(parents=True, exist_ok=True)
    order = np.random.default_rng([seed, 0])
    places = {side: (order.permutation(total).astype(np.int32), order.permutation(total).astype(np.int32)) for side in _LETTER}
    truth, counts, start, entity = [], {}, 0, 0
    with tempfile.TemporaryDirectory(dir=out) as folder:
        for number, size in enumerate(_pieces(total)):
            rng = np.random.default_rng([seed, 1, number])
            world = businesses(rng, entity, size.all)
            keys = {}
            for side, part in (("left", world[: size.unique]), ("right", world[size.unique - size.shared :])):
                frame = _side(rng, part, size.records - size.unique)
                at, name = (column[start : start + size.records] for column in places[side])
                frame = frame.with_columns(place=pl.Series(at), id=_LETTER[side] + pl.Series(name).cast(pl.String).str.zfill(8))
                frame.sort("place").write_parquet(f"{folder}/{side}-{number}.parquet", row_group_size=20_000)
                keys[side] = frame.select("entity", "id")
                for kind, many in frame.group_by("kind").len().iter_rows():
                    counts[f"{side}_{kind}"] = counts.get(f"{side}_{kind}", 0) + many
            truth.append(keys["left"].join(keys["right"], on="entity").select(crm_key="id", erp_key="id_right"))
            start, entity = start + size.records, entity + size.all
        for side in _LETTER:
            _assemble(Path(folder), out, side, total, np.random.default_rng([seed, 2, ord(side[0])]), raw=raw)
    pairs = pl.concat(truth).sort("crm_key", "erp_key")
    pairs.write_parquet(out / "truth.parquet")
    return {"records": total, "pairs": pairs.height, **dict(sorted(counts.items()))}


def _assemble(folder: Path, out: Path, side: str, total: int, rng: np.random.Generator, *, raw: bool) -> None:
    """The pieces of one side as one file in random order, written a slice of the order at a time."""
    names = {"": side, **({"raw_": "raw_" + side} if raw else {})}
    writers: dict[str, pq.ParquetWriter] = {}
    pieces = pl.scan_parquet(f"{folder}/{side}-*.parquet")
    for first in range(0, total, PIECE):
        frame = pieces.filter(pl.col("place").is_between(first, first + PIECE - 1)).collect().sort("place")
        frame = frame.drop("place", "entity", "kind", "again").select("id", pl.exclude("id"))
        made = {"": frame.select("id").hstack(normalised(frame.drop("id")))}
        if raw:
            made["raw_"] = _RAW[side](rng, frame)
        for name, table in made.items():
            arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
            if name not in writers:
                writers[name] = pq.ParquetWriter(out / f"{names[name]}.parquet", arrow.schema, compression="zstd")
            writers[name].write_table(arrow)
    for writer in writers.values():
        writer.close()


def main() -> None:
    """Make the files and print what is in them."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--records", type=int, default=1_000_000, help="records a side")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--raw", action="store_true", help="also as each system would export them")
    given = options.parse_args()
    begun = time.perf_counter()
    counts = generate(given.records, given.out, seed=given.seed, raw=given.raw)
    print(json.dumps(counts | {"seconds": round(time.perf_counter() - begun, 1)}))


if __name__ == "__main__":
    main()
