"""Harmless variation: the same said in another way."""

from reconcile.sandbox.company import Company


def vary(company: Company, _seed: int) -> Company:
    """The company as it is."""
    return company
