"""When a page in the browser has been drawn, however long that takes."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PATIENCE = 90_000
"""Milliseconds; on a machine that does much else a page may take long, and a test that fails early says nothing."""
_FITS = "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth <= main.clientWidth }"


def drawn(page: Page) -> None:
    """Wait until the script has come to its end. What is clicked before may be drawn anew under the pointer."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
    expect(page.get_by_test_id("stMain").locator("h1")).to_be_visible(timeout=PATIENCE)


def fits(page: Page) -> None:
    """Wait until nothing of a drawn page is wider than the window: a page that is still being laid out may be so for a moment.

    Asked by the clock: a browser that shows its window to nobody may draw no frames for long.
    """
    drawn(page)
    page.wait_for_function(_FITS, timeout=PATIENCE, polling=100)
