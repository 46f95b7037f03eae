"""Why a pair is linked, waits, is there twice or has nobody: asked for on the page of mismatches, in both languages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from drawing import click, drawn, fits
from pairs_project import make_pairs
from playwright.sync_api import Page, expect
from serving import served
from streamlit.testing.v1 import AppTest

from dashboard import data, why
from reconcile import wiring
from reconcile.progress import Silent
from reports.why import why_of
from reports.words import Words

Show = Callable[..., AppTest]
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Likely pairs, customers that are there twice, and one with a hostile name that has nobody but shares a street."""
    file = make_pairs(tmp_path_factory.mktemp("why") / "project", access="")
    lonely = f'CX,,"{HOSTILE}",Weg 3 21,+491,,Active,,\nCZ,,Zzqq,,,,Active,,\n'
    customers = file.parent / "crm" / "customers.csv"
    customers.write_text(customers.read_text(encoding="utf-8") + lonely, encoding="utf-8")
    project = wiring.open_project(file, os.environ)
    wiring.run(project, Silent(), "Otto Operator")
    project.close()
    yield file
    data.project(file).close()
    st.cache_resource.clear()


def break_of(file: Path, kind: str, key: str) -> str:
    found = data.project(file).ledger.breaks()
    return str(found.filter((pl.col("kind") == kind) & (pl.col("crm_key") == key))["fingerprint"][0])


def asked(show: Show, file: Path, language: str, kind: str, key: str) -> AppTest:
    app = show(file, "mismatches", language, **{"break": break_of(file, kind, key)})
    (switch,) = [t for t in app.toggle if t.label in ("Why?", "为什么？")]
    return switch.set_value(True).run()


def html(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


@pytest.mark.parametrize(
    ("kind", "key", "english", "chinese"),
    [
        ("candidate", "C3", "CRM C3 and ERP E3 wait for a person", "CRM C3 与 ERP E3 待人工确认"),
        ("duplicate_in_crm", "D10", "CRM C10 and CRM D10 are the same business", "CRM C10 与 CRM D10 是同一业务对象"),
        ("missing_in_erp", "CX", "CRM CX and ERP E3 are not linked", "CRM CX 与 ERP E3 未匹配"),
    ],
)
def test_the_sentence_the_picture_and_the_fields(pairs: Path, show: Show, kind: str, key: str, english: str, chinese: str):
    for language, said in (("en", english), ("zh", chinese)):
        app = asked(show, pairs, language, kind, key)
        assert not app.exception
        assert not app.error
        assert said in html(app)
        assert len(app.get("vega_lite_chart")) == 1
        assert "<img" not in html(app)
        assert "<script" not in html(app)


def test_a_record_that_comes_near_to_nobody(pairs: Path, show: Show):
    app = asked(show, pairs, "en", "missing_in_erp", "CZ")
    assert not app.exception
    told = data.asked(data.project(pairs), data.runs(data.project(pairs))[0], "customers").about("missing_in_erp", "CZ", None)
    if told is None:
        assert "was compared with this one" in app.info[0].value
    else:
        assert why_of(Words("en"), told).sentence in html(app)


def test_it_costs_nothing_until_somebody_asks(pairs: Path, show: Show, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(why, "MOST_RECORDS", 3)
    app = show(pairs, "mismatches", "en", **{"break": break_of(pairs, "candidate", "C3")})
    assert not app.get("vega_lite_chart")
    large = asked(show, pairs, "en", "candidate", "C3")
    assert not large.exception
    assert not large.get("vega_lite_chart")
    assert any("reconcile explain" in code.value for code in large.code)


@pytest.mark.browser
def test_in_a_browser_the_picture_is_drawn_and_fits(pairs: Path, page: Page, tmp_path: Path):
    with served(pairs, {}, tmp_path / "dashboard.log") as url:
        page.set_viewport_size({"width": 1024, "height": 900})
        page.goto(f"{url}/mismatches?lang=zh&break={break_of(pairs, 'candidate', 'C4')}")
        drawn(page)
        click(page.get_by_text("为什么？", exact=True))
        expect(page.get_by_test_id("stVegaLiteChart").locator("svg, canvas").first).to_be_visible()
        expect(page.get_by_text("CRM C4 与 ERP E4 待人工确认")).to_be_visible()
        fits(page)
