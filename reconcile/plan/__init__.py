"""From breaks to typed, proposed corrections: who is right by policy, what would be written where, and what must come first."""

from reconcile.plan.actions import Planned, plan

__all__ = ["Planned", "plan"]
