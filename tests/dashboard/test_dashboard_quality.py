"""The quality page: scores of two runs with their past, what newly fails, rules of one owner, and the way to the breaks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from dashboard_project import CONFIG, make_project
from streamlit.testing.v1 import AppTest

from dashboard import data, findings
from dashboard.words import Screen
from reconcile import wiring
from reconcile.progress import Silent

SUITE = """
entity: customers
owner: Data desk
rules:
  - name: mail_is_one
    expect: expect_column_values_to_match_regex
    kwargs: {column: email, regex: '^\\S+@\\S+$'}
    severity: major
    message: {en: No mail address., zh: 不是邮箱。}
  - name: city_is_leeds
    expect: expect_column_values_to_be_in_set
    kwargs: {column: city, value_set: [Leeds, 上海]}
    severity: blocking
    owner: Registry
    message: {en: Not in Leeds., zh: 不在利兹。}
"""
PAIRS = """
entity: customers
system: pair
owner: Sales operations
rules:
  - name: city_is_the_same
    expect: expect_column_pair_values_to_be_equal
    kwargs: {column_A: crm.city, column_B: erp.city}
    severity: major
    message: {en: Cities differ., zh: 城市不同。}
  - name: phone_is_the_same
    expect: expect_column_pair_values_to_be_equal
    kwargs: {column_A: crm.phone, column_B: erp.phone}
    severity: minor
    message: {en: Phones differ., zh: 电话不同。}
  - name: pairs_are_as_many
    expect: expect_table_row_count_to_equal
    kwargs: {value: 1}
    severity: minor
    message: {en: There are more pairs than one., zh: 配对不止一对。}
"""


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project that ran twice; before the second run a city was changed in the CRM."""
    file = make_project(tmp_path_factory.mktemp("twice") / "project", CONFIG + "checks: {customers: [own.yaml, both.yaml]}\n")
    file.with_name("own.yaml").write_text(SUITE, encoding="utf-8")
    file.with_name("both.yaml").write_text(PAIRS, encoding="utf-8")
    project = wiring.open_project(file, os.environ)
    wiring.run(project, Silent(), "Anna")
    crm = file.parent / "crm" / "customers.csv"
    crm.write_text(crm.read_text(encoding="utf-8").replace("Leeds", "Bath", 3), encoding="utf-8")
    wiring.run(project, Silent(), "Anna")
    project.close()
    yield file
    data.project(file).close()


def page_of(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


@pytest.mark.parametrize(("language", "message"), [("en", "Not in Leeds."), ("zh", "不在利兹。")])
def test_scores_have_a_past_and_what_newly_fails_is_said(twice: Path, show: Callable[..., AppTest], language: str, message: str):
    app = show(twice, "quality", language)
    say = Screen(language).say  # type: ignore[arg-type]  # a literal
    assert not app.exception
    page = page_of(app)
    assert "data:image/svg+xml;base64," in page
    assert say("word.newly") in page
    assert "−" in page  # the sign: validity of the CRM has lost points
    (warning,) = app.warning
    assert message.rstrip(".。") in warning.value.replace("\\", "")
    assert [say("heading.dimensions"), say("heading.scores")] == [e.value for e in app.subheader][:2]


def test_rules_of_one_owner(twice: Path, show: Callable[..., AppTest]):
    everybody, one = (page_of(show(twice, "quality", **query)).split("<table")[-2] for query in ({}, {"owner": "Registry"}))
    assert "No mail address." in everybody
    assert "Not in Leeds." in one
    assert "No mail address." not in one
    assert "No mail address." in page_of(show(twice, "quality", owner="Nobody"))


def test_the_breaks_of_a_rule_are_found_by_its_name(twice: Path):
    project = data.project(twice)
    run_id = data.runs(project)[0]
    found = data.break_page(project, run_id, {"kind": "broken_rule"}, "own.city_is_leeds", "value", 0)
    assert found.total == len(data.failing_records(project, run_id, "customers", "crm", "city_is_leeds", "city", 500)) + len(
        data.failing_records(project, run_id, "customers", "erp", "city_is_leeds", "city", 500)
    )
    assert set(found.rows["assignee"]) == {"Registry"}
    assert data.rules(project, run_id, "zh")["own.city_is_leeds"] == "不在利兹。"


def records_of(page: str) -> str:
    """The last table: the records of the rule that is chosen."""
    return page.rpartition("<table")[2]


def test_a_record_that_fails_leads_to_its_break_with_who_settles_it(twice: Path, show: Callable[..., AppTest]):
    app = show(twice, "quality", rule="own|city_is_leeds|customers|erp")
    assert not app.exception
    records = records_of(page_of(app))
    assert '<a href="mismatches?lang=en&amp;break=' in records
    assert "Registry · by " in records
    assert ">York<" in records


@pytest.mark.parametrize(
    ("language", "kind", "value"), [("en", "Values differ", "City (CRM): Leeds"), ("zh", "字段值不一致", "城市（CRM）：Leeds")]
)
def test_a_pair_shows_both_keys_and_the_break_that_says_the_same(
    twice: Path, show: Callable[..., AppTest], language: str, kind: str, value: str
):
    app = show(twice, "quality", language, rule="both|city_is_the_same|customers|pair")
    records = records_of(page_of(app))
    assert "CRM &lt;i&gt;One&lt;/i&gt;" in records
    assert ">crm14<" in records
    assert ">erp14<" in records
    assert value in records
    assert f">{kind}</a>" in records
    assert ("销售运营" in page_of(app)) is (language == "zh")


def test_a_record_with_a_correction_shows_it_and_leads_to_the_approvals(twice: Path, show: Callable[..., AppTest]):
    records = records_of(page_of(show(twice, "quality", rule="both|phone_is_the_same|customers|pair")))
    assert records.count('<a href="approvals?lang=en&amp;action=') == 10
    assert "Update: Phone " in records
    assert "Awaiting approval" in records


def test_a_rule_about_the_table_has_no_records_and_says_what_it_found(twice: Path, show: Callable[..., AppTest]):
    app = show(twice, "quality", "zh", rule="both|pairs_are_as_many|customers|pair")
    assert not app.exception
    assert any("整张表" in caption.value for caption in app.caption)
    assert "实测值：" in page_of(app)


def test_what_lowers_the_scores_leads_to_the_records(twice: Path, show: Callable[..., AppTest]):
    app = show(twice, "quality")
    page = page_of(app)
    assert "own%7Ccity_is_leeds%7Ccustomers%7Cerp#records" in page
    assert any("A score is the share of checked values that pass" in caption.value.replace("\\", "") for caption in app.caption)
    code = "own|city_is_leeds|customers|erp"
    line = next(
        one for one in data.view(data.project(twice), data.runs(data.project(twice))[0], "en").quality.failing if one.code == code
    )
    told = findings.as_file(data.project(twice), data.runs(data.project(twice))[0], line).decode("utf-8-sig")
    assert len(told.splitlines()) == 1 + line.failed.value
    assert "York" in told


def test_the_break_of_a_rule_leads_to_the_rule(twice: Path, show: Callable[..., AppTest]):
    project = data.project(twice)
    rows = data.break_page(project, data.runs(project)[0], {"kind": "broken_rule"}, "own.city_is_leeds", "value", 0).rows
    of_erp = rows.filter(pl.col("erp_key").is_not_null())["fingerprint"][0]
    app = show(twice, "mismatches", kind="broken_rule", **{"break": of_erp})
    assert not app.exception
    links = [str(one.proto) for one in app.get("page_link")]
    assert sum("own%7Ccity_is_leeds%7Ccustomers%7Cerp" in link for link in links) == 1
    assert not [link for link in links if "customers%7Ccrm" in link]
