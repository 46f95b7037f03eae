"""Broken suites: every problem at once, with file, line and key, in words that a data steward can act on."""

import pytest

from expectations import load_suite
from expectations.load import parse_suite
from expectations.suite import Rule
from reconcile.errors import FileMissing, FileUnreadable, InvalidConfig
from reconcile.records import Role

NOT_NULL = "expect_column_values_to_not_be_null"
UNTERMINATED = "unterminated character set at position 0"
NO_VALUE = "must be a number, a date such as 2026-01-31, true, false, $today, $now or $today-30d"
GOOD = """\
entity: customers
owner: Master data
rules:
  - name: city
    expect: expect_column_values_to_not_be_null
    kwargs: {column: city, mostly: 0.95}
    severity: minor
    message: {en: No city., zh: 没有城市。}
"""


def rule(**changes: str | None):
    """A suite of one rule; None takes a key away."""
    keys = {
        "name": "city",
        "expect": "expect_column_values_to_not_be_null",
        "kwargs": "{column: city}",
        "severity": "minor",
        "message": "{en: No city., zh: 没有城市。}",
    } | changes
    lines = [f"    {key}: {value}\n" for key, value in keys.items() if value is not None]
    return "entity: customers\nowner: me\nrules:\n" + lines[0].replace("    ", "  - ", 1) + "".join(lines[1:])


def problems(text, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidConfig) as caught:
        load_suite(file)
    assert str(caught.value).startswith(f"{file} has {len(caught.value.problems)} problem")
    return [problem.text("own.yaml") for problem in caught.value.problems]


def test_a_good_suite(tmp_path):
    suite = parse_suite(GOOD.encode(), tmp_path / "own.yaml")
    assert (suite.name, suite.entity, suite.rules[0].passing_share) == ("own", "customers", 0.95)
    assert suite.systems_of(suite.rules[0]) == (Role.CRM, Role.ERP)
    assert suite.owner_of(suite.rules[0]) == "Master data"
    assert parse_suite(b"name: Mine\n" + GOOD.encode(), tmp_path / "own.yaml").name == "Mine"


def test_one_side_may_be_given_without_brackets(tmp_path):
    suite = parse_suite(rule(systems="erp", owner="100").encode(), tmp_path / "own.yaml")
    assert suite.rules[0].systems == (Role.ERP,)
    assert suite.owner_of(suite.rules[0]) == "100"


def test_all_problems_come_together_in_the_order_of_their_lines(tmp_path):
    text = """\
entity: customers
owners: Master data
rules:
  - name: City
    expect: expect_column_values_to_not_be_nul
    kwargs: {column: city}
    severity: minor
    message: {en: No city., zh: 没有城市。}
  - name: email
    expect: expect_column_values_to_match_regex
    kwargs:
      column: email
      regex: '[a-z'
      mosty: 0.9
    severity: serious
    message: {en: Bad.}
  - name: email
    expect: expect_column_values_to_be_between
    kwargs: {column: amount, min_value: lots}
    severty: minor
    message: {en: Bad., zh: 错误。}
"""
    assert problems(text, tmp_path) == [
        "own.yaml:1: owner: this key is missing. It says: Who keeps these rules and mends what they find.",
        "own.yaml:2: owners: `owners`: there is no such key here; did you mean `owner`?",
        "own.yaml:4: rules.1.name: must begin with a small letter and hold only small letters, digits and underscores.",
        f"own.yaml:5: rules.1.expect: `{NOT_NULL[:-1]}`: no such expectation; did you mean `{NOT_NULL}`?",
        f"own.yaml:13: rules.2.kwargs.regex: `[a-z` is no regular expression: {UNTERMINATED}. Put it in single quotes.",
        "own.yaml:14: rules.2.kwargs.mosty: `mosty`: this expectation takes no such key; did you mean `mostly`?",
        "own.yaml:15: rules.2.severity: must be 'blocking', 'major' or 'minor'.",
        "own.yaml:16: rules.2.message.zh: this key is missing. It says: In Simplified Chinese.",
        f"own.yaml:17: rules.3.severity: this key is missing. It says: {Rule.model_fields['severity'].description}",
        "own.yaml:17: rules.3.name: `email` is the name of another rule too; give each its own.",
        f"own.yaml:19: rules.3.kwargs.min_value: {NO_VALUE}; found `lots`.",
        "own.yaml:20: rules.3.severty: `severty`: there is no such key here; did you mean `severity`?",
    ]


BETWEEN = "expect_column_values_to_be_between"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kwargs": "{}"}, "own.yaml:6: rules.1.kwargs: `column` is missing. The column name."),
        ({"kwargs": "{column: [a, b]}"}, "own.yaml:6: rules.1.kwargs.column: must be the name of one field."),
        (
            {"kwargs": "{column: a, mostly: 95}"},
            "must be more than 0 and at most 1: the share of records that must pass; found `95`",
        ),
        ({"kwargs": "{column: a, mostly: most}"}, "found `most`"),
        ({"kwargs": "column"}, "own.yaml:6: rules.1.kwargs: must be a group of keys, each on its own line below."),
        ({"expect": BETWEEN}, "own.yaml:6: rules.1.kwargs: give `min_value`, `max_value` or both."),
        ({"expect": BETWEEN, "kwargs": "{column: a, min_value: 2026-02-31}"}, "found `2026-02-31`"),
        ({"expect": BETWEEN, "kwargs": "{column: a, max_value: $tomorrow}"}, "found `$tomorrow`"),
        ({"expect": BETWEEN, "kwargs": "{column: a, max_value: nan}"}, "found `nan`"),
        (
            {"expect": "expect_column_values_to_be_in_set", "kwargs": "{column: a, value_set: A}"},
            "own.yaml:6: rules.1.kwargs.value_set: must be a list, such as [A, B], or $codes for the codes of the",
        ),
        (
            {"expect": "expect_compound_columns_to_be_unique", "kwargs": "{column_list: [a]}"},
            "own.yaml:6: rules.1.kwargs.column_list: must be a list of at least two fields, such as [order, line].",
        ),
        (
            {
                "expect": "expect_column_pair_values_to_be_equal",
                "kwargs": "{column_A: a, column_B: b, ignore_row_if: sometimes}",
            },
            "must be one of `both_values_are_missing`, `either_value_is_missing` and `neither`.",
        ),
        ({"expect": "expect_query_results_to_match_comparison"}, "no such expectation"),
        ({"systems": "[crm, billing]"}, "own.yaml:9: rules.1.systems.2: must be 'crm', 'erp' or 'pair'."),
        ({"systems": "[]"}, "own.yaml:9: rules.1.systems"),
        ({"dimension": "beauty"}, "own.yaml:9: rules.1.dimension: must be 'completeness'"),
        ({"where": "status"}, "own.yaml:9: rules.1.where: must be a group of keys, each on its own line below."),
        ({"message": "No city."}, "own.yaml:8: rules.1.message: must be a group of keys"),
        ({"message": "{en: '', zh: 无}"}, "own.yaml:8: rules.1.message.en"),
    ],
)
def test_what_is_wrong_with_one_rule(changes, message, tmp_path):
    (said,) = problems(rule(**changes), tmp_path)
    assert message in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("- a\n- b\n", "own.yaml:1: a suite holds the keys entity, owner and rules, each on its own line."),
        ("entity: a\nowner: b\n", "own.yaml:1: rules: there is no rule. Begin one with `- name:`."),
        ("entity: a\nowner: b\nrules: []\n", "own.yaml:3: rules: there is no rule."),
        ("entity: a\nowner: b\nrules: none\n", "own.yaml:3: rules: must be a list: begin each rule with `- name:`."),
        ("entity: a\nowner: b\nrules: [one]\n", "own.yaml:3: rules.1: must be a group of keys"),
        ("entity: a\n  owner: b\n", "own.yaml:2: "),
        ("entity: [a\n", "own.yaml:"),
        ("entity: !!python/object/apply:os.system [ls]\n", "own.yaml:1: entity:"),
        (GOOD.replace("severity: minor", "severity: minor\n    severity: major"), "this key is given twice"),
    ],
)
def test_files_that_are_no_suite(text, message, tmp_path):
    assert any(message in said for said in problems(text, tmp_path))


def test_a_file_of_another_encoding(tmp_path):
    with pytest.raises(InvalidConfig, match="UTF-8"):
        parse_suite(GOOD.encode("gb18030"), tmp_path / "own.yaml")


def test_files_that_are_not_there_or_are_folders(tmp_path):
    with pytest.raises(FileMissing, match=r"own\.yaml: no such file"):
        load_suite(tmp_path / "own.yaml")
    with pytest.raises(FileUnreadable, match="it can't be read"):
        load_suite(tmp_path)
