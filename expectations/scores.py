"""How good the data is, by dimension: the share of judged values that pass, weighted by severity."""

from __future__ import annotations

import polars as pl

WEIGHTS = {"blocking": 5.0, "major": 3.0, "minor": 1.0}
"""How much a failed value counts, by the severity of its rule."""

SCORES = pl.Schema(
    {
        "entity": pl.String,
        "system": pl.String,
        "dimension": pl.String,
        "score": pl.Float64,  # 0 to 100; null where no value was judged
        "rules": pl.Int64,
        "rules_failed": pl.Int64,
        "evaluated": pl.Int64,  # values judged: records times rules
        "failed": pl.Int64,
    }
)
"""The score of one dimension of one entity of one side."""


def scores(checks: pl.DataFrame) -> pl.DataFrame:
    """Scores (SCORES, sorted) from checks (CHECKS): 100 times the weighted share of judged values that pass.

    A rule about a whole column has no failing records: it counts as all of them or none.
    """
    weight = pl.col("severity").replace_strict(WEIGHTS, default=1.0, return_dtype=pl.Float64)
    wrong = pl.when(~pl.col("success") & (pl.col("failed") == 0)).then(pl.col("evaluated")).otherwise(pl.col("failed"))
    judged = (pl.col("evaluated") * weight).sum()
    share = 1 - (wrong * weight).sum() / judged
    return (
        checks.group_by("entity", "system", "dimension")
        .agg(
            pl.when(judged > 0).then(100 * share).alias("score"),
            pl.len().cast(pl.Int64).alias("rules"),
            (~pl.col("success")).sum().cast(pl.Int64).alias("rules_failed"),
            pl.col("evaluated").sum(),
            pl.col("failed").sum(),
        )
        .sort("entity", "system", "dimension", nulls_last=True)
        .match_to_schema(SCORES)
    )
