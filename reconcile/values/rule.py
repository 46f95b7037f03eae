"""What may be said of how a field is compared. Apart from the comparison: the configuration says it, and stands below that."""

from __future__ import annotations

from dataclasses import dataclass

from reconcile.records import Kind


@dataclass(frozen=True)
class Rule:
    """When two values of one field are equal. With nothing but the kind, the defaults of that kind."""

    kind: Kind
    tolerance: float = 0.0
    """For numbers: how far apart they may be, in the field's unit."""
