"""Why values differ: a handful of causes that explain thousands of differences, found in the differences themselves."""

from reconcile.compare.causes.evidence import Evidence, evidence
from reconcile.compare.causes.explain import Explained, explain, together
from reconcile.compare.causes.fixes import Setting

__all__ = ["Evidence", "Explained", "Setting", "evidence", "explain", "together"]
