"""Signing in: every role against every operation, in a browser and by whatever a client may send; and sessions that are over."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from drawing import at_rest, choose, click, drawn
from guarded_project import ACCESS, MAY, OPERATIONS, PASSWORD, PEOPLE, make_guarded
from playwright.sync_api import Page, expect
from serving import served
from websocket_page import WebsocketPage, cookies_of

from reconcile import wiring
from reconcile.access import delegation
from reconcile.results import ActionState
from reconcile.wiring import Project

pytestmark = pytest.mark.browser
REASON = "Your role does not allow this"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_guarded(tmp_path_factory.mktemp("guarded") / "project")


@pytest.fixture(scope="module")
def url(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One dashboard for all of these; nothing that it prints may hold a password."""
    log = tmp_path_factory.mktemp("log") / "dashboard.log"
    with served(file, {}, log) as address:
        yield address
    assert PASSWORD not in log.read_text()


@pytest.fixture(scope="module")
def project(file: Path) -> Iterator[Project]:
    project = wiring.open_project(file, os.environ)
    yield project
    project.close()


@pytest.fixture(scope="module")
def cookies(url: str) -> dict[str, dict[str, str]]:
    """Role to the cookies of its person."""
    return {role: cookies_of(url, name, PASSWORD) for role, name in PEOPLE.items()}


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """As a person does it, without a mouse, and wait until the page that this leads to is at rest."""
    drawn(page)
    page.locator("input[name=account]").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    drawn(page)


def told(project: Project) -> list[tuple[str, str]]:
    """Who did what, after the preparations: everything in the audit trail but signing in and out."""
    trail = project.ledger.audit_entries()
    kept = trail.filter(~trail["event"].is_in(["signed in", "signed out", "sign-in refused"])).reverse()
    return list(kept.select("who", "event").iter_rows())


# What anybody sees


def test_nothing_is_shown_before_somebody_signs_in(url: str, page: Page):
    seen: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: seen.append(str(frame))))
    page.goto(f"{url}/approvals?lang=en")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    click(page.get_by_text("简体中文"))
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    at_rest(page)
    for word in ("Hostile", "customers", "Vera", "phone", "Two"):
        assert word not in page.content()
        assert all(word not in frame for frame in seen)
    assert seen
    with WebsocketPage(url, "mismatches", {}) as nobody:
        assert nobody.labels == []
        assert "Hostile" not in nobody.text
    for cookie in ("", "x", "elDbADeAluVUTlsnKs515b8j-Ta1o0gjdl1cayz8aZo"):
        with WebsocketPage(url, "approvals", {f"reconcile_session_{url.rpartition(':')[2]}": cookie}) as guess:
            assert guess.labels == []


def test_a_person_signs_in_by_keyboard_stays_over_a_reload_and_leaves(url: str, page: Page, project: Project):
    page.goto(f"{url}/runs?lang=zh")
    expect(page.locator("input[name=account]")).to_have_attribute("autocomplete", "username")
    expect(page.locator("input[name=password]")).to_have_attribute("autocomplete", "current-password")
    sign_in(page, PEOPLE["viewer"], "wrong horse battery")
    expect(page.get_by_role("alert").filter(has_text="密码错误")).to_be_visible()
    sign_in(page, "ANNA@example.com")
    expect(page.get_by_role("heading", name="运行记录")).to_be_visible()
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text(PEOPLE["controller"])).to_be_visible()
    expect(sidebar.get_by_text("controller")).to_be_visible()
    assert "refused" not in page.url
    page.reload()
    expect(page.get_by_role("heading", name="运行记录")).to_be_visible()
    (cookie,) = (c for c in page.context.cookies() if c["name"].startswith("reconcile_session"))
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    click(page.get_by_role("button", name="退出登录"))
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    trail = project.ledger.audit_entries(limit=3).select("who", "event", "subject").rows()
    anna = PEOPLE["controller"]
    assert trail == [
        (anna, "signed out", f"account {anna}"),
        (anna, "signed in", f"account {anna}"),
        ("unknown", "sign-in refused", f"account {PEOPLE['viewer']}"),
    ]
    with WebsocketPage(url, "runs", {cookie["name"]: cookie["value"]}) as copied:
        assert copied.labels == [], "what the browser held opens nothing any more"


# Every role, every operation


def buttons_of(page: Page) -> dict[str, bool]:
    """Operation to whether its button can be pressed, once everything else that it needs is given."""
    found = {}
    click(page.get_by_test_id("stCheckbox").nth(1).locator("label"))
    expect(page.get_by_role("button", name="Approve selected (1)")).to_be_visible()
    drawn(page)
    found["approve"] = page.get_by_role("button", name="Approve selected (1)").is_enabled()
    found["reject"] = page.get_by_role("button", name="Reject selected (1)").is_enabled()
    click(page.get_by_role("button", name="Stop all writing").first)
    inside = page.get_by_test_id("stPopoverBody").get_by_role("button", name="Stop all writing")
    expect(inside).to_be_visible()
    found["stop"] = inside.is_enabled()
    page.keyboard.press("Escape")
    expect(inside).to_be_hidden()
    click(page.get_by_text("To write ("))
    expect(page.get_by_role("button", name="Try it without writing")).to_be_visible()
    drawn(page)
    found["push"] = page.get_by_role("button", name="Try it without writing").is_enabled()
    click(page.get_by_text("Results ("))
    choose(page, "Look at one of these", "Written and verified")
    expect(page.get_by_role("button", name="Propose to undo")).to_be_visible()
    drawn(page)
    found["undo"] = page.get_by_role("button", name="Propose to undo").is_enabled()
    click(page.get_by_text("History of this record"))
    expect(page.locator("th", has_text="Detail")).to_be_visible()
    drawn(page)
    found["propose"] = page.get_by_text("Ask for a correction of this record").is_visible()
    click(page.get_by_role("link", name="Runs"))
    expect(page.get_by_role("button", name="Start a run")).to_be_visible()
    drawn(page)
    found["run"] = page.get_by_role("button", name="Start a run").is_enabled()
    return found


@pytest.mark.parametrize("role", PEOPLE)
def test_in_the_browser_a_role_can_press_what_it_may(url: str, page: Page, project: Project, role: str):
    before = told(project)
    page.goto(f"{url}/approvals?lang=en&cause=customers|update|phone|erp|low")
    sign_in(page, PEOPLE[role])
    expect(page.get_by_role("heading", name="Approvals")).to_be_visible()
    assert buttons_of(page) == {operation: operation in MAY[role] for operation in OPERATIONS}
    assert told(project) == before


def test_a_viewer_who_tampers_with_the_page_changes_nothing(url: str, page: Page, project: Project):
    before = told(project)
    page.goto(f"{url}/approvals?lang=en&cause=customers|update|phone|erp|low")
    sign_in(page, PEOPLE["viewer"])
    expect(page.get_by_text(REASON).first).to_be_visible()
    expect(page.get_by_role("textbox", name="Signs as")).to_be_disabled()
    click(page.get_by_test_id("stCheckbox").nth(1).locator("label"))
    approve = page.get_by_role("button", name="Approve selected (1)")
    expect(approve).to_be_disabled()
    page.evaluate("document.querySelectorAll('[disabled]').forEach(e => e.removeAttribute('disabled'))")
    click(approve)
    click(page.get_by_role("button", name="Next"))
    expect(page.get_by_text("13–24 of")).to_be_visible()
    assert told(project) == before


@contextlib.contextmanager
def opened(url: str, operation: str, cookies: dict[str, str]) -> Iterator[tuple[WebsocketPage, str]]:
    """The page of an operation with everything given that its button needs, and the button's label."""
    address = {
        "approve": ("approvals", "lang=en&cause=customers|update|phone|erp|low", "Approve selected"),
        "reject": ("approvals", "lang=en&cause=customers|update|phone|erp|low", "Reject selected"),
        "stop": ("approvals", "lang=en", "Stop all writing"),
        "push": ("approvals", "lang=en&tab=push", "Try it without writing"),
        "undo": ("approvals", "lang=en&tab=results", "Propose to undo"),
        "run": ("runs", "lang=en", "Start a run"),
        "propose": ("approvals", "lang=en&tab=results", "Propose to unlink"),
    }
    name, query, label = address[operation]
    with WebsocketPage(url, name, cookies, query) as page:
        if operation in ("approve", "reject"):
            page.tick(1)
        if operation in ("undo", "propose"):
            page.choose("Look at one of these", "Written and verified")
        if operation == "propose":
            page.turn_on("History of this record")
        yield page, label


def changed(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_role_that_was_taken_away_meanwhile_is_gone(url: str, file: Path, project: Project, cookies, operation: str):
    role = next(role for role in ("steward", "controller", "operator") if operation in MAY[role])
    before = told(project)
    with opened(url, operation, cookies[role]) as (page, label):
        button = page.button(label)
        assert not button.disabled
        changed(file, f"{PEOPLE[role]}: {{roles: [{role}]", f"{PEOPLE[role]}: {{roles: [viewer]")
        try:
            page.press(button)
            said = page.text
        finally:
            changed(file, f"{PEOPLE[role]}: {{roles: [viewer]", f"{PEOPLE[role]}: {{roles: [{role}]")
    assert f"no role of {PEOPLE[role].split()[0]}" in said
    assert told(project) == before


EVENT = {
    "approve": "approved",
    "reject": "rejected",
    "stop": "pushes stopped",
    "undo": "undo proposed",
    "run": "run started",
    "propose": "proposed by hand",
}
"""Operation to what the audit trail says of it; a trial of a push leaves no trace there."""


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("role", PEOPLE)
def test_by_request_a_role_does_what_it_may_and_no_more(
    url: str, cookies: dict[str, dict[str, str]], project: Project, role: str, operation: str
):
    before = told(project)
    with opened(url, operation, cookies[role]) as (page, label):
        if operation == "propose" and operation not in MAY[role]:
            assert label not in page.labels
            with opened(url, operation, cookies["steward"]) as (allowed, _):
                button = allowed.button(label)
        else:
            button = page.button(label)
            assert button.disabled == (operation not in MAY[role])
        page.press(button)
        if operation == "push" and operation in MAY[role]:
            settled(page, "Nothing was written")
        if operation == "run" and operation in MAY[role]:
            settled(page, "The run has finished")
    new = told(project)[len(before) :]
    if operation not in MAY[role] or operation == "push":
        assert new == []
        return
    assert new[0] == (PEOPLE[role], EVENT[operation])
    if operation == "stop":
        with opened(url, "stop", cookies[role]) as (page, _):
            page.press(page.button("Let writing go on"))
        assert project.ledger.push_stop() is None


def settled(page: WebsocketPage, words: str) -> None:
    """Let the page run until a job that it started has ended."""
    for _ in range(600):
        if words in page.text:
            return
        page.again()
    raise AssertionError(page.text)


# Pages whose right has ended


@pytest.mark.parametrize("end", ["signed out", "account disabled", "password set"])
def test_a_page_left_open_does_nothing_after_the_session(url: str, project: Project, end: str):
    name = "Paul Planner"
    mine = cookies_of(url, name, PASSWORD)
    with opened(url, "approve", mine) as (page, label):
        button = page.button(label)
        assert not button.disabled
        if end == "signed out":
            with WebsocketPage(url, "runs", mine) as other:
                other.press(other.button("Sign out"))
        elif end == "account disabled":
            project.ledger.accounts.disable(name, "root")
        else:
            project.ledger.accounts.set_password(name, PASSWORD, "root")
        before = told(project)
        page.press(button)
        assert page.labels == []
        assert "You are signed out" in page.text
    project.ledger.accounts.enable(name, "root")
    assert told(project)[: len(before)] == before
    assert [event for event in told(project)[len(before) :] if event[1] == "approved"] == []


def test_nobody_takes_over_the_page_of_another(url: str, project: Project, cookies):
    before = told(project)
    with opened(url, "approve", cookies["controller"]) as (page, label):
        button, session = page.button(label), page.session_id
        kept = dict(page.kept)
    with WebsocketPage(url, "approvals", cookies["viewer"], session_id=session) as stolen:
        stolen.kept.update(kept)
        stolen.press(button)
        assert PEOPLE["controller"] not in stolen.text
    with WebsocketPage(url, "approvals", {}, session_id=session) as stolen:
        stolen.press(button)
        assert stolen.labels == []
    assert told(project) == before


def test_a_right_that_was_lent_holds_while_it_is_lent(url: str, project: Project, cookies):
    anna, vera = PEOPLE["controller"], PEOPLE["viewer"]
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    delegation.delegate(project.ledger, project.config, to=vera, until=until, by=anna)
    with opened(url, "approve", cookies["viewer"]) as (page, label):
        page.press(page.button(label))
    last = project.ledger.audit_entries(limit=1)
    assert last["who"].to_list() == [vera]
    assert project.ledger.approvals([last["subject"][0]])["on_behalf_of"].to_list()[-1] == anna
    delegation.end_delegations(project.ledger, project.config, by=anna)
    with opened(url, "approve", cookies["viewer"]) as (page, label):
        assert page.button(label).disabled


# The address that takes passwords


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "URL", "Content-Type": "application/x-www-form-urlencoded"}, 303),
    ],
)
def test_only_a_form_of_our_own_is_taken(url: str, headers: dict[str, str], status: int):
    sent = {name: value.replace("URL", url) for name, value in headers.items()}
    answer = httpx.post(f"{url}/session", data={"account": PEOPLE["viewer"], "password": PASSWORD}, headers=sent, timeout=60)
    assert answer.status_code == status
    assert ("set-cookie" in answer.headers) == (status == 303)


def test_behind_tls_the_cookie_never_travels_without(url: str):
    headers = {"Origin": url.replace("http://", "https://")}
    answer = httpx.post(f"{url}/session", data={"account": PEOPLE["viewer"], "password": PASSWORD}, headers=headers, timeout=60)
    assert {"HttpOnly", "Secure", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"a=1&" * 20, b"account=x&password=" + b"y" * 10_000, b"account=%ff&password=%ff"]
)
def test_what_is_no_form_signs_nobody_in(url: str, body: bytes):
    answer = httpx.post(f"{url}/session", content=body, headers={"Origin": url}, timeout=60)
    assert answer.status_code in (303, 400)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "referer", ["https://evil.example/x", "http://evil.example//y", "URL//evil.example", "URL/\\evil.example"]
)
def test_a_sign_in_leads_back_to_our_own_page_only(url: str, referer: str):
    headers = {"Origin": url, "Referer": referer.replace("URL", url)}
    answer = httpx.post(f"{url}/session", data={"account": "x", "password": "y"}, headers=headers, timeout=60)
    place = answer.headers["location"]
    assert place.startswith("/")
    assert place[1:2] not in ("/", "\\")


def test_no_other_site_shows_the_dashboard_within_its_own(url: str):
    for path in ("/", "/approvals", "/_stcore/health"):
        headers = httpx.get(url + path, timeout=60).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"


def test_the_agents_address_of_streamlit_is_closed(url: str):
    answer = httpx.post(
        f"{url}/_stcore/agent/interact", content=json.dumps({}), headers={"Content-Type": "application/json"}, timeout=60
    )
    assert answer.status_code >= 400


def test_the_access_of_this_project_is_what_the_matrix_says():
    assert all(role in ACCESS for role in MAY)


def test_an_approval_bears_the_name_of_who_is_signed_in(project: Project):
    approved = project.ledger.actions([ActionState.APPROVED])
    names = set(project.ledger.approvals([action.id for action in approved])["decided_by"])
    assert names <= {"Paul Planner", PEOPLE["steward"], PEOPLE["controller"], PEOPLE["viewer"]}
    assert PEOPLE["controller"] in names
