"""What the configuration says of single differences: who owns the field of this record, and how long its sync may take."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.config.models import Entity, FieldMap, kind_of
from reconcile.values.conditions import condition, with_fields


def owners(name: str, entity: Entity, spec: FieldMap, pairs: pl.DataFrame) -> pl.Series:
    """The owner of a field for each of these pairs, in the words of the configuration.

    Args:
        name: of the entity.
        entity: its configuration.
        spec: the field.
        pairs: linked pairs with `c:<field>` and `e:<field>` in standard form.
    """
    kinds = {field: kind for field, of in entity.fields.items() if (kind := kind_of(name, field, of)) is not None}
    seen = with_fields(pairs, {field: (f"c:{field}", f"e:{field}") for field in kinds}) if spec.policies else pairs
    owner = pl.lit(spec.owner)
    for policy in reversed(spec.policies):  # the first that holds comes last, and counts
        owner = pl.when(condition(policy.when, kinds)).then(pl.lit(policy.owner)).otherwise(owner)
    return seen.select(pl.int_range(pl.len()), owner=owner)["owner"]


def sync_minutes(fields: Mapping[str, FieldMap], usual: float) -> pl.Expr:
    """How many minutes the sync of the column `field` may take; `usual` where its configuration does not say, or it is null."""
    own = {name: spec.sync_minutes for name, spec in fields.items() if spec.sync_minutes is not None}
    return pl.col("field").replace_strict(own, default=usual, return_dtype=pl.Float64) if own else pl.lit(usual)
