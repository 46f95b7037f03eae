"""Finds the records of one system that are the same business: shared keys, then scored pairs, gathered into groups."""

from __future__ import annotations

import polars as pl

from reconcile.config.models import Entity
from reconcile.groups import connected
from reconcile.match import classifier
from reconcile.match.candidates import blocks, propose
from reconcile.match.fields import comparable_frame
from reconcile.match.ladder import plan_of, similarities
from reconcile.records import KEY


def dedupe(frame: pl.DataFrame, entity_name: str, entity: Entity, budget: int = 5_000_000) -> pl.DataFrame:
    """Duplicates inside one normalised frame.

    Returns:
        Columns key, kept (the record of the group with the smallest key), probability; one row for each record that is
        not the kept one.
    """
    plan = plan_of(entity_name, entity)
    forms = comparable_frame(frame, plan.kinds)
    pairs = [pl.DataFrame(schema={"l": pl.String, "r": pl.String, "probability": pl.Float64})]
    for key in plan.keys:
        value = pl.concat_str(key, separator="\u001f").alias("v")
        keyed = forms.select(KEY, value).drop_nulls()
        same = keyed.join(keyed, on="v").filter(pl.col(KEY) < pl.col(f"{KEY}_right"))
        pairs.append(same.select(l=KEY, r=f"{KEY}_right", probability=pl.lit(1.0)))
    if plan.scored:
        proposed, _ = propose(forms, forms, blocks(plan.block, plan.kinds), budget)
        distinct = proposed.filter(pl.col("l") < pl.col("r")).sort("l", "r")
        alike = similarities(forms, forms, distinct, plan)
        scored = distinct.with_columns(probability=classifier.score(alike, classifier.fit(alike)))
        pairs.append(scored.filter(pl.col("probability") >= entity.match.link_at))
    everything = pl.concat(pairs)
    best = pl.concat([everything, everything.select(l="r", r="l", probability="probability")])
    best = best.group_by(key="l").agg(pl.col("probability").max())
    groups = connected(everything).filter(pl.col("key") != pl.col("group"))
    return groups.join(best, on="key").select("key", kept="group", probability="probability").sort("key")
