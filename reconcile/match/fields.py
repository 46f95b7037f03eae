"""The fields that matching looks at, in comparable form, and how alike two of their values are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from reconcile.records import KEY, Kind
from reconcile.values import comparable
from reconcile.values.text import words

Scores = npt.NDArray[np.float32]

_TOKENS = (Kind.COMPANY_NAME, Kind.TEXT, Kind.ADDRESS)
"""Kinds whose words may stand in another order."""
_EXACT = (Kind.IDENTIFIER, Kind.TAX_ID, Kind.CODE, Kind.REFERENCE, Kind.COUNTRY, Kind.CURRENCY, Kind.POSTAL_CODE)
_LETTERS_OF_A_BLOCK = 5
_DIGITS_OF_A_PHONE = 7
ALIKE = 0.92
"""From this similarity two values agree."""
UNLIKE = 0.72
"""Up to this similarity two values disagree; between the two the weight goes in proportion."""


def comparable_frame(frame: pl.DataFrame, fields: dict[str, Kind]) -> pl.DataFrame:
    """KEY and each field in the form that matching compares; words stay apart where their order may differ."""
    forms = [
        (words(pl.col(name)) if kind in _TOKENS and kind is not Kind.COMPANY_NAME else comparable(kind, pl.col(name)))
        .cast(pl.String)
        .alias(name)
        for name, kind in fields.items()
    ]
    return frame.select(KEY, *forms)


def block_of(name: str, kind: Kind) -> pl.Expr:
    """The blocking value of a comparable field: only records that share one are ever compared."""
    if kind is Kind.PHONE:
        return pl.col(name).str.slice(-_DIGITS_OF_A_PHONE)
    if kind is Kind.ADDRESS:
        return pl.col(name).str.extract(r"^(\S+ \S+)")
    if kind in (Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.TEXT):
        return pl.col(name).str.slice(0, _LETTERS_OF_A_BLOCK)
    return pl.col(name)


def similarity(kind: Kind, left: pl.Series, right: pl.Series) -> pl.Series:
    """How alike two columns of comparable values are, 0 to 1, null where either is null. Each distinct pair is scored once."""
    pairs = pl.DataFrame({"l": left, "r": right})
    if kind in _EXACT or kind in (Kind.EMAIL, Kind.URL):
        return pairs.select(s=(pl.col("l") == pl.col("r")).cast(pl.Float64))["s"]
    if kind is Kind.PHONE:
        tail = pl.col("l").str.slice(-_DIGITS_OF_A_PHONE) == pl.col("r").str.slice(-_DIGITS_OF_A_PHONE)
        return pairs.select(s=tail.cast(pl.Float64))["s"]
    distinct = pairs.drop_nulls().unique()
    scores = _alike(kind, distinct["l"].to_list(), distinct["r"].to_list())
    scored = distinct.with_columns(s=pl.Series(scores, dtype=pl.Float64))
    if kind in _TOKENS:
        scored = scored.with_columns(s=pl.when(_other_numbers()).then(pl.min_horizontal("s", pl.lit(UNLIKE))).otherwise("s"))
    return pairs.join(scored, on=["l", "r"], how="left", maintain_order="left")["s"]


def _other_numbers() -> pl.Expr:
    """Both hold numbers, and not the same: house 5 is not house 35, however alike the streets are."""
    left, right = (pl.col(side).str.replace_all(r"[^0-9]+", " ").str.strip_chars(" ") for side in ("l", "r"))
    return (left != "") & (right != "") & (left != right)


def _alike(kind: Kind, left: Sequence[str], right: Sequence[str]) -> Scores:
    if not left:
        return np.zeros(0, np.float32)
    scorers: list[tuple[Callable[..., float], float]] = [(JaroWinkler.normalized_similarity, 1.0)]
    if kind in _TOKENS:
        scorers.append((fuzz.token_sort_ratio, 100.0))
    best: Scores = np.max([process.cpdist(left, right, scorer=scorer, dtype=np.float32) / top for scorer, top in scorers], axis=0)
    return best
