"""When two standard values of a kind are equal, and what kind of difference it is if they are not. Pure expressions."""

from __future__ import annotations

import polars as pl

from reconcile.records import Kind
from reconcile.values import comparable
from reconcile.values.comparable import street_and_type
from reconcile.values.legal_forms import legal_form

_SHORTEST_LOCAL_NUMBER = 7
_ROUNDING = 4 * 2.0**-52
"""Binary fractions: 0.3 - 0.29 is a little more than 0.01, by a few units in the last place."""


def differs(kind: Kind, left: pl.Expr, right: pl.Expr, tolerance: float) -> pl.Expr:
    """Boolean, never null: whether two standard values are not equal under the rule of their kind. Null equals null only."""
    both = left.is_not_null() & right.is_not_null()
    same = pl.when(both).then((left == right) | _equal(kind, left, right, tolerance)).otherwise(left.is_null() & right.is_null())
    return ~same.fill_null(value=False)


def _equal(kind: Kind, left: pl.Expr, right: pl.Expr, tolerance: float) -> pl.Expr:
    if kind in (Kind.MONEY, Kind.QUANTITY):
        return (left - right).abs() <= tolerance + _ROUNDING * pl.max_horizontal(left.abs(), right.abs(), 1.0)
    if kind is Kind.PHONE:
        return _same_phone(left, right)
    if kind is Kind.COMPANY_NAME:
        return (comparable(kind, left) == comparable(kind, right)) & _fits(legal_form(left), legal_form(right))
    if kind is Kind.ADDRESS:
        (street, type_), (other_street, other_type) = street_and_type(left), street_and_type(right)
        return (street == other_street) & _fits(type_, other_type)
    return comparable(kind, left) == comparable(kind, right)


def _fits(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """A legal form or a type of street that one side leaves out speaks against nothing; another one does."""
    return (left == right) | left.is_null() | right.is_null()


def _same_phone(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Two international numbers must be equal; a local one must be the end of the other."""
    abroad = left.str.starts_with("+") & right.str.starts_with("+")
    local_left, local_right = (comparable(Kind.PHONE, side) for side in (left, right))
    long_enough = pl.min_horizontal(local_left.str.len_chars(), local_right.str.len_chars()) >= _SHORTEST_LOCAL_NUMBER
    ends = local_left.str.ends_with(local_right) | local_right.str.ends_with(local_left)
    return pl.when(abroad).then(left == right).otherwise(long_enough & ends)


def same_digits(left_raw: pl.Expr, right_raw: pl.Expr) -> pl.Expr:
    """Boolean, never null: whether two telephone numbers were written with the same digits, whatever their records' countries."""
    digits = [side.str.replace_all(r"[^0-9]", "") for side in (left_raw, right_raw)]
    return ((digits[0] == digits[1]) & (digits[0] != "")).fill_null(value=False)


def reason(kind: Kind, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """The reason code of values that differ: what a person sees at once when looking at both."""
    empty = pl.when(left.is_null()).then(pl.lit("empty_in_crm")).when(right.is_null()).then(pl.lit("empty_in_erp"))
    if kind in (Kind.MONEY, Kind.QUANTITY):
        return empty.otherwise(pl.lit("beyond_tolerance"))
    if kind is Kind.DATETIME:
        apart = (left - right).dt.total_seconds().abs()
        whole_hours = (apart % 3600 == 0) & (apart <= 14 * 3600)
        return empty.when(whole_hours).then(pl.lit("shifted_hours")).otherwise(pl.lit("different"))
    if left.meta.is_literal() or kind in (Kind.DATE, Kind.BOOLEAN):
        return empty.otherwise(pl.lit("different"))
    low = [side.str.to_lowercase() for side in (left, right)]  # a system that cuts names often capitalises them as well
    cut = low[0].str.starts_with(low[1]) | low[1].str.starts_with(low[0])
    return empty.when(cut).then(pl.lit("truncated")).otherwise(pl.lit("different"))
