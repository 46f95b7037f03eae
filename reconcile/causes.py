"""What a cause is: its mechanism, and the frames in which a run keeps its causes and the breaks that they explain.

Apart from `results`, because only the comparison and the screens speak of causes.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl


class Mechanism(StrEnum):
    """What has made the values of many differences differ. Sides are named in the parameters of a cause."""

    FACTOR = "factor"
    OFFSET = "offset"
    TIME_ZONE = "time_zone"
    TIME_CUT = "time_cut"
    DAY_MONTH = "day_month"
    ROUNDING = "rounding"
    SIGN = "sign"
    TRUNCATION = "truncation"
    ENCODING = "encoding"
    SWAPPED = "swapped"
    SHIFTED = "shifted"
    CODE_MAP = "code_map"
    DEFAULT = "default"
    STALE = "stale"
    SOURCE = "source"


_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "cause": pl.String,  # stable across runs: entity, mechanism and what does not move between runs
    "mechanism": pl.String,  # Mechanism
    "entity": pl.String,
    "fields": pl.List(pl.String),  # canonical names, in order
    "parameters": pl.String,  # a JSON object: side, factor, since, ...; see docs/causes.md
    "covered": pl.Int64,  # differences
    "records": pl.Int64,  # linked pairs in which they stand
    "of_fields": pl.Float64,  # share of the differences of these fields
    "of_all": pl.Float64,  # share of the run's differences
    "satisfying": pl.Int64,  # linked pairs that satisfy its condition
    "purity": pl.Float64,  # share of those that differ so
    "value_at_risk": pl.Float64,  # of its differences in `currency`; null where no money is at stake
    "currency": pl.String,  # the one with most of it
    "crm_key": pl.String,  # an example
    "erp_key": pl.String,
    "field": pl.String,
    "crm_value": pl.String,
    "erp_value": pl.String,
    "fix": pl.String,  # rule: lines for the configuration; bulk: all of its corrections are decided at once
    "fix_text": pl.String,  # YAML, or a command
}
CAUSES = pl.Schema(_COLUMNS)
"""What explains many differences, one row each, the one that explains most first."""

CAUSE_BREAKS = pl.Schema({"fingerprint": pl.String, "cause": pl.String})
"""Which break is explained by which cause; a break has one at most."""
