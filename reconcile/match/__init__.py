"""Finds which CRM record is which ERP record: remembered links, shared keys, then Fellegi-Sunter, one to one."""

from reconcile.match.dedupe import dedupe
from reconcile.match.ladder import match

__all__ = ["dedupe", "match"]
