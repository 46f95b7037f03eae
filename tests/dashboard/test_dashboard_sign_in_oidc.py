"""Signing in at an identity provider that others wrote: roles come from its claims, and only what it vouches for counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from drawing import at_rest, click, drawn
from guarded_project import ACCESS, PASSWORD, make_guarded
from identity_provider import CLIENT, SECRET, identity_provider
from loopback_ports import free_port
from playwright.sync_api import Page, expect
from serving import served

from reconcile import wiring
from reconcile.results import ActionState
from reconcile.wiring import Project

pytestmark = pytest.mark.browser
OIDC = """
  sign_in: both
  claim: realm_access.roles
  claims: {crm-controllers: controller}
  oidc:
    metadata_url: PROVIDER/.well-known/openid-configuration
    client_id: CLIENT
    client_secret: ${OIDC_SECRET}
    address: ADDRESS
    title: Example Ltd
"""


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "dashboard.log"


@pytest.fixture(scope="module")
def file(port: int, tmp_path_factory: pytest.TempPathFactory, log: Path) -> Iterator[Path]:
    dashboard = f"http://127.0.0.1:{port}"
    with identity_provider(dashboard, log.with_name("provider.log")) as provider:
        oidc = OIDC.replace("PROVIDER", provider).replace("ADDRESS", dashboard).replace("CLIENT", CLIENT)
        os.environ["OIDC_SECRET"] = SECRET
        yield make_guarded(tmp_path_factory.mktemp("oidc") / "project", ACCESS + oidc)
        del os.environ["OIDC_SECRET"]


@pytest.fixture(scope="module")
def url(file: Path, port: int, log: Path) -> Iterator[str]:
    with served(file, {"OIDC_SECRET": SECRET}, log, port) as address:
        yield address
    assert SECRET not in log.read_text()


@pytest.fixture(scope="module")
def project(file: Path) -> Iterator[Project]:
    project = wiring.open_project(file, os.environ)
    yield project
    project.close()


def sign_in(page: Page, url: str, login: str) -> None:
    page.goto(f"{url}/?lang=en")
    drawn(page)
    page.get_by_role("button", name="Sign in with Example Ltd").click()
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("any will do there")
    page.locator("button[type=submit]").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    drawn(page)


def tick_the_first(page: Page) -> None:
    """On the page of approvals, once it is drawn."""
    click(page.get_by_role("link", name="Approvals"))
    expect(page.get_by_role("heading", name="Approvals")).to_be_visible()
    click(page.get_by_test_id("stCheckbox").nth(1).locator("label"))


def test_whoever_the_provider_names_a_controller_approves_and_leaves(url: str, page: Page, project: Project):
    sign_in(page, url, "anna")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("Anna Chen 陈安娜")).to_be_visible()
    tick_the_first(page)
    click(page.get_by_role("button", name="Approve selected (1)"))
    expect(page.get_by_text("1 correction approved by Anna Chen 陈安娜")).to_be_visible()
    approved = project.ledger.actions([ActionState.APPROVED])
    decided = project.ledger.approvals([action.id for action in approved])
    assert "Anna Chen 陈安娜" in decided["decided_by"].to_list()
    page.reload()
    expect(sidebar.get_by_text("Anna Chen 陈安娜")).to_be_visible()
    held = page.context.cookies()
    drawn(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.context.add_cookies(held)  # what the browser held before opens nothing any more
    page.goto(f"{url}/?lang=en")
    expect(page.get_by_role("button", name="Sign in with Example Ltd")).to_be_visible()
    events = project.ledger.audit_entries(limit=20).filter(project.ledger.audit_entries(limit=20)["event"].str.contains("signed"))
    assert events["event"].to_list()[:2] == ["signed out", "signed in"]
    assert set(events["who"].to_list()[:2]) == {"Anna Chen 陈安娜"}


def test_a_role_comes_from_the_claim_alone(url: str, page: Page):
    sign_in(page, url, "carl")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("carl@example.com", exact=True)).to_be_visible()
    expect(sidebar.get_by_text("controller", exact=True)).to_be_visible()
    tick_the_first(page)
    expect(page.get_by_role("button", name="Approve selected (1)")).to_be_enabled()


@pytest.mark.parametrize(("login", "shown"), [("vera", "vera@example.com"), ("mallory", "mallory")])
def test_whoever_has_no_role_may_only_look(url: str, page: Page, login: str, shown: str):
    sign_in(page, url, login)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text(shown, exact=True)).to_be_visible()
    expect(sidebar.get_by_text("no role: may only look")).to_be_visible()
    at_rest(page)
    assert "陈安娜" not in page.content(), "an address that nobody verified is nobody's"
    tick_the_first(page)
    expect(page.get_by_role("button", name="Approve selected (1)")).to_be_disabled()


def test_local_accounts_work_beside_the_provider(url: str, page: Page):
    page.goto(f"{url}/?lang=zh")
    expect(page.get_by_role("button", name="使用 Example Ltd 登录")).to_be_visible()
    drawn(page)
    page.locator("input[name=account]").fill("Otto Operator")
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stSidebar").get_by_text("Otto Operator")).to_be_visible()


def test_a_provider_that_the_server_was_not_started_with_signs_nobody_in(url: str, page: Page, file: Path):
    sign_in(page, url, "anna")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(f"client_id: {CLIENT}", "client_id: another"), encoding="utf-8")
    try:
        click(page.get_by_role("link", name="Runs"))
        expect(page.get_by_text("The identity provider of the configuration has changed")).to_be_visible()
        at_rest(page)
        assert "陈安娜" not in page.content()
    finally:
        file.write_text(text, encoding="utf-8")
