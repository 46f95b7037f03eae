"""Why two records are linked or not: each field with what it is worth, the sum, and what became of the pair.

Pure: it reads what was scored and decided, and decides nothing. Screens say it in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from reconcile.match.deciding.resolution import Resolved
from reconcile.match.explaining.verdict import Reason, Rival, verdict
from reconcile.match.explaining.waterfall import Row, Weighed, weighed
from reconcile.match.linkage import Scored, Settings, link_at
from reconcile.records import KEY, RAW

__all__ = ["Explanation", "Reason", "Rival", "Row", "explain", "raw_values"]


@dataclass(frozen=True)
class Explanation:
    """One pair of records, weighed and judged."""

    crm_key: str
    erp_key: str
    rows: tuple[Row, ...]
    """The prior, the fields, and what other things take or give; their bits sum to `total` exactly."""
    total: float
    """log2 of the odds that the two are the same."""
    probability: float
    zone: str
    """link, review, duplicate, or none."""
    rung: str
    """What decided: score, or the rung of the ladder that did."""
    reason: Reason
    compared: bool
    """Whether matching looked at the pair at all; if not, it was weighed for this explanation only."""
    link_at: float
    review_at: float
    raw: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """Field to what stands in the CRM and in the ERP, as written there."""
    sides: tuple[str, str] = ("crm", "erp")
    """The side of each of the two keys: both the same where two records of one side are compared."""

    @property
    def fields(self) -> tuple[Row, ...]:
        """The rows of fields alone."""
        return tuple(row for row in self.rows if row.part == "field")

    def with_raw(self, crm: Mapping[str, str | None], erp: Mapping[str, str | None]) -> Explanation:
        """With the values of both records as they are written."""
        return replace(self, raw={row.field: (crm.get(row.field), erp.get(row.field)) for row in self.fields})

    def as_recorded(self, zone: str, rung: str, reason: Reason | None = None) -> Explanation:
        """The same weights under a decision that is on record: a remembered link, a key, a person's."""
        if reason is None and (zone, rung) == (self.zone, self.rung):
            return self
        if reason is None and zone == "link" and not rung.startswith("score"):
            reason = Reason(f"link_{rung.split(':', 1)[0]}", {"fields": rung.partition(":")[2]})
        return replace(self, zone=zone, rung=rung, reason=self.reason if reason is None else reason)


def explain(
    scored: Scored, decided: Resolved, settings: Settings, left_row: int, right_row: int, untaught: Scored | None = None
) -> Explanation:
    """What speaks for and against two records being the same, and why they were linked or were not.

    Args:
        scored: the pairs that were compared, and the model they were weighed by.
        decided: what became of them.
        settings: by which thresholds.
        left_row: the number of the CRM's record in its frame, from 0.
        right_row: the same of the ERP's.
        untaught: the pairs as they weighed before people's answers taught something, if they did.
    """
    found: Weighed = weighed(scored, left_row, right_row, untaught)
    zone, rung, reason = verdict(scored, decided, settings, found, (left_row, right_row))
    keys = [_key(frame[KEY], row) for frame, row in zip(scored.comparison.forms, (left_row, right_row), strict=True)]
    return Explanation(
        crm_key=keys[0],
        erp_key=keys[1],
        rows=found.rows,
        total=found.total,
        probability=found.probability,
        zone=zone,
        rung=rung,
        reason=reason,
        compared=found.compared,
        link_at=link_at(scored.pairs, settings),
        review_at=settings.review_at,
    )


def raw_values(frame: pl.DataFrame, row: int, names: Iterable[str]) -> dict[str, str | None]:
    """What the system holds of a canonical record, field by field; where that was not kept, the canonical value.

    Args:
        frame: canonical records, with raw values or without.
        row: which one.
        names: its fields.
    """
    own = frame.row(row, named=True)
    values = {name: own.get(f"{RAW}{name}", own.get(name)) for name in names}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _key(keys: pl.Series, row: int) -> str:
    return str(keys[row])
