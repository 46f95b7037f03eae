"""Two frames made ready to be compared pair by pair: forms, vectors, how often values occur, random pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.lanes import side_by_side
from reconcile.match.arrays import Levels, Marks
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.column import Column
from reconcile.match.scoring.forms import Family, families, match_forms
from reconcile.match.scoring.known import Usual
from reconcile.match.scoring.levels import SIZES, levels
from reconcile.match.scoring.sampling import identity, mixed, pairs_equal_by_chance, random_pairs, twins_sampled
from reconcile.match.scoring.vectors import Vectors, codes_of, grams_of, words_of
from reconcile.records import KEY

_AT_ONCE = 2_000_000
_WITH_WORDS = 300_000
"""Up to so many records a side the words of names and addresses are compared as well; prose always is."""
_TERMS = 300_000_000
_LONGEST_TEXT = 2_000
"""Characters of a text that count: the time grows with their square."""
_RANDOM_PAIRS = 100_000
_MOST_BITS = 8.0
_COUNTED = 125_000
"""Of larger files a share of the values is counted, about so many records' worth."""
_REPEATED = 1.5
"""Records that share a value with a random one, on average: below that, rarity says nothing."""
_RARITY = (Family.NAME, Family.ADDRESS, Family.DIGITS, Family.EMAIL, Family.DATE)


@dataclass(frozen=True)
class Comparison:
    """Both sides in match form."""

    scheme: Scheme
    forms: tuple[pl.DataFrame, pl.DataFrame]
    kinds: dict[str, Family]
    texts: dict[str, Vectors]
    at_once: int = _AT_ONCE
    """So many pairs are compared in one piece, which has no say in the result."""

    @classmethod
    def of(cls, left: pl.DataFrame, right: pl.DataFrame, scheme: Scheme, usual: Usual | None = None) -> Comparison:
        """Prepare two frames in standard form; a field that a side never has is left out.

        With `usual` they are a few of many records, and compared as these were.
        """
        whole = (match_forms(left, scheme), match_forms(right, scheme))
        if usual is not None:
            return cls.as_usual((left, right), whole, scheme, usual)
        known = families(left, right, scheme)
        kinds = {name: known[name] for name in sorted(known) if all(form[name].count() for form in whole)}
        forms = (whole[0].select(KEY, *kinds), whole[1].select(KEY, *kinds))
        heights = (left.height, right.height)
        texts = {}
        for name, family in kinds.items():
            if family is Family.PROSE:
                texts[name] = _vectors(left[name], right[name], heights, prose=True)
            elif family in (Family.NAME, Family.ADDRESS) and max(heights) <= _WITH_WORDS:
                texts[name] = _vectors(forms[0][name], forms[1][name], heights, prose=False)
        return cls(scheme, forms, kinds, texts)

    @classmethod
    def as_usual(
        cls, sides: tuple[pl.DataFrame, pl.DataFrame], whole: tuple[pl.DataFrame, pl.DataFrame], scheme: Scheme, usual: Usual
    ) -> Comparison:
        """Prepare a few of many records, in standard form and in match form, to be compared as all of them were."""
        kinds = dict(usual.kinds)
        forms = (whole[0].select(KEY, *kinds), whole[1].select(KEY, *kinds))
        heights = (sides[0].height, sides[1].height)
        texts = {}
        for name, terms in usual.terms.items():
            prose = kinds[name] is Family.PROSE
            left, right = (side[name] for side in (sides if prose else forms))
            texts[name] = _vectors(left, right, heights, prose=prose, known=terms)
        made = cls(scheme, forms, kinds, texts)
        made.__dict__.update(equal=dict(usual.equal), counts=dict(usual.counts), totals=dict(usual.totals))
        return made

    def usual(self) -> Usual:
        """What is usual among these records, without the counts of single values."""
        terms = {name: vectors.terms for name, vectors in self.texts.items()}
        return Usual(self.kinds, self.equal, self.totals, terms=terms)

    @classmethod
    def of_one(cls, frame: pl.DataFrame, scheme: Scheme) -> Comparison:
        """Prepare one frame in standard form to be compared with itself."""
        both = cls.of(frame, frame, scheme)
        rows = both.low(0, _COUNTED)
        there = {name: both.forms[0][name].gather(rows).count() for name in both.kinds}
        own = len(rows) / max(frame.height, 1)
        others = {
            n: (share * there[n] - own) / (there[n] - own) if there[n] > 1 else float("nan") for n, share in both.equal.items()
        }
        both.__dict__.update(equal=others)  # a value is equal to itself, which says nothing of others
        return both

    def within(self, side: int) -> Comparison:
        """One side compared with itself, by what is known of both."""
        return self._within_right if side else self._within_left

    @cached_property
    def _within_left(self) -> Comparison:
        return self._within(0)

    @cached_property
    def _within_right(self) -> Comparison:
        return self._within(1)

    def _within(self, side: int) -> Comparison:
        own, columns, marks = self.forms[side], self.columns[side], self.marks[side]
        texts = {name: vectors.within(side) for name, vectors in self.texts.items()}
        inner = Comparison(self.scheme, (own, own), self.kinds, texts)
        rarity = self.rarity if side == 0 else self.rarity_of(1)
        inner.__dict__.update(equal=self.equal, rarity=rarity, columns=(columns, columns), marks=(marks, marks))
        return inner

    @cached_property
    def columns(self) -> tuple[dict[str, Column], dict[str, Column]]:
        """The fields of both sides, as pairs look at them."""
        left, right = ({name: Column(form[name]) for name in self.kinds} for form in self.forms)
        return left, right

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

    @cached_property
    def equal(self) -> dict[str, float]:
        """For each field how often two random values are equal; of large files from a share of the records."""
        rows = [self.low(side, _COUNTED) for side in (0, 1)]
        share = max(len(row) / max(size, 1) for row, size in zip(rows, self.heights, strict=True))
        twins = twins_sampled(*(self.marks[side][row.to_numpy()] for side, row in enumerate(rows)))

        def of_field(name: str) -> float:
            left, right = (frame[name].gather(row) for frame, row in zip(self.forms, rows, strict=True))
            there = float(left.count()) * float(right.count())
            return pairs_equal_by_chance(left, right, twins, share) / there if there else float("nan")

        return dict(zip(self.kinds, side_by_side(of_field, self.kinds), strict=True))

    @cached_property
    def rarity(self) -> dict[str, npt.NDArray[np.float32]]:
        """For fields whose values repeat: for each record of the left, bits by which its value is rarer than usual."""
        return self.rarity_of(0)

    @cached_property
    def counts(self) -> dict[str, pl.DataFrame]:
        """For each field whose values repeat: columns v (hash of a value) and n (how often it stands on both sides)."""

        def counted(name: str) -> pl.DataFrame:
            values = np.concatenate([side[name].hashes[side[name].there] for side in self.columns])
            return pl.DataFrame({"v": values}).group_by("v").agg(n=pl.len().cast(pl.Float64))

        repeated = [
            name for name, family in self.kinds.items() if family in _RARITY and self.equal[name] * max(self.heights) > _REPEATED
        ]
        return dict(zip(repeated, side_by_side(counted, repeated), strict=True))

    @cached_property
    def totals(self) -> dict[str, float]:
        """For each field whose values repeat: how many values both sides have of it."""
        return {name: float(counts["n"].sum()) for name, counts in self.counts.items()}

    def rarity_of(self, side: int) -> dict[str, npt.NDArray[np.float32]]:
        """Likewise for either side."""

        def bits_of(name: str) -> npt.NDArray[np.float32]:
            values = pl.DataFrame({"v": self.columns[side][name].hashes})
            others = values.join(self.counts[name], on="v", how="left", maintain_order="left")["n"].to_numpy() - 1
            bits = np.log2(self.equal[name]) - np.log2(np.maximum(others, 0.5) / self.totals[name])
            return np.asarray((np.clip(bits, -_MOST_BITS, _MOST_BITS) * 0.8).astype(np.float32))

        return dict(zip(self.counts, side_by_side(bits_of, self.counts), strict=True))

    def low(self, side: int, count: int) -> pl.Series:
        """The rows of a sample of about so many records, by their marks."""
        marks = self.marks[side]
        rows = pl.int_range(len(marks), dtype=pl.UInt32, eager=True)
        return rows if len(marks) <= count else rows.filter(pl.Series(marks < np.uint64(int(count / len(marks) * 2**64))))

    @cached_property
    def marks(self) -> tuple[Marks, Marks]:
        """For each record a number from what it says: not from its key, its place or its side, and nulls say nothing."""
        return identity(self.forms[0]), identity(self.forms[1])

    def levels(self, pairs: pl.DataFrame, advance: Callable[[int], None] | None = None) -> pl.DataFrame:
        """The pairs with a column of levels for each field and `_rare`: bits by which shared values are rarer than usual.

        Args:
            pairs: columns l and r.
            advance: is told how many more pairs are done.
        """
        parts = []
        for part in pairs.iter_slices(min(self.at_once, _AT_ONCE)):
            parts.append(self._levels(part))
            if advance is not None:
                advance(part.height)
        return pl.concat(parts) if parts else self._levels(pairs)

    def at_most(self, pairs: int) -> Comparison:
        """The same, comparing at most so many pairs at once."""
        other = replace(self, at_once=pairs)
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in other.__dict__})
        return other

    def _levels(self, pairs: pl.DataFrame) -> pl.DataFrame:
        rows = (pairs["l"].to_numpy(), pairs["r"].to_numpy())

        def of_field(name: str) -> Levels:
            cosine = self.texts[name].cosine(*rows) if name in self.texts else None
            sides = self.columns[0][name], self.columns[1][name]
            return levels(self.kinds[name], self.scheme.fields[name], sides, rows, cosine)

        slowest_first = sorted(self.kinds, key=lambda name: list(Family).index(self.kinds[name]))
        done = dict(zip(slowest_first, side_by_side(of_field, slowest_first), strict=True))
        found = {name: done[name] for name in self.kinds}
        rare = np.zeros(pairs.height)
        for name, bits in self.rarity.items():
            same = np.flatnonzero(found[name] == SIZES[self.kinds[name]] - 1)
            rare[same] += bits[rows[0][same]]
        levels_ = [pl.Series(name, column) for name, column in found.items()]
        code = pl.Series("_pattern", self._patterns(found, pairs.height))
        return pairs.with_columns(*levels_, pl.Series("_rare", rare, pl.Float32), code)

    def _patterns(self, found: dict[str, Levels], height: int) -> Marks:
        """A number for each pattern of levels: its digits as long as they fit, then a hash of them."""
        code, room = np.zeros(height, np.uint64), 2**64
        for name, family in self.kinds.items():
            size = SIZES[family] + 1
            room //= size
            # beyond 64 bits a hash: of ten million patterns two share a number in one of 10,000 pairs of files
            code = code * np.uint64(size) if room else mixed(code)
            code = code + (found[name] + np.uint8(1))
        return code

    @cached_property
    def random(self) -> pl.DataFrame:
        """Levels of random pairs, or of all if there are no more; one more record changes hardly any of them."""
        sizes = self.heights
        if sizes[0] * sizes[1] > _RANDOM_PAIRS:
            return self.levels(random_pairs(self.marks, _RANDOM_PAIRS))
        left, right = (np.arange(size, dtype=np.uint32) for size in sizes)
        return self.levels(pl.DataFrame({"l": np.repeat(left, sizes[1]), "r": np.tile(right, sizes[0])}))

    def sample(self, pairs: pl.DataFrame, count: int) -> pl.DataFrame:
        """At most about so many of the pairs, with `_n`: how many pairs each stands for."""
        if pairs.height <= count:
            return pairs.with_columns(_n=pl.lit(1.0))
        part = count / pairs.height
        low = mixed(self.marks[0][pairs["l"].to_numpy()] + self.marks[1][pairs["r"].to_numpy()]) < np.uint64(part * 2**64)
        return pairs.filter(pl.Series(low)).with_columns(_n=pl.lit(1.0 / part))

    def nearest(self, count: int, *, ties: bool = True) -> Iterator[pl.DataFrame]:
        """For each record of either side the `count` nearest in each text, columns l, r.

        Without `ties`, texts that more records share than are looked for bring nothing forward: they have no nearest.
        """
        for name, vectors in self.texts.items():
            if ties or self.equal[name] * max(self.heights) <= count:
                for found in vectors.nearest(count, _TERMS):
                    yield found.select("l", "r")


def _vectors(
    left: pl.Series, right: pl.Series, heights: tuple[int, int], *, prose: bool, known: tuple[pl.DataFrame, ...] | None = None
) -> Vectors:
    terms = (words_of, grams_of, codes_of) if prose else (words_of,)
    left, right = (texts.str.slice(0, _LONGEST_TEXT) for texts in (left, right))
    return Vectors([term(left) for term in terms], [term(right) for term in terms], heights, known)
