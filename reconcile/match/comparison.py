"""Two frames made ready to be compared pair by pair: forms, vectors, how often values occur, random pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.forms import Family, families, match_forms
from reconcile.match.levels import SIZES, levels
from reconcile.match.scheme import Scheme
from reconcile.match.vectors import Vectors, codes_of, grams_of, words_of
from reconcile.records import KEY

_AT_ONCE = 2_000_000
_WITH_WORDS = 300_000
"""Up to so many records a side the words of names and addresses are compared as well; prose always is."""
_TERMS = 300_000_000
_RANDOM_PAIRS = 100_000
_MOST_BITS = 8.0
_RARITY = (Family.NAME, Family.ADDRESS, Family.DIGITS, Family.EMAIL, Family.DATE)
Rows = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Comparison:
    """Both sides in match form."""

    forms: tuple[pl.DataFrame, pl.DataFrame]
    kinds: dict[str, Family]
    texts: dict[str, Vectors]

    @classmethod
    def of(cls, left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme) -> Comparison:
        """Prepare two frames in standard form."""
        kinds = families(left, right, scheme)
        forms = (match_forms(left, scheme), match_forms(right, scheme))
        heights = (left.height, right.height)
        texts = {}
        for name, family in kinds.items():
            if family is Family.PROSE:
                texts[name] = _vectors(left[name], right[name], heights, prose=True)
            elif family in (Family.NAME, Family.ADDRESS) and max(heights) <= _WITH_WORDS:
                texts[name] = _vectors(forms[0][name], forms[1][name], heights, prose=False)
        return cls(forms, kinds, texts)

    def within(self, side: int) -> Comparison:
        """One side compared with itself."""
        own = self.forms[side]
        return Comparison((own, own), self.kinds, {name: vectors.within(side) for name, vectors in self.texts.items()})

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields compared."""
        return tuple(self.kinds)

    @property
    def heights(self) -> tuple[int, int]:
        """Records of both sides."""
        return self.forms[0].height, self.forms[1].height

    @property
    def sizes(self) -> dict[str, int]:
        """Number of levels of each field."""
        return {name: SIZES[family] for name, family in self.kinds.items()}

    @property
    def blocked(self) -> dict[str, Family]:
        """The fields that bring records together by equal parts."""
        return {name: family for name, family in self.kinds.items() if family is not Family.PROSE}

    @cached_property
    def counts(self) -> dict[str, tuple[pl.DataFrame, float]]:
        """For each field: columns v (hash of a value), n (how often on both sides), and how often two random values are equal."""
        found = {}
        for name in self.kinds:
            own, other = (frame.select(v=pl.col(name).hash(3), there=pl.col(name).is_not_null()) for frame in self.forms)
            a, b = (side.filter("there").group_by("v").agg(n=pl.len().cast(pl.Float64)) for side in (own, other))
            both = a.join(b, on="v", how="full", coalesce=True).select(
                "v", a=pl.col("n").fill_null(0), b=pl.col("n_right").fill_null(0)
            )
            sums = both.select(a=pl.col("a").sum(), b=pl.col("b").sum(), same=(pl.col("a") * pl.col("b")).sum()).row(0)
            share = sums[2] / (sums[0] * sums[1]) if sums[0] and sums[1] else float("nan")
            found[name] = (both.select("v", n=pl.col("a") + pl.col("b")), share)
        return found

    @cached_property
    def equal(self) -> dict[str, float]:
        """For each field how often two random values are equal."""
        return {name: share for name, (_, share) in self.counts.items()}

    def levels(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """The pairs with a column of levels for each field and `_rare`: bits by which shared values are rarer than usual."""
        parts = [self._levels(part) for part in pairs.iter_slices(_AT_ONCE)] or [self._levels(pairs)]
        return pl.concat(parts)

    def _levels(self, pairs: pl.DataFrame) -> pl.DataFrame:
        left, right = pairs["l"], pairs["r"]
        rows = (left.to_numpy(), right.to_numpy())
        found, rare = {}, np.zeros(pairs.height)
        for name, family in self.kinds.items():
            cosine = self.texts[name].cosine(*rows) if name in self.texts else None
            found[name] = levels(family, self.forms[0][name].gather(left), self.forms[1][name].gather(right), cosine)
            if family in _RARITY:
                same = np.flatnonzero(found[name] == SIZES[family] - 1)
                rare[same] += self._rarity(name, rows[0][same])
        return pairs.with_columns(
            *(pl.Series(name, column) for name, column in found.items()), pl.Series("_rare", rare, pl.Float32)
        )

    def _rarity(self, name: str, rows: Rows) -> npt.NDArray[np.float64]:
        counts, share = self.counts[name]
        if not share > 0:
            return np.zeros(len(rows))
        values = self.forms[0][name].gather(rows).to_frame("v").select(pl.col("v").hash(3))
        others = values.join(counts, on="v", how="left", maintain_order="left")["n"].to_numpy() - 1
        bits = np.log2(share) - np.log2(np.maximum(others, 0.5) / float(counts["n"].sum()))
        return np.asarray(np.clip(bits, -_MOST_BITS, _MOST_BITS) * 0.8)

    @cached_property
    def random(self) -> pl.DataFrame:
        """Levels of random pairs; which, depends on what records say and not on their order."""
        orders = [frame.select(pl.exclude(KEY)).hash_rows(seed=3).arg_sort().to_numpy() for frame in self.forms]
        size = min(max(len(order) for order in orders), 20_000)
        at = np.arange(size)
        left, right = [], []
        for step in range(1, max(1, _RANDOM_PAIRS // size // 2) + 1):
            for shift in (step, -step):
                left.append(orders[0][at * len(orders[0]) // size])
                right.append(orders[1][(at + size // 2 + shift) % size * len(orders[1]) // size])
        pairs = pl.DataFrame({"l": np.concatenate(left).astype(np.uint32), "r": np.concatenate(right).astype(np.uint32)})
        return self.levels(pairs)

    def sample(self, pairs: pl.DataFrame, count: int) -> pl.DataFrame:
        """At most about so many of the pairs, with `_n`: how many pairs each stands for."""
        if pairs.height <= count:
            return pairs.with_columns(_n=pl.lit(1.0))
        part = count / pairs.height
        low = pairs.select("l", "r").hash_rows(seed=9) < int(part * 2**64)
        return pairs.filter(low).with_columns(_n=pl.lit(1.0 / part))

    def nearest(self, count: int) -> Iterator[pl.DataFrame]:
        """For each record the `count` nearest in each text, columns l, r."""
        for vectors in self.texts.values():
            for found in vectors.nearest(count, _TERMS):
                yield found.select("l", "r")


def _vectors(left: pl.Series, right: pl.Series, heights: tuple[int, int], *, prose: bool) -> Vectors:
    terms = (words_of, grams_of, codes_of) if prose else (words_of,)
    return Vectors([term(left) for term in terms], [term(right) for term in terms], heights)
