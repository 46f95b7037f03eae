"""Our own expectations in suites: read from YAML, with what a run knows filled in, to checks and findings."""

from __future__ import annotations

import datetime as dt

import polars as pl
from own_results import history

from expectations import own
from expectations.catalogue import catalogue, dimension_of
from expectations.load import load_suite
from expectations.run import run_suites

SUITE = """
entity: customers
owner: Data team
rules:
  - name: tax_id_is_valid
    expect: expect_column_values_to_be_valid_tax_id
    kwargs: {column: tax_id, country_column: country}
    severity: major
    message: {en: The tax number is wrong., zh: 税号错误。}
  - name: phone_is_valid
    expect: expect_column_values_to_be_valid_phone
    kwargs: {column: phone, country: NO}
    mostly: 0.5
    severity: minor
    message: {en: The number is wrong., zh: 电话错误。}
  - name: name_says_something
    expect: expect_column_values_to_not_be_placeholders
    kwargs: {column: name, also: [4711, Neu]}
    severity: minor
    message: {en: The name says nothing., zh: 名称无意义。}
  - name: status_is_mapped
    expect: expect_column_values_to_be_in_code_map
    kwargs: {column: status}
    severity: major
    message: {en: The status is not mapped., zh: 状态未映射。}
  - name: is_linked
    expect: expect_column_values_to_be_in_crosswalk
    kwargs: {column: _key}
    severity: minor
    message: {en: The customer is not linked., zh: 客户未关联。}
  - name: as_many_by_country
    expect: expect_table_totals_to_equal_other_system
    kwargs: {group_columns: [country], sum_columns: [credit_limit], tolerance: 0.01}
    severity: major
    message: {en: The totals differ., zh: 合计不一致。}
  - name: usual_number
    expect: expect_table_row_count_to_be_in_band_of_past_runs
    kwargs: {margin: 0.5, runs: 3}
    severity: major
    message: {en: The number of customers has leapt., zh: 客户数量突变。}
  - name: fresh
    expect: expect_column_newest_value_to_be_fresh
    kwargs: {column: since, days: 2, now: $now}
    severity: minor
    message: {en: Nothing new has come., zh: 没有新数据。}
  - name: shape
    expect: expect_table_schema_to_be_as_before
    kwargs: {types: {name: text, credit_limit: number, since: date}, more_allowed: true}
    severity: blocking
    message: {en: The columns have changed., zh: 列已改变。}
"""
FRAME = pl.DataFrame(
    {
        "_key": ["1", "2", "3"],
        "name": ["Müller GmbH", "neu", "4711"],
        "tax_id": ["DE136695976", "DE136695977", None],
        "country": ["DE", "DE", "US"],
        "phone": ["+47 22 86 44 00", "123", None],
        "status": ["A", "Z", "B"],
        "credit_limit": [10.0, 20.0, 5.0],
        "since": [dt.date(2026, 5, 1), dt.date(2026, 5, 9), None],
        "raw:name": ["Müller GmbH", "NEU", "4711"],
    }
)
NOW = dt.datetime(2026, 5, 10, 12, tzinfo=dt.UTC)


def test_a_suite_of_our_own_expectations_from_the_file_to_the_findings(tmp_path):
    path = tmp_path / "customers.yaml"
    path.write_text(SUITE, encoding="utf-8")
    tables = {
        "crosswalk": pl.LazyFrame({"entity": ["customers"] * 2, "crm_key": ["1", "3"], "erp_key": ["a", "b"]}),
        "other:customers": FRAME.with_columns(credit_limit=pl.Series([10.0, 20.0, 6.0])).lazy(),
        "history": pl.concat([history([1.0, 2.0, 3.0]), history([3.0, 3.0], "usual_number", "crm")])
        .with_columns(suite=pl.lit("customers"), entity=pl.lit("customers"))
        .lazy(),
    }
    found = run_suites(
        [load_suite(path)], "customers", "crm", FRAME, tables=tables, codes={"customers": {"status": ["A", "B"]}}, now=NOW
    )
    assert found.left_out == ()
    checks = {row["rule"]: row for row in found.checks.iter_rows(named=True)}
    failing = {rule: findings["key"].to_list() for (rule,), findings in found.findings.group_by("rule", maintain_order=True)}
    assert failing == {
        "tax_id_is_valid": ["2"],
        "phone_is_valid": ["2"],
        "name_says_something": ["2", "3"],
        "status_is_mapped": ["2"],
        "is_linked": ["2"],
    }
    held = {rule for rule, row in checks.items() if row["success"]}
    assert held == {"phone_is_valid", "usual_number", "fresh", "shape"}
    totals = checks["as_many_by_country"]
    assert totals["found_en"] == "1 of 2 groups differ; US: `credit_limit` 5 here, 6 there"
    assert totals["found_zh"] == "共 2 组，其中 1 组不一致；US（`credit_limit`：本系统 5，对方系统 6）"
    assert (totals["observed"], checks["tax_id_is_valid"]["found_en"]) == (totals["found_en"], None)
    assert checks["shape"]["found_zh"] == "与以前一致"
    assert float(checks["usual_number"]["observed"]) == 3.0
    assert {rule: row["dimension"] for rule, row in checks.items()} == {
        "tax_id_is_valid": "validity",
        "phone_is_valid": "validity",
        "name_says_something": "completeness",
        "status_is_mapped": "validity",
        "is_linked": "integrity",
        "as_many_by_country": "consistency",
        "usual_number": "completeness",
        "fresh": "timeliness",
        "shape": "consistency",
    }


def test_every_one_of_our_expectations_is_in_the_catalogue_and_its_text_stays_text():
    ours = {name: entry for name, entry in catalogue().items() if entry.dimension}
    assert len(ours) == 27
    keywords = {key for entry in ours.values() for key in entry.kwargs}
    assert keywords >= own.WORDS
    numbers = {"column", "mostly", "value_set", "loosely", "tolerance", "days", "now", "deviations", "slack", "min_runs", "runs"}
    assert keywords - own.WORDS - numbers == {"margin", "more_allowed", "floor"}
    assert dimension_of("expect_column_values_to_exist_in_parent") == "integrity"
    assert all(word.about for entry in ours.values() for word in entry.kwargs.values())
