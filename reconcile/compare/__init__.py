"""Field by field: which values of linked pairs are not equal under their field's rule, and which records have no counterpart."""

from reconcile.compare.agreement import moved_since
from reconcile.compare.breaks import compare
from reconcile.compare.equality import Rule, Verdict, judged

__all__ = ["Rule", "Verdict", "compare", "judged", "moved_since"]
