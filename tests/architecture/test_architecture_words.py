"""Both languages have the same words, wherever words are kept."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping

import pytest

from dashboard.words import SCREEN, STEPS
from expectations import load_suite, packaged_suites
from reconcile.cleanse.words import REASONS
from reports import readiness_texts
from reports.texts import LABELS, SENTENCES

TABLES: dict[str, Mapping[str, tuple[str, ...]]] = {
    "reports.texts": SENTENCES,
    **{f"reports.texts.{group}": codes for group, codes in LABELS.items()},
    "dashboard.words": SCREEN,
    "dashboard.steps": STEPS,
    "cleanse.words": REASONS,
    **{
        f"readiness_texts.{name}": table
        for name, table in vars(readiness_texts).items()
        if name.isupper() and isinstance(table, Mapping) and all(isinstance(both, tuple) for both in table.values())
    },
}


@pytest.mark.parametrize("name", TABLES)
def test_each_word_stands_in_both_languages_with_the_same_blanks(name):
    wrong = []
    for key, both in TABLES[name].items():
        blanks = [{part for _, part, _, _ in string.Formatter().parse(text) if part} for text in both]
        if len(both) != 2 or not all(text.strip() for text in both) or blanks[0] != blanks[1]:
            wrong.append(key)
    assert wrong == []


@pytest.mark.parametrize("name", TABLES)
def test_what_is_a_word_in_english_is_chinese_in_chinese(name):
    chinese = re.compile("[\u4e00-\u9fff]")
    wrong = []
    for key, (english, translated) in TABLES[name].items():
        says_something = re.search("[a-z]{3}", re.sub(r"{\w+}|`[^`]*`|[\w./-]+\.ya?ml", "", english))
        if says_something and not chinese.search(translated):
            wrong.append((key, english, translated))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(packaged_suites()))
def test_rules_speak_both_languages(name):
    rules = load_suite(packaged_suites()[name]).rules
    assert [rule.name for rule in rules if not (rule.message.en.strip() and re.search("[\u4e00-\u9fff]", rule.message.zh))] == []
