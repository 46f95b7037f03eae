"""Texts as sparse vectors of telling words (TF-IDF): how much two share, and which are nearest to each other.

scipy is imported by those who need it: a run that links everything by identifiers does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.match.arrays import Ends, Floats, Rows

_WORDS = r"[\p{L}\p{N}]+"
_CODES = r"[\p{L}\p{N}]+(?:[-/.][\p{L}\p{N}]+)+"
_SIGNS = r"[-/.]"
_IDEOGRAPHS = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_LETTERS_OF_A_GRAM = 4
_LETTERS_OF_A_CODE = 4
_EQUALLY_NEAR = 4
_ROWS_AT_ONCE = 2_000


def words_of(texts: pl.Series) -> pl.DataFrame:
    """Columns i (UInt32, the row) and t: each word of a text, codes also without their signs, ideographs in pairs."""
    text = pl.col("x")
    plain = _listed(texts, text.str.extract_all(_WORDS))
    codes = _listed(texts, text.str.extract_all(_CODES)).with_columns(pl.col("t").str.replace_all(_SIGNS, ""))
    han = plain.filter(pl.col("t").str.contains(_IDEOGRAPHS))
    if han.is_empty():
        return pl.concat([plain, codes]).unique()
    return pl.concat([plain.filter(~pl.col("t").str.contains(_IDEOGRAPHS)), codes, _slices(han, 2)]).unique()


def codes_of(texts: pl.Series) -> pl.DataFrame:
    """Columns i and t: the words that hold a digit and are long enough to be a model or part number, without signs."""
    found = _listed(texts, pl.col("x").str.extract_all(r"[\p{L}\p{N}][\p{L}\p{N}\-/.]*[\p{L}\p{N}]"))
    bare = found.with_columns(pl.col("t").str.replace_all(_SIGNS, ""))
    return bare.filter(pl.col("t").str.contains(r"\d") & (pl.col("t").str.len_chars() >= _LETTERS_OF_A_CODE)).unique()


def grams_of(texts: pl.Series) -> pl.DataFrame:
    """Columns i and t: every run of four characters, word ends included."""
    spaced = pl.DataFrame({"x": texts}).with_row_index("i").drop_nulls()
    bare = spaced.select("i", t=pl.lit(" ") + pl.col("x").str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars() + pl.lit(" "))
    return _slices(bare, _LETTERS_OF_A_GRAM).unique()


def _listed(texts: pl.Series, found: pl.Expr) -> pl.DataFrame:
    rows = pl.DataFrame({"x": texts.str.to_lowercase().str.replace_all(r"['’\"]", "")}).with_row_index("i")
    return rows.select("i", t=found).explode("t").drop_nulls()


def _slices(rows: pl.DataFrame, length: int) -> pl.DataFrame:
    starts = pl.int_ranges(0, (pl.col("t").str.len_chars().cast(pl.Int64) - length + 1).clip(lower_bound=1))
    return rows.with_columns(s=starts).explode("s").select("i", t=pl.col("t").str.slice(pl.col("s"), length))


class Vectors:
    """Two columns of texts over one vocabulary; each vector has length 1, or 0 where no term of it stands on both sides."""

    def __init__(
        self,
        left: Sequence[pl.DataFrame],
        right: Sequence[pl.DataFrame],
        heights: tuple[int, int],
        known: Sequence[pl.DataFrame] | None = None,
    ) -> None:
        """Weigh terms.

        Args:
            left: for each kind of term (words, grams, codes), columns i and t; the kinds count alike.
            right: the same of the other side.
            heights: how many texts each side has.
            known: for each kind of term, columns t and w: what terms are worth where these texts are a few of many.
        """
        self.left, self.right, self.terms = _matrices(left, right, heights, known)

    def within(self, side: int) -> Vectors:
        """One side's vectors against themselves."""
        own = copy(self)
        own.left = own.right = self.right if side else self.left
        return own

    def cosine(self, left: Ends, right: Ends) -> Floats:
        """The cosine of each pair of rows, 0 to 1."""
        found = np.zeros(len(left))
        for start in range(0, len(left), 200_000):
            part = slice(start, start + 200_000)
            found[part] = np.asarray(self.left[left[part]].multiply(self.right[right[part]]).sum(axis=1)).ravel()
        return found

    def nearest(self, count: int, terms_budget: int) -> Iterator[pl.DataFrame]:
        """For each row of either side the `count` nearest of the other, in chunks of columns l, r, cosine.

        Args:
            count: partners per row.
            terms_budget: at most so many products; the commonest terms are left out of the search first.
        """
        kept = self._telling(terms_budget)
        left, right = self.left[:, kept], self.right[:, kept].T.tocsr()
        of_right = []
        for start in range(0, left.shape[0], _ROWS_AT_ONCE):
            product = (left[start : start + _ROWS_AT_ONCE] @ right).tocoo()
            found = pl.DataFrame(
                {
                    "l": product.row.astype(np.uint32) + np.uint32(start),
                    "r": product.col.astype(np.uint32),
                    "cosine": product.data,
                }
            )
            yield _best(found, "l", count)
            of_right.append(_best(found, "r", count))
        if of_right:
            yield _best(pl.concat(of_right), "r", count)

    def nearest_of(self, side: int, rows: Rows, count: int) -> pl.DataFrame:
        """The `count` nearest partners of these rows of one side (0: left), columns l, r, cosine."""
        own, other = (self.right, self.left) if side else (self.left, self.right)
        parts = [pl.DataFrame(schema={"l": pl.UInt32, "r": pl.UInt32, "cosine": pl.Float64})]
        ends = ("r", "l") if side else ("l", "r")
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            chosen = rows[start : start + _ROWS_AT_ONCE]
            product = (own[chosen] @ other.T).tocoo()
            pairs = {ends[0]: chosen[product.row].astype(np.uint32), ends[1]: product.col.astype(np.uint32)}
            parts.append(_best(pl.DataFrame(pairs | {"cosine": product.data}).select("l", "r", "cosine"), ends[0], count))
        return pl.concat(parts)

    def _telling(self, budget: int) -> npt.NDArray[np.intp]:
        cost = np.diff(self.left.tocsc().indptr).astype(np.int64) * np.diff(self.right.tocsc().indptr)
        order = np.argsort(cost, kind="stable")
        return np.sort(order[: int(np.searchsorted(np.cumsum(cost[order]), budget, side="right"))])


def _best(found: pl.DataFrame, end: str, count: int) -> pl.DataFrame:
    near = pl.col("cosine").rank("min", descending=True).over(end) <= count
    few = (
        pl.col("cosine").rank("max", descending=True).over(end) <= _EQUALLY_NEAR * count
    )  # of very many as near as each other none
    return found.filter(near & few)


def _matrices(
    left: Sequence[pl.DataFrame],
    right: Sequence[pl.DataFrame],
    heights: tuple[int, int],
    known: Sequence[pl.DataFrame] | None = None,
) -> tuple[Any, Any, tuple[pl.DataFrame, ...]]:
    from scipy import sparse  # noqa: PLC0415 - a fifth of a second

    blocks: tuple[list[Any], list[Any]] = ([], [])
    worth = []
    for kind, (one, other) in enumerate(zip(left, right, strict=True)):
        both = pl.concat([one.with_columns(s=pl.lit(0, pl.UInt8)), other.with_columns(s=pl.lit(1, pl.UInt8))])
        own = _worth(both, sum(heights))
        if known is not None:
            own = pl.concat([known[kind], own.join(known[kind], on="t", how="anti")]).join(both, on="t", how="semi").sort("t")
        worth.append(own)
        terms = own.with_row_index("c")
        weighed = both.join(terms, on="t")
        for side, height in enumerate(heights):
            rows = weighed.filter(pl.col("s") == side)
            place = (rows["i"].to_numpy(), rows["c"].to_numpy())
            matrix = sparse.csr_matrix((rows["w"].to_numpy(), place), shape=(height, max(terms.height, 1)))
            length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
            blocks[side].append(sparse.diags(1 / np.where(length > 0, length, 1)) @ matrix)
    scale = 1 / np.sqrt(len(left))
    sides = [sparse.hstack(part).tocsr() * scale for part in blocks]
    return sides[0], sides[1], tuple(worth)


def _worth(terms: pl.DataFrame, texts: int) -> pl.DataFrame:
    """Columns t and w: the terms that stand on both sides, rare ones worth more."""
    counts = terms.group_by("t").agg(n=pl.len(), sides=pl.col("s").n_unique()).filter(pl.col("sides") > 1).sort("t")
    return counts.select("t", w=(texts / pl.col("n")).log())
