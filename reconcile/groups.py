"""Gathers pairs into groups: records that are connected, directly or through others, share one label. Below the stages."""

from __future__ import annotations

import polars as pl


def connected(pairs: pl.DataFrame) -> pl.DataFrame:
    """The group of each record.

    Args:
        pairs: columns l and r: keys that belong together.

    Returns:
        Columns key and group (the smallest key of the group), sorted by key; one row for each record that occurs.
    """
    both = pl.concat([pairs.select("l", "r"), pairs.select(l="r", r="l")]).unique()
    label = both.select(key="l", group="l").unique().sort("key")
    while True:
        near = both.join(label, left_on="r", right_on="key").group_by("l").agg(near=pl.col("group").min())
        moved = label.join(near, left_on="key", right_on="l", maintain_order="left").select(
            "key", group=pl.min_horizontal("group", "near")
        )
        if moved.equals(label):
            return label
        label = moved
