"""Makes one system's entity fit for another system: standardise, deduplicate, part the rejects, judge readiness."""

from reconcile.cleanse.cleansing import Cleansed, cleanse
from reconcile.cleanse.files import write_cleaned, write_rejects
from reconcile.cleanse.rules import Limits, Rules, rules_for
from reconcile.cleanse.view import ReadinessView, readiness

__all__ = ["Cleansed", "Limits", "ReadinessView", "Rules", "cleanse", "readiness", "rules_for", "write_cleaned", "write_rejects"]
