"""When a page in the browser has been drawn, however long that takes."""

from __future__ import annotations

import contextlib

from chromium import PATIENCE
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

_AT_REST = """quiet => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app) return false;
  if (!window.changes) {
    window.changes = { last: performance.now() };
    const noted = () => { window.changes.last = performance.now() };
    new MutationObserver(noted).observe(document.body, { attributes: true, childList: true, characterData: true, subtree: true });
  }
  return app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')
    && performance.now() - window.changes.last > quiet;
}"""
_PATIENCES = (5_000, 10_000, 20_000, 40_000)
"""Milliseconds for a list to open: one that has closed again is found out soon, a slow one has time in the end."""
_QUIET = 300
"""Milliseconds without a change, so that what answers late, as a table of which a row is chosen, has begun before one looks."""
_FITS = "() => { const main = document.querySelector('[data-testid=stMain]'); return main.scrollWidth <= main.clientWidth }"


def at_rest(page: Page) -> None:
    """Wait until the script has come to its end and the page has followed it: until then what stood there before still stands."""
    page.wait_for_function(_AT_REST, arg=_QUIET, timeout=PATIENCE, polling=50)


def drawn(page: Page) -> None:
    """Wait until a page with a title is at rest. What is clicked before may be drawn anew under the pointer."""
    at_rest(page)
    expect(page.get_by_test_id("stMain").locator("h1")).to_be_visible(timeout=PATIENCE)


def click(what: Locator) -> None:
    """Click what stands on a page at rest, and wait until the page has come to rest again."""
    drawn(what.page)
    what.click()
    at_rest(what.page)


def write(what: Locator, text: str) -> None:
    """Write into a line of a page at rest, and wait until the page has come to rest again."""
    drawn(what.page)
    what.fill(text)
    what.press("Enter")
    at_rest(what.page)


def fits(page: Page) -> None:
    """Wait until nothing of a drawn page is wider than the window: a page that is still being laid out may be so for a moment.

    Asked by the clock: a browser that shows its window to nobody may draw no frames for long.
    """
    drawn(page)
    page.wait_for_function(_FITS, timeout=PATIENCE, polling=100)


def choices(page: Page, label: str) -> list[str]:
    """What a list offers, which stays open. A list that closes because the page is drawn anew is opened once more."""
    for patience in _PATIENCES:
        drawn(page)
        page.get_by_role("combobox", name=label).click()
        with contextlib.suppress(Late):
            page.get_by_role("option").first.wait_for(timeout=patience)
            at_rest(page)
            if found := page.get_by_role("option").all_text_contents():
                return found
        page.keyboard.press("Escape")
    raise AssertionError(label)


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list, which is opened again where it closes under the pointer."""
    for patience in _PATIENCES:
        choices(page, label)
        with contextlib.suppress(Late):
            page.get_by_role("option", name=option).first.click(timeout=patience)
            drawn(page)
            return
        page.keyboard.press("Escape")
    raise AssertionError(option)
