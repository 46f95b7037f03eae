"""The ledger: what was decided, approved and written, in a database that outlives every run."""

from reconcile.ledger.ledger import Ledger

__all__ = ["Ledger"]
