"""Numbers: money and quantities, equal within a tolerance, across currencies at given rates and across units of measure."""

from __future__ import annotations

import polars as pl

from reconcile.compare.equality.verdicts import OpenCells, Verdict
from reconcile.values.currencies import minor_units, other_currency, written_currency
from reconcile.values.rule import Exchange, Rule
from reconcile.values.units import AMOUNT_AND_UNIT, unit_code, unit_factors

_ROUNDING = 4 * 2.0**-52
"""Binary fractions: 0.3 - 0.29 is a little more than 0.01, by a few units in the last place."""


def money(rule: Rule, cells: OpenCells) -> None:
    """An amount of money, and the currency that stands beside it."""
    cells.keep(l=pl.col("crm"), r=pl.col("erp"))
    _currencies(cells, known=bool(rule.exchange))
    if rule.exchange:
        _exchanged(rule.exchange, cells)
        _within(rule, cells, same=_if_two("converted"))
    else:
        cells.different("other_currency", other_currency(pl.col("lc"), pl.col("rc")))
        _within(rule, cells)
    _apart(cells)


def _currencies(cells: OpenCells, *, known: bool) -> None:
    """Keeps `lc` and `rc`: the currency of each amount; where rates are given, that of the record if none stands beside it."""
    for short, side in (("l", "crm"), ("r", "erp")):
        beside = written_currency(pl.col(f"{side}_raw"))
        own = [pl.col(f"{side}_currency")] if known and f"{side}_currency" in cells.rest.columns else []
        cells.keep(**{f"{short}c": pl.coalesce(beside, *own)})


def _exchanged(exchange: Exchange, cells: OpenCells) -> None:
    """Amounts in two currencies, in the base of the rates; those in one currency as they are."""
    rates = dict(exchange.per_base) | {exchange.base: 1.0}
    two = other_currency(pl.col("lc"), pl.col("rc"))
    cells.keep(_two=two)
    for short in "lr":
        cells.keep(**{f"{short}rate": pl.col(f"{short}c").replace_strict(rates, default=None, return_dtype=pl.Float64)})
    cells.settle(Verdict.NOT_COMPARABLE, "no_rate", pl.col("_two") & (pl.col("lrate").is_null() | pl.col("rrate").is_null()))
    for short in "lr":
        in_base = pl.col(short) / pl.col(f"{short}rate")
        cells.keep(**{short: pl.when("_two").then(in_base).otherwise(short)})


def _if_two(reason: str) -> pl.Expr:
    """The reason where two currencies or units were brought together; in one, the number was only written in another way."""
    return pl.when(pl.col("_two").fill_null(value=False)).then(pl.lit(reason)).otherwise(pl.lit("written"))


def _within(rule: Rule, cells: OpenCells, same: str | pl.Expr = "written") -> None:
    """Settle what is as near as the rule allows, by the first tolerance that does."""
    left, right = pl.col("l"), pl.col("r")
    apart, greater = (left - right).abs(), pl.max_horizontal(left.abs(), right.abs())
    blur = _ROUNDING * pl.max_horizontal(greater, 1.0)
    cells.equal(same, apart <= blur)
    if rule.tolerance:
        cells.equal("tolerance", apart <= rule.tolerance + blur)
    if rule.minor_units:
        coin = pl.coalesce("rc", "lc").replace_strict(minor_units(), default=0.01, return_dtype=pl.Float64)
        cells.equal("minor_unit", apart <= rule.minor_units * coin + blur)
    if rule.relative:
        cells.equal("relative_tolerance", apart <= rule.relative * greater + blur)


def _apart(cells: OpenCells) -> None:
    """How what is too far apart differs."""
    left, right = pl.col("l"), pl.col("r")
    cells.different("sign", (left == -right) & (left != 0))
    cells.different("beyond_tolerance")


def quantity(rule: Rule, cells: OpenCells) -> None:
    """A number of things, and the unit that it counts."""
    cells.keep(l=pl.col("crm"), r=pl.col("erp"))
    _units(rule, cells)
    left, right = pl.col("lu"), pl.col("ru")
    two = (left != right).fill_null(value=False)
    cells.keep(_two=two)
    codes = [unit_code(left), unit_code(right)]
    cells.keep(lcode=codes[0], rcode=codes[1])
    same_unit = pl.col("lcode") == pl.col("rcode")
    cells.keep(_two=pl.col("_two") & ~same_unit.fill_null(value=False))
    cells.settle(Verdict.NOT_COMPARABLE, "unknown_unit", pl.col("_two") & (pl.col("lcode").is_null() | pl.col("rcode").is_null()))
    _converted(cells)
    cells.different("other_unit", pl.col("_two") & (pl.col("ldim") != pl.col("rdim")))
    _within(rule, cells, same=_if_two("unit"))
    _apart(cells)


def _units(rule: Rule, cells: OpenCells) -> None:
    """Keeps `lu` and `ru`: the unit beside the number, that of the record, or that of the rule."""
    for short, side, given in (("l", "crm", rule.units[0]), ("r", "erp", rule.units[1])):
        beside = pl.col(f"{side}_raw").str.strip_chars().str.extract(AMOUNT_AND_UNIT, 2)
        own = [pl.col(f"{side}_unit")] if f"{side}_unit" in cells.rest.columns else []
        word = pl.coalesce(beside, *own, pl.lit(given, pl.String))
        cells.keep(**{f"{short}u": word.str.to_lowercase().str.strip_chars(" .")})


def _converted(cells: OpenCells) -> None:
    """Amounts in two units of one dimension, in its basic unit."""
    dimensions = {code: dimension for code, (dimension, _) in unit_factors().items()}
    factors = {code: factor for code, (_, factor) in unit_factors().items()}
    for short in "lr":
        code = pl.col(f"{short}code")
        in_basic = pl.col(short) * code.replace_strict(factors, default=None, return_dtype=pl.Float64)
        cells.keep(
            **{
                f"{short}dim": code.replace_strict(dimensions, default=None, return_dtype=pl.String),
                short: pl.when("_two").then(in_basic).otherwise(short),
            }
        )
