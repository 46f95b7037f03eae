"""Typed equality: whether two values of one field are equal under its rule, and by which rule, or why they are not."""

from reconcile.compare.equality.judging import COLUMN, judged, unsettled
from reconcile.compare.equality.reasons import MIRRORED, REASONS
from reconcile.compare.equality.verdicts import VERDICT, Verdict
from reconcile.values.rule import Rule

__all__ = ["COLUMN", "MIRRORED", "REASONS", "VERDICT", "Rule", "Verdict", "judged", "unsettled"]
