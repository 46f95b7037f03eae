"""What a configuration may say of how the values of one field are compared, and the rule that follows from it."""

from __future__ import annotations

from pydantic import Field

from reconcile.config.model import Model
from reconcile.records import Kind
from reconcile.values.rule import Rule


class Equality(Model):
    """When the two values of a field are equal."""

    tolerance: float = Field(
        0.0, ge=0, description="For numbers: the difference that still counts as equal, in the field's unit."
    )


def rule_of(kind: Kind, spec: Equality) -> Rule:
    """The rule of a field of this kind."""
    return Rule(kind, tolerance=spec.tolerance)
