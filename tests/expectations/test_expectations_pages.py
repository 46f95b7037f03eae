"""Great Expectations' pages: they say what the check says, show values as text, and ask nobody for anything. Nor does a check."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from chromium import launched
from playwright.sync_api import sync_playwright

from expectations import SITE_MARK, Page, Suite, check_records, with_results, write_pages
from expectations.suite import Rule

ROOT = Path(__file__).parents[2]
EVIL = "<img src=x onerror=\"document.title='run'\">"
FRAME = pl.DataFrame({"_key": ["1", "2", "3", "4"], "mail": ["a@b", EVIL, "c@d", None], "city": ["York", None, "Ulm", "Bath"]})


def rule(name, expect, **more: object):
    said = {"en": f"{name} is wrong {EVIL}.", "zh": "错误。"}
    return Rule(name=name, expect=expect, message=said, **{"severity": "major", **more})


SUITE = Suite(
    name="own",
    entity="people",
    owner="me",
    rules=(
        rule("mail", "expect_column_values_to_match_regex", kwargs={"column": "mail", "regex": "^[a-z]@[a-z]$"}),
        rule("city", "expect_column_values_to_not_be_null", kwargs={"column": "city", "mostly": 0.5}),
        rule("many", "expect_table_row_count_to_be_between", kwargs={"min_value": 5}, severity="minor"),
    ),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    result, told = with_results(check_records, SUITE, None, FRAME)
    assert result.checks.select("rule", "success").rows() == [("mail", False), ("city", True), ("many", False)]
    folder = tmp_path_factory.mktemp("pages") / "site"
    pages = [Page("own", "people & co/<b>.csv", told), Page("own", "people.csv", told)]
    assert write_pages(pages, folder) == folder / "index.html"
    return folder


def test_values_and_messages_are_text(site):
    pages = [page.read_text(encoding="utf-8") for page in site.rglob("*.html")]
    assert len(pages) == 4
    assert [page for page in pages if "<img src=x" in page] == []
    assert sum("&lt;img src=x" in page for page in pages) >= 2


def test_the_long_lists_stay_out():
    many = pl.concat([FRAME.with_columns(mail=pl.format("no {}", pl.int_range(4)))] * 500)
    told = with_results(check_records, SUITE, None, many)[1]
    assert len(told[0]["result"]["partial_unexpected_list"]) <= 20
    assert "unexpected_list" not in told[0]["result"]


def test_an_old_site_gives_way_and_nothing_else_is_touched(site, tmp_path):
    folder = tmp_path / "site"
    told = with_results(check_records, SUITE, None, FRAME)[1]
    for _ in range(2):
        write_pages([Page("own", "people.csv", told)], folder)
    assert len(list(folder.rglob("validations/**/*.html"))) == 1
    assert (folder / SITE_MARK).exists()
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.browser
def test_a_browser_shows_them_without_the_internet(site):
    asked, wrong = [], []
    with sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto((site / "index.html").as_uri())
        assert page.locator(".clickable-row:visible").count() == 2
        page.locator(".clickable-row:visible").first.click()
        page.wait_for_url("**/validations/**")
        assert page.get_by_text("Failed", exact=False).first.is_visible()
        sections = page.locator(".ge-section:visible")
        every = sections.count()
        page.get_by_text("Failed Only").click()
        assert sections.count() < every
        page.get_by_text("Show All").click()
        assert sections.count() == every
        page.goto(next((site / "expectations").glob("*.html")).as_uri())
        assert page.title() != "run"
    assert wrong == []
    assert {url.split(":")[0] for url in asked} == {"file"}


def test_a_check_asks_nobody_and_writes_nothing_at_home(tmp_path):
    """Every connection, look-up of a name and file opened for writing is noted by the interpreter itself."""
    program = f"""
import os, sys
noted = []
def note(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        noted.append((event, str(args)))
    if event == "open" and isinstance(args[0], str) and (args[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        noted.append((event, args[0]))
sys.addaudithook(note)
sys.dont_write_bytecode = True
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests/expectations")!r}, {str(ROOT / "tests")!r}]
import tempfile
from pathlib import Path
import test_expectations_pages as here
from expectations import Page
told = here.with_results(here.check_records, here.SUITE, None, here.FRAME)[1]
here.write_pages([Page("own", "t", told)], Path("site"))
import great_expectations
print([one for one in noted if one[0] != "open"])
print([one for one in noted if one[0] == "open" and "{tmp_path}/home" in one[1]])
print("posthog" in sys.modules, any("static" in one[1] for one in noted))
"""
    (tmp_path / "home").mkdir()
    environment = {"HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["[]", "[]", "False True"], done.stdout + done.stderr
    assert list((tmp_path / "home").iterdir()) == []
