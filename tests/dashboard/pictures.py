"""Takes the pictures of the documents from a demo: `PYTHONPATH=.:tests python tests/dashboard/pictures.py docs/images`."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from chromium import PATIENCE, launched
from drawing import drawn
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from serving import served

from reconcile import wiring
from reconcile.cli.demonstration import write_project
from reconcile.progress import Silent
from reconcile.sandbox.servers import Sandbox

REPORTS = {"report": "en", "report-zh": "zh"}
SCREENS = {
    "dashboard-overview": ("", "en", 880),
    "dashboard-mismatches": ("mismatches", "en", 1500),
    "dashboard-approvals": ("approvals", "en", 880),
    "dashboard-approvals-zh": ("approvals", "zh", 880),
    "dashboard-review": ("review", "en", 880),
    "dashboard-quality": ("quality", "en", 1200),
    "dashboard-quality-zh": ("quality", "zh", 1200),
}
"""File, page, language and height in pixels."""
_COLOURS = 200
"""Enough for screens, and a third of the size."""


def take(folder: Path) -> None:
    """Write all pictures into `folder`, as PNG files with a small palette."""
    with tempfile.TemporaryDirectory(prefix="reconcile-pictures-") as place, Sandbox(Path(place) / "systems") as systems:
        config = write_project(Path(place), systems.environment)
        project = wiring.open_project(config, os.environ)
        wiring.run(project, Silent())
        run = wiring.run(project, Silent()).run_id
        reports = {name: wiring.write_report(project, run, language) for name, language in REPORTS.items()}
        project.close()
        with sync_playwright() as playwright, served(config, {}, Path(place) / "log") as address:
            browser = launched(playwright)
            for name, picture in (*_of_reports(browser, reports), *_of_screens(browser, address)):
                Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(folder / f"{name}.png", optimize=True)
            browser.close()


def _of_reports(browser: Browser, files: dict[str, Path]) -> Iterator[tuple[str, bytes]]:
    for name, file in files.items():
        page = _window(browser, 1180, 900)
        page.goto(file.resolve().as_uri())
        yield name, page.screenshot()


def _of_screens(browser: Browser, address: str) -> Iterator[tuple[str, bytes]]:
    for name, (screen, language, height) in SCREENS.items():
        page = _window(browser, 1280, height)
        page.goto(f"{address}/{screen}?lang={language}")
        drawn(page)
        yield name, page.screenshot()


def _window(browser: Browser, width: int, height: int) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    return page


if __name__ == "__main__":
    take(Path(sys.argv[1]))
