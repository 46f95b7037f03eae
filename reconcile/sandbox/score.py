"""Holds what a run reported against what was planted, for tests, the demo and training; the engine never reads the log."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

_DIFFERENCE = "difference"
_BROKEN_RULE = "broken_rule"


@dataclass(frozen=True)
class Score:
    """How well a run did."""

    planted: int
    """Rows of the log."""
    found: int
    """Rows of the log that a break names."""
    false: int
    """Breaks that no row of the log explains."""
    missed: pl.DataFrame
    """The rows of the log that no break names."""
    false_breaks: pl.DataFrame
    """The breaks that no row of the log explains."""
    by_defect: pl.DataFrame
    """Columns defect, entity, field, planted, found."""

    @property
    def fraction_found(self) -> float:
        """Of what was planted; 1.0 if nothing was."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def fraction_false(self) -> float:
        """Of what was reported; 0.0 if nothing was."""
        explained = self.found + self.false
        return self.false / explained if explained else 0.0


def score(planted: pl.DataFrame, breaks: pl.DataFrame) -> Score:
    """Compares the log (company.PLANTED) with a run's breaks (columns entity, kind, field, crm_key, erp_key and both values).

    A break names a row of the log if entity and kind are the same, the keys that both have are equal (one at least), and for a
    difference the field as well. A duplicate is also named by a key that stands in the break's value. Broken rules of suites
    are left out: they say that the data is bad, not that two systems have drifted apart.
    """
    breaks = breaks.filter(pl.col("kind") != _BROKEN_RULE)
    log = planted.with_row_index("log_row").rename({"break_kind": "kind"})
    reported = breaks.with_row_index("break_row")
    hits = _hits(log, reported)
    named = pl.col("log_row").is_in(hits["log_row"].unique().implode())
    explained = pl.col("break_row").is_in(hits["break_row"].unique().implode())
    by_defect = (
        log.with_columns(named.alias("named"))
        .group_by("defect", "entity", "field")
        .agg(planted=pl.len(), found=pl.col("named").sum())
        .sort("defect", "entity", "field")
    )
    missed = planted.filter(log.select(~named).to_series())
    false_breaks = breaks.filter(reported.select(~explained).to_series())
    return Score(planted.height, planted.height - missed.height, false_breaks.height, missed, false_breaks, by_defect)


def harmless_reported(harmless: pl.DataFrame, breaks: pl.DataFrame) -> pl.DataFrame:
    """The rows of the log of harmless differences (company.HARMLESS) that a break names: what must be empty."""
    rows = harmless.with_row_index("log_row")
    kinds = breaks["kind"].unique().rename("kind").to_frame()
    hits = _hits(rows.join(kinds, how="cross"), breaks.with_row_index("break_row"))
    whole_or_same = hits.filter(pl.col("log_field").is_null() | (pl.col("log_field") == pl.col("break_field")))
    return rows.filter(pl.col("log_row").is_in(whole_or_same["log_row"].unique().implode())).drop("log_row")


def _hits(log: pl.DataFrame, reported: pl.DataFrame) -> pl.DataFrame:
    """Columns log_row, break_row, log_field, break_field: which break names which row of the log."""
    left = log.select("log_row", "entity", "kind", "crm_key", "erp_key", log_field="field")
    right = pl.concat([_keys(reported), _others(reported, "crm"), _others(reported, "erp")])
    found = []
    for side, other in (("crm_key", "erp_key"), ("erp_key", "crm_key")):
        both = left.join(right, on=["entity", "kind", side], how="inner", suffix="_reported")
        found.append(
            both.filter(_agree(other, f"{other}_reported"), _same_field()).select(
                "log_row", "break_row", "log_field", "break_field"
            )
        )
    return pl.concat(found).unique()


def _keys(reported: pl.DataFrame) -> pl.DataFrame:
    return reported.select("break_row", "entity", "kind", "crm_key", "erp_key", break_field="field")


def _others(reported: pl.DataFrame, side: str) -> pl.DataFrame:
    """A duplicate's further keys, which stand in its value, as keys."""
    further = reported.filter(pl.col("kind") == f"duplicate_in_{side}", pl.col(f"{side}_value").is_not_null())
    further = further.with_columns(pl.col(f"{side}_value").str.split(", ").alias(f"{side}_key")).explode(f"{side}_key")
    return _keys(further)


def _agree(one: str, other: str) -> pl.Expr:
    return pl.col(one).is_null() | pl.col(other).is_null() | (pl.col(one) == pl.col(other))


def _same_field() -> pl.Expr:
    """The same field, or the whole record on both; what is no difference may name the field that it shows in, or not."""
    same = pl.col("log_field").eq_missing(pl.col("break_field"))
    return same | ((pl.col("kind") != _DIFFERENCE) & _agree("log_field", "break_field"))
