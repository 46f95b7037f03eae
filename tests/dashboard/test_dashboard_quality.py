"""The quality page: scores of two runs with their past, what newly fails, rules of one owner, and the way to the breaks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dashboard_project import CONFIG, make_project
from streamlit.testing.v1 import AppTest

from dashboard import data
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


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project that ran twice; before the second run a city was changed in the CRM."""
    file = make_project(tmp_path_factory.mktemp("twice") / "project", CONFIG + "checks: {customers: [own.yaml]}\n")
    file.with_name("own.yaml").write_text(SUITE, encoding="utf-8")
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
    everybody, one = (page_of(show(twice, "quality", **query)) for query in ({}, {"owner": "Registry"}))
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
