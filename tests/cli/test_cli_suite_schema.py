"""`reconcile expectations schema`: an editor can hold a suite against what is printed or written."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from expectations.load import packaged_suites


@pytest.fixture
def schema(cli, tmp_path):
    done = cli("expectations", "schema", "--out", str(tmp_path / "suite.schema.json"))
    assert done.code == 0
    assert done.out.split() == [str(tmp_path / "suite.schema.json")]
    return json.loads((tmp_path / "suite.schema.json").read_text(encoding="utf-8"))


def test_the_screen_shows_what_a_file_gets(cli, schema):
    assert json.loads(cli("expectations", "schema").out) == schema


def test_the_suites_of_the_product_fit_and_a_slip_does_not(schema):
    validator = jsonschema.Draft202012Validator(schema)
    suites = {name: yaml.safe_load(Path(path).read_text(encoding="utf-8")) for name, path in packaged_suites().items()}
    assert len(suites) > 10
    for name, suite in suites.items():
        assert [error.message for error in validator.iter_errors(json.loads(json.dumps(suite, default=str)))] == [], name
    slip = json.loads(json.dumps(suites["products"], default=str))
    slip["rules"][0]["expect"] = "expect_column_values_to_not_be_nul"
    assert not validator.is_valid(slip)


def test_a_folder_that_is_not_there_is_told_without_a_traceback(cli, tmp_path):
    done = cli("expectations", "schema", "--out", str(tmp_path / "none" / "s.json"))
    assert done.code != 0
    assert "Traceback" not in done.err


def test_what_an_expectation_takes_may_be_left_out_where_nothing_is_demanded(schema):
    rule = {"name": "a", "severity": "minor", "message": {"en": "a", "zh": "a"}}
    validator = jsonschema.Draft202012Validator(schema)
    for expect, fits in (("expect_table_schema_to_be_as_before", True), ("expect_column_values_to_be_unique", False)):
        suite = {"entity": "customers", "owner": "Data desk", "rules": [{**rule, "expect": expect}]}
        assert validator.is_valid(suite) is fits
