"""What expectations ask and answer: the frames of findings, checks and their history, and the port of the suites.

Apart from `results`, which hands it on: what the suites stand behind needs nothing of breaks and actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from reconcile.records import Scope

FINDINGS = pl.Schema(
    {
        "entity": pl.String,
        "system": pl.String,  # crm, erp or pair; null of a file on its own
        "key": pl.String,
        "field": pl.String,
        "rule": pl.String,
        "severity": pl.String,
        "value": pl.String,
        "counterpart": pl.String,  # of a pair: the ERP record's key, and `key` is the CRM's; else null
    }
)
"""Records that fail a rule, one row for each record and rule."""

CHECKS = pl.Schema(
    {
        "suite": pl.String,
        "entity": pl.String,
        "system": pl.String,
        "rule": pl.String,
        "field": pl.String,
        "severity": pl.String,
        "success": pl.Boolean,
        "evaluated": pl.Int64,  # records
        "failed": pl.Int64,  # records
        "message_en": pl.String,
        "message_zh": pl.String,
        "dimension": pl.String,  # completeness, validity, uniqueness, consistency, timeliness, integrity
        "owner": pl.String,  # who mends what it finds
        "observed": pl.String,  # what a rule about a column or the whole table found; null of a rule about records
        "found_en": pl.String,  # the same as people read it, names of fields in backticks; null of a rule about records
        "found_zh": pl.String,
        "answered_by": pl.String,  # polars, or pandas of what polars can't express; null of runs that did not note it
    }
)
"""Expectations and how they ended, one row each."""

_HISTORY: dict[str, pl.DataType | type[pl.DataType]] = {
    "suite": pl.String,
    "rule": pl.String,
    "entity": pl.String,
    "system": pl.String,  # as in CHECKS
    "run_id": pl.String,
    "observed": pl.Float64,  # what a rule about a column or the whole table found: a count, a mean, a share
    "at": pl.Datetime("us", "UTC"),
}
HISTORY = pl.Schema(_HISTORY)
"""What rules about columns and tables found in the runs before, one row for each rule and run."""

_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "entity": pl.String,
    "system": pl.String,  # crm or erp
    "object": pl.String,  # the system's own name of what is read
    "name": pl.String,  # of a field, as the system has it
    "type": pl.String,  # in the words of results.Holds; null where nobody says it
    "since": pl.Datetime("us", "UTC"),  # when a run first found all columns of the object as they stand with this moment
}
COLUMNS = pl.Schema(_COLUMNS)
"""The columns that the systems' objects have, and had before: all of an object's for each change of them."""

Tables = Mapping[str, pl.LazyFrame]
"""What a rule may read beside the records it is about.

An entity (`customers`): its canonical frame of the same system. `other:customers`: the other system's.
`crosswalk`: entity, crm_key, erp_key (String), of all entities. `history`: HISTORY. `columns`: COLUMNS of both sides; the
latest of an object are those that the records were read from.
"""


@dataclass(frozen=True)
class LeftOut:
    """A rule that could not be applied to the records it was asked of."""

    suite: str
    rule: str
    field: str | None
    severity: str
    why: str
    """In English, such as `there is no field city`."""


@dataclass(frozen=True)
class CheckResult:
    """Expectations of one entity of one side, or of its pairs: CHECKS and FINDINGS frames."""

    checks: pl.DataFrame
    findings: pl.DataFrame
    notes: tuple[str, ...] = ()
    """Rules that could not be applied, and why: they are in neither frame."""
    left_out: tuple[LeftOut, ...] = ()
    """The same rules, one by one; those that nobody asked for are not among them."""


class Check(Protocol):
    """The port that the expectation suites stand behind.

    `frame` is a normalised frame of one side; for a pair the linked records, with KEY (the CRM's), COUNTERPART, and the canonical
    fields of both sides as `crm.<field>` and `erp.<field>`, what they said as `raw:crm.<field>` and `raw:erp.<field>`.
    """

    def __call__(
        self, entity: str, system: Scope, frame: pl.DataFrame | pl.LazyFrame, tables: Tables | None = None
    ) -> CheckResult:
        """Run every suite that applies."""
        ...
