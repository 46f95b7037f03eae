"""The project of files, run once or not at all; and pages of it without a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from dashboard_project import make_project
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


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """`page(file, "runs", "zh", rule="x")`: the page as a reader first sees it."""

    def show(file: Path, name: str = "overview", language: str = "en", **query: str) -> AppTest:
        monkeypatch.setenv("RECONCILE_CONFIG", str(file))
        app = AppTest.from_file(str(launch.APP), default_timeout=60)
        app.query_params["lang"] = language
        app.run()
        if name != "overview":
            app.switch_page(f"screens/{name}.py")
            for key, value in query.items():
                app.query_params[key] = value
            app.run()
        return app

    return show
