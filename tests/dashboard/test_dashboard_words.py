"""The dashboard's words: both languages, all of them, and none that nobody says."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import dashboard
from dashboard.words import LANGUAGE_NAMES, SCREEN, STEPS, Screen
from reports.texts import LANGUAGES, SENTENCES

SOURCES = list(Path(dashboard.__file__).parent.rglob("*.py"))


def test_every_language_of_the_reports_has_a_name_here():
    assert set(LANGUAGE_NAMES) == set(LANGUAGES)


@pytest.mark.parametrize("key", sorted(SCREEN))
def test_both_languages_say_the_same_things(key: str):
    english, chinese = SCREEN[key]
    assert english.strip()
    assert chinese.strip()
    assert _slots(english) == _slots(chinese)


@pytest.mark.parametrize("key", sorted(STEPS))
def test_steps_are_said_in_both_languages(key: str):
    assert all(said.strip() for said in STEPS[key])


def test_no_key_hides_one_of_the_reports():
    assert not set(SCREEN) & set(SENTENCES)


def test_every_word_is_said_somewhere():
    said = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    unsaid = {key for key in SCREEN if not re.search(rf"""["']{re.escape(key)}["'](?!:)""", said)}
    built = {key for key in unsaid if re.search(rf"""f["']{re.escape(key.split(".")[0])}\.{{""", said)}
    assert unsaid == built


def test_the_reading_of_a_system_is_said_with_its_title():
    titles = {"salesforce": "Salesforce"}
    assert Screen("en").step("salesforce: orders", titles) == "Reading Salesforce: Orders"
    assert Screen("zh").step("salesforce: orders", titles) == "读取 Salesforce：订单"
    assert Screen("zh").step("plan", titles) == "生成更正建议"
    assert Screen("en").step("something new", titles) == "something new"


def _slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}
