"""Who looks after which breaks, by the rules of the configuration. Whom a person has named by hand the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from reconcile.config.breaks import OwnerRule
from reconcile.config.scope import condition, fields_of
from reconcile.records import KEY, Role

Records = Mapping[Role, Mapping[str, pl.DataFrame]]
"""Canonical records by side and entity."""


def owned(breaks: pl.DataFrame, rules: Sequence[OwnerRule], records: Records) -> pl.DataFrame:
    """The breaks (BREAKS) with a column `assignee`: the owner of the first rule that fits, null where none does."""
    assignee = pl.lit(None, pl.String)
    marks = []
    for at, rule in reversed(list(enumerate(rules))):
        fits = [
            pl.col(column).is_in(list(values))
            for column, values in (
                ("entity", rule.entities),
                ("field", rule.fields),
                ("kind", rule.kinds),
                ("severity", rule.severities),
            )
            if values is not None
        ]
        if rule.when is not None:
            marks.append(_holds(breaks, rule.when, records).alias(f"_when{at}"))
            fits.append(pl.col(f"_when{at}"))
        fit = pl.all_horizontal(fits).fill_null(value=False) if fits else pl.lit(value=True)
        assignee = pl.when(fit).then(pl.lit(rule.owner)).otherwise(assignee)
    return breaks.with_columns(marks).with_columns(assignee=assignee.cast(pl.String)).select(*breaks.columns, "assignee")


def _holds(breaks: pl.DataFrame, when: str, records: Records) -> pl.Series:
    """Whether the condition holds for the record of a break, on either side; false where the record lacks its fields."""
    holds = pl.Series([False]).new_from_index(0, breaks.height)
    needed = fields_of(when)
    for role in Role:
        key = f"{role}_key"
        for entity, frame in records[role].items():
            if set(needed) - set(frame.columns):
                continue
            keys = frame.filter(condition(when).fill_null(value=False))[KEY]
            holds = (
                holds
                | breaks.select(
                    ((pl.col("entity") == entity) & pl.col(key).is_in(keys.implode())).fill_null(value=False)
                ).to_series()
            )
    return holds
