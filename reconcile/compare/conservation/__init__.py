"""What must add up across documents: orders, shipments, invoices, credit notes and payments, of each side and between both."""

from reconcile.compare.conservation.balance import Inputs, conserve

__all__ = ["Inputs", "conserve"]
