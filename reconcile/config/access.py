"""What `reconcile.yaml` may say of people: roles and what they may do, who has them, and when a decision counts.

Apart from the other models, because who may decide is read by auditors who read nothing else.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reconcile.config.model import Model, Name, Text
from reconcile.records import Role

Operation = Literal["see", "run", "propose", "approve", "reject", "push", "undo", "stop", "delegate", "administer"]
"""What a role may allow. `stop` is the kill switch both ways; `administer` is accounts and other people's delegations."""
Tier = Literal["low", "medium", "high"]


class AccessRole(Model):
    """What people with this role may do, and up to where they may approve."""

    may: tuple[Operation, ...] = Field(("see",), description="Operations; every role may see.")
    entities: tuple[Name, ...] | None = Field(None, description="Only actions on these entities; all if not given.")
    targets: tuple[Role, ...] | None = Field(
        None, description="Only actions that write to these sides, crm or erp; both if not given."
    )
    tiers: tuple[Tier, ...] | None = Field(None, description="May approve only these risks: low, medium, high; all if not given.")
    amount: float | None = Field(
        None, ge=0, description="May approve only up to this value at risk, in the currency of the action; any if not given."
    )
    amounts: dict[Name, float] = Field(default={}, description="The same for single currencies, instead of `amount`.")


class AccessPerson(Model):
    """One person, by the name that signs decisions."""

    roles: tuple[Name, ...] = Field((), description="Roles, by their keys under `access.roles`.")
    title: Text | None = Field(None, description="The name that people use; the key if not given.")
    login: Text | None = Field(
        None, description="Account of the operating system that stands for this person on the command line."
    )
    email: Text | None = Field(None, description="Address by which an identity provider names this person.")


class Access(Model):
    """Who may do what. Once this is given, whoever is not named has no role and may only see."""

    roles: dict[str, AccessRole] = Field(min_length=1, description="Roles and what they may do.")
    people: dict[str, AccessPerson] = Field(default={}, description="People and their roles.")
    claim: Name = Field("roles", description="The claim of an identity provider's token that holds its groups or roles.")
    claims: dict[str, Name] = Field(default={}, description="Value of that claim to role, such as crm-stewards: steward.")


class AutomaticApproval(Model):
    """A rule that approves what is harmless, under its own name."""

    name: Name = Field(description="The name that signs: `rule NAME`.")
    entities: tuple[Name, ...] | None = Field(None, description="Only these entities; all if not given.")
    fields: tuple[Name, ...] | None = Field(
        None, description="Only actions that change nothing but these fields; any if not given."
    )
    targets: tuple[Role, ...] | None = Field(None, description="Only actions that write to these sides; both if not given.")
    tiers: tuple[Tier, ...] = Field(("low",), description="Only these risks.")
    amount: float = Field(0.0, ge=0, description="Only up to this value at risk, in the currency of the action.")
    sample: float = Field(0.1, ge=0, le=1, description="The share that a person looks at afterwards, 0.1 is one in ten.")


class Approvals(Model):
    """When a decision counts."""

    needed: dict[Literal["low", "medium", "high", "merge"], int] = Field(
        default={},
        description="How many different people must approve, by risk and for merges; one if not given, two for merges.",
    )
    own_proposals: bool = Field(False, description="true: people may approve what they have proposed themselves.")
    expire_days: float | None = Field(
        30.0, gt=0, description="An approval that is not pushed within so many days lapses; null if it never does."
    )
    automatic: tuple[AutomaticApproval, ...] = Field((), description="Rules that approve by themselves after a run.")
