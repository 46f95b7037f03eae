"""Which columns say the same: records that share a rare value are looked at, and how much more alike their other values are.

Records that share a value by chance, such as row numbers, are no more alike elsewhere than any two records; those that
are the same business are. So one measure decides which columns pair and which shared identifier is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz, process

from reconcile.match.discovery.sample import Sampled
from reconcile.records import Kind
from reconcile.values import Reading, comparable, standard
from reconcile.values.standard import as_text
from reconcile.values.text import words

Matrix = npt.NDArray[np.float64]

_WORDS = (Kind.TEXT, Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS)
_DIGITS_OF_A_PHONE = 7
_LONGEST = 120
"""Characters of a value that are compared."""
_PAIRS_EACH = 120
"""Pairs that one pair of columns may bring forward."""
_PAIRS = 1_500
_SHORTEST = 3
"""A shorter value is shared by chance too often to bring a pair forward."""
ENOUGH = 12
"""Fewer pairs than these say nothing."""
_REAL = 0.1
"""The least mean lift of the other columns that shows that pairs are no chance."""


def form(kind: Kind, value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A value as text that is compared: words in alphabetical order, a typed value in its standard form."""
    text = as_text(value, dtype)
    if kind in _WORDS:
        return words(text).str.slice(0, _LONGEST).str.split(" ").list.sort().list.join(" ")
    plain = comparable(kind, standard(kind, value, dtype, Reading())).cast(pl.String).str.to_lowercase()
    return plain.str.slice(-_DIGITS_OF_A_PHONE) if kind is Kind.PHONE else plain.str.slice(0, _LONGEST)


@dataclass(frozen=True)
class Examined:
    """One side as it is examined: its samples by column, their kinds, and the frame they come from."""

    frame: pl.DataFrame
    columns: Sequence[Sampled]
    kinds: Sequence[Kind]

    def at(self, places: Sequence[int]) -> list[Sampled]:
        """The columns at these positions."""
        return [self.columns[i] for i in places]

    @cached_property
    def formed(self) -> tuple[pl.DataFrame, ...]:
        """The sample of each column with its values in their forms: columns value, row, n."""
        values = [c.values["value"].rename(f"c{i}") for i, c in enumerate(self.columns)]
        formed = _formed(
            [v if c.dtype.is_temporal() else None for c, v in zip(self.columns, values, strict=True)], values, self.kinds
        )
        return tuple(c.values.with_columns(value=v).drop_nulls() for c, v in zip(self.columns, formed, strict=True))

    def forms(self, rows: pl.Series) -> pl.DataFrame:
        """The forms of these rows, one column c0, c1, ... for each column."""
        taken = self.frame.select(pl.col(c.name).alias(f"c{i}") for i, c in enumerate(self.columns))[rows]
        return pl.DataFrame(_formed([None] * taken.width, taken.get_columns(), self.kinds))


def _formed(ready: Sequence[pl.Series | None], columns: Sequence[pl.Series], kinds: Sequence[Kind]) -> list[pl.Series]:
    """Each column in its form; those of one kind in one go, each value once. What is ready stays."""
    out: list[pl.Series | None] = list(ready)
    groups: dict[tuple[Kind, pl.DataType], list[int]] = {}
    for i, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        if out[i] is None:
            groups.setdefault((Kind.TEXT if kind in _WORDS else kind, column.dtype), []).append(i)
    for (kind, dtype), places in groups.items():
        whole = pl.concat([columns[i].rename("v") for i in places]).to_frame()
        distinct = whole.unique().with_columns(f=form(kind, pl.col("v"), dtype))
        done = whole.join(distinct, on="v", how="left", maintain_order="left", nulls_equal=True)["f"]
        at = 0
        for i in places:
            out[i] = done.slice(at, len(columns[i])).rename(columns[i].name)
            at += len(columns[i])
    return [column for column in out if column is not None]


@dataclass(frozen=True)
class Evidence:
    """What shared rare values show."""

    lift: Matrix
    """[left, right]: how much more alike the two columns are in records that are the same than in any two, -1 to 1."""
    equal: Matrix
    """[left, right]: share of the records, of those that have both values, whose values are equal."""
    both: npt.NDArray[np.int64]
    """[left, right]: pairs of records that have both values and were not found by them."""
    pairs: int
    """Pairs of records that this rests on."""
    told: Mapping[tuple[int, int], float]
    """Column pairs that bring forward pairs of records, to the mean lift of all other columns in these."""
    left_forms: pl.DataFrame
    right_forms: pl.DataFrame
    """The forms of the pairs' records, row by row."""


def examine(left: Examined, right: Examined) -> Evidence | None:
    """The evidence, or None where too few records share a rare value."""
    proposed = _proposed(left, right)
    if proposed.height < ENOUGH:
        return None
    ours, theirs = left.forms(proposed["l"]), right.forms(proposed["r"])
    by_chance = _shuffled(proposed["r"])
    others = right.forms(by_chance)
    kinds = (left.kinds, right.kinds)
    same, chance = _alike(ours, theirs, kinds), _alike(ours, others, kinds)
    usual = _mean(chance)
    source = proposed["source"].to_numpy()
    told: dict[tuple[int, int], float] = {}
    good = np.zeros(proposed.height, bool)
    for one in np.unique(source):
        i, j = divmod(int(one), len(right.columns))
        mine = source == one
        if mine.sum() < _FEWEST_TOLD:
            continue
        lift = _lift(_mean(same[:, :, mine]), usual)
        lift[i, :] = np.nan
        lift[:, j] = np.nan
        told[i, j] = _best(lift) * float(mine.sum() / (mine.sum() + _FEWEST_TOLD))
        if told[i, j] >= _REAL:
            good |= mine
    if good.sum() < ENOUGH:
        return None
    chosen = _sure(same, usual, good)
    picked = pl.Series(np.flatnonzero(chosen))
    own = _without_own(same, source, len(right.columns))
    lift = _lift(_mean(own[:, :, chosen]), usual)
    equal = _mean(np.where(np.isnan(own), np.nan, own >= 1.0)[:, :, chosen])
    both = (~np.isnan(own[:, :, chosen])).sum(axis=2)
    return Evidence(np.nan_to_num(lift), np.nan_to_num(equal), both, int(chosen.sum()), told, ours[picked], theirs[picked])


_FEWEST_TOLD = 5


def _sure(same: Matrix, usual: Matrix, good: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of the good pairs, those that are alike in more places than their own sort by chance would be."""
    lift = _lift(_mean(same[:, :, good]), usual)
    weight = np.where(np.nan_to_num(lift) > _REAL / 2, np.nan_to_num(lift), 0.0)
    there = ~np.isnan(same)
    gained = np.nansum((same - usual[:, :, None]) * weight[:, :, None], axis=(0, 1))
    most = np.sum((1 - usual[:, :, None]) * there * weight[:, :, None], axis=(0, 1))
    score = np.divide(gained, most, out=np.zeros_like(gained), where=most > 0)
    chosen = good & (score > 0.25)  # noqa: PLR2004 - a quarter of the way from chance to equality
    return chosen if chosen.sum() >= ENOUGH else good


def _without_own(same: Matrix, source: npt.NDArray[np.int64], width: int) -> Matrix:
    """The similarities without the one by which each pair was found: it is alike by choice."""
    own = same.copy()
    at = np.arange(len(source))
    own[source // width, source % width, at] = np.nan
    return own


def _mean(values: Matrix) -> Matrix:
    there = ~np.isnan(values)
    count = there.sum(axis=2)
    total = np.where(there, values, 0.0).sum(axis=2)
    mean: Matrix = np.divide(total, count, out=np.full(count.shape, np.nan), where=count >= _FEWEST_TOLD - 2)
    return mean


def _lift(found: Matrix, usual: Matrix) -> Matrix:
    base = np.nan_to_num(usual)
    lift: Matrix = np.where(base < 1.0, (found - base) / np.maximum(1.0 - base, 1e-6), np.nan)
    return lift


def _best(lift: Matrix) -> float:
    """Mean over the smaller side's columns of the best lift of each; the two best if there are many."""
    best = np.sort(np.nanmax(np.where(np.isnan(lift), -1.0, lift), axis=1 if lift.shape[0] <= lift.shape[1] else 0))[::-1]
    known = best[best > -1.0]
    return float(known[:2].mean()) if len(known) else 0.0


def _alike(ours: pl.DataFrame, theirs: pl.DataFrame, kinds: tuple[Sequence[Kind], Sequence[Kind]]) -> Matrix:
    """[left, right, pair]: similarity of the two values, NaN where one is missing."""
    out = np.full((ours.width, theirs.width, ours.height), np.nan)
    rights = [(theirs[c].to_list(), theirs[c].is_not_null().to_numpy()) for c in theirs.columns]
    lengths = [[float(f[c].str.count_matches(" ").mean() or 0) for c in f.columns] for f in (ours, theirs)]  # type: ignore[arg-type]  # a mean of counts
    for i, c in enumerate(ours.columns):
        one, there = ours[c].to_list(), ours[c].is_not_null().to_numpy()
        for j, (other, too) in enumerate(rights):
            both = there & too
            if not both.any() or not compatible(kinds[0][i], kinds[1][j]):
                continue
            if kinds[0][i] in _NUMBERS and kinds[1][j] in _NUMBERS:
                out[i, j] = _near(ours[c], theirs[f"c{j}"])
                continue
            long = min(lengths[0][i], lengths[1][j]) >= _LONG
            scores = process.cpdist(one, other, scorer=fuzz.token_set_ratio if long else fuzz.ratio, dtype=np.float64) / 100.0
            out[i, j] = np.where(both, np.maximum(scores - _ANYTHING, 0.0) / (1.0 - _ANYTHING), np.nan)
    return out


_LONG = 4.0
"""Blanks of a text of which only a part may stand in the other."""
_NUMBERS = (Kind.MONEY, Kind.QUANTITY)
_TEXTS = (*_WORDS, Kind.CODE, Kind.COUNTRY, Kind.IDENTIFIER)
_SIGNS = (Kind.IDENTIFIER, Kind.TAX_ID, Kind.CODE, Kind.PHONE, Kind.POSTAL_CODE, Kind.REFERENCE, Kind.QUANTITY, Kind.BOOLEAN)
_DATES = (Kind.DATE, Kind.DATETIME)


def compatible(one: Kind, other: Kind) -> bool:
    """Whether columns of these kinds may hold the same field."""
    return one is other or any(one in group and other in group for group in (_NUMBERS, _TEXTS, _SIGNS, _DATES))


def _near(ours: pl.Series, theirs: pl.Series) -> npt.NDArray[np.float64]:
    """1 for equal numbers, 0 from a quarter apart."""
    one, other = (s.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy() for s in (ours, theirs))
    size = np.maximum(np.abs(one), np.abs(other))
    apart = np.divide(np.abs(one - other), size, out=np.abs(one - other), where=size > 0)
    near: npt.NDArray[np.float64] = np.maximum(0.0, 1.0 - 4.0 * apart)
    return near


_ANYTHING = 0.5
"""Any two texts are about so alike."""


def _shuffled(rows: pl.Series) -> pl.Series:
    """The same rows, each beside a left row that it has nothing to do with."""
    half = max(len(rows) // 2, 1)
    order = rows.to_frame("r").with_row_index("at").with_columns(to=(pl.col("at") + half) % len(rows))
    return order.select(pl.col("r").gather(pl.col("to")))["r"]


def _proposed(left: Examined, right: Examined) -> pl.DataFrame:
    """Columns l, r (rows), source (left column * count of right columns + right column): pairs that share a rare value."""
    ours, theirs = _rare(left), _rare(right)
    shared = ours.join(theirs, on="value", suffix="_r", maintain_order="none").filter(_fits(left, right))
    source = (pl.col("column") * len(right.columns) + pl.col("column_r")).alias("source")
    ranked = shared.select(l="row", r="row_r", h=pl.col("value").hash(1), v="value", source=source).sort("h", "v", "source")
    each = ranked.filter(pl.int_range(pl.len()).over("source") < _PAIRS_EACH)
    return each.sort("h", "v", "source").head(_PAIRS).select("l", "r", "source")


def _fits(left: Examined, right: Examined) -> pl.Expr:
    """Columns that can hold the same thing: a date and a name share nothing but by chance."""
    ours = pl.col("column").replace_strict({i: _family(k) for i, k in enumerate(left.kinds)}, return_dtype=pl.String)
    theirs = pl.col("column_r").replace_strict({i: _family(k) for i, k in enumerate(right.kinds)}, return_dtype=pl.String)
    return ours == theirs


_FAMILIES = {
    "words": (Kind.TEXT, Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS),
    "signs": (Kind.IDENTIFIER, Kind.TAX_ID, Kind.CODE, Kind.PHONE, Kind.POSTAL_CODE, Kind.REFERENCE),
    "numbers": (Kind.MONEY, Kind.QUANTITY),
    "dates": (Kind.DATE, Kind.DATETIME),
}


def _family(kind: Kind) -> str:
    return next((name for name, kinds in _FAMILIES.items() if kind in kinds), kind.value)


def _rare(side: Examined) -> pl.DataFrame:
    """Columns column, value, row: values, and words of texts, that stand in one row of their column only."""
    found = [pl.DataFrame(schema={"column": pl.Int64, "value": pl.String, "row": pl.UInt32})]
    for i, (column, kind, value) in enumerate(zip(side.columns, side.kinds, side.formed, strict=True)):
        found.append(_once(value, i))
        if kind in _WORDS and column.whole:
            told = value.select("row", "n", value=pl.col("value").str.split(" ")).explode("value").unique()
            told = told.filter(pl.col("value").str.len_chars() > _SHORTEST + 1)
            found.append(_once(told, i))
    return pl.concat(found).unique(["column", "value"])


def _once(values: pl.DataFrame, column: int) -> pl.DataFrame:
    long = pl.col("value").str.len_chars() >= _SHORTEST
    han = pl.col("value").str.contains(r"\p{Han}{2}")
    kept = values.filter(long | han).group_by("value").agg(pl.col("row").min(), pl.col("n").sum())
    return kept.filter(pl.col("n") == 1).select(column=pl.lit(column, pl.Int64), value="value", row=pl.col("row").cast(pl.UInt32))
