"""A project of two folders of files, with hostile names in them, run once; and pages of it without a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import data, launch
from reconcile import wiring
from reconcile.progress import Silent

SCRIPT = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
MARKDOWN = "**bold** [link](http://evil.example) $x^2$ :material/bomb: # `code`"
FORMULA = '=HYPERLINK("http://evil.example";"click")'
RTL = "שלום \u202egpj.exe"
LONG = "x" * 5_000

CONFIG = """
project: "Hostile & Söhne <b>"
systems:
  one: {title: "CRM <i>One</i>", role: crm, connector: files, path: crm}
  two: {title: Two, role: erp, connector: files, path: erp}
in_flight_minutes: 0
entities:
  customers:
    crm: {object: customers.csv, key: id}
    erp: {object: customers.csv, key: id, external_id: ext}
    create_in: [erp]
    match: {keys: [number]}
    fields:
      number: {crm: no, erp: no, compare: false}
      name: {crm: name, erp: name, owner: crm}
      phone: {crm: phone, erp: phone, owner: crm}
      city: {crm: city, erp: city, owner: review}
      email: {crm: mail, erp: mail, owner: crm}
"""


def _rows(side: str) -> str:
    names = [SCRIPT, MARKDOWN, FORMULA, RTL, LONG]
    lines = ["id,no,name,phone,city,mail,ext"]
    for place, name in enumerate(names):
        shown = name if side == "crm" else f"Plain name {place}"
        quoted = '"' + shown.replace('"', '""') + '"'
        lines.append(f"{side}{place},{place},{quoted},+44 20 7946 00{place}{place},Leeds,not a mail <b>,")
    for place in range(10, 80):
        digit = 1 if side == "crm" else 2
        city = "Leeds" if side == "crm" or place % 7 else "York"
        lines.append(f"{side}{place},{place},Customer {place},+44 20 7946 {digit}{place}0,{city},c{place}@example.com,")
    if side == "crm":
        lines.append("crm999,999,上海光明贸易有限公司,+86 21 5555 0000,上海,a@example.com,")
    return "\n".join(lines) + "\n"


def make_project(folder: Path, config: str = CONFIG) -> Path:
    """The two folders of files and the configuration; its path."""
    for side in ("crm", "erp"):
        (folder / side).mkdir(parents=True)
        (folder / side / "customers.csv").write_text(_rows(side), encoding="utf-8")
    file = folder / "reconcile.yaml"
    file.write_text(config, encoding="utf-8")
    return file


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
