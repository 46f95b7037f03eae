"""Words: equal whatever their case, accents, signs and script. The ground that names and addresses stand on."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from reconcile.compare.equality.verdicts import OpenCells
from reconcile.values.rule import Rule
from reconcile.values.sparing import each_once, where_needed
from reconcile.values.text import fold, words


def letters(rule: Rule, cells: OpenCells, said: Callable[[pl.Expr], pl.Expr] = words) -> None:
    """Settle what is equal letter by letter; keeps `l` and `r`, the words of what is open, in simplified characters.

    Args:
        rule: the rule of the field.
        cells: what is open.
        said: the words of a value.
    """
    _low(cells)
    if rule.counts & {"case", "accents", "punctuation"}:
        _strict(rule, cells)
    cells.equal("case", pl.col("l") == pl.col("r"))
    cells.keep(l=fold(pl.col("l")), r=fold(pl.col("r")))
    cells.equal("accents", pl.col("l") == pl.col("r"))
    cells.keep(l=said(pl.col("l")), r=said(pl.col("r")))
    cells.equal("punctuation", (pl.col("l") == pl.col("r")) & (pl.col("l") != ""))
    cells.keep(l=simplified(pl.col("l")), r=simplified(pl.col("r")))
    cells.equal("script", (pl.col("l") == pl.col("r")) & (pl.col("l") != ""))


def _low(cells: OpenCells) -> None:
    cells.keep(l=pl.col("crm").str.to_lowercase(), r=pl.col("erp").str.to_lowercase())


def _strict(rule: Rule, cells: OpenCells) -> None:
    """What would be equal but for something that counts in this field."""
    sides = [pl.col("crm"), pl.col("erp")]
    spoken = [words(side) for side in sides]
    same = (spoken[0] == spoken[1]) & (spoken[0] != "")
    letters_alone = [
        side.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_all(r"[^\p{L}\p{N}]", "") for side in sides
    ]
    signs = [fold(side) for side in sides]
    accents = [side.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "") for side in sides]
    kept = {"case": letters_alone, "accents": accents, "punctuation": signs}
    for code in sorted(rule.counts & set(kept)):
        one, other = kept[code]
        cells.different(code, one != other, among=same)


def simplified(values: pl.Expr) -> pl.Expr:
    """Strings with simplified Chinese characters for traditional and Japanese ones."""
    return where_needed(values, r"\p{Han}", lambda some: each_once(some, _in_simplified_characters))


def _in_simplified_characters(values: pl.Series) -> pl.Series:
    from reconcile.values.spelling import simplified as spelled  # noqa: PLC0415 - only columns with Han characters pay for it

    return spelled(values)


def text(rule: Rule, cells: OpenCells) -> None:
    """Text: nothing but its words counts."""
    letters(rule, cells)
    truncated(cells)


def truncated(cells: OpenCells) -> None:
    """Settle what is different because one value is only the beginning of the other, whatever the case."""
    low = [pl.col(side).str.to_lowercase() for side in ("crm", "erp")]  # a system that cuts names often capitalises them too
    cells.different("truncated", low[0].str.starts_with(low[1]) | low[1].str.starts_with(low[0]))


def in_order(spoken: pl.Expr) -> pl.Expr:
    """The words of a text in alphabetical order."""
    return spoken.str.split(" ").list.sort().list.join(" ")


def without_spaces(spoken: pl.Expr) -> pl.Expr:
    """Words written as one."""
    return spoken.str.replace_all(" ", "", literal=True)


def fits(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """What one side leaves out speaks against nothing; what it says otherwise does."""
    return (left == right) | left.is_null() | right.is_null()
