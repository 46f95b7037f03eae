"""In a real browser, against a CRM and an ERP that answer over HTTP: a correction is approved, written, and seen to be there."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import httpx
import pytest
from drawing import choose, click, drawn, fits, write
from playwright.sync_api import Page, expect
from serving import served

from reconcile import wiring
from reconcile.progress import Silent
from reconcile.results import Action, ActionState
from reconcile.sandbox.servers import Sandbox

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    sandbox = Sandbox(folder, customers=120, contacts=150, products=40, orders=200)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def correction(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Action]:
    """A project that ran once, and the telephone number that the ERP shall get from the CRM."""
    file = tmp_path_factory.mktemp("project") / "reconcile.yaml"
    demo = resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text(encoding="utf-8")
    file.write_text(demo, encoding="utf-8")
    project = wiring.open_project(file, {**os.environ, **sandbox.environment})
    wiring.run(project, Silent(), "Anna")
    proposed = project.ledger.actions([ActionState.PROPOSED], entity="customers", kind="update", target="erp")
    project.close()
    return file, next(action for action in proposed if [change.field for change in action.changes] == ["phone"])


@pytest.fixture(scope="module")
def address(sandbox: Sandbox, correction: tuple[Path, Action], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(correction[0], sandbox.environment, tmp_path_factory.mktemp("log") / "dashboard.log") as url:
        yield url


def in_the_erp(sandbox: Sandbox, key: str) -> str:
    """The telephone number as the ERP answers it over HTTP."""
    url = f"{sandbox.erp_url}A_BusinessPartner('{key}')"
    answer = httpx.get(
        url,
        params={"$expand": "to_BusinessPartnerAddress"},
        auth=("RECONCILE", sandbox.environment["SANDBOX_ERP_PASSWORD"]),
        timeout=60,
    )
    answer.raise_for_status()
    found = answer.json()["to_BusinessPartnerAddress"]
    return str((found[0] if isinstance(found, list) else found)["PhoneNumber"])


def in_its_database(sandbox: Sandbox, phone: str) -> int:
    """In how many places of the ERP's database the telephone number stands."""
    with contextlib.closing(sqlite3.connect(sandbox.erp_path)) as database:
        tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
        found = 0
        for table in tables:
            columns = [row[1] for row in database.execute(f'pragma table_info("{table}")')]
            for column in columns:
                if column.endswith("PhoneNumber"):
                    found += database.execute(f'select count(*) from "{table}" where "{column}" = ?', (phone,)).fetchone()[0]
    return found


def test_a_correction_is_approved_written_and_verified(
    sandbox: Sandbox, correction: tuple[Path, Action], address: str, page: Page
):
    file, action = correction
    (change,) = action.changes
    assert action.target_key
    assert change.after
    assert in_the_erp(sandbox, action.target_key) == (change.before or "")
    page.goto(f"{address}/approvals?lang=en&action={action.id}")
    expect(page.get_by_role("heading", name="Approvals")).to_be_visible()

    write(page.get_by_role("textbox", name="Your name"), "Anna Approver")
    click(page.get_by_test_id("stCheckbox").nth(1).locator("label"))
    approve = page.get_by_role("button", name="Approve selected (1)")
    expect(approve).to_be_enabled()
    approve.dblclick()
    expect(page.get_by_text("1 correction approved by Anna Approver.")).to_be_visible()
    assert in_the_erp(sandbox, action.target_key) == (change.before or "")

    click(page.get_by_text("To write (1)"))
    click(page.get_by_role("button", name="Try it without writing"))
    expect(page.get_by_text("Nothing was written. 1 correction would be written as they stand.")).to_be_visible()
    assert in_the_erp(sandbox, action.target_key) == (change.before or "")

    drawn(page)
    page.get_by_role("button", name="Write 1 correction now").dblclick()
    expect(page.get_by_text("Written and verified: 1 correction.")).to_be_visible()
    click(page.get_by_text("Results (1)"))
    expect(page.locator("table .r-pill", has_text="Written and verified")).to_be_visible()
    expect(page.get_by_text("Anna Approver").first).to_be_visible()

    assert in_the_erp(sandbox, action.target_key) == change.after
    assert in_its_database(sandbox, change.after) >= 1
    writes = [call for call, _ in sandbox.erp_calls if action.target_key in call and call.split()[0] in ("PATCH", "POST")]
    project = wiring.open_project(file, {**os.environ, **sandbox.environment})
    assert project.ledger.action_states([action.id])[action.id] is ActionState.VERIFIED
    assert project.ledger.approvals([action.id]).height == 1
    assert project.ledger.outcomes([action.id]).height == 1
    assert len(writes) <= 1
    project.close()


def test_hostile_text_does_nothing_and_a_row_opens_its_pair(ran_project: Path, page: Page, tmp_path: Path):
    outside: list[str] = []
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    with served(ran_project, {}, tmp_path / "dashboard.log") as url:
        page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else outside.append(r.url))
        for name in ("", "approvals", "quality", "runs"):
            page.goto(f"{url}/{name}?lang=zh")
            drawn(page)
        page.goto(f"{url}/approvals?lang=zh&cause=customers|update|name|erp|low")
        expect(page.get_by_text("**bold**").first).to_be_visible()
        drawn(page)
        expect(page.locator("a[href*='evil']")).to_have_count(0)
        page.goto(f"{url}/mismatches?lang=zh&field=name")
        grid = page.get_by_test_id("stDataFrame").locator("canvas").first
        expect(grid).to_be_visible()
        drawn(page)
        box = grid.bounding_box()
        assert box
        page.mouse.click(box["x"] + 15, box["y"] + 52)
        expect(page.get_by_role("button", name="关闭")).to_be_visible()
        page.wait_for_url("**/mismatches?*break=*")
        fits(page)
        click(page.get_by_role("button", name="关闭"))
        expect(page.get_by_role("button", name="关闭")).to_be_hidden()
        assert "taken" not in page.title()
    assert outside == []
    assert dialogs == []


def test_filters_stay_when_the_language_changes(address: str, page: Page):
    page.goto(f"{address}/mismatches?lang=en")
    for label, option in (("Field", "Phone"), ("Severity", "Minor")):
        choose(page, label, option)
        page.wait_for_url(f"**/mismatches?*{label.lower()}={option.lower()}*")
    for language, name in (("zh", "简体中文"), ("en", "English"), ("zh", "简体中文")):
        click(page.get_by_test_id("stSidebar").get_by_text(name))
        page.wait_for_url(f"**/mismatches?lang={language}&field=phone&severity=minor")
    click(page.get_by_role("link", name="运行记录"))
    page.wait_for_url("**/runs?lang=zh")
    click(page.get_by_role("link", name="差异明细"))
    page.wait_for_url("**/mismatches?lang=zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_wide_tables_fit_a_small_window(address: str, page: Page, language: str):
    page.set_viewport_size({"width": 1024, "height": 800})
    for name in ("", "approvals", "quality", "runs"):
        page.goto(f"{address}/{name}?lang={language}")
        fits(page)
