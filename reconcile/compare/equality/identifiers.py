"""What names a thing by a sign: identifiers, tax numbers, codes, currencies and units."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pycountry

from reconcile.compare.equality.letters import truncated
from reconcile.compare.equality.verdicts import OpenCells
from reconcile.values.national_numbers import tax_number
from reconcile.values.rule import Rule
from reconcile.values.text import words
from reconcile.values.units import unit_code

_SEPARATORS = r"[\s\-_/.]"


def identifier(_: Rule, cells: OpenCells) -> None:
    """A number that names a record: case, leading zeros and separators don't count; separators at other places do."""
    cells.keep(l=pl.col("crm").str.to_uppercase(), r=pl.col("erp").str.to_uppercase())
    cells.equal("case", pl.col("l") == pl.col("r"))
    for short in "lr":
        cells.keep(**{f"{short}s": pl.col(short).str.replace_all(_SPACED, "-")})
        cells.keep(**{f"{short}b": pl.col(f"{short}s").str.replace_all("-", "", literal=True)})
    unparted = (pl.col("lb") == pl.col("l")) | (pl.col("rb") == pl.col("r"))
    alike = unparted | (pl.col("ls") == pl.col("rs"))
    cells.equal("separators", (pl.col("lb") == pl.col("rb")) & (pl.col("lb") != "") & alike)
    for short in "lr":
        cells.keep(**{f"{short}b": _without_zeros(f"{short}b"), f"{short}s": _without_zeros(f"{short}s")})
    alike = unparted | (pl.col("ls") == pl.col("rs"))
    cells.equal("leading_zeros", (pl.col("lb") == pl.col("rb")) & (pl.col("lb") != "") & alike)
    truncated(cells)


_SPACED = r"[\s\-_/.]+"


def _without_zeros(column: str) -> pl.Expr:
    value = pl.col(column)
    return pl.when(value.str.contains(r"^0+\d")).then(value.str.strip_chars_start("0")).otherwise(value)


def tax_id(_: Rule, cells: OpenCells) -> None:
    """A tax number: one side may leave out the country's letters; two countries' letters have to be the same."""
    for short, side in (("l", "crm"), ("r", "erp")):
        prefix = pl.col(side).str.extract(r"^([A-Z]{2})[A-Z0-9]*\d[A-Z0-9]*$")
        own = pl.col(f"{side}_country") if f"{side}_country" in cells.rest.columns else pl.lit(None, pl.String)
        cells.keep(**{f"{short}p": prefix.replace({"EL": "GR"}), f"{short}c": own})
        cells.keep(**{f"{short}n": pl.when(prefix.is_not_null()).then(pl.col(side).str.slice(2)).otherwise(pl.col(side))})
    left, right = pl.col("crm"), pl.col("erp")
    countries = pl.coalesce("lp", "lc"), pl.coalesce("rp", "rc")
    one_prefix = pl.col("lp").is_null() ^ pl.col("rp").is_null()
    of_its_country = pl.when(pl.col("lp").is_null()).then(pl.col("rp") == pl.col("lc")).otherwise(pl.col("lp") == pl.col("rc"))
    long_enough = pl.min_horizontal(left.str.len_chars(), right.str.len_chars()) >= _SHORTEST_TAX_ID
    cells.equal("prefix", one_prefix & (pl.col("ln") == pl.col("rn")) & of_its_country.fill_null(value=True) & long_enough)
    cells.different(
        "other_country",
        pl.col("lp").is_not_null() & pl.col("rp").is_not_null() & (pl.col("ln") == pl.col("rn")) & (pl.col("lp") != pl.col("rp")),
    )
    cells.keep(lk=countries[0], rk=countries[1])
    close = _half_alike(left, right)
    _by_library(cells, close)
    truncated(cells)


_SHORTEST_TAX_ID = 7


def _half_alike(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Whether the two begin or end alike: all others are so far apart that no rule and no typing error joins them."""
    starts = left.str.slice(0, 4) == right.str.slice(0, 4)
    return starts | (left.str.slice(-5) == right.str.slice(-5))


def _by_library(cells: OpenCells, close: pl.Expr) -> None:
    """Numbers in the compact form of their country, and of two that differ, whether one can't be right."""
    some = cells.rest.filter(close.fill_null(value=False))
    if some.is_empty():
        return
    sides = [some.select(n=pl.col(side), c=pl.col(land)) for side, land in (("crm", "lk"), ("erp", "rk"))]
    distinct = pl.concat(sides).drop_nulls().unique()
    # each distinct number once: the forms of tax numbers are a library's, one number at a time
    known = [_compact(number, land) for number, land in zip(distinct["n"], distinct["c"], strict=True)]
    told = distinct.with_columns(
        compact=pl.Series([compact for compact, _ in known], dtype=pl.String),
        valid=pl.Series([valid for _, valid in known], dtype=pl.Boolean),
    )
    for short, side in (("l", "crm"), ("r", "erp")):
        renamed = told.rename({"n": side, "c": f"{short}k", "compact": f"{short}compact", "valid": f"{short}valid"})
        cells.rest = cells.rest.join(renamed, on=[side, f"{short}k"], how="left", maintain_order="left")
    same = (pl.col("lcompact") == pl.col("rcompact")) & (pl.col("lk") == pl.col("rk"))
    cells.equal("national_form", same & close)
    cells.different("check_digit", (pl.col("lvalid") != pl.col("rvalid")) & close)


def _compact(number: str, country: str) -> tuple[str | None, bool | None]:
    module = tax_number(country)
    if module is None:
        return None, None
    try:
        return str(module.compact(number)), bool(module.is_valid(number))
    except Exception:  # noqa: BLE001 - some of the library's countries fail on what is far from any number
        return None, None


def currency(_: Rule, cells: OpenCells) -> None:
    """A currency by its letters, number or name."""
    _by_table(cells, words, _currency_names())


def unit(_: Rule, cells: OpenCells) -> None:
    """A unit of measure by its code, sign or name."""
    cells.keep(l=unit_code(pl.col("crm")), r=unit_code(pl.col("erp")))
    cells.equal("name_or_code", pl.col("l") == pl.col("r"))
    cells.equal("case", pl.col("crm").str.to_lowercase() == pl.col("erp").str.to_lowercase())
    cells.different("not_in_list", pl.col("l").is_null() | pl.col("r").is_null())


def _by_table(cells: OpenCells, form: Any, table: dict[str, str]) -> None:
    for short, side in (("l", "crm"), ("r", "erp")):
        cells.keep(**{short: form(pl.col(side)).replace_strict(table, default=None, return_dtype=pl.String)})
    cells.equal("name_or_code", pl.col("l") == pl.col("r"))
    cells.different("not_in_list", pl.col("l").is_null() | pl.col("r").is_null())


@cache
def _currency_names() -> dict[str, str]:
    """Letters, number and English name of a currency, in words, to its letters. Source: pycountry."""
    names = [(name, each.alpha_3) for each in pycountry.currencies for name in (each.alpha_3, each.numeric, each.name)]
    plain = pl.DataFrame(names, schema=["n", "c"], orient="row").select(words(pl.col("n")), "c")
    return dict(zip(plain["n"], plain["c"], strict=True)) | {
        "us dollars": "USD",
        "pound sterling": "GBP",
        "yuan": "CNY",
        "euros": "EUR",
        "renminbi": "CNY",
        "rmb": "CNY",
    }
