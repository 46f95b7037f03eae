"""Asking for corrections from a page: merges, links, what is not the same, what is made inactive; and who may not ask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from drawing import at_rest, choices, choose, click, drawn, write
from guarded_project import PASSWORD
from pairs_project import make_pairs
from playwright.sync_api import Page, expect
from serving import served
from websocket_page import WebsocketPage, cookies_of

from reconcile import wiring
from reconcile.results import Action, ActionKind, ActionState
from reconcile.wiring import Project

pytestmark = pytest.mark.browser
ANNA = "Anna Chen 陈安娜"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pairs(tmp_path_factory.mktemp("pairs") / "project")


@pytest.fixture(scope="module")
def url(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(file, {}, tmp_path_factory.mktemp("log") / "dashboard.log") as address:
        yield address


@pytest.fixture(scope="module")
def project(file: Path) -> Iterator[Project]:
    project = wiring.open_project(file, os.environ)
    yield project
    project.close()


def break_of(project: Project, kind: str, crm_key: str) -> str:
    breaks = wiring.load_run(project).breaks.filter(pl.col("kind") == kind, pl.col("crm_key") == crm_key)
    return str(breaks["fingerprint"].item())


def arrive(page: Page, url: str, name: str, address: str) -> None:
    page.goto(f"{url}/{address}")
    drawn(page)
    page.locator("input[name=account]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stSidebar").get_by_text(name)).to_be_visible()
    drawn(page)


def ask(page: Page) -> None:
    """Open what can be asked for at the history of a record."""
    click(page.get_by_text("History of this record"))
    expect(page.locator("th", has_text="Detail")).to_be_visible()
    click(page.get_by_text("Ask for a correction of this record"))
    expect(page.get_by_role("combobox", name="What")).to_be_visible()
    drawn(page)


def by_hand(project: Project, kind: ActionKind, who: str) -> list[Action]:
    """What this person has asked for."""
    return [action for action in project.ledger.actions(kind=kind) if action.proposed_by == who]


def test_of_a_duplicate_a_merge_is_proposed_and_two_people_approve_it(url: str, page: Page, project: Project):
    steward = "Stefan Steward"
    arrive(page, url, steward, f"mismatches?lang=en&break={break_of(project, 'duplicate_in_crm', 'D10')}")
    expect(page.get_by_text("Stays: C10")).to_be_visible()
    expect(page.get_by_text("Is made inactive: D10")).to_be_visible()
    click(page.get_by_role("radiogroup", name="Which record stays").get_by_text("D10"))
    expect(page.get_by_text("Stays: D10")).to_be_visible()
    write(page.get_by_role("textbox", name="Reason"), "the new one is kept")
    click(page.get_by_role("button", name="Propose a merge"))
    expect(page.get_by_text("2 people must approve it before anything is written.")).to_be_visible()
    expect(page.get_by_text(f"These may: {ANNA}")).to_be_visible()
    (merge,) = by_hand(project, ActionKind.MERGE, steward)
    assert (merge.target_key, merge.state, merge.message) == ("C10", ActionState.PROPOSED, "the new one is kept")
    click(page.get_by_role("link", name="See the correction"))
    expect(page.get_by_text("Asked for by: Stefan Steward")).to_be_visible()
    expect(page.get_by_text("0 of 2 approvals; 2 more people must approve").first).to_be_visible()
    expect(page.get_by_text("Decided and written as a whole").first).to_be_visible()
    number = page.get_by_role("row").filter(has_text="Number").filter(has_text="1010")
    expect(number.get_by_text("Awaiting approval")).to_be_visible()


def test_the_first_of_two_approvals_is_said_with_its_name_and_its_time(url: str, page: Page, project: Project):
    merge = next(a for a in project.ledger.actions([ActionState.PROPOSED], kind="merge") if a.target_key == "D11")
    arrive(page, url, ANNA, f"approvals?lang=zh&action={merge.id}")
    click(page.get_by_test_id("stCheckbox").nth(1).locator("label"))
    click(page.get_by_role("button", name="批准所选（1）"))
    expect(page.get_by_text(f"2 人须批准，已有 1 人：{ANNA}（20")).to_be_visible()
    expect(page.get_by_text("；还须 1 人批准")).to_be_visible()
    click(page.get_by_text("English"))
    expect(page.get_by_text(f"1 of 2 approvals: {ANNA} at ")).to_be_visible()
    expect(page.get_by_text("; one more person must approve")).to_be_visible()


def test_what_a_run_has_proposed_already_is_not_proposed_twice(url: str, page: Page, project: Project):
    arrive(page, url, "Axel Asker", f"mismatches?lang=zh&break={break_of(project, 'candidate', 'C3')}")
    before = project.ledger.count_actions()
    click(page.get_by_role("button", name="建议建立关联"))
    expect(page.get_by_text("此前已提出")).to_be_visible()
    assert project.ledger.count_actions() == before


def test_a_candidate_that_is_not_the_same_is_rejected_for_good(url: str, page: Page, project: Project):
    arrive(page, url, "Stefan Steward", f"mismatches?lang=en&break={break_of(project, 'candidate', 'C4')}")
    write(page.get_by_role("textbox", name="Reason"), "two businesses")
    page.get_by_role("button", name="Not the same").dblclick()
    expect(page.get_by_text("the two are not the same")).to_be_visible()
    assert ("C4", "E4") in set(project.ledger.not_same("customers").iter_rows())
    (link,) = project.ledger.actions(entity="customers", kind="link", source_key="C4")
    assert project.ledger.approvals([link.id]).select("decided_by", "decision", "comment").rows() == [
        ("Stefan Steward", "rejected", "two businesses")
    ]


def test_what_is_called_different_twice_is_noted_once(url: str, project: Project):
    query = f"lang=en&break={break_of(project, 'candidate', 'C5')}"
    with WebsocketPage(url, "mismatches", cookies_of(url, "Stefan Steward", PASSWORD), query) as page:
        button = page.button("Not the same")
        for _ in range(2):
            page.press(button)
            assert "the two are not the same" in page.text
    (link,) = project.ledger.actions(entity="customers", kind="link", source_key="C5")
    assert project.ledger.approvals([link.id])["decision"].to_list() == ["rejected"]


def test_from_its_history_a_record_is_unlinked(url: str, page: Page, project: Project):
    axel = "Axel Asker"
    arrive(page, url, axel, f"mismatches?lang=en&break={break_of(project, 'difference', 'CP12')}")
    ask(page)
    assert choices(page, "What") == ["Take the link back: the two are not the same"]  # no `inactive` here
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    click(page.get_by_role("button", name="Propose to unlink"))
    expect(page.get_by_text("1 person must approve it before anything is written.")).to_be_visible()
    assert [action.source_key for action in by_hand(project, ActionKind.LINK, axel)] == ["CP12"]


def test_a_record_is_made_inactive_and_a_key_that_is_not_there_is_a_sentence(url: str, page: Page, project: Project):
    axel = "Axel Asker"
    arrive(page, url, axel, f"mismatches?lang=en&break={break_of(project, 'duplicate_in_crm', 'D12')}")
    ask(page)
    choose(page, "What", "Merge it with another record of Vertriebs-CRM")
    write(page.get_by_role("textbox", name="Key of the other record"), "nowhere")
    form = page.get_by_test_id("stExpander")
    click(form.get_by_role("button", name="Propose a merge"))
    expect(page.get_by_text("has no record 'nowhere' of customers")).to_be_visible()
    choose(page, "What", "Make it inactive in Vertriebs-CRM")
    click(form.get_by_role("button", name="Propose to make inactive"))
    expect(page.get_by_text("1 person must approve it before anything is written.")).to_be_visible()
    assert [action.target_key for action in by_hand(project, ActionKind.DEACTIVATE, axel)] == ["D12"]


# Who may not


ASKING = ("Propose", "Not the same")


@pytest.mark.parametrize("name", ["Vera Viewer", "Erik ERP", "Otto Operator"])
def test_who_may_not_propose_sees_no_button(url: str, page: Page, project: Project, name: str):
    arrive(page, url, name, f"mismatches?lang=en&break={break_of(project, 'duplicate_in_crm', 'D13')}")
    expect(page.get_by_text("Stays: C13")).to_be_visible()
    at_rest(page)
    for label in ASKING:
        expect(page.get_by_role("button", name=label)).to_have_count(0)
    if name != "Erik ERP":
        click(page.get_by_text("History of this record"))
        expect(page.locator("th", has_text="Detail")).to_be_visible()
        at_rest(page)
        expect(page.get_by_text("Ask for a correction of this record")).to_have_count(0)


@pytest.mark.parametrize("name", ["Vera Viewer", "Erik ERP"])
def test_a_request_that_no_button_sends_is_refused(url: str, project: Project, name: str):
    query = f"lang=en&break={break_of(project, 'duplicate_in_crm', 'D14')}"
    before = project.ledger.count_actions()
    with WebsocketPage(url, "mismatches", cookies_of(url, "Stefan Steward", PASSWORD), query) as page:
        button = page.button("Propose a merge")
    with WebsocketPage(url, "mismatches", cookies_of(url, name, PASSWORD), query) as page:
        assert not [label for label in page.labels if label.startswith(ASKING)]
        page.press(button)
    assert project.ledger.count_actions() == before


def test_a_right_that_was_taken_away_meanwhile_is_gone(url: str, file: Path, project: Project):
    query = f"lang=en&break={break_of(project, 'duplicate_in_crm', 'D14')}"
    before, text = project.ledger.count_actions(), file.read_text(encoding="utf-8")
    with WebsocketPage(url, "mismatches", cookies_of(url, "Axel Asker", PASSWORD), query) as page:
        button = page.button("Propose a merge")
        file.write_text(text.replace("Axel Asker: {roles: [asker]}", "Axel Asker: {roles: [viewer]}"), encoding="utf-8")
        try:
            page.press(button)
            assert "no role of Axel Asker may propose" in page.text
        finally:
            file.write_text(text, encoding="utf-8")
    assert project.ledger.count_actions() == before
