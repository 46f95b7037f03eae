"""Our own expectations: what a value of business must be, and rules across tables, runs and systems.

Apart from `engine`, which knows no business. Importing this package imports no Great Expectations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

__all__ = ["WORDS", "filled", "sees_every_column", "sees_the_source"]

WORDS = frozenset(
    (
        *("country", "country_column", "also", "allowed", "scheme", "purpose", "form", "kind", "parent", "parent_key", "entity"),
        *("records", "reference", "sum", "only", "same_columns", "key_column"),
        *(
            "system",
            "group_columns",
            "sum_columns",
            "factor_columns",
            "discount_column",
            "by_columns",
            "measure",
            "balance",
            "void",
            "closed",
            "tax",
            "types",
            "before",
            "suite",
            "rule",
        ),
    )
)
"""Keywords of our expectations that stay text, whatever they look like."""
_SCHEMA = "schema_to_be_as_before"
_OF_RUNS = ("its_history", "past_runs")
_OF_THE_CLOCK = ("to_be_fresh", "as_fresh_as_its_history", _SCHEMA)
_OF_ENTITIES = ("in_crosswalk", "documents_to_add_up", "totals_to_equal_other_system", _SCHEMA)
_CODES = "expect_column_values_to_be_in_code_map"


def sees_every_column(expect: str, kwargs: Mapping[str, Any]) -> bool:
    """Whether a rule looks at every column of its records, not only at those that it names."""
    return expect.endswith(_SCHEMA) and not sees_the_source(expect, kwargs)


def sees_the_source(expect: str, kwargs: Mapping[str, Any]) -> bool:
    """Whether a rule looks at the columns of the object that its records were read from, and at none of theirs."""
    return expect.endswith(_SCHEMA) and kwargs.get("types") is None and kwargs.get("before") is None


def filled(
    expect: str,
    kwargs: Mapping[str, Any],
    *,
    suite: str,
    rule: str,
    entity: str,
    system: str | None,
    now: dt.datetime | None = None,
) -> dict[str, Any]:
    """The keywords with those that a run knows and no rule has to write.

    Args:
        expect: the expectation's name.
        kwargs: as the suite says.
        suite: the suite's name; with rule, entity and system it says whose history counts.
        rule: the rule's name.
        entity: what the records are.
        system: crm, erp, pair, or None for a file.
        now: the moment of the run.
    """
    known: dict[str, Any] = {}
    if expect.endswith(_OF_RUNS):
        known = {"suite": suite, "rule": rule, "entity": entity, "system": system}
    elif expect.endswith(_OF_ENTITIES):
        known = {"entity": entity}
        if not expect.endswith("other_system") and system in ("crm", "erp"):
            known["system"] = system
    elif expect == _CODES:
        known = {"value_set": ["$codes"]}
    if expect.endswith(_OF_THE_CLOCK):
        known["now"] = now
    return {key: value for key, value in known.items() if value is not None} | dict(kwargs)
