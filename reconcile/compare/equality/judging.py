"""A verdict and a reason for each pair of values of one field."""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from reconcile.compare.equality.kinds import differs, reason, same_digits
from reconcile.records import Kind
from reconcile.values.rule import Rule


class Verdict(StrEnum):
    """What became of a pair of values."""

    EQUAL = "equal"
    EQUAL_BY_RULE = "equal-by-rule"
    DIFFERENT = "different"
    ONE_SIDED = "one-sided"
    NOT_COMPARABLE = "not-comparable"


VERDICT = pl.Enum([str(verdict) for verdict in Verdict])
"""The type of a column of verdicts."""
_READ = (Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
"""Kinds of which some text is no value at all."""


def judged(rule: Rule, cells: pl.DataFrame) -> pl.DataFrame:
    """Verdict and reason of each cell.

    Args:
        rule: the rule of the field.
        cells: a row for each pair of values, best of those alone that are not equal as they stand: `crm` and `erp`, the
            standard values of the rule's kind; `crm_raw` and `erp_raw`, what the systems wrote (String); where known
            `crm_country` and `erp_country` (alpha-2), `crm_currency` and `erp_currency` (alpha-3).

    Returns:
        verdict (VERDICT) and reason (String, a code that the reports have words for), as many rows in the same order.
    """
    left, right = pl.col("crm"), pl.col("erp")
    different = differs(rule.kind, left, right, rule.tolerance)
    if rule.kind is Kind.PHONE:  # a wrong country gives both the wrong calling code, and is a break of its own
        different &= ~same_digits(pl.col("crm_raw"), pl.col("erp_raw"))
    same = left.eq_missing(right)
    unread = pl.lit(value=False)
    if rule.kind in _READ:
        unread = pl.any_horizontal(
            pl.col(side).is_null() & pl.col(f"{side}_raw").str.strip_chars().ne("").fill_null(value=False)
            for side in ("crm", "erp")
        )
    verdict = (
        pl.when(same)
        .then(pl.lit(str(Verdict.EQUAL)))
        .when(unread)
        .then(pl.lit(str(Verdict.NOT_COMPARABLE)))
        .when(~different)
        .then(pl.lit(str(Verdict.EQUAL_BY_RULE)))
        .when(left.is_null() | right.is_null())
        .then(pl.lit(str(Verdict.ONE_SIDED)))
        .otherwise(pl.lit(str(Verdict.DIFFERENT)))
    )
    return cells.select(verdict.alias("verdict").cast(VERDICT), reason(rule.kind, left, right).alias("reason")).with_columns(
        reason=pl.when(pl.col("verdict") == str(Verdict.EQUAL))
        .then(pl.lit("same"))
        .when(pl.col("verdict") == str(Verdict.NOT_COMPARABLE))
        .then(pl.lit("not_readable"))
        .when(pl.col("verdict") == str(Verdict.EQUAL_BY_RULE))
        .then(pl.lit("way_of_writing"))
        .otherwise("reason")
    )
