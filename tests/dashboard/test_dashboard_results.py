"""What became of a correction: its record's history, the way back, and the queue by risk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from dashboard_project import MARKDOWN
from streamlit.testing.v1 import AppTest

from dashboard import data, decide
from dashboard.words import Screen
from reconcile import approve
from reconcile.ledger.pushes import Settled
from reconcile.results import Action, ActionKind, ActionState

Show = Callable[..., AppTest]


def html(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def an_update(file: Path, of: str) -> Action:
    proposed = data.project(file).ledger.actions([ActionState.PROPOSED], kind=ActionKind.UPDATE)
    return next(action for action in proposed if not action.undoes and [change.field for change in action.changes] == [of])


@pytest.fixture(scope="module")
def written(ran_project: Path) -> Action:
    """A correction that Anna approved and that the journal says Ben wrote; files can't be written to."""
    action = an_update(ran_project, "phone")
    project = data.project(ran_project)
    approve.approve(project.ledger, project.config, [action.id], by="Anna", comment=MARKDOWN)
    (change,) = action.changes
    assert project.ledger.intend([action.id], "Ben") == {action.id}
    read = {change.target_field: change.after}
    landed = Settled(action.id, ActionState.VERIFIED, status="ok", key=action.target_key, read_back=read)
    project.ledger.settle([landed], "Ben")
    return action


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_history_of_a_record_names_people_and_what_they_said(ran_project, written, show: Show, language):
    app = show(ran_project, "approvals", language, tab="results", action=written.id)
    app.selectbox(key="result chosen widget").set_value(written.id).run()
    app.toggle(key=f"history {written.id}").set_value(True).run()
    assert not app.exception
    seen = html(app)
    label = Screen(language).label
    assert label("agreed", "never").format(field=label("field", "phone")) in seen
    assert f"{label('field', 'city')}: {label('agreed', 'value').format(crm='Leeds')}" in seen
    for event in ("agreed", "break seen", "linked", "proposed", "approved", "write intended", "push: verified"):
        assert label("event", event) in seen, event
    assert "Anna" in seen
    assert "Ben" in seen
    assert MARKDOWN in seen


def test_a_difference_leads_to_the_history_too(ran_project, written, show: Show):
    app = show(ran_project, "mismatches", **{"break": written.breaks[0]})
    app.toggle(key="pair history").set_value(True).run()
    assert not app.exception
    assert "Anna" in html(app)


def test_an_undo_is_proposed_and_nothing_is_written(ran_project, written, show: Show):
    ledger = data.project(ran_project).ledger
    app = show(ran_project, "approvals", tab="results")
    app.selectbox(key="result chosen widget").set_value(written.id).run()
    assert app.button(key="propose undo").disabled
    app.text_input(key="who undoes").set_value("Cleo").run()
    app.button(key="propose undo").click().run()
    assert not app.exception
    assert "to undo proposed" in app.success[0].value
    (undo,) = [action for action in ledger.actions([ActionState.PROPOSED]) if action.undoes == written.id]
    assert [(c.before, c.after) for c in undo.changes] == [(c.after, c.before) for c in written.changes]
    assert ledger.action_states([written.id])[written.id] is ActionState.VERIFIED
    app.button(key="propose undo").click().run()
    assert "is proposed already" in app.warning[0].value


def test_what_was_not_written_has_no_way_back(ran_project, show: Show):
    project = data.project(ran_project)
    rejected = an_update(ran_project, "name")
    approve.reject(project.ledger, project.config, [rejected.id], by="Anna")
    app = show(ran_project, "approvals", tab="results")
    app.selectbox(key="result chosen widget").set_value(rejected.id).run()
    assert "propose undo" not in [button.key for button in app.button]


def test_the_queue_is_narrowed_to_one_risk(ran_project, show: Show):
    proposed = data.project(ran_project).ledger.outline([ActionState.PROPOSED])
    tiers = proposed["tier"].unique().sort().to_list()
    assert len(tiers) > 1
    for tier in tiers:
        app = show(ran_project, "approvals")
        app.button_group(key="tier widget").set_value(tier).run()
        assert not app.exception
        wanted = list(decide.causes(proposed.filter(proposed["tier"] == tier)))
        assert len(app.radio(key="cause widget").options) == len(wanted)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_speaks_for_a_correction_stands_beside_it(ran_project, show: Show, language):
    action = an_update(ran_project, "name" if language == "en" else "phone")
    assert dict(action.evidence)["linked_by"] == "key:number"
    seen = html(show(ran_project, "approvals", language, action=action.id))
    screen = Screen(language)
    for word in ("linked_by", "severity", "first_seen"):
        assert screen.label("evidence", word) in seen, word
    assert f"{screen.label('rung', 'key')}: {screen.label('field', 'number')}" in seen
