"""The metrics of our own expectations, one file for each thing they look at; importing this folder defines them all."""

from __future__ import annotations

from expectations.own.metrics import beside, covering, documents, runs, tables, values

__all__ = ["beside", "covering", "documents", "runs", "tables", "values"]
