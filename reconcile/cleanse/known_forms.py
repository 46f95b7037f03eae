"""The standard form of values that fail a rule, where it is known with certainty: a valid value, only written otherwise."""

from __future__ import annotations

import polars as pl

from reconcile.cleanse.rules import rules_for
from reconcile.cleanse.standardise import standardise
from reconcile.cleanse.validity import problems
from reconcile.config.models import Entity
from reconcile.records import KEY, RAW, Kind, Role

_CERTAIN = (Kind.EMAIL, Kind.PHONE, Kind.COUNTRY, Kind.CURRENCY)
"""Kinds of which each valid value has one standard form, and a form that is valid proves that the value was understood."""

FORMS = pl.Schema({"key": pl.String, "field": pl.String, "before": pl.String, "after": pl.String})
"""What a record's field holds, and its standard form as text; one row for each record and field."""


def known_forms(name: str, entity: Entity, role: Role, frame: pl.DataFrame) -> pl.DataFrame:
    """FORMS of the values of a normalised frame that are not written in their standard form; others have no row.

    Fields with a code map are left out: their words are the system's own.
    """
    rules = rules_for(name, entity, role)
    fields = [f for f, kind in rules.kinds.items() if kind in _CERTAIN and f not in rules.words and f in frame.columns]
    found = [FORMS.to_frame()]
    if not fields or frame.is_empty():
        return found[0]
    written = standardise(frame, rules)
    wrong = problems(written, rules).select("key", "field")
    for field in fields:
        rows = written.select(key=KEY, field=pl.lit(field), before=RAW + field, after=pl.col(field).cast(pl.String))
        found.append(rows.filter(pl.col("after").is_not_null() & (pl.col("before") != pl.col("after"))))
    return pl.concat(found).join(wrong, on=["key", "field"], how="anti", maintain_order="left")


def in_known_form(frame: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """The records of a normalised frame that `forms` (FORMS) names, as they would be with these forms written."""
    rows = frame.filter(pl.col(KEY).is_in(forms["key"].implode()))
    for (field,), group in forms.group_by("field"):
        new = group.select(pl.col("key").alias(KEY), _after="after")
        both = rows.join(new, on=KEY, how="left", maintain_order="left")
        columns = {name: pl.coalesce("_after", name).cast(frame.schema[name]) for name in (str(field), f"{RAW}{field}")}
        rows = both.with_columns(**columns).drop("_after")
    return rows
