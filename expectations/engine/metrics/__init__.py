"""The metrics of Great Expectations' core, one file per kind; importing this folder defines them all."""

from __future__ import annotations

from expectations.engine.metrics import aggregates, columns, distinct_values, distributions, multicolumns, pairs, tables, texts

__all__ = ["aggregates", "columns", "distinct_values", "distributions", "multicolumns", "pairs", "tables", "texts"]
