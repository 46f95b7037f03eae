"""How much of what a side writes its code maps cover: one hole in a map may be thousands of records."""

from __future__ import annotations

import polars as pl

from reconcile.records import RAW
from reconcile.results import Normalised

_NAMED = 5
"""Codes that a sentence names; all are in the findings."""


def unmapped_codes(normalised: Normalised) -> list[dict[str, str]]:
    """What a sentence says of each field with codes that its map lacks.

    Returns:
        field, codes (how many), count (records that hold one), records (that hold any code), names (of the most frequent ones).
    """
    bad = normalised.findings.filter(pl.col("rule") == "code_not_mapped")
    found = []
    for name in bad["field"].unique(maintain_order=True):
        codes = bad.filter(pl.col("field") == name).group_by("value").len().sort("len", "value", descending=[True, False])
        held = normalised.frame.filter(pl.col(RAW + name).str.strip_chars() != "").height
        names = ", ".join(codes["value"].head(_NAMED).fill_null("")) + (", …" if codes.height > _NAMED else "")
        said = {"field": str(name), "codes": f"{codes.height:,}", "count": f"{codes['len'].sum():,}", "records": f"{held:,}"}
        found.append(said | {"names": names})
    return found
