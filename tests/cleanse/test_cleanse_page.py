"""The readiness page: both languages, every number, and nothing of the data that could act."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest

from reconcile.cleanse import readiness
from reconcile.cleanse.words import REASONS
from reports.readiness import render_readiness
from reports.readiness_texts import SENTENCES

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def view(raw, clean):
    return readiness(clean(raw), project="Sandbox", system="Salesforce", made_at=NOW)


def test_the_view_counts(view):
    assert (view.records, view.cleaned, view.rejected, view.changed, view.duplicates) == (8, 5, 3, 5, 1)
    assert view.problems[0].rejecting
    assert not view.problems[-1].rejecting
    line = view.duplicate_lines[0]
    assert (line.key, line.label, line.kept, line.because) == ("2", "Mueller & Soehne gmbh", "1", ("number",))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Not ready", "Customers in Salesforce", "22 Nov 2026", "required, but empty", "at least 98.0%", "same Number"]),
        ("zh", ["尚不能交付", "Salesforce 中的客户", "2026年11月22日", "必填，但为空", "不低于 98.0%", "编号相同"]),
    ],
)
def test_the_page_in_both_languages(view, language, words):
    html = render_readiness(view, language)
    assert [word for word in words if word not in html] == []
    assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in html


def test_the_page_is_alone_and_nothing_in_it_acts(view):
    hostile = dataclasses.replace(view, project="<script>alert(1)</script>", system='"><img src=x onerror=alert(1)>')
    html = render_readiness(hostile, "en")
    assert "<script" not in html
    assert "<img" not in html
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
    assert "&lt;script&gt;" in html


def test_a_list_without_records_has_a_page(raw, clean):
    html = render_readiness(readiness(clean(raw.clear()), project="P", system="S", made_at=NOW), "en")
    assert "No records" in html


def test_a_large_value_does_not_make_a_large_page(raw, clean):
    raw[0, "Name"] = "x" * 1_000_000
    view = readiness(clean(raw), project="P", system="S", made_at=NOW)
    assert len(render_readiness(view, "en")) < 100_000


def test_both_languages_say_everything_with_the_same_figures():
    for key, (english, chinese) in {**SENTENCES, **REASONS}.items():
        assert english, key
        assert chinese, key
        assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", chinese)), key


@pytest.mark.browser
def test_the_page_fits_a_phone(view, tmp_path):
    from chromium import PATIENCE, launched  # noqa: PLC0415 # only where a browser is
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 # as above

    page_file = tmp_path / "page.html"
    page_file.write_text(render_readiness(view, "zh"), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 390, "height": 844})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(page_file.as_uri(), timeout=PATIENCE)
        assert page.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth)") <= 390
        assert said == []
        browser.close()
