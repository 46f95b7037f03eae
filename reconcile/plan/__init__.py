"""From breaks to typed, proposed corrections: who is right by policy, what would be written where, and what must come first."""

from reconcile.plan.actions import Planned, plan
from reconcile.plan.evidence import with_first_seen
from reconcile.plan.under_way import continued, twins_of
from reconcile.plan.undo import Closing, Reversal, lasting, reversals

__all__ = ["Closing", "Planned", "Reversal", "continued", "lasting", "plan", "reversals", "twins_of", "with_first_seen"]
