"""What a break of a whole table is called: by its rule, with the number that was found; never by a sentence of one language."""

from __future__ import annotations

import polars as pl
import pytest

from reconcile.compare.broken_rules import OF_SUITES, broken_rules
from reconcile.records import Role
from reconcile.results import BREAKS, CHECKS


@pytest.mark.parametrize(
    ("observed", "label"),
    [("812", "totals: 812"), ("1 of 2 groups differ; US: `amount` 5 here, 6 there", "totals"), (None, "totals"), ("", "totals")],
)
def test_a_number_stands_in_the_label_and_a_sentence_does_not(observed, label):
    row = {"suite": "s", "entity": "orders", "system": "crm", "rule": "totals", "severity": "major", "success": False}
    counted = {"evaluated": 9, "failed": 0, "owner": "x", "dimension": "consistency", "observed": observed}
    checks = pl.DataFrame([{**row, **counted}], schema=CHECKS)
    none = {Role.CRM: {}, Role.ERP: {}}
    breaks = broken_rules(checks, OF_SUITES.to_frame(), none, BREAKS.to_frame(), pl.Series([], dtype=pl.String), 9)
    assert breaks["label"].to_list() == [label]
