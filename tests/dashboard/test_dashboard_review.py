"""Pairs are reviewed one at a time, with buttons and keys: answers are kept, go through the gates, and measure the matching."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from drawing import at_rest, click, drawn, fits, write
from pairs_project import ACCESS, make_pairs
from playwright.sync_api import Page, expect
from serving import served
from streamlit.testing.v1 import AppTest

from dashboard import data, turns
from reconcile import wiring
from reconcile.errors import NotAllowed
from reconcile.results import ActionState
from reconcile.wiring import Outcome, Project

Show = Callable[..., AppTest]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    file = make_pairs(tmp_path_factory.mktemp("review") / "project", access="")
    yield file
    data.project(file).close()
    st.cache_resource.clear()


@pytest.fixture
def unanswered(tmp_path: Path) -> Iterator[Path]:
    file = make_pairs(tmp_path / "unanswered", access="")
    yield file
    data.project(file).close()
    st.cache_resource.clear()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Project]:
    project = wiring.open_project(make_pairs(tmp_path / "guarded", ACCESS), os.environ)
    yield project
    project.close()


@pytest.fixture(autouse=True)
def _at_first_sight(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test presses as soon as a page is drawn; only those that ask for it wait, or press too early."""
    if "browser" not in request.keywords:
        monkeypatch.setattr(turns, "AT_SIGHT", 0.0)


def words(app: AppTest) -> str:
    texts = [e.value for kind in (app.markdown, app.caption, app.success, app.warning) for e in kind]
    return "\n".join([*map(str, texts), *(str(element.proto.body) for element in app.get("html"))])


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_name_nothing_can_be_pressed_and_the_pair_is_explained(pairs: Path, show: Show, language: str):
    app = show(pairs, "review", language)
    assert not app.exception
    assert all(button.disabled for button in app.button if button.key and str(button.key).startswith("answer"))
    assert len(app.get("vega_lite_chart")) == 1
    assert ("wait for a person" if language == "en" else "待人工确认") in words(app)


def test_answers_are_kept_in_order_and_not_asked_again(pairs: Path, show: Show):
    project = data.project(pairs)
    app = show(pairs, "review")
    app.text_input[0].set_value("Anna").run()
    first = data.questions(project, data.runs(project)[0], "customers").row(0, named=True)
    assert f"({first['crm_key']} · {first['erp_key']})" in words(app).replace("\\", "")
    press(app, "Same")
    assert "waits to be written" in words(app)
    assert wiring.open_links(project, "customers", first["crm_key"], first["erp_key"])[0].state is ActionState.APPROVED
    second = data.questions(project, data.runs(project)[0], "customers").row(0, named=True)
    assert second["crm_key"] != first["crm_key"]
    press(app, "Not the same")
    assert "no run will link the two" in words(app)
    assert (second["crm_key"], second["erp_key"]) in set(project.ledger.not_same("customers").iter_rows())
    press(app, "Not sure")
    assert project.ledger.answers.of("customers")["same"].sort().to_list() == [None, False, True]
    assert set(project.ledger.answers.of("customers")["who"]) == {"Anna"}
    assert "1 the same, 1 not the same, 1 not sure" in words(app).replace("\\", "")
    assert project.ledger.verify_audit() is None


def test_a_sample_measures_with_an_interval_and_pins_links(pairs: Path, show: Show):
    project = data.project(pairs)
    app = show(pairs, "review")
    app.text_input[0].set_value("Anna").run()
    app.radio(key="review way widget").set_value("measure").run()
    press(app, "Draw a sample of 200 pairs")
    assert not app.exception
    for _ in range(60):
        if not any(button.label == "Same" for button in app.button):
            break
        press(app, "Same")
        assert not app.exception
        assert not app.warning
    shown = words(app)
    assert "Links that are right" in shown
    assert "95 % sure" in shown
    assert "100.0%" in shown
    rungs = project.ledger.crosswalk("customers")["rung"].to_list()
    assert rungs.count("person") >= 20
    assert "Nothing left to ask about" in shown


def test_a_right_that_one_lacks_is_refused_and_noted_nowhere(guarded: Project):
    with pytest.raises(NotAllowed):
        wiring.answer(guarded, "customers", "C3", "E3", same=True, by="Axel Asker")
    with pytest.raises(NotAllowed):
        wiring.answer(guarded, "customers", "C3", "E3", same=False, by="Vera Viewer")
    assert guarded.ledger.answers.of("customers").is_empty()
    assert wiring.answer(guarded, "customers", "C4", "E4", same=False, by="Stefan Steward") is Outcome.APART
    assert wiring.answer(guarded, "customers", "C5", "E5", same=None, by="Axel Asker") is Outcome.UNSURE


def test_of_two_entries_of_one_business_the_answer_alone_is_kept(guarded: Project):
    assert wiring.answer(guarded, "customers", "D10", "E10", same=True, by="Stefan Steward") is Outcome.SAME
    assert wiring.answer(guarded, "customers", "D11", "E11", same=False, by="Stefan Steward") is Outcome.APART
    assert set(guarded.ledger.not_same("customers").iter_rows()) == {("D11", "E11")}
    assert wiring.answer(guarded, "customers", "D11", "E11", same=True, by="Stefan Steward") is Outcome.SAME
    assert guarded.ledger.not_same("customers").is_empty()
    assert guarded.ledger.crosswalk("customers").filter(pl.col("crm_key").is_in(["D10", "D11"])).is_empty()


def test_a_linked_pair_is_pinned_or_its_end_is_proposed(guarded: Project):
    assert wiring.answer(guarded, "customers", "C1", "E1", same=True, by="Stefan Steward") is Outcome.PINNED
    link = guarded.ledger.crosswalk("customers").row(by_predicate=pl.col("crm_key") == "C1", named=True)
    assert (link["rung"], link["decided_by"]) == ("person", "Stefan Steward")
    assert wiring.answer(guarded, "customers", "C2", "E2", same=False, by="Stefan Steward") is Outcome.PROPOSED
    assert guarded.ledger.answers.of("customers").select("crm_key", "same").rows() == [("C1", True), ("C2", False)]


def test_a_click_at_first_sight_answers_nothing(unanswered: Path, show: Show, monkeypatch: pytest.MonkeyPatch):
    project = data.project(unanswered)
    app = show(unanswered, "review")
    app.text_input[0].set_value("Anna").run()
    press(app, "Not sure")
    monkeypatch.setattr(turns, "AT_SIGHT", 3600.0)
    for _ in range(3):
        press(app, "Not sure")
        assert "Noted" in words(app)
    assert project.ledger.answers.of("customers").height == 1
    monkeypatch.setattr(turns, "AT_SIGHT", 0.0)
    press(app, "Not sure")
    assert project.ledger.answers.of("customers").height == 2


def test_a_click_answers_the_pair_that_was_on_the_screen():
    state: dict[str, object] = {}
    first = turns.turn_of(state, ("customers", "C1", "E1")).number
    assert not turns.may_answer(state, first), "it is not drawn yet"
    turns.drawn(state)
    assert turns.turn_of(state, ("customers", "C1", "E1")).number == first
    assert turns.may_answer(state, first)
    assert turns.may_answer(state, first), "what was refused may be tried again"
    turns.answered(state)
    assert not turns.may_answer(state, first), "the second half of a double click, before the page is drawn anew"
    second = turns.turn_of(state, ("customers", "C2", "E2")).number
    turns.drawn(state)
    assert not turns.may_answer(state, first), "the same, sent before the next pair could be seen"
    assert turns.may_answer(state, second)


@pytest.mark.browser
@pytest.mark.parametrize("way", ["mouse", "key"])
def test_in_a_browser_a_double_click_leaves_the_next_pair_alone(page: Page, tmp_path: Path, way: str):
    file = make_pairs(tmp_path / "own", access="")
    with served(file, {}, tmp_path / "dashboard.log") as url:
        page.goto(f"{url}/review?lang=en")
        drawn(page)
        write(page.get_by_role("textbox").first, "Otto")
        click(page.get_by_role("heading", level=1))
        for gap in (200, 60, 0):
            page.wait_for_timeout(2_000 * turns.AT_SIGHT)  # so long it is looked at
            box = page.get_by_role("button", name="Not sure").bounding_box()
            assert box
            for _ in range(2):
                if way == "key":
                    page.keyboard.press("u")
                else:
                    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                page.wait_for_timeout(gap)
            at_rest(page)
        expect(page.get_by_text("3 not sure")).to_be_visible()
        project = wiring.open_project(file, os.environ)
        assert project.ledger.answers.of("customers").height == 3
        project.close()


@pytest.mark.browser
def test_in_a_browser_keys_answer(page: Page, tmp_path: Path):
    with served(make_pairs(tmp_path / "own", access=""), {}, tmp_path / "dashboard.log") as url:
        page.set_viewport_size({"width": 1024, "height": 900})
        page.goto(f"{url}/review?lang=zh")
        drawn(page)
        write(page.get_by_role("textbox").first, "Otto")
        click(page.get_by_role("heading", name="配对复核"))
        title = page.get_by_role("heading", level=4).inner_text()
        page.keyboard.press("u")
        expect(page.get_by_text("1 对不确定")).to_be_visible()
        expect(page.get_by_role("heading", level=4)).not_to_have_text(title)
        fits(page)
