"""The page: whole, safe, bounded, and every number leads to its records."""

from __future__ import annotations

import dataclasses
import re
import time
from html.parser import HTMLParser

import altair as alt
import polars as pl
import pytest

from reports.charts import CHARTS, KIND_COLOURS
from reports.html import render_report
from reports.view import build_view

VOID = {"meta", "link", "br", "input", "img"}


class Page(HTMLParser):
    """Tags, ids, links and the text, one line for each block."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.lines: list[str] = [""]
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("tr", "p", "h1", "h2", "h3", "li", "section", "figure", "dt", "nav", "div"):
            self.lines.append("")
        if tag in ("td", "th", "dd", "br", "span", "bdi"):
            self.lines[-1] += " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script", "svg"} & set(self.open):
            self.lines[-1] += " ".join(data.split(" ")) if data.strip() else " "

    def text(self) -> str:
        lines = (" ".join(line.split()) for line in self.lines)
        return "\n".join(line for line in lines if line) + "\n"


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request, result, actions, runs):
    return request.param, render_report(build_view(result, actions, runs, request.param, 20))


def test_text_of_the_report(golden, result, actions, runs):
    for language in ("en", "zh"):
        text = Page(render_report(build_view(result, actions[:3], runs, language, 1))).text()
        golden(f"report_{language}.txt", text)


def test_hostile_names_stay_text(page):
    _, text = page
    tags = [tag for tag, _ in Page(text).tags]
    assert tags.count("script") == 1
    assert not {"b", "a\u202e", "iframe", "img", "object", "form"} & set(tags)
    assert "&lt;script&gt;alert(" in text
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "\x1b" not in text
    assert "x" * 1000 not in text
    assert not [a for _, attributes in Page(text).tags for a in attributes if a.startswith("on")]


def test_a_hostile_entity_and_title_stay_text_in_the_charts_too(result, actions):
    breaks = result.breaks.head(1).with_columns(entity=pl.lit("<img src=x onerror=alert(1)>"))
    hostile = dataclasses.replace(result, breaks=breaks, crm_title="</title><script>1</script>", project="<b>\r\nX: y")
    tags = [tag for tag, _ in Page(render_report(build_view(hostile, actions, None, "en", 5))).tags]
    assert tags.count("script") == 1
    assert not {"img", "b"} & set(tags)


def test_nothing_is_fetched(page):
    _, text = page
    parsed = Page(text)
    policy = next(a["content"] for tag, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    links = [v for _, a in parsed.tags for k, v in a.items() if k in ("href", "src", "action", "xlink:href") and v]
    assert links
    assert all(link.startswith("#") for link in links)
    assert "url(http" not in text
    assert "@import" not in text


def test_every_link_leads_somewhere_and_ids_are_unique(page):
    _, text = page
    tags = Page(text).tags
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for tag, a in tags if tag == "a" and "href" in a}
    assert links <= set(ids)
    assert {"breaks-difference-customers", "breaks-missing_in_crm-invoices", "actions", "failing"} <= links


def test_language_and_structure(page):
    language, text = page
    tags = Page(text).tags
    assert ("html", {"lang": {"en": "en", "zh": "zh-Hans"}[language]}) in tags
    assert [tag for tag, _ in tags].count("h1") == 1
    heads = [a for tag, a in tags if tag == "th"]
    assert heads
    assert all("scope" in a for a in heads)
    assert all("role" in a and "aria-label" in a for tag, a in tags if tag == "svg")
    assert not re.search(r"\b(None|nan|Undefined)\b", Page(text).text())


def test_rows_show_keys_raw_values_reason_and_run(page):
    _, text = page
    for evidence in ("00100001", "1000001", "31.02.2026", "20261122-063000-1f3a", "customers.credit_limit: owner erp"):
        assert evidence in text


def test_fifty_thousand_breaks_are_quick_and_small(many, actions, runs):
    started = time.process_time()
    text = render_report(build_view(many, actions, runs, "zh", 50))
    assert time.process_time() - started < 12  # a tenth of that on a machine of its own
    assert len(text.encode()) < 3_000_000


def test_an_empty_run_still_has_a_report(empty_result):
    text = Page(render_report(build_view(empty_result, [], None, "en", 50))).text()
    assert "Nothing was compared." in text
    assert "No correction is proposed." in text


def test_charts_are_what_altair_accepts(result, actions, runs):
    view = build_view(result, actions, runs, "zh", 5)
    for draw in CHARTS.values():
        assert alt.Chart.from_dict(draw(view)).to_dict()


def test_kinds_keep_their_colours_apart_and_readable():
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert len(set(KIND_COLOURS.values())) == len(KIND_COLOURS)
    assert all(1.05 / (luminance(c) + 0.05) >= 3 for c in KIND_COLOURS.values())


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_works_in_a_browser(page, width, tmp_path):
    from chromium import PATIENCE, launched  # noqa: PLC0415 # only where a browser is
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 # as above

    path = tmp_path / "report.html"
    path.write_text(page[1], encoding="utf-8")
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = launched(playwright)
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tab.set_default_timeout(PATIENCE)
        tab.on("console", lambda message: problems.append(message.text))
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.on("request", lambda request: problems.append(request.url) if not request.url.startswith("file:") else None)
        tab.goto(path.as_uri())
        assert tab.evaluate("document.fonts.ready.then(() => document.documentElement.scrollWidth <= innerWidth)")
        tab.fill("#filter input", "4500017")
        expect(tab.locator("table.records:not(.actions) tbody tr:visible")).to_have_count(1)
        tab.fill("#filter input", "")
        if width > 720:
            tab.locator("#kinds ~ .scroll table.sort thead button").nth(1).click()
            expect(tab.locator("th[aria-sort=ascending]")).to_have_count(1)
        browser.close()
    assert problems == []
