"""What the suites may name is what the installed Great Expectations has, works on a frame, and is in the JSON Schema."""

import json
from importlib.resources import files

import jsonschema
import polars as pl
import pytest
import yaml

from expectations import gx
from expectations.catalogue import catalogue, dimension_of
from expectations.load import packaged_suites
from expectations.schema import suite_schema
from reconcile.results import CHECKS
from reconcile.scores import SCORES, scores

WORKING = {
    "column": "a",
    "column_A": "a",
    "column_B": "b",
    "column_list": ["a", "b"],
    "value_set": [1.0],
    "value_pairs_set": [[1.0, 2.0]],
    "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[0, 9]]},
    "sum_total": 3,
    "threshold": 3,
    "double_sided": True,
    "value": 1,
    "min_value": 0,
    "regex": "x",
    "regex_list": ["x"],
    "strftime_format": "%Y",
    "method": "iqr",
    "multiplier": 1.5,
}
OF_TEXT = ("regex", "length", "parseable", "strftime")


def test_the_catalogue_is_that_of_the_installed_version():
    text = files("expectations").joinpath("catalogue.json").read_text(encoding="utf-8")
    now = json.dumps(gx.installed_catalogue(), indent=1) + "\n"
    assert text == now, "write gx.installed_catalogue() to expectations/catalogue.json"


@pytest.mark.parametrize("name", [name for name, entry in catalogue().items() if not entry.dimension])
def test_every_expectation_gives_a_verdict(name):
    entry = catalogue()[name]
    kwargs = {
        key: WORKING[key] for key, word in entry.kwargs.items() if word.required or key in ("min_value", "method", "multiplier")
    }
    frame = pl.DataFrame({"a": [1.0, 2.0, None, 4.0], "b": [2.0, 3.0, 4.0, None]})
    if any(word in name for word in OF_TEXT):
        frame = frame.cast(pl.String)
    (verdict,) = gx.evaluate(frame, [gx.Expected(name, kwargs)])
    assert verdict.problem == ""
    assert verdict.evaluated > 0
    assert entry.per_record == (verdict.observed == "")
    assert entry.about


def test_keywords_are_checked_by_great_expectations_too():
    assert gx.build_problem(gx.Expected("expect_column_values_to_not_be_null", {"column": "a"})) == ""
    assert "extra fields" in gx.build_problem(gx.Expected("expect_column_values_to_not_be_null", {"column": "a", "b": 1}))
    assert gx.build_problem(gx.Expected("expect_nothing", {})) == "Great Expectations has no expect_nothing"


def test_no_expectations_need_no_engine():
    assert gx.evaluate(pl.DataFrame({"a": [1]}), []) == []


def test_dimensions():
    assert dimension_of("expect_column_values_to_not_be_null") == "completeness"
    assert dimension_of("expect_compound_columns_to_be_unique") == "uniqueness"
    assert dimension_of("expect_column_pair_values_a_to_be_greater_than_b") == "consistency"
    assert dimension_of("expect_column_values_to_match_regex") == "validity"


@pytest.mark.parametrize("entity", packaged_suites())
def test_the_schema_takes_every_suite_of_the_product(entity):
    suite = yaml.safe_load(packaged_suites()[entity].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(suite_schema())
    jsonschema.validate(json.loads(json.dumps(suite, default=str)), suite_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("expect", "expect_beauty"),
        ("kwargs", {"column": "a", "mosty": 1}),
        ("kwargs", {}),
        ("severity", "bad"),
        ("colour", "red"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(key, value):
    rule = {
        "name": "a",
        "expect": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "a"},
        "severity": "minor",
        "message": {"en": "a", "zh": "b"},
    }
    suite = {"entity": "customers", "owner": "me", "rules": [rule]}
    validator = jsonschema.Draft202012Validator(suite_schema())
    assert validator.is_valid(suite)
    assert not validator.is_valid(suite | {"rules": [rule | {key: value}]})


def _check(**values: object):
    row = {"entity": "customers", "system": "crm", "dimension": "validity", "severity": "minor", "success": True}
    return row | {"evaluated": 100, "failed": 0} | values


def test_scores_weigh_by_severity_and_by_records():
    checks = pl.DataFrame(
        [
            _check(severity="blocking", failed=10, success=False),
            _check(severity="minor", evaluated=50, failed=5),
            _check(dimension="completeness", evaluated=0),
            _check(dimension="uniqueness", success=False),
            _check(dimension="uniqueness"),
        ],
        schema=CHECKS,
    )
    out = scores(checks)
    assert out.schema == SCORES
    assert out["dimension"].to_list() == ["completeness", "uniqueness", "validity"]
    assert out["score"].to_list() == [None, 50.0, pytest.approx(100 * (1 - 55 / 550))]
    assert out.row(2)[4:] == (2, 1, 150, 15, 550.0, 55.0)


def test_scores_of_nothing():
    assert scores(pl.DataFrame(schema=CHECKS)).schema == SCORES
