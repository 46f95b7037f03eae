"""Typed equality: whether two values of one field are equal under its rule, and by which rule, or why they are not."""

from reconcile.compare.equality.judging import VERDICT, Verdict, judged
from reconcile.values.rule import Rule

__all__ = ["VERDICT", "Rule", "Verdict", "judged"]
