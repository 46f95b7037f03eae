"""Proposes a suite for a table, with a reason for each rule, from the data alone; a data steward edits it."""

from expectations.suggest.proposal import Both, Proposal, Suggested, Suggestion, Tally
from expectations.suggest.suggesting import suggest
from expectations.suggest.table import Table, table_of_entity, table_of_file
from expectations.suggest.writing import as_yaml

__all__ = [
    "Both",
    "Proposal",
    "Suggested",
    "Suggestion",
    "Table",
    "Tally",
    "as_yaml",
    "suggest",
    "table_of_entity",
    "table_of_file",
]
