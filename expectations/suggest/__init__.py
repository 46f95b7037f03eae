"""Proposes a suite for a table, with a reason for each rule, from the data alone; a data steward edits it."""

from expectations.suggest.proposal import Both, Proposal, Suggested, Suggestion, Tally
from expectations.suggest.references import References, references, references_of_model
from expectations.suggest.suggesting import suggest, suggest_together
from expectations.suggest.table import Table, table_of_entity, table_of_file
from expectations.suggest.telling import MOST, most_telling
from expectations.suggest.writing import as_yaml

__all__ = [
    "MOST",
    "Both",
    "Proposal",
    "References",
    "Suggested",
    "Suggestion",
    "Table",
    "Tally",
    "as_yaml",
    "most_telling",
    "references",
    "references_of_model",
    "suggest",
    "suggest_together",
    "table_of_entity",
    "table_of_file",
]
