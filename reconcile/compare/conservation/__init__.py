"""What must add up across documents: orders, shipments, invoices, credit notes and payments, of each side and between both."""

from reconcile.compare.conservation.balance import Inputs, conserve
from reconcile.compare.conservation.sides import single_rule

__all__ = ["Inputs", "conserve", "single_rule"]
