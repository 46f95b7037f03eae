"""Two lists of the same nurseries, scored and decided once for all tests of teaching, with the truth to answer from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.discovery import discover, standardised
from reconcile.match.linkage import Scored, Settings, judged, zones
from reconcile.match.scheme import Scheme
from reconcile.progress import Silent
from reconcile.records import KEY

_SITES = Path(__file__).parents[2] / "examples" / "sites"


@dataclass(frozen=True)
class World:
    """What was scored and decided of two frames, and which pairs are the same (crm_key, erp_key)."""

    sides: tuple[pl.DataFrame, pl.DataFrame]
    scheme: Scheme
    scored: Scored
    decided: Resolved
    truth: pl.DataFrame

    def keyed(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs of rows with the keys of their records."""
        keys = (frame[KEY] for frame in self.sides)
        return pairs.with_columns(own.gather(pairs[end]).alias(name) for own, end, name in zip(keys, "lr", NAMES, strict=True))

    def answered(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """What somebody says who knows the truth: columns l, r, same."""
        known = self.keyed(pairs).join(
            self.truth.with_columns(same=pl.lit(value=True)), on=NAMES, how="left", maintain_order="left"
        )
        return known.select("l", "r", pl.col("same").fill_null(value=False))

    def f1(self, decided: Resolved, but: pl.DataFrame | None = None) -> float:
        """Of the links and duplicates; pairs in `but` (l, r) are left out of all."""
        left_out = self.keyed(but if but is not None else self.scored.pairs.clear()).select(NAMES)
        found = zones(decided, self.sides[0][KEY], self.sides[1][KEY]).filter(pl.col("zone") != "review")
        found, truth = (frame.join(left_out, on=NAMES, how="anti") for frame in (found, self.truth))
        return 2 * found.join(truth, on=NAMES, how="semi").height / (found.height + truth.height)


NAMES = ["crm_key", "erp_key"]


def scored(frames: tuple[pl.DataFrame, pl.DataFrame], truth: pl.DataFrame) -> World:
    """Two raw frames, found out about and scored."""
    found = discover(*frames)
    sides = [standardised(frame, side.fields, side.key) for frame, side in zip(frames, (found.left, found.right), strict=True)]
    pairs, decided = judged(sides[0], sides[1], found.scheme, Settings(), Silent())
    return World((sides[0], sides[1]), found.scheme, pairs, decided, truth)


@cache
def raw() -> tuple[tuple[pl.DataFrame, pl.DataFrame], pl.DataFrame]:
    """Both files and the truth."""
    names = ("portal_sites", "school_finder_sites", "truth_pairs")
    left, right, truth = (pl.read_csv(_SITES / f"{name}.csv", infer_schema=False) for name in names)
    return (left, right), truth.select(pl.all().str.strip_chars()).rename(dict(zip(truth.columns[:2], NAMES, strict=True)))


@cache
def world() -> World:
    """The same for every test of this process."""
    return scored(*raw())
