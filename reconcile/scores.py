"""How good the data is: the share of judged values that pass, weighted by severity, by dimension, entity and system.

Apart from the expectations, which judge: the ledger keeps scores of runs, and every screen shows them.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness", "integrity")
"""The sides of quality, in the order in which they are shown."""
WEIGHTS = {"blocking": 5.0, "major": 3.0, "minor": 1.0}
"""How much a failed value counts, by the severity of its rule."""

_COUNTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "score": pl.Float64,  # 0 to 100; null where no value was judged
    "rules": pl.Int64,
    "rules_failed": pl.Int64,
    "evaluated": pl.Int64,  # values judged: records times rules
    "failed": pl.Int64,
    "weight": pl.Float64,  # values judged, each counted by the severity of its rule
    "lost": pl.Float64,  # the same of those that do not pass; score = 100 * (1 - lost / weight)
}
SCORES = pl.Schema([("entity", pl.String), ("system", pl.String), ("dimension", pl.String), *_COUNTED.items()])
"""The score of one dimension of one entity of one system; `system` is crm, erp or pair."""
SUMMED = tuple(name for name in _COUNTED if name != "score")
"""What adds up over groups; the score follows from `weight` and `lost`."""


def scores(checks: pl.DataFrame) -> pl.DataFrame:
    """Scores (SCORES, sorted) from checks (CHECKS): 100 times the weighted share of judged values that pass.

    A rule about a whole column has no failing records: it counts as all of them or none.
    """
    each = weighed(checks).select(
        "entity",
        "system",
        "dimension",
        rules=pl.lit(1, pl.Int64),
        rules_failed=(~pl.col("success")).cast(pl.Int64),
        evaluated="evaluated",
        failed="failed",
        weight="weight",
        lost="lost",
    )
    by = ("entity", "system", "dimension")
    return rolled_up(each, by).sort(by, nulls_last=True).match_to_schema(SCORES)


def weighed(checks: pl.DataFrame) -> pl.DataFrame:
    """Checks (CHECKS) with `weight`, the values that each judged, and `lost`, those that do not pass, as scores count them."""
    severity = pl.col("severity").replace_strict(WEIGHTS, default=1.0, return_dtype=pl.Float64)
    wrong = pl.when(~pl.col("success") & (pl.col("failed") == 0)).then(pl.col("evaluated")).otherwise(pl.col("failed"))
    return checks.with_columns(weight=pl.col("evaluated") * severity, lost=wrong * severity)


def rolled_up(given: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Scores of larger groups from SCORES (or their sums): the columns `by` and those of SCORES that follow `dimension`.

    Every judged value counts once, whatever group it stood in; the order of the rows changes nothing.
    """
    summed = given.group_by(by).agg(pl.col(SUMMED).sum()) if by else given.select(pl.col(SUMMED).sum())
    share = 100 * (1 - pl.col("lost") / pl.col("weight"))
    score = pl.when(pl.col("weight") > 0).then(share)
    return summed.with_columns(score=score).select(*by, *(pl.col(name).cast(dtype) for name, dtype in _COUNTED.items()))


def outcomes(checks: pl.DataFrame) -> pl.DataFrame:
    """How each rule ended, from checks (CHECKS): suite, rule, entity, system, observed, success, failed; one row for each.

    `observed` is what a rule about a column or table found, null where that is no number; of a rule about records, the share of
    judged values that pass (0 to 1), null where none was judged.
    """
    number = pl.col("observed").cast(pl.Float64, strict=False)
    found = pl.when(number.is_finite()).then(number)
    judged = pl.when(pl.col("evaluated") > 0).then(1 - pl.col("failed") / pl.col("evaluated"))
    told = pl.col("observed").fill_null("") != ""
    names = ("suite", "rule", "entity", "system")
    observed = pl.when(told).then(found).otherwise(judged).cast(pl.Float64)
    return checks.select(*names, "success", "failed", observed=observed).unique(names, keep="first", maintain_order=True)
