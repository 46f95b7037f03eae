"""How alike two values are, in a few levels: 0 is different, the highest is equal, null is unknown.

Only pairs that are not equal are looked at; levels are what the model learns weights for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
import polars_ds  # type: ignore[import-untyped]  # it comes without types

from reconcile.match.forms import Family, loose_form, without_form
from reconcile.records import Kind

Levels = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]

UNKNOWN = 255
"""The level of a pair of which one value at least is missing."""
_ALIKE = (0.70, 0.80, 0.88, 0.94)
"""From these similarities on names and addresses are in level 1 to 4; 5 is equal."""
_HOPELESS = 0.45
"""Up to this similarity no other order of the words makes two names alike."""
_DOUBTFUL = 0.62
"""From this similarity on a looser spelling may make two names alike."""
_CLOSE = (0.20, 0.35, 0.50, 0.65, 0.80, 0.92)
"""The same for prose, by the cosine of its words."""
_NEAR_NUMBERS = (0.5, 0.1, 0.01)
"""Numbers that differ by no more than these shares of the larger are in level 1, 2, 3; 4 is equal."""

SIZES = {
    Family.NAME: len(_ALIKE) + 2,
    Family.ADDRESS: len(_ALIKE) + 2,
    Family.PROSE: len(_CLOSE) + 2,
    Family.DIGITS: 4,
    Family.EMAIL: 4,
    Family.CODE: 2,
    Family.DATE: 4,
    Family.NUMBER: len(_NEAR_NUMBERS) + 2,
}
"""How many levels each family has."""

_SEVERAL_WORDS = pl.col("l").str.contains(" ", literal=True) | pl.col("r").str.contains(" ", literal=True)
_PLAIN = {side: pl.col(side).str.len_bytes() == pl.col(side).str.len_chars() for side in ("l", "r")}
"""ASCII alone."""
_NUMBERS = [pl.col(side).str.replace_all(r"[^0-9]+", " ").str.strip_chars(" ") for side in ("l", "r")]
_OTHER_NUMBERS = (_NUMBERS[0] != "") & (_NUMBERS[1] != "") & (_NUMBERS[0] != _NUMBERS[1])
"""Both hold numbers, and not the same: house 5 is not house 35, however alike the streets are."""


def levels(family: Family, kind: Kind, left: pl.Series, right: pl.Series, cosine: Numbers | None = None) -> Levels:
    """The level of each pair of values.

    Args:
        family: how the field is compared.
        kind: what it holds.
        left: values in match form.
        right: as many values, the partners.
        cosine: for names, addresses and prose, how many telling words each pair shares, 0 to 1.

    Returns:
        One level for each pair, UNKNOWN where a value is missing.
    """
    equal = left == right
    known = equal.is_not_null().to_numpy()
    same = equal.fill_null(value=False).to_numpy()
    found = np.full(len(left), UNKNOWN, np.uint8)
    open_ = np.flatnonzero(known & ~same)
    if len(open_):
        pairs = pl.DataFrame({"l": left.gather(open_), "r": right.gather(open_)})
        found[open_] = _of_unequal(family, kind, pairs, None if cosine is None else cosine[open_])
    found[same] = SIZES[family] - 1
    return found


def _of_unequal(family: Family, kind: Kind, pairs: pl.DataFrame, cosine: Numbers | None) -> Levels:
    if family in (Family.NAME, Family.ADDRESS):
        return _of_names(kind, pairs, cosine)
    if family is Family.PROSE:
        shared = np.zeros(pairs.height) if cosine is None else cosine
        return _levels(np.digitize(shared, _CLOSE))
    if family in (Family.DIGITS, Family.DATE):
        typos = pairs.select(polars_ds.str_osa("l", "r")).to_series().to_numpy()
        return _levels(np.where(typos <= 1, 2, np.where(typos == 2, 1, 0)))  # noqa: PLR2004 - two slips
    if family is Family.EMAIL:
        return _of_emails(pairs)
    if family is Family.NUMBER:
        gap = (pl.col("l") - pl.col("r")).abs() / pl.max_horizontal(pl.col("l").abs(), pl.col("r").abs())
        shares = pairs.select(gap).to_series().to_numpy()
        return _levels(len(_NEAR_NUMBERS) - np.digitize(shares, sorted(_NEAR_NUMBERS)))
    return np.zeros(pairs.height, np.uint8)


def _of_names(kind: Kind, pairs: pl.DataFrame, cosine: Numbers | None) -> Levels:
    score = _jaro_winkler(pairs)

    def spelled(where: npt.NDArray[np.bool_], which: pl.Expr | None, form: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        rows = np.flatnonzero(where) if which is None else _narrowed(pairs, where, which)
        values = pairs[rows]
        forms = form(values)
        other = ((forms["l"] != values["l"]) | (forms["r"] != values["r"])).to_numpy()
        rows = rows[other]
        score[rows] = np.maximum(score[rows], _jaro_winkler(forms.filter(pl.Series(other))))

    spelled((score < _ALIKE[2]) & (score > _HOPELESS), _SEVERAL_WORDS, _in_order)
    if kind is Kind.COMPANY_NAME:
        spelled((score < _ALIKE[-1]) & (score > _DOUBTFUL), None, lambda values: values.select(without_form(pl.all())))
    spelled((score < _ALIKE[-1]) & (score > _DOUBTFUL), ~_PLAIN["l"] | ~_PLAIN["r"], lambda values: _loose(kind, values))
    spelled(score <= _DOUBTFUL, _PLAIN["l"] != _PLAIN["r"], lambda values: _loose(kind, values))
    if cosine is not None:
        score = np.maximum(score, 0.66 + 0.32 * cosine)
    found = _levels(np.digitize(score, _ALIKE))
    found[_narrowed(pairs, found > 1, _OTHER_NUMBERS)] = 1
    return found


def _narrowed(pairs: pl.DataFrame, where: npt.NDArray[np.bool_], which: pl.Expr) -> npt.NDArray[np.int64]:
    """The numbers of those rows of which the expression is true as well."""
    rows = np.flatnonzero(where)
    return np.asarray(rows[pairs[rows].select(which).to_series().to_numpy()])


def _jaro_winkler(pairs: pl.DataFrame) -> Numbers:
    return pairs.select(polars_ds.str_jw("l", "r")).to_series().to_numpy().copy()


def _in_order(pairs: pl.DataFrame) -> pl.DataFrame:
    """The words of both in alphabetical order, each distinct value once."""
    from reconcile.values.spelling.together import sorted_words  # noqa: PLC0415 - pyarrow

    return _by_value(pairs, lambda values: sorted_words(values).list.join(" "))


def _loose(kind: Kind, pairs: pl.DataFrame) -> pl.DataFrame:
    return _by_value(pairs, lambda values: loose_form(kind, values).fill_null(""))


def _by_value(pairs: pl.DataFrame, form: Callable[[pl.Series], pl.Series]) -> pl.DataFrame:
    values = pl.concat([pairs["l"], pairs["r"].alias("l")]).unique()
    table = pl.DataFrame({"v": values, "f": form(values)})
    sides = [pairs.select(v=side).join(table, on="v", how="left", maintain_order="left")["f"].alias(side) for side in ("l", "r")]
    return pl.DataFrame(sides)


def _of_emails(pairs: pl.DataFrame) -> Levels:
    alike = pairs.select(polars_ds.str_jw("l", "r")).to_series().to_numpy() >= _ALIKE[-1]
    domain = [pl.col(side).str.extract("@(.+)$") for side in ("l", "r")]
    shared = pairs.select((domain[0] == domain[1]).fill_null(value=False)).to_series().to_numpy()
    return _levels(np.where(alike, 2, np.where(shared, 1, 0)))


def _levels(found: npt.NDArray[np.int_]) -> Levels:
    return np.asarray(found, np.uint8)
