"""Finds where a CRM and an ERP disagree and leads people to corrections that are proven to have landed."""

__version__ = "0.1.0"
