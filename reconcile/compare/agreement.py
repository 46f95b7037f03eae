"""On which values both sides of each linked pair agree, and, of those that differ, which side has left the last agreement.

Apart from `breaks`, which asks what differs; the equality is the same, and is asked once.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.records import RAW
from reconcile.results import MOVED
from reconcile.values.text import clean

_KEYS = ["crm_key", "erp_key", "field"]


def agreed_values(pairs: pl.DataFrame, agree: Mapping[str, pl.Series]) -> pl.DataFrame:
    """What each side writes where both agree.

    Args:
        pairs: linked pairs side by side: crm_key, erp_key, `c:raw:<field>` and `e:raw:<field>`.
        agree: field to Boolean, one for each pair, never null: comparable and equal under the field's rule, as empty ones are.

    Returns:
        crm_key, erp_key and a struct {crm, erp} for each field; null where they do not agree.
    """
    values = [
        pl.when(mask).then(pl.struct(crm=pl.col(f"c:{RAW}{name}"), erp=pl.col(f"e:{RAW}{name}"))).alias(name)
        for name, mask in agree.items()
    ]
    return pairs.select("crm_key", "erp_key", *values)


def moved_since(differences: pl.DataFrame, base: pl.DataFrame) -> pl.DataFrame:
    """MOVED of differences (BREAKS): who no longer writes what it wrote when both agreed last (BASE).

    Width of letters, spaces and control characters do not count, anything else does: of a side that has only changed how it
    writes the same, this says that it has moved, too.
    """
    both = differences.select("fingerprint", *_KEYS, "crm_value", "erp_value").join(base, on=_KEYS, how="left", suffix="_base")
    crm, erp = (clean(pl.col(f"{side}_value")).ne_missing(clean(pl.col(f"{side}_value_base"))) for side in ("crm", "erp"))
    moved = pl.when(crm & erp).then(pl.lit("both")).when(crm).then(pl.lit("crm")).when(erp).then(pl.lit("erp"))
    return both.select(
        "fingerprint",
        "field",
        moved=pl.when(pl.col("agreed_at").is_null()).then(pl.lit("never")).otherwise(moved.otherwise(pl.lit("neither"))),
        crm_value="crm_value_base",
        erp_value="erp_value_base",
        agreed_at="agreed_at",
    ).cast(dict(MOVED.items()))


def with_moved(breaks: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """The breaks (BREAKS) in their order, each difference with who has left the last agreement (MOVED)."""
    said = moved.select("fingerprint", "moved").unique("fingerprint", keep="first", maintain_order=True)
    return breaks.drop("moved").join(said, on="fingerprint", how="left", maintain_order="left").select(breaks.columns)
