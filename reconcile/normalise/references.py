"""References through the crosswalk: the CRM's key of a parent becomes the ERP's, so that both sides speak of the same record."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.records import KEY, RAW, SHAPES, WHOLE, Role

UNRESOLVED = "unresolved:"
"""Prefix of a reference whose parent has no counterpart: equal to nothing on the other side."""


def resolve(frame: pl.DataFrame, references: Mapping[str, str], links: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A CRM frame with its references in the ERP's keys.

    Args:
        frame: normalised CRM records.
        references: reference field to the entity it points to.
        links: entity to LINKS.

    Returns:
        The frame with each reference replaced by the linked ERP key, or by `unresolved:<CRM key>` where there is none.
    """
    for name, entity in references.items():
        if name not in frame.columns or entity not in links:
            continue
        known = links[entity].select(pl.col("crm_key").alias(name), pl.col("erp_key").alias("_resolved"))
        frame = (
            frame.join(known, on=name, how="left", maintain_order="left")
            .with_columns(pl.coalesce("_resolved", UNRESOLVED + pl.col(name)).alias(name))
            .drop("_resolved")
        )
    return frame


def with_whole(frame: pl.DataFrame, entity: str, parents: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """A part with what it takes from its whole: WHOLE, the whole's label, and the whole's currency if it has none itself.

    Args:
        frame: normalised records of one side, references not yet resolved.
        entity: canonical name; the frame comes back as it is if the entity is part of nothing.
        parents: entity to the normalised frame of the same side.
    """
    shape = SHAPES.get(entity)
    whole = SHAPES[shape.references[shape.parent]] if shape and shape.parent else None
    if not shape or not whole or whole.name not in parents or shape.parent not in frame.columns:
        return frame
    parent = parents[whole.name]
    label = [pl.col(RAW + name) for name in whole.label.split() if RAW + name in parent.columns]
    taken = [pl.concat_str(label, separator=" ", ignore_nulls=True).alias(WHOLE)] if label else []
    taken += [pl.col("currency")] if "currency" in parent.columns and "currency" not in frame.columns else []
    return frame.join(parent.select(pl.col(KEY).alias(shape.parent), *taken), on=shape.parent, how="left", maintain_order="left")


def orphans(frame: pl.DataFrame, references: Mapping[str, str], parents: Mapping[str, pl.DataFrame], role: Role) -> pl.DataFrame:
    """Records that point to a parent which their own system does not have.

    Args:
        frame: normalised records of one side, references not yet resolved.
        references: reference field to the entity it points to.
        parents: entity to the normalised frame of the same side.
        role: the side.

    Returns:
        Columns system, key, field, value (the dangling key), one row each.
    """
    found = [pl.DataFrame(schema={"system": pl.String, "key": pl.String, "field": pl.String, "value": pl.String})]
    for name, entity in references.items():
        if name not in frame.columns or entity not in parents:
            continue
        known = parents[entity].select(pl.col(KEY).alias(name))
        dangling = frame.filter(pl.col(name).is_not_null()).join(known, on=name, how="anti")
        found.append(
            dangling.select(
                pl.lit(str(role)).alias("system"),
                pl.col(KEY).alias("key"),
                pl.lit(name).alias("field"),
                pl.col(name).alias("value"),
            )
        )
    return pl.concat(found)
