"""Great Expectations' pages: they say what the check says, show values as text, and ask nobody for anything. Nor does a check."""

from __future__ import annotations

import datetime as dt
import re
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


def rows_of(site):
    """The last two cells of each row on the page of results: rule, and what answered it."""
    page = next(site.rglob("validations/**/*.html")).read_text(encoding="utf-8")
    return re.findall(r"(\w+)\s+(polars|pandas)\b", re.sub(r"<[^>]*>", " ", page))


def test_rules_that_ask_the_same_are_told_apart(tmp_path):
    severities = {"first": "major", "second": "major", "third": "minor"}
    asked = {"expect": "expect_column_values_to_not_be_null", "kwargs": {"column": "mail"}}
    rules = tuple(rule(name, severity=severity, **asked) for name, severity in severities.items())
    told = with_results(check_records, Suite(name="own", entity="people", owner="me", rules=rules), None, FRAME)[1]
    site = write_pages([Page("own", "people.csv", told)], tmp_path / "site").parent
    assert rows_of(site) == [(name, "polars") for name in severities]
    suite = (site / "expectations" / "own.html").read_text(encoding="utf-8")
    assert [f"{name} is wrong" in suite for name in severities] == [True] * 3


def test_what_pandas_answered_is_said_and_told_as_text(tmp_path):
    days = pl.DataFrame({"_key": ["1", "2", "3"], "at": [dt.datetime(2026, 1, day) for day in (1, 2, 3)]})  # noqa: DTZ001 # as in a file
    rules = (
        rule("spread", "expect_column_stdev_to_be_between", kwargs={"column": "at"}),
        rule("there", "expect_column_values_to_not_be_null", kwargs={"column": "at"}),
    )
    result, told = with_results(check_records, Suite(name="own", entity="people", owner="me", rules=rules), None, days)
    answered = result.checks.select("rule", "answered_by", "observed").rows()
    assert answered == [("spread", "pandas", "1 days 00:00:00"), ("there", "polars", None)]
    assert [(one["meta"]["answered_by"], one["result"].get("observed_value")) for one in told] == [
        ("pandas", "1 days 00:00:00"),
        ("polars", None),
    ]
    assert rows_of(write_pages([Page("own", "t", told)], tmp_path / "site").parent) == [row[:2] for row in answered]


def test_of_an_old_site_no_page_of_results_stays(tmp_path):
    told = with_results(check_records, SUITE, None, FRAME)[1]
    for results in (told, []):
        write_pages([Page("own", "t", results)] if results else [], tmp_path / "site")
    assert list((tmp_path / "site").rglob("validations/**/*.html")) == []


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


def test_pages_in_chinese_say_what_a_broken_rule_means_in_chinese(tmp_path):
    own = rule("mails", "expect_column_values_to_be_valid_email", kwargs={"column": "mail"})
    told = with_results(check_records, SUITE.model_copy(update={"rules": (*SUITE.rules, own)}), None, FRAME)[1]
    read = {}
    for language in ("en", "zh"):
        site = write_pages([Page("own", "people", told)], tmp_path / language, None, language).parent
        (page,) = (site / "validations").rglob("people.html")
        read[language] = page.read_text(encoding="utf-8")
    for words in ("规则检查结果", "未通过时的含义", "错误。", "值必须是有效的", "条记录中有", "仅未通过"):
        assert (words in read["zh"], words in read["en"]) == (True, False), words
    for words in ("Expectation Validation Result", "Observed Value", "values found", "Show All", "valid mail addresses"):
        assert (words in read["zh"], words in read["en"]) == (False, True), words
    assert "<img src=x" not in read["zh"]
