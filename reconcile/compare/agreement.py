"""On which values both sides of each linked pair agree, and, of those that differ, which side has left the last agreement.

Apart from `breaks`, which asks what differs; the equality is the same, and is asked once.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.records import RAW


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
