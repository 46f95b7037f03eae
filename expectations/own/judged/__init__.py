"""Judgements of distinct values: a column of values in, a column of truth values out. They know nothing of expectations."""
