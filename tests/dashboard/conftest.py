"""The project of files, run once or not at all; and pages of it without a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from chromium import PATIENCE, launched
from dashboard_project import make_project
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest

from dashboard import data, launch
from reconcile import wiring
from reconcile.progress import Silent


@pytest.fixture
def fresh_project(tmp_path: Path) -> Iterator[Path]:
    """A project without a run."""
    file = make_project(tmp_path / "project")
    yield file
    _close(file)


@pytest.fixture(scope="module")
def ran_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with one run."""
    file = make_project(tmp_path_factory.mktemp("ran") / "project")
    project = wiring.open_project(file, os.environ)
    wiring.run(project, Silent(), "Anna")
    project.close()
    yield file
    _close(file)


def _close(file: Path) -> None:
    """The dashboard keeps a project open for as long as it serves it."""
    data.project(file).close()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of the browser, without cookies."""
    context = browser.new_context(viewport={"width": 1400, "height": 1100}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`show(file, "runs", "zh", rule="x")`: the page as a reader first sees it."""

    def shown(file: Path, name: str = "overview", language: str = "en", **query: str) -> AppTest:
        monkeypatch.setenv("RECONCILE_CONFIG", str(file))
        app = AppTest.from_file(str(launch.APP), default_timeout=180)
        app.query_params["lang"] = language
        app.run()
        if name != "overview":
            app.switch_page(f"screens/{name}.py")
            for key, value in query.items():
                app.query_params[key] = value
            app.run()
        return app

    return shown
