"""Records of one system that are the same business: shared identifiers first, then what the caller's similarity finds."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from reconcile.cleanse.rules import Rules
from reconcile.groups import connected
from reconcile.records import KEY
from reconcile.values import comparable

Similar = Callable[[pl.DataFrame], pl.DataFrame]
"""A normalised frame to columns key, kept, probability: one row for each record that is another one once more."""

DUPLICATES = pl.Schema({"key": pl.String, "duplicate_of": pl.String, "because": pl.String, "probability": pl.Float64})
"""One row for each record that is not the kept one of its group. because: the shared fields, or `similar`."""


def duplicates(frame: pl.DataFrame, rules: Rules, similar: Similar | None) -> pl.DataFrame:
    """DUPLICATES of a normalised frame; the record of a group with the smallest key is the kept one."""
    edges = [pl.DataFrame(schema={"l": pl.String, "r": pl.String, "because": pl.String, "probability": pl.Float64})]
    for names in rules.unique:
        form = pl.concat_str([comparable(rules.kinds[name], pl.col(name)) for name in names], separator="\u001f")
        keyed = frame.select(pl.col(KEY).alias("r"), form.alias("form")).filter(pl.col("form") != "")
        first = pl.col("r").min().over("form")
        shared = keyed.with_columns(first.alias("l")).filter(pl.col("l") != pl.col("r"))
        edges.append(shared.select("l", "r", pl.lit(" + ".join(names)).alias("because"), pl.lit(1.0).alias("probability")))
    if similar is not None:
        found = similar(frame).select(
            pl.col("kept").alias("l"), pl.col("key").alias("r"), pl.lit("similar").alias("because"), "probability"
        )
        edges.append(found.cast({"probability": pl.Float64}))
    return _grouped(pl.concat(edges))


def _grouped(edges: pl.DataFrame) -> pl.DataFrame:
    """Connected records share the smallest key among them."""
    label = connected(edges)
    why = pl.concat([edges.select(key="r", because="because", probability="probability"),
                     edges.select(key="l", because="because", probability="probability")])  # fmt: skip
    surest = why.sort("probability", descending=True, maintain_order=True).unique("key", keep="first", maintain_order=True)
    found = label.filter(pl.col("key") != pl.col("group")).join(surest, on="key", how="left")
    return found.select("key", pl.col("group").alias("duplicate_of"), "because", "probability").sort("key").cast(DUPLICATES)
