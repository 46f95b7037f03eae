"""What `reconcile.yaml` may say of people: roles and what they may do, who has them, and when a decision counts.

Apart from the other models, because who may decide is read by auditors who read nothing else.
"""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from reconcile.config.model import Model, Name, Secret, Text
from reconcile.records import Role

Operation = Literal[
    "see", "run", "propose", "approve", "reject", "push", "undo", "stop", "delegate", "administer", "assign", "accept"
]
"""What a role may allow. `stop` is the kill switch both ways; `administer` is accounts and other people's delegations; `assign`
acknowledges breaks and gives them to people, `accept` accepts them for a time."""
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
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
        None, ge=0, description="May approve, and accept, only up to this value at risk, in its own currency; any if not given."
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


class OpenIdConnect(Model):
    """The identity provider at which people sign in to the dashboard."""

    metadata_url: Text = Field(
        description="The provider's metadata, such as https://login.example.com/.well-known/openid-configuration."
    )
    client_id: Name = Field(description="The client that the provider knows the dashboard as.")
    client_secret: Secret = Field(description="The client's secret, written as ${NAME}.")
    address: Text = Field(
        description="Where people open the dashboard, such as https://reconcile.example.com. "
        "The provider must allow this address with /oauth2callback after it."
    )
    title: Text | None = Field(None, description="What people call the provider; stands on the button.")
    scope: Text = Field("openid profile email", description="Scopes that are asked for; some providers have one for groups.")
    prompt: Text = Field("login", description="login: the password at every sign-in; select_account: which account.")

    @field_validator("metadata_url", "address")
    @classmethod
    def _safe_address(cls, address: str) -> str:
        """The address itself is not quoted: it may hold a password."""
        try:
            parts = urlsplit(address)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise ValueError("must be an address such as https://example.com.") from None
        if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in address):
            raise ValueError("must be an address such as https://example.com.")
        if parts.username or parts.password:
            raise ValueError("must not hold a user or a password.")
        if parts.scheme == "http" and host not in _THIS_MACHINE:
            raise ValueError(
                "must begin with https://: over http, passwords can be read on the way. http is for this machine only."
            )
        return address

    @field_validator("address")
    @classmethod
    def _no_path(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be only scheme, name and port: the dashboard is not served under a path.")
        return address.rstrip("/")


class Access(Model):
    """Who may do what. Once this is given, whoever is not named has no role and may only see."""

    roles: dict[str, AccessRole] = Field(min_length=1, description="Roles and what they may do.")
    people: dict[str, AccessPerson] = Field(default={}, description="People and their roles.")
    claim: Name = Field("roles", description="The claim of an identity provider's token that holds its groups or roles.")
    claims: dict[str, Name] = Field(default={}, description="Value of that claim to role, such as crm-stewards: steward.")
    sign_in: Literal["local", "oidc", "both"] = Field(
        "local", description="How people sign in to the dashboard: local accounts of the ledger, OpenID Connect, or either."
    )
    oidc: OpenIdConnect | None = Field(None, description="The identity provider; needed unless `sign_in` is local.")

    @model_validator(mode="after")
    def _provider_is_known(self) -> Self:
        if self.sign_in != "local" and self.oidc is None:
            raise ValueError(f"`sign_in: {self.sign_in}` needs `oidc`, the identity provider. Add it, or use `sign_in: local`.")
        return self


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
