"""What each proposed rule finds in the data that it was made from, by polars alone.

Apart from the engine that runs suites, so that a suggestion needs no Great Expectations; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from expectations.engine.define import METRICS, Asked
from expectations.own.metrics import values as _  # noqa: F401 # importing it defines the metrics
from expectations.suggest.margins import mostly_of
from expectations.suggest.proposal import Both, Proposal, Suggested, Tally
from expectations.suggest.table import Table
from expectations.values import TEXT_KEYWORDS, read_value, resolved
from reconcile.records import RAW, Role

_EXAMPLES = 3
_LONGEST = 40
_LEAST = 0.5
"""A rule that may break so often, by the data that it was made from, is none."""

Judgement = tuple[pl.Expr, pl.Expr]
"""Which rows are looked at, and which of these fail."""


def _present(kwargs: Mapping[str, Any]) -> Judgement:
    return pl.lit(value=True), pl.col(kwargs["column"]).is_null()


def _unique(kwargs: Mapping[str, Any]) -> Judgement:
    column = pl.col(kwargs["column"])
    return column.is_not_null(), column.is_duplicated()


def _unique_together(kwargs: Mapping[str, Any]) -> Judgement:
    columns = kwargs["column_list"]
    return pl.all_horizontal(pl.col(columns).is_not_null()), pl.struct(columns).is_duplicated()


def _in_set(kwargs: Mapping[str, Any]) -> Judgement:
    column = pl.col(kwargs["column"])
    return column.is_not_null(), ~column.is_in(list(kwargs["value_set"]))


def _matches(kwargs: Mapping[str, Any]) -> Judgement:
    column = pl.col(kwargs["column"]).cast(pl.String)
    return column.is_not_null(), ~column.str.contains(kwargs["regex"])


def _matches_not(kwargs: Mapping[str, Any]) -> Judgement:
    column = pl.col(kwargs["column"]).cast(pl.String)
    return column.is_not_null(), column.str.contains(kwargs["regex"])


def _between(kwargs: Mapping[str, Any]) -> Judgement:
    return pl.col(kwargs["column"]).is_not_null(), _outside(pl.col(kwargs["column"]), kwargs)


def _length_between(kwargs: Mapping[str, Any]) -> Judgement:
    column = pl.col(kwargs["column"])
    return column.is_not_null(), _outside(column.str.len_chars(), kwargs)


def _outside(value: pl.Expr, kwargs: Mapping[str, Any]) -> pl.Expr:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    parts = []
    if low is not None:
        parts.append(value <= low if kwargs.get("strict_min") else value < low)
    if high is not None:
        parts.append(value >= high if kwargs.get("strict_max") else value > high)
    return pl.any_horizontal(parts)


def _later(kwargs: Mapping[str, Any]) -> Judgement:
    a, b = pl.col(kwargs["column_A"]), pl.col(kwargs["column_B"])
    return a.is_not_null() & b.is_not_null(), a < b if kwargs.get("or_equal") else a <= b


_BY_ROW: Mapping[str, Callable[[Mapping[str, Any]], Judgement]] = {
    "expect_column_values_to_not_be_null": _present,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _unique_together,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_match_regex": _matches,
    "expect_column_values_to_not_match_regex": _matches_not,
    "expect_column_values_to_be_between": _between,
    "expect_column_value_lengths_to_be_between": _length_between,
    "expect_column_pair_values_a_to_be_greater_than_b": _later,
}
_OWN: Mapping[str, str] = {
    **{f"expect_column_values_to_be_{what}": f"column_values.{what}" for what in ("sum_of", "product_of", "determined_by")},
    "expect_column_values_to_not_be_placeholders": "column_values.not_placeholder",
    "expect_column_values_to_not_be_mojibake": "column_values.not_mojibake",
    **{
        f"expect_column_values_to_be_valid_{what}": f"column_values.valid_{what}"
        for what in ("tax_id", "national_id", "identifier", "phone", "email", "iban", "country", "currency", "postal_code")
    },
}
"""Our own expectations, and the metric that the engine asks for each; metrics need no Great Expectations."""
_WHOLE = ("expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique")


def judge(rule: Proposal, table: Table) -> Tally:
    """What the rule finds in the table; of one about uniqueness in the whole of it, of others in its sample."""
    if rule.expect == "expect_table_row_count_to_be_between":
        low, high = rule.kwargs.get("min_value", 0), rule.kwargs.get("max_value", table.rows)
        return Tally(table.rows, 0, low <= table.rows <= high)
    frame = table.whole if rule.expect in _WHOLE else table.frame
    if rule.where:
        frame = frame.filter(pl.col(name).cast(pl.String).is_in(list(codes)) for name, codes in rule.where.items())
    written = {key: value if key in TEXT_KEYWORDS else read_value(value) for key, value in rule.kwargs.items()}
    looked, wrong = _judgement(rule.expect, resolved(written, dict(frame.schema), None, table.now), frame.schema)
    column = rule.kwargs.get("column") or rule.kwargs.get("column_B") or rule.kwargs["column_list"][-1]
    shown = RAW + column if RAW + column in frame.columns else column
    zoned = pl.selectors.datetime(time_zone="*")
    bad = looked & wrong.fill_null(value=False)
    utc = frame.with_columns(zoned.dt.convert_time_zone("UTC").dt.replace_time_zone(None))  # as bounds are
    judged = utc.select(looked=looked, bad=bad, shown=pl.col(shown))
    evaluated, failed = int(judged["looked"].sum()), int(judged["bad"].sum())
    return Tally(evaluated, failed, _holds(rule.mostly, evaluated, failed), _examples(judged) if failed else ())


def with_room(rule: Proposal, tallies: Mapping[Role | None, Tally]) -> Suggested | None:
    """The rule as it holds today: `mostly` leaves room for what it finds; None where it finds too much to be one."""
    worst = min(tallies.values(), key=lambda one: (one.evaluated - one.failed) / max(one.evaluated, 1))
    if all(one.met for one in tallies.values()):
        return Suggested(rule, tallies)
    mostly = mostly_of(worst.evaluated - worst.failed, worst.evaluated)
    if mostly < _LEAST:
        return None
    roomy = {side: replace(one, met=_holds(mostly, one.evaluated, one.failed)) for side, one in tallies.items()}
    why = Both(
        f"mostly {mostly:g} lets the check hold until what it finds is mended; it is listed all the same.",
        f"mostly {mostly:g} 使检查在更正之前仍可通过，所发现的记录照样列出。",
    )
    return Suggested(replace(rule, mostly=mostly, reason=rule.reason.joined(why)), roomy)


def _holds(mostly: float | None, evaluated: int, failed: int) -> bool:
    return failed <= (1 - (mostly or 1.0)) * evaluated + 1e-9  # a hair, for 0.7 of 10


def _judgement(expect: str, kwargs: Mapping[str, Any], schema: pl.Schema) -> Judgement:
    if expect not in _OWN:
        return _BY_ROW[expect](kwargs)
    metric, column = METRICS[_OWN[expect]], kwargs["column"]
    given = {key: value for key, value in kwargs.items() if key in metric.keywords}
    return pl.col(column).is_not_null(), ~metric.build(pl.col(column), Asked(schema, (column,)), **given)


def _examples(judged: pl.DataFrame) -> tuple[str, ...]:
    text = judged.filter("bad").select(pl.col("shown").cast(pl.String).alias("v")).drop_nulls()
    most = text.group_by("v").len().sort("len", "v", descending=[True, False]).head(_EXAMPLES)
    return tuple(value[:_LONGEST] for value in most["v"])
