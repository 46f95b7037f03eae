"""Field by field: which values of linked pairs are not equal under their field's rule, and which records have no counterpart."""

from reconcile.compare.agreement import moved_since
from reconcile.compare.breaks import compare
from reconcile.compare.equality import differs, reason

__all__ = ["compare", "differs", "moved_since", "reason"]
