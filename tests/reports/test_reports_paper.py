"""The report on paper and the mail on a phone, as a browser lays them out: nothing is cut off, torn apart or laid over."""

from __future__ import annotations

import pytest
from chromium import launched
from playwright.sync_api import sync_playwright

from reconcile.config.models import Mail
from reports.html import render_report
from reports.mail import build_mail
from reports.view import build_view

PAPER = 688
"""Pixels between the margins of A4."""
_TOO_WIDE = """() => [...document.querySelectorAll('td, th, table')]
  .filter(one => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => one.textContent.trim().slice(0, 60))"""
MAIL = Mail.model_validate({"host": "localhost", "sender": "a@example.com", "to": ["b@example.com"]})


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = launched(playwright)
        yield found
        found.close()


def laid_out(browser, html, width, media="screen"):
    page = browser.new_page(viewport={"width": width, "height": 1000}, java_script_enabled=True)
    page.route("**/*", lambda route: route.abort())
    page.emulate_media(media=media)
    page.set_content(html)
    return page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_rules_that_fail_fit_on_paper(browser, result, actions, language):
    page = laid_out(browser, render_report(build_view(result, actions, None, language, 5)), PAPER, "print")
    for table in ("failing", "scores", "losses"):
        box = page.locator(f"table.{table}").bounding_box()
        assert box["x"] + box["width"] <= PAPER
    rule = page.locator("table.failing .c-rule").bounding_box()
    assert rule["width"] > PAPER / 6
    page.close()


@pytest.mark.parametrize("width", [390, 600])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_mail_fits_a_phone_and_a_small_window(browser, result, actions, runs, language, width):
    html = build_mail(build_view(result, actions, runs, language, 20), MAIL).get_body(("html",)).get_content()
    assert "<script" not in html
    assert "<img" not in html
    page = laid_out(browser, html, width)
    assert page.evaluate(_TOO_WIDE) == []
    page.close()
