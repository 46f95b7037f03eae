"""The causes above the list of mismatches: one that is chosen is shown in full, and narrows the list to its breaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data
from dashboard.words import Screen
from reconcile import wiring
from reconcile.progress import Silent

Show = Callable[..., AppTest]


def words(app: AppTest) -> str:
    return "\n".join(str(element.value) for kind in (app.subheader, app.caption, app.markdown) for element in kind)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_cause_narrows_the_list_to_its_breaks(fresh_project: Path, show: Show, language: str):
    erp = fresh_project.parent / "erp" / "customers.csv"
    erp.write_text(erp.read_text(encoding="utf-8").replace("@example.com", "@exam"), encoding="utf-8")
    project = data.project(fresh_project)
    wiring.run(project, Silent(), "Anna")
    run_id = data.runs(project)[0]
    cause = wiring.kept_causes(project, run_id).row(0, named=True)
    app = show(fresh_project, "mismatches", language, cause=cause["cause"])
    assert not app.exception
    assert data.break_page(project, run_id, {}, "", "value", 0, cause["cause"]).total == cause["covered"]
    assert cause["fix_text"] in [code.value for code in app.code]
    screen = Screen(language)  # type: ignore[arg-type]  # a literal
    first, last, total = (screen.number(n) for n in (1, min(data.PAGE, cause["covered"]), cause["covered"]))
    assert screen.say("pager.rows", first=first, last=last, total=total) in words(app)
    assert screen.say("heading.causes") in words(app)


def test_a_cause_that_is_no_more_hides_nothing(ran_project: Path, show: Show):
    app = show(ran_project, "mismatches", cause="gone")
    assert not app.exception
    assert not app.code
