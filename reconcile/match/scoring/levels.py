"""How alike two values are, in a few levels: 0 is different, the highest is equal, null is unknown.

Only pairs that are not equal are looked at; levels are what the model learns weights for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
import polars_ds  # type: ignore[import-untyped]  # it comes without types

from reconcile.match.arrays import Ends, Flags, Floats, Levels, Rows
from reconcile.match.scoring.column import Column
from reconcile.match.scoring.forms import Family, loose_form, without_form
from reconcile.records import Kind

Spelling = Callable[[pl.Series], pl.Series]

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


def levels(
    family: Family, kind: Kind, sides: tuple[Column, Column], rows: tuple[Ends, Ends], cosine: Floats | None = None
) -> Levels:
    """The level of each pair of values.

    Args:
        family: how the field is compared.
        kind: what it holds.
        sides: the field on both sides.
        rows: for each side the row numbers of the pairs.
        cosine: for names, addresses and prose, how many telling words each pair shares, 0 to 1.

    Returns:
        One level for each pair, UNKNOWN where a value is missing.
    """
    known = sides[0].there[rows[0]] & sides[1].there[rows[1]]
    same = known & (sides[0].hashes[rows[0]] == sides[1].hashes[rows[1]])
    found = np.full(len(known), UNKNOWN, np.uint8)
    open_ = np.flatnonzero(known & ~same)
    if len(open_):
        pairs = _Pairs(sides, (rows[0][open_], rows[1][open_]))
        found[open_] = _of_unequal(family, kind, pairs, None if cosine is None else cosine[open_])
    found[same] = SIZES[family] - 1
    return found


@dataclass(frozen=True)
class _Pairs:
    """Pairs of different values."""

    sides: tuple[Column, Column]
    rows: tuple[Ends, Ends]

    @property
    def values(self) -> pl.DataFrame:
        """Columns l and r."""
        return self.spelled(None)

    def spelled(self, spell: Spelling | None) -> pl.DataFrame:
        """Likewise, in another spelling."""
        each = zip("lr", self.sides, self.rows, strict=True)
        return pl.DataFrame([(side.spelled(rows, spell) if spell else side.at(rows)).alias(end) for end, side, rows in each])

    def among(self, chosen: Flags | Rows) -> _Pairs:
        """Some of the pairs."""
        return _Pairs(self.sides, (self.rows[0][chosen], self.rows[1][chosen]))

    def flags(self, name: str) -> tuple[Flags, Flags]:
        """What is told of the left and of the right values."""
        left, right = (getattr(side, name)[rows] for side, rows in zip(self.sides, self.rows, strict=True))
        return left, right


def _of_unequal(family: Family, kind: Kind, pairs: _Pairs, cosine: Floats | None) -> Levels:
    if family in (Family.NAME, Family.ADDRESS):
        return _of_names(kind, pairs, cosine)
    if family is Family.PROSE:
        shared = np.zeros(len(pairs.rows[0])) if cosine is None else cosine
        return _levels(np.digitize(shared, _CLOSE))
    if family in (Family.DIGITS, Family.DATE):
        typos = pairs.values.select(polars_ds.str_osa("l", "r")).to_series().to_numpy()
        return _levels(np.where(typos <= 1, 2, np.where(typos == 2, 1, 0)))  # noqa: PLR2004 - two slips
    if family is Family.EMAIL:
        return _of_emails(pairs.values)
    if family is Family.NUMBER:
        gap = (pl.col("l") - pl.col("r")).abs() / pl.max_horizontal(pl.col("l").abs(), pl.col("r").abs())
        shares = pairs.values.select(gap).to_series().to_numpy()
        return _levels(len(_NEAR_NUMBERS) - np.digitize(shares, sorted(_NEAR_NUMBERS)))
    return np.zeros(len(pairs.rows[0]), np.uint8)


def _of_names(kind: Kind, pairs: _Pairs, cosine: Floats | None) -> Levels:
    score = _jaro_winkler(pairs.values)

    def respelled(chosen: Flags, spell: Spelling) -> None:
        rows = np.flatnonzero(chosen)
        if not len(rows):
            return
        some = pairs.among(rows)
        forms, values = some.spelled(spell), some.values
        other = ((forms["l"] != values["l"]) | (forms["r"] != values["r"])).to_numpy()
        rows = rows[other]
        score[rows] = np.maximum(score[rows], _jaro_winkler(forms.filter(pl.Series(other))))

    worded = pairs.flags("worded")
    respelled((score < _ALIKE[2]) & (score > _HOPELESS) & (worded[0] | worded[1]), _in_order)
    if kind is Kind.COMPANY_NAME:
        respelled((score < _ALIKE[-1]) & (score > _DOUBTFUL), _without_form)
    plain = pairs.flags("plain")
    doubtful = (score > _DOUBTFUL) & ~(plain[0] & plain[1])
    respelled((score < _ALIKE[-1]) & (doubtful | (plain[0] != plain[1])), lambda values: loose_form(kind, values).fill_null(""))
    if cosine is not None:
        score = np.maximum(score, 0.66 + 0.32 * cosine)
    found = _levels(np.digitize(score, _ALIKE))
    numbered = pairs.flags("numbered")
    alike = np.flatnonzero((found > 1) & numbered[0] & numbered[1])
    numbers = pairs.among(alike).spelled(_numbers)
    found[alike[(numbers["l"] != numbers["r"]).to_numpy()]] = 1  # house 5 is not house 35, however alike the streets are
    return found


def _jaro_winkler(pairs: pl.DataFrame) -> Floats:
    return pairs.select(polars_ds.str_jw("l", "r")).to_series().to_numpy().copy()


def _in_order(values: pl.Series) -> pl.Series:
    """The words in alphabetical order."""
    from reconcile.values.spelling.together import sorted_words  # noqa: PLC0415 - pyarrow

    return sorted_words(values).list.join(" ")


def _without_form(values: pl.Series) -> pl.Series:
    return values.to_frame("v").select(without_form(pl.col("v"))).to_series()


def _numbers(values: pl.Series) -> pl.Series:
    return values.str.replace_all(r"[^0-9]+", " ").str.strip_chars(" ")


def _of_emails(pairs: pl.DataFrame) -> Levels:
    alike = pairs.select(polars_ds.str_jw("l", "r")).to_series().to_numpy() >= _ALIKE[-1]
    domain = [pl.col(side).str.extract("@(.+)$") for side in ("l", "r")]
    shared = pairs.select((domain[0] == domain[1]).fill_null(value=False)).to_series().to_numpy()
    return _levels(np.where(alike, 2, np.where(shared, 1, 0)))


def _levels(found: npt.NDArray[np.int_]) -> Levels:
    return np.asarray(found, np.uint8)
