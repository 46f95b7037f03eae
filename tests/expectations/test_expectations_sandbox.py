"""The suites of the product have nothing against the sandbox's company in order, and see each defect that is planted in it."""

import polars as pl
import pytest

from benchmarks.quality import checked, judged, project, records_of
from benchmarks.quality_past import outcome_of_past
from benchmarks.quality_rules import ALSO, SEEN_BY
from expectations.load import load_suite, packaged_suites
from reconcile.sandbox.data import generate
from reconcile.sandbox.quality import DEFECTS, SPOILT, spoil


@pytest.fixture(scope="module")
def config():
    return project()


@pytest.fixture(scope="module")
def company():
    return generate(7, customers=300, contacts=400, products=80, orders=500)


@pytest.fixture(scope="module")
def in_order(company, config):
    return checked(company, config, records_of(company, config))


def test_a_company_in_order_passes(in_order):
    assert in_order.notes == ()
    assert in_order.checks.filter(~pl.col("success")).select("entity", "rule", "failed").rows() == []


def test_every_rule_has_been_put(in_order):
    suites = [load_suite(path) for path in packaged_suites().values()]
    asked = {(suite.name, rule.name, system) for suite in suites for rule in suite.rules for system in suite.systems_of(rule)}
    assert set(in_order.checks.select("suite", "rule", "system").iter_rows()) == asked


@pytest.mark.parametrize("seed", [3, 7])
def test_every_planted_defect_is_found_and_none_invented(seed, company, config, in_order):
    spoilt, log = spoil(company, seed, each=2)
    records = records_of(spoilt, config)
    outcome, left = judged(log, checked(spoilt, config, records).findings, in_order.findings, records)
    assert outcome.filter(~pl.col("found")).rows() == []
    assert left.select("entity", "system", "key", "rule", "value").rows() == []
    assert outcome["defect"].n_unique() == len(DEFECTS)
    assert log.equals(spoil(company, seed, each=2)[1])
    assert log.schema == SPOILT


def test_a_side_that_leaves_its_own_past_is_found_and_none_that_keeps_to_it(company, config):
    outcome, false = outcome_of_past(company, config, records_of(company, config), ("customers", "shipments"))
    assert outcome.filter(~pl.col("found")).rows() == []
    assert false.rows() == []
    assert outcome["defect"].value_counts().sort("count", "defect", descending=[True, False]).rows() == [
        ("half_of_the_records_lost", 4),
        ("field_gone_from_the_source", 2),
        ("field_of_the_source_of_another_type", 2),
        ("nothing_new_for_weeks", 2),
    ]


def test_what_is_seen_by_which_rule_is_told_of_every_defect():
    names = {wrong.name for wrong in DEFECTS}
    assert set(SEEN_BY) == names
    assert set(ALSO) <= names
    assert len(names) == len(DEFECTS) > 80


def test_each_rule_about_pairs_has_a_defect_of_its_own():
    suites = [load_suite(path) for name, path in packaged_suites().items() if name.endswith("_pair")]
    rules = {(suite.entity, rule.name) for suite in suites for rule in suite.rules}
    assert {(wrong.entity, SEEN_BY[wrong.name]) for wrong in DEFECTS if wrong.pair} == rules
