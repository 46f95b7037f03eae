"""Where somebody is: addresses, postal codes and countries; never another house, street or town."""

from __future__ import annotations

import polars as pl

from reconcile.compare.equality.letters import in_order, letters, truncated, without_spaces
from reconcile.compare.equality.verdicts import OpenCells
from reconcile.values.places import country_codes
from reconcile.values.rule import Rule
from reconcile.values.text import without_ending, words

_ABBREVIATED = {
    "street": "st", "road": "rd", "avenue": "ave", "av": "ave", "boulevard": "blvd", "drive": "dr", "lane": "ln", "place": "pl",
    "court": "ct", "square": "sq", "parkway": "pkwy", "highway": "hwy", "suite": "ste", "terrace": "ter", "crescent": "cres",
    "circle": "cir", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw",
    "southeast": "se", "southwest": "sw", "floor": "fl", "building": "bldg", "apartment": "apt", "room": "rm",
    "department": "dept", "number": "", "no": "", "nr": "", "strasse": "str", "platz": "pl", "hausnummer": "",
}  # fmt: skip  # a table
_ENDINGS = {"strasse ": "str ", "platz ": "pl "}
"""German writes the type of street onto its name."""
_TYPES = tuple(
    f" {short}" for short in ("st", "rd", "ave", "blvd", "dr", "ln", "pl", "ct", "sq", "pkwy", "hwy", "ter", "cres", "cir")
)
_ZIP = r"^(\d{5})\d{4}$"


def address(rule: Rule, cells: OpenCells) -> None:
    """An address: abbreviated or not, and perhaps with a part that the other side keeps in another column."""
    letters(rule, cells)
    cells.keep(l=_abbreviated("l"), r=_abbreviated("r"))
    cells.equal("abbreviation", (without_spaces(pl.col("l")) == without_spaces(pl.col("r"))) & (pl.col("l") != ""))
    cells.keep(lb=without_ending(pl.col("l"), _TYPES), rb=without_ending(pl.col("r"), _TYPES))
    types = [pl.col(side).str.strip_prefix(pl.col(bare)) for side, bare in (("l", "lb"), ("r", "rb"))]
    cells.keep(lb=without_spaces(pl.col("lb")), rb=without_spaces(pl.col("rb")), lt=types[0], rt=types[1])
    one_without = (pl.col("lt") == "") | (pl.col("rt") == "")
    cells.equal("street_type", (pl.col("lb") == pl.col("rb")) & (pl.col("lb") != "") & one_without)
    as_long = pl.col("l").str.len_bytes() == pl.col("r").str.len_bytes()
    one_number = pl.col("l").str.count_matches(r"\p{N}+") <= 1
    cells.equal("word_order", in_order(pl.col("l")) == in_order(pl.col("r")), among=as_long & one_number)
    other_column(rule, cells)
    numberless = [without_spaces(pl.col(side).str.replace_all(r"\p{N}+", "")) for side in ("l", "r")]
    cells.different("other_number", (numberless[0] == numberless[1]) & (numberless[0] != ""))
    truncated(cells)


def _abbreviated(side: str) -> pl.Expr:
    """Words with the usual abbreviations; each word stands between two spaces meanwhile, so that neighbours share none."""
    apart = pl.concat_str(pl.lit(" "), pl.col(side).str.replace_all(" ", "  ", literal=True), pl.lit(" "))
    spelled = {f" {long} ": f" {short} " for long, short in _ABBREVIATED.items()} | _ENDINGS
    short = apart.str.replace_many(list(spelled), list(spelled.values()), leftmost=True)
    return short.str.replace_all("  ", " ", literal=True).str.replace_all("  ", " ", literal=True).str.strip_chars()


def other_column(_: Rule, cells: OpenCells) -> None:
    """What one side writes here and the other does not, the other keeps in a column nearby (`crm_more`, `erp_more`)."""
    if not {"crm_more", "erp_more"} <= set(cells.rest.columns):
        return
    sides = [_words_of(column) for column in ("crm", "erp")]
    nearby = [_words_of(column) for column in ("crm_more", "erp_more")]
    more_in_crm = sides[0].list.set_difference(sides[1])
    more_in_erp = sides[1].list.set_difference(sides[0])
    kept_there = more_in_crm.list.set_difference(nearby[1]).list.len() == 0
    kept_here = more_in_erp.list.set_difference(nearby[0]).list.len() == 0
    one_way = (more_in_crm.list.len() == 0) ^ (more_in_erp.list.len() == 0)
    cells.equal("other_column", one_way & kept_there & kept_here)


def _words_of(column: str) -> pl.Expr:
    spelled = words(pl.col(column).fill_null(""))
    apart = pl.concat_str(pl.lit(" "), spelled.str.replace_all(" ", "  ", literal=True), pl.lit(" "))
    table = {f" {long} ": f" {short} " for long, short in _ABBREVIATED.items()} | _ENDINGS
    short = apart.str.replace_many(list(table), list(table.values()), leftmost=True).str.replace_all(r" +", " ").str.strip_chars()
    return pl.when(short == "").then(pl.lit([], pl.List(pl.String))).otherwise(short.str.split(" "))


def postal_code(_: Rule, cells: OpenCells) -> None:
    """A postal code: signs, a country's letter in front, a lost zero and the four digits that Americans may add don't count."""
    for short, side in (("l", "crm"), ("r", "erp")):
        cells.keep(**{short: pl.col(side).str.replace_all(r"[^\p{L}\p{N}]", "").str.to_uppercase()})
    left, right = pl.col("l"), pl.col("r")
    cells.equal("punctuation", (left == right) & (left != ""))
    bare = [pl.col(side).str.extract(r"^[A-Z]{1,3}[- ](\d{4,6})$") for side in ("crm", "erp")]
    cells.equal("prefix", (bare[0] == right) | (bare[1] == left))
    cells.equal("leading_zeros", _zero_lost(left, right) | _zero_lost(right, left))
    cells.equal("zip_extension", (left.str.extract(_ZIP) == right) | (right.str.extract(_ZIP) == left))
    truncated(cells)


def _zero_lost(short: pl.Expr, long: pl.Expr) -> pl.Expr:
    """A spreadsheet made a number of five digits that begin with zero."""
    return short.str.contains(r"^\d{4}$") & (long == "0" + short)


def country(_: Rule, cells: OpenCells) -> None:
    """A country by any name; what no country is called says so."""
    codes = country_codes()
    plain = pl.DataFrame({"n": list(codes), "c": list(codes.values())}).select(words(pl.col("n")), "c").unique("n", keep="none")
    plain = plain.filter(pl.col("n") != "")
    table = dict(zip(plain["n"], plain["c"], strict=True))
    for short, side in (("l", "crm"), ("r", "erp")):
        code = pl.col(side).replace_strict(codes, default=None, return_dtype=pl.String)
        cells.keep(**{short: pl.coalesce(code, words(pl.col(side)).replace_strict(table, default=None, return_dtype=pl.String))})
    cells.equal("name_or_code", pl.col("l") == pl.col("r"))
    cells.different("not_in_list", pl.col("l").is_null() | pl.col("r").is_null())
