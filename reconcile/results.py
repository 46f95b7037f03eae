"""The frozen values that stages hand to each other, and the schemas of the frames inside them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from reconcile import checks
from reconcile.balances import CONSERVATION, RESIDUALS
from reconcile.records import Role

UTC_TIME = pl.Datetime("us", "UTC")

CHECKS, FINDINGS = checks.CHECKS, checks.FINDINGS
Check = checks.Check
CheckResult = checks.CheckResult
LeftOut = checks.LeftOut
"""Written down in `checks`, and read from here with the other values that stages hand to each other."""

_Columns = dict[str, pl.DataType | type[pl.DataType]]


class BreakKind(StrEnum):
    """What a break is. Sides are named, CRM first."""

    DIFFERENCE = "difference"
    MISSING_IN_CRM = "missing_in_crm"
    MISSING_IN_ERP = "missing_in_erp"
    DUPLICATE_IN_CRM = "duplicate_in_crm"
    DUPLICATE_IN_ERP = "duplicate_in_erp"
    ORPHAN_IN_CRM = "orphan_in_crm"
    ORPHAN_IN_ERP = "orphan_in_erp"
    UNMAPPED_CODE = "unmapped_code"
    UNREADABLE_VALUE = "unreadable_value"
    CANDIDATE = "candidate"
    CONSERVATION = "conservation"
    BROKEN_RULE = "broken_rule"


class BreakState(StrEnum):
    """Where a break is in its life."""

    NEW = "new"
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    FIXED = "fixed"
    REGRESSED = "regressed"


class News(StrEnum):
    """What a run says of a break that the run before did not."""

    NEW = "new"
    REGRESSED = "regressed"
    REOPENED = "reopened"
    OVERDUE = "overdue"


class ActionKind(StrEnum):
    """What an action does."""

    UPDATE = "update"
    CREATE = "create"
    LINK = "link"
    MERGE = "merge"
    DEACTIVATE = "deactivate"
    REVIEW = "review"


class ActionState(StrEnum):
    """Where an action is between proposal and proof."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUSHING = "pushing"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    REFUSED = "refused"
    CONFLICT = "conflict"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    UNDONE = "undone"


LINKS = pl.Schema({"entity": pl.String, "crm_key": pl.String, "erp_key": pl.String, "rung": pl.String, "probability": pl.Float64})
"""Decided pairs. rung: remembered, key:<fields>, score, person."""

CANDIDATES = pl.Schema({"entity": pl.String, "crm_key": pl.String, "erp_key": pl.String, "probability": pl.Float64})
"""Pairs that wait for a person."""

_BREAKS: _Columns = {
    "fingerprint": pl.String,  # stable across runs: entity, kind, field and keys
    "entity": pl.String,
    "kind": pl.String,  # BreakKind
    "field": pl.String,  # null when the whole record is the matter
    "crm_key": pl.String,
    "erp_key": pl.String,
    "label": pl.String,  # what a person calls the record: its name or number
    "crm_value": pl.String,  # raw, as the CRM says it
    "erp_value": pl.String,
    "reason": pl.String,  # a reason code, translated by reports/texts
    "moved": pl.String,  # of a difference, as in MOVED: which side has left the last agreement; else null
    "severity": pl.String,  # blocking, major, minor
    "owner": pl.String,  # crm, erp, newest, changed_side, review: from the policy
    "value_at_risk": pl.Float64,  # in `currency`; null where no money is at stake
    "currency": pl.String,
    "state": pl.String,  # BreakState
    "first_seen": UTC_TIME,
}
BREAKS = pl.Schema(_BREAKS)
"""What needs attention, one row each. Other keys of a duplicate stand in `crm_value` or `erp_value`, joined by `, `."""

_LIFE: _Columns = {
    "open_since": UTC_TIME,  # first_seen, or when it came back
    "due_at": UTC_TIME,  # null where its severity has no term
    "overdue_since": UTC_TIME,  # when a run first found it past due; null while it is accepted
    "assignee": pl.String,  # the person or team that looks after it
    "assigned_by": pl.String,  # who assigned it by hand; null where a rule did
    "accepted_until": pl.Date,  # the last day, in UTC
    "note": pl.String,  # the reason given when it was acknowledged or accepted
    "reopened": pl.String,  # why it is open again: acceptance_over, values_moved, more_at_risk
}
LIFE = pl.Schema(_LIFE)
"""What the ledger adds to a break."""
LIVED = pl.Schema({**_BREAKS, **_LIFE, "news": pl.String})
"""Breaks of a run with their life; `news` is one of News, null where the run before has said it."""

AGES = (("0-1", 2), ("2-7", 8), ("8-30", 31), ("31-90", 91))
"""Age buckets and the day at which each ends; what is older is OLDEST."""
OLDEST = "90+"

COUNTS = pl.Schema(
    {
        "entity": pl.String,
        "crm_records": pl.Int64,
        "erp_records": pl.Int64,
        "links": pl.Int64,  # null: one side alone keeps the entity, so that nothing is linked
        "candidates": pl.Int64,
        "only_crm": pl.Int64,
        "only_erp": pl.Int64,
        "in_flight": pl.Int64,  # differences and missing records that are too fresh to be breaks
        "cells": pl.Int64,  # field values compared
        "cells_equal": pl.Int64,  # equal as they stand or under the field's rule
        "breaks": pl.Int64,
        "value_at_risk": pl.Float64,
    }
)
"""The totals of one entity, one row each."""


_BASE: _Columns = {
    "crm_key": pl.String,
    "erp_key": pl.String,
    "field": pl.String,
    "crm_value": pl.String,  # raw, as the CRM wrote it when both agreed
    "erp_value": pl.String,
    "agreed_at": UTC_TIME,  # since when: the snapshots of the first run that saw these values
    "run_id": pl.String,
}
BASE = pl.Schema(_BASE)
"""The last value on which both systems agreed, one row for each linked pair and field. Both null: they agreed on no value."""

_MOVED: _Columns = {
    "fingerprint": pl.String,  # of a difference
    "field": pl.String,
    "moved": pl.String,  # crm, erp, both, neither: who has left the base; never: there is none
    "crm_value": pl.String,  # of the base
    "erp_value": pl.String,
    "agreed_at": UTC_TIME,
}
MOVED = pl.Schema(_MOVED)
"""Which side of a difference has left the last value on which both agreed, one row each."""

LINK_CHANGE = "link"
"""Kind of a change that no system holds: the target's key that the source record is linked with in the crosswalk."""
MERGED_CHANGE = "merged_into"
"""Kind of a change that says which record stays when the target record goes; its target field may be empty."""


class Holds(StrEnum):
    """What a system's field holds, in words that all systems share."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    REFERENCE = "reference"


@dataclass(frozen=True)
class FieldRule:
    """What a system's metadata demands of one field. What it does not say stands at its default, and is not checked."""

    holds: Holds | None = None
    required: bool = False
    """It is never empty: a create must bring it unless `defaulted`, and no update may empty it."""
    defaulted: bool = False
    """The system fills it in itself where a create leaves it out."""
    creatable: bool = True
    """A create may give it."""
    updatable: bool = True
    max_length: int | None = None
    """Characters."""
    whole_digits: int | None = None
    """Digits before the point."""
    decimals: int | None = None
    """Digits after the point."""
    digits: int | None = None
    """Digits before and after the point together."""
    allowed: tuple[str, ...] = ()
    """The words of a closed list; empty if there is none."""
    unique: bool = False
    """No two records hold the same."""
    case_matters: bool = False
    """Whether Acme and ACME are two values of a unique field."""


Rules = Mapping[str, FieldRule]
"""By the system's own field name or path."""


@dataclass(frozen=True)
class Misfit:
    """One value that the target would refuse, by its metadata: a code with what the sentence needs; see plan/misfits.py."""

    code: str
    field: str
    """The target system's own name or path."""
    value: str | None = None
    allowed: str = ""
    """What the target takes: a number, words, or one of `Holds`."""
    found: str = ""
    """What the value has instead: a number of digits or characters, or the record that holds it already."""
    target: str = ""
    """The side that would refuse it, where a part of the action writes to it; empty for the action's own."""


@dataclass(frozen=True)
class Change:
    """One field of an action: what it holds in the target, and what it shall hold."""

    field: str
    """Canonical name."""
    target_field: str
    """The target system's own name or path; empty for what the ledger alone holds."""
    before: str | None
    """As the target said it in the snapshot; None in a create."""
    after: str | None
    """Text form of the value to write (ISO dates, plain decimals, true/false)."""
    kind: str
    """The field's Kind, which decides how `after` is written and how the read-back is compared."""
    reference: str | None = None
    """For a reference: the entity; `after` is then the source system's key, resolved through the crosswalk at the push."""
    source_field: str | None = None
    """The source system's own name or path of the field that `after` comes from; None if it comes from no field."""
    source_value: str | None = None
    """What that field held when the change was proposed, as the source said it."""


@dataclass(frozen=True)
class Action:
    """A typed, proposed correction. `id` is the hash of what it would do, so that the same proposal is the same action."""

    id: str
    kind: ActionKind
    entity: str
    target: Role
    target_key: str | None
    source_key: str | None
    label: str
    changes: tuple[Change, ...]
    clause: str
    """The policy clause that asks for it, such as `customers.credit_limit: owner erp`."""
    breaks: tuple[str, ...]
    """Fingerprints of the breaks that it resolves."""
    tier: str
    """low, medium or high risk."""
    value_at_risk: float | None = None
    currency: str | None = None
    depends_on: tuple[str, ...] = ()
    """Actions that must be verified first: a parent that has yet to be created."""
    state: ActionState = ActionState.PROPOSED
    run_id: str = ""
    message: str = ""
    """What the system said, or why the action lapsed."""
    undoes: str | None = None
    """The action that this one takes back."""
    proposed_by: str = ""
    """The person who asked for it; empty where a run proposes it from its evidence."""
    crm_version: str | None = None
    """What the CRM record's version was when this was proposed: its time of change, as ISO text in UTC; None if it has none."""
    erp_version: str | None = None
    """The same of the ERP record."""
    evidence: tuple[tuple[str, str], ...] = ()
    """Why, as pairs of a word (a key of reports/texts `evidence`) and what it holds, such as ("linked by", "key:tax_id")."""
    parts: tuple[str, ...] = ()
    """Actions that are decided with this one, only as a whole: what a merge moves before it closes a record."""
    part_of: str | None = None
    """The action that this one is a part of."""
    problem: str = ""
    """Why the target would refuse it, by its own metadata; such an action can't be approved. Empty if nothing is known."""
    misfits: tuple[Misfit, ...] = ()
    """The same for screens in every language, one for each value."""


@dataclass(frozen=True)
class Normalised:
    """One entity of one side after mapping: good rows, and findings for what could not be read."""

    frame: pl.DataFrame
    """Columns KEY, MODIFIED, every mapped canonical field, and `raw:<field>` for each."""
    findings: pl.DataFrame


@dataclass(frozen=True)
class Matched:
    """Who is who, for one entity."""

    links: pl.DataFrame
    candidates: pl.DataFrame
    duplicates: pl.DataFrame
    """Columns system (role), key (the record that lost), kept (the record of the same side that holds the link), probability."""
    learned: bytes = b""
    """The model that pairs were weighed by, so that they can be explained later; empty where none were."""
    doubtful: bytes = b""
    """The few pairs that a report explains, as `match.explaining.doubts` writes them."""

    @classmethod
    def nothing(cls) -> Matched:
        """Of an entity that one side alone keeps."""
        duplicates = {"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64}
        return cls(LINKS.to_frame(), CANDIDATES.to_frame(), pl.DataFrame(schema=duplicates))


@dataclass(frozen=True)
class Compared:
    """What differs and what agrees, for one entity: breaks without a life yet (state and first_seen null)."""

    breaks: pl.DataFrame
    counts: Mapping[str, int | float]
    agreed: pl.DataFrame
    """crm_key, erp_key and, for each compared field, a struct {crm, erp} of raw values; null where they do not agree."""
    left_out: pl.DataFrame = field(default_factory=FINDINGS.to_frame)
    """FINDINGS without a key, one for each side of a column of which no cell could be compared."""
    waiting: pl.DataFrame = field(default_factory=BREAKS.to_frame)
    """BREAKS that may only wait for the ordinary sync, and are not counted as breaks yet."""


@dataclass(frozen=True)
class RunResult:
    """Everything one run found: what reports, dashboard and API are built from. Saved and loaded by `run_folder`."""

    run_id: str
    project: str
    crm_title: str
    erp_title: str
    started_at: dt.datetime
    finished_at: dt.datetime
    counts: pl.DataFrame
    links: pl.DataFrame
    candidates: pl.DataFrame
    breaks: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame
    fixed: int
    """Breaks of the run before that are gone."""
    actions: int
    """Actions proposed."""
    notes: tuple[str, ...] = ()
    """What a reader must know: caps reached, columns that could not be compared."""
    gone: pl.DataFrame = field(default_factory=LIVED.to_frame)
    """The breaks that `fixed` counts, LIVED."""
    conservation: pl.DataFrame = field(default_factory=CONSERVATION.to_frame)
    residuals: pl.DataFrame = field(default_factory=RESIDUALS.to_frame)
