"""Names as matching sees them: one spelling for all scripts, legal forms and customary abbreviations, looser than equality.

Each function takes a Series of strings and gives as many values; null stays null. Give distinct values: each is spelled anew.
"""

from reconcile.values.spelling.companies import acronym, company_core, company_legal_form
from reconcile.values.spelling.persons import formal_tokens, person_keys, person_tokens
from reconcile.values.spelling.scripts import latin, simplified
from reconcile.values.spelling.sounds import phonetic

__all__ = [
    "acronym",
    "company_core",
    "company_legal_form",
    "formal_tokens",
    "latin",
    "person_keys",
    "person_tokens",
    "phonetic",
    "simplified",
]
