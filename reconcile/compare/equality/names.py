"""Names of companies and of people: the same name said in another way, and never another company or person."""

from __future__ import annotations

import polars as pl

from reconcile.compare.equality.letters import fits, in_order, letters, truncated, without_spaces
from reconcile.compare.equality.verdicts import OpenCells
from reconcile.values.legal_forms import form_between, joined, spoken, without_chinese_form, without_latin_form
from reconcile.values.rule import Rule
from reconcile.values.sparing import where_needed
from reconcile.values.text import words

_HONORIFICS = {
    "mr": "mr", "herr": "mr", "hr": "mr", "sir": "mr", "先生": "mr", "mrs": "ms", "ms": "ms", "miss": "ms", "frau": "ms",
    "fr": "ms", "madam": "ms", "女士": "ms", "小姐": "ms",
}  # fmt: skip  # a table
_TITLE = r"^(?:(?:dr|prof|professor|ing|dipl|mag|med|phil|rer nat)\s+)+"
_PARTS = 4
"""Words of a person's name that are compared one by one; a longer name has to be the same."""


def company_name(rule: Rule, cells: OpenCells) -> None:
    """A company's name: its legal form may be spelled otherwise or left out, but not be another one."""
    letters(rule, cells, spoken)
    for short in "lr":
        cells.keep(**{f"{short}z": without_latin_form(pl.col(short))})
        cells.keep(**{f"{short}w": without_chinese_form(pl.col(f"{short}z"))})
        cells.keep(**{f"{short}f": form_between(pl.col(short), pl.col(f"{short}z"), pl.col(f"{short}w"))})
        cells.keep(**{f"{short}c": _as_one_word(f"{short}w", short)})
    same_form = fits(pl.col("lf"), pl.col("rf"))
    cells.equal("legal_form", (pl.col("lc") == pl.col("rc")) & same_form)
    cells.different("other_legal_form", pl.col("lc") == pl.col("rc"))
    lengths = [pl.col(side).str.strip_suffix("the").str.len_bytes() for side in ("lc", "rc")]
    told = [in_order(_telling(side)) for side in ("lw", "rw")]
    cells.equal("word_order", (told[0] == told[1]) & (told[0] != "") & same_form, among=lengths[0] == lengths[1])
    truncated(cells)


def _as_one_word(core: str, whole: str) -> pl.Expr:
    """The core as one word; the whole name where it is nothing but a legal form."""
    one = joined(pl.col(core))
    return pl.when(one != "").then(one).otherwise(without_spaces(pl.col(whole)))


def _telling(core: str) -> pl.Expr:
    """The words of a name's core without article and conjunction."""
    return pl.col(core).str.replace_all(r"\b(?:the|and)\b", "").str.replace_all(r" +", " ").str.strip_chars()


def person_name(rule: Rule, cells: OpenCells) -> None:
    """A person's name: in either order, with initials, with or without a title."""
    letters(rule, cells)
    cells.equal("white_space", (without_spaces(pl.col("l")) == without_spaces(pl.col("r"))) & (pl.col("l") != ""))
    for short, side in (("l", "crm"), ("r", "erp")):
        cells.keep(**{short: words(where_needed(pl.col(side), ",", _surname_last))})
        cells.keep(**{f"{short}h": _honorific(pl.col(short)), f"{short}b": where_needed(pl.col(short), _ADDRESSED, _bare)})
    same_honorific = fits(pl.col("lh"), pl.col("rh"))
    as_long = pl.col("lb").str.len_bytes() == pl.col("rb").str.len_bytes()
    cells.equal("honorific", (pl.col("lb") == pl.col("rb")) & (pl.col("l") != pl.col("r")) & same_honorific)
    told = [in_order(pl.col(side)) for side in ("lb", "rb")]
    cells.equal("word_order", (told[0] == told[1]) & (told[0] != "") & same_honorific, among=as_long)
    has_initial = pl.any_horizontal(pl.col(side).str.contains(r"(?:^| )\p{L}(?: |$)") for side in ("lb", "rb"))
    cells.equal("initials", _initials("lb", "rb") & same_honorific, among=has_initial)
    truncated(cells)


def _surname_last(names: pl.Series) -> pl.Series:
    return names.str.replace(r"^([^,]+?)\s*,\s*(.+)$", "$2 $1")


_BEFORE = r"^(mr|mrs|ms|miss|herr|hr|frau|fr|sir|madam) "
_BEHIND = r"\s*(先生|女士|小姐)$"
_DEGREE = r" (?:phd|md|mba)$"
_ADDRESSED = f"{_BEFORE}|{_BEHIND}|{_TITLE}|{_DEGREE}"


def _honorific(said: pl.Expr) -> pl.Expr:
    """Whether a name is that of a Mr or a Ms, as far as it says so."""
    word = said.str.extract(f"{_BEFORE}|{_BEHIND}", 1)
    behind = said.str.extract(r"(先生|女士|小姐)$")
    return pl.coalesce(word, behind).replace_strict(_HONORIFICS, default=None, return_dtype=pl.String)


def _bare(said: pl.Series) -> pl.Series:
    plain = said.str.replace(_BEFORE, "").str.replace(_BEHIND, "")
    return plain.str.replace(_TITLE, "").str.replace(_DEGREE, "")


def _initials(left: str, right: str) -> pl.Expr:
    """Whether word by word the two are the same, or one is the first letter of the other."""
    found = []
    for at in range(_PARTS + 1):
        one, other = (pl.col(side).str.splitn(" ", _PARTS + 1).struct.field(f"field_{at}") for side in (left, right))
        if at == _PARTS:
            found.append(one.is_null() & other.is_null())
        else:
            found.append(one.eq_missing(other) | _is_initial(one, other) | _is_initial(other, one))
    return pl.all_horizontal(found)


def _is_initial(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    letter = short.str.contains(r"^[\p{Latin}\p{Greek}\p{Cyrillic}]$")
    return (letter & long.str.starts_with(short)).fill_null(value=False)
