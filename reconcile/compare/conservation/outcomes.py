"""What a rule finds: documents that break it, with what each side says as a formula, and how many it could judge."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.compare.conservation.documents import QUANTITY_DIGITS
from reconcile.config.conservation import ConservationCheck
from reconcile.records import Role
from reconcile.results import UTC_TIME
from reconcile.values.exact import in_whole_units, minor_digits, written

_BROKEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "entity": pl.String,
    "key": pl.String,
    "other_key": pl.String,  # of the other side, where the rule holds between both
    "label": pl.String,
    "reason": pl.String,
    "said": pl.String,  # what the documents say, as a formula that does not hold, such as 10 ≠ 6 + 3 + 0
    "other_said": pl.String,
    "at_risk": pl.Float64,  # in `currency`
    "currency": pl.String,
    "modified": UTC_TIME,
}
BROKEN = pl.Schema(_BROKEN)
"""Documents that break a rule, one row each."""


@dataclass(frozen=True)
class Outcome:
    """One rule on the documents of one side."""

    rule: ConservationRule
    role: Role
    entity: str
    judged: int = 0
    not_judged: int = 0
    detail: str = ""
    """How it was read."""
    lacking: tuple[str, ...] = ()
    """Fields that it needs and this side does not have; then it did not run."""
    broken: pl.DataFrame = field(default_factory=BROKEN.to_frame)


def scoped(frame: pl.DataFrame, check: ConservationCheck) -> pl.DataFrame:
    """The documents that the rule is for."""
    for name, values in check.where.items():
        if name not in frame.columns:
            return frame.clear()
        frame = frame.filter(pl.col(name).cast(pl.String).is_in(list(values)).fill_null(value=False))
    return frame


def column(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A number of each document; nothing where it is not mapped or empty."""
    return pl.col(name).fill_null(0) if name in frame.columns else pl.lit(0, pl.Int64)


def money(amount: str | pl.Expr) -> pl.Expr:
    """An amount of minor units as text, by the row's currency."""
    return written(pl.col(amount) if isinstance(amount, str) else amount, minor_digits(pl.col("currency")))


def quantity(amount: str | pl.Expr) -> pl.Expr:
    """A quantity as text, without zeros that say nothing."""
    text = written(pl.col(amount) if isinstance(amount, str) else amount, pl.lit(QUANTITY_DIGITS))
    return text.str.strip_chars_end("0").str.strip_chars_end(".")


def quantity_tolerance(check: ConservationCheck) -> int:
    """In millionths."""
    return round(check.tolerance * 10.0**QUANTITY_DIGITS)


def rounded(count: pl.Expr) -> pl.Expr:
    """Half a smallest unit for each of `count` amounts that were rounded on their own, and for their sum."""
    return (count.cast(pl.Int64) + 1) // 2


def breaking(
    rows: pl.DataFrame,
    entity: str,
    said: pl.Expr,
    at_risk: pl.Expr,
    *,
    reason: str | pl.Expr,
    other: tuple[pl.Expr, pl.Expr] | None = None,
) -> pl.DataFrame:
    """BROKEN of rows with key, label, currency, modified; `at_risk` in minor units; `other` is the other side's key and words."""
    nothing = pl.lit(None, pl.String)
    return rows.select(
        entity=pl.lit(entity),
        key="key",
        other_key=other[0] if other else nothing,
        label="label",
        reason=pl.lit(reason) if isinstance(reason, str) else reason,
        said=said,
        other_said=other[1] if other else nothing,
        at_risk=in_whole_units(at_risk.abs(), pl.col("currency")),
        currency=pl.when(pl.col("currency") != "").then("currency"),
        modified="modified",
    ).cast(dict(BROKEN.items()))
