"""People, roles and rules for the tests of who may decide what."""

from __future__ import annotations

from typing import Any, get_args

from gate_case import config

from reconcile.config.access import Operation
from reconcile.config.models import ProjectConfig

OPERATIONS = get_args(Operation)
ROLES: dict[str, Any] = {
    "clerk": {
        "may": ["see", "approve"],
        "entities": ["customers"],
        "tiers": ["low"],
        "amount": 1000,
        "amounts": {"JPY": 150_000},
    },
    "steward": {"may": ["approve", "reject", "undo", "push", "delegate"], "tiers": ["low", "medium"]},
    "controller": {"may": ["approve", "reject", "delegate", "administer"]},
    "crm only": {"may": ["approve", "reject", "push"], "targets": ["crm"]},
    "viewer": {"may": ["see"]},
    **{f"only {operation}": {"may": [operation]} for operation in OPERATIONS},
}
PEOPLE: dict[str, Any] = {
    "anna": {"roles": ["steward"], "title": "Anna Chen", "login": "achen", "email": "anna@example.com"},
    "bert": {"roles": ["controller"]},
    "carla": {"roles": ["controller"]},
    "cleo": {"roles": ["clerk"]},
    "mira": {"roles": ["crm only"]},
    "vera": {"roles": ["viewer"]},
    **{f"o {operation}": {"roles": [f"only {operation}"]} for operation in OPERATIONS},
}


def rules(people: dict[str, Any] | None = None, roles: dict[str, Any] | None = None, **approvals: Any) -> ProjectConfig:
    """The gates' configuration with these people and what it says of approvals."""
    given = config().model_dump(mode="json", exclude_unset=True)
    access = {"roles": roles or ROLES, "people": people or PEOPLE, "claims": {"crm-stewards": "steward"}}
    return ProjectConfig.model_validate({**given, "access": access, "approvals": approvals})
