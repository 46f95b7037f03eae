"""One problem, one break: a record that fails a rule is no second break where another one says the same."""

from __future__ import annotations

import polars as pl
import pytest

from reconcile.checks import CHECKS
from reconcile.compare.broken_rules import OF_SUITES, broken_rules
from reconcile.records import KEY, PAIR, Role
from reconcile.results import BREAKS, BreakKind

RECORDS = {role: {"customers": pl.DataFrame({KEY: ["1", "2", "3"]})} for role in Role}


def failing(system: str, field: str, dimension: str, key: str = "1") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Checks and findings of a rule that one record fails."""
    rule = {"suite": "own", "entity": "customers", "system": system, "rule": "holds", "field": field, "severity": "major"}
    checks = pl.DataFrame([{**rule, "success": False, "evaluated": 3, "failed": 1, "dimension": dimension}])
    found = pl.DataFrame([{**rule, "key": key, "counterpart": key if system == PAIR else None}])
    return (
        checks.match_to_schema(pl.Schema(CHECKS), missing_columns="insert"),
        found.match_to_schema(OF_SUITES, missing_columns="insert"),
    )


def told(kind: BreakKind, field: str | None, **places: str) -> pl.DataFrame:
    row = pl.DataFrame([{"fingerprint": "f", "entity": "customers", "kind": str(kind), "field": field, **places}])
    return row.match_to_schema(BREAKS, missing_columns="insert")


@pytest.mark.parametrize(
    ("system", "field", "dimension", "other", "breaks"),
    [
        ("pair", "erp.credit_limit", "consistency", told(BreakKind.DIFFERENCE, "credit_limit", crm_key="1", erp_key="9"), 0),
        ("pair", "crm.customer.number", "integrity", told(BreakKind.DIFFERENCE, "customer", crm_key="1", erp_key="9"), 0),
        ("pair", "erp.credit_limit", "consistency", told(BreakKind.DIFFERENCE, "name", crm_key="1", erp_key="9"), 1),
        ("pair", "erp.credit_limit", "consistency", told(BreakKind.DIFFERENCE, "credit_limit", crm_key="2", erp_key="1"), 1),
        ("crm", "email", "validity", told(BreakKind.DIFFERENCE, "email", crm_key="1", erp_key="1"), 1),
        ("crm", "raw:status", "validity", told(BreakKind.UNMAPPED_CODE, "status", crm_key="1"), 0),
        ("erp", "raw:status", "validity", told(BreakKind.UNMAPPED_CODE, "status", crm_key="1"), 1),
        ("crm", "customer", "integrity", told(BreakKind.ORPHAN_IN_CRM, "customer", crm_key="1", erp_key="1"), 0),
        ("erp", "tax_id", "uniqueness", told(BreakKind.DUPLICATE_IN_ERP, None, erp_key="1", erp_value="2"), 0),
        ("erp", "tax_id", "uniqueness", told(BreakKind.DUPLICATE_IN_ERP, None, erp_key="2", erp_value="1"), 0),
        ("erp", "tax_id", "validity", told(BreakKind.DUPLICATE_IN_ERP, None, erp_key="1", erp_value="2"), 1),
        ("erp", "tax_id", "uniqueness", told(BreakKind.MISSING_IN_CRM, None, erp_key="1"), 1),
    ],
)
def test_what_another_break_says_is_no_break_of_a_rule(system, field, dimension, other, breaks):
    checks, found = failing(system, field, dimension)
    known = pl.Series([], dtype=pl.String)
    assert broken_rules(checks, found, RECORDS, BREAKS.to_frame(), known, 10).height == 1
    assert broken_rules(checks, found, RECORDS, other, known, 10).height == breaks
