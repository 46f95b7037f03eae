"""What the quote-to-cash data are: both systems' tables, and which of their documents break a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

PLANTED = pl.Schema({"rule": pl.String, "system": pl.String, "entity": pl.String, "key": pl.String})
"""Documents that break a rule, and which: the truth, one row each."""


@dataclass(frozen=True)
class QuoteToCash:
    """Two systems and the truth. Money and quantities are Int64: minor units and thousandths, until they are written."""

    crm: Mapping[str, pl.DataFrame]
    erp: Mapping[str, pl.DataFrame]
    planted: pl.DataFrame
    """PLANTED."""
