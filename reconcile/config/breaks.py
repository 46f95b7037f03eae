"""What `reconcile.yaml` may say of breaks: who looks after which, and within how many days they are due."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reconcile.config.model import Model, Name, Text, TextList
from reconcile.results import BreakKind

Severity = Literal["blocking", "major", "minor"]
_DUE: dict[Severity, float] = {"blocking": 1.0, "major": 7.0, "minor": 30.0}


class OwnerRule(Model):
    """Who looks after some breaks. The first rule that fits counts; what a person assigns by hand counts before all of them."""

    owner: Name = Field(description="The person or team, as people call it, such as Anna Chen or Master data.")
    entities: TextList | None = Field(None, description="Only these entities; all if not given.")
    fields: TextList | None = Field(None, description="Only breaks of these canonical fields; any if not given.")
    kinds: tuple[BreakKind, ...] | None = Field(None, description="Only these kinds of break; any if not given.")
    severities: tuple[Severity, ...] | None = Field(None, description="Only these severities; any if not given.")
    when: Text | None = Field(
        None,
        description="Only breaks of records for which this holds: a condition over canonical fields as in SQL, such as "
        "`country = 'DE' and amount > 1000`. A field alone is what the ERP says, or the CRM where the ERP says nothing; "
        "`crm.country` is what the CRM says.",
    )


class Breaks(Model):
    """Who looks after breaks, and until when."""

    owners: tuple[OwnerRule, ...] = Field(
        (),
        description="Who looks after which breaks; the first rule that fits counts. A broken rule of a suite has the owner that "
        "its suite names, unless a rule here names the kind broken_rule.",
    )
    due_days: dict[Severity, float] = Field(
        default=_DUE,
        description="Days, by severity, after which an open break is past due; a severity that is left out is never due.",
    )
    records_per_rule: int = Field(
        1000,
        ge=0,
        description="So many records that fail one rule of a suite are a break each. Where more fail, they are one break with "
        "their number, until half as many do; the records stand in the run's folder.",
    )
