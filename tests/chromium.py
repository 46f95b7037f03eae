"""The browser of the tests, with time enough on a machine that does much else."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright, expect

PATIENCE = 90_000
"""Milliseconds; on a machine that does much else a page may take long, and a test that fails early says nothing."""
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


def launched(playwright: Playwright) -> Browser:
    """Chromium; what is expected of its pages may take as long as PATIENCE from now on."""
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE)
