"""Who may decide what: people, their roles and limits, as the configuration gives them. The gates ask; no screen decides."""

from reconcile.access.people import Person, same_name
from reconcile.access.rules import Rules

__all__ = ["Person", "Rules", "same_name"]
