"""Both languages say everything."""

from __future__ import annotations

import datetime as dt
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.balances import ConservationRule
from reconcile.compare.conservation.sums import Reading
from reconcile.compare.equality import REASONS
from reconcile.ledger.break_log import Happened
from reconcile.ledger.life import ACCEPTANCE_OVER, MORE_AT_RISK, VALUES_MOVED
from reconcile.plan import misfits
from reconcile.records import SHAPES, Role
from reconcile.results import AGES, OLDEST, ActionKind, ActionState, BreakKind, BreakState, Holds, News
from reports.texts import LABELS, LANGUAGES, SENTENCES
from reports.words import Words

OF_RECORDS = ["no_counterpart", "same_business_twice", "parent_missing", "needs_decision"]
"""Reasons that are none of two values."""
OF_DOCUMENTS = [
    *(rule.value for rule in ConservationRule if rule is not ConservationRule.PAYMENT_COVERS),
    *(f"payment_{outcome}" for outcome in ("ambiguous", "bounded", "unexplained")),
]
CODES = {
    "conservation_rule": [rule.value for rule in ConservationRule],
    "conservation_state": ["ran", "off", "not_mapped"],
    "conservation_reading": [*(reading.value for reading in Reading), "net", "gross"],
    "kind": [k.value for k in BreakKind],
    "kind_help": [k.value for k in BreakKind],
    "state": [s.value for s in BreakState],
    "news": [*(n.value for n in News), "fixed"],
    "news_help": [*(n.value for n in News), "fixed"],
    "reopened": [VALUES_MOVED, MORE_AT_RISK, ACCEPTANCE_OVER],
    "break_event": [h.value for h in Happened],
    "age": [*(age for age, _ in AGES), OLDEST],
    "action": [k.value for k in ActionKind],
    "action_state": [s.value for s in ActionState],
    "entity": list(SHAPES),
    "field": sorted({f for shape in SHAPES.values() for f in shape.fields}),
    "role": [r.value for r in Role],
    "reason": [*OF_RECORDS, *OF_DOCUMENTS, *REASONS],
    "owner": ["crm", "erp", "newest", "changed_side", "review"],
    "moved": ["crm", "erp", "both", "neither", "never"],
    "severity": ["blocking", "major", "minor"],
    "tier": ["low", "medium", "high"],
    "evidence": ["linked_by", "probability", "reason", "severity", "crm_changed", "erp_changed", "first_seen"],
    "rung": ["remembered", "key", "score", "person"],
    "misfit": list(misfits.SENTENCES),
    "holds": [h.value for h in Holds],
}
ALL = {**SENTENCES, **{f"{group}.{code}": both for group, codes in LABELS.items() for code, both in codes.items()}}


def test_the_engine_and_the_screens_say_the_same_of_a_value_that_does_not_fit():
    assert {code: both[0] for code, both in LABELS["misfit"].items()} == dict(misfits.SENTENCES)
    assert {code: both[0] for code, both in LABELS["holds"].items()} == dict(misfits.TYPES)


def test_both_languages_have_every_key_and_the_same_placeholders():
    for key, both in ALL.items():
        assert len(both) == len(LANGUAGES), key
        assert all(text.strip() for text in both), key
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in both]
        assert names[0] == names[1], key


def test_what_is_a_word_in_english_is_chinese_in_chinese():
    words = [key for key, (english, _) in ALL.items() if re.search("[a-z]{3}", re.sub(r"{\w+}", "", english))]
    assert [key for key in words if not re.search("[\u4e00-\u9fff]", ALL[key][1])] == []


def test_every_code_of_the_engine_has_a_label():
    assert [(group, code) for group, codes in CODES.items() for code in codes if code not in LABELS[group]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_code_shows_as_itself(language):
    assert Words(language).label("field", "loyalty_class") == "loyalty_class"
    assert Words(language).label("reason", None) == ""


def test_numbers_amounts_and_dates():
    en, zh = Words("en"), Words("zh")
    at = dt.datetime(2026, 3, 4, 23, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert (en.moment(at), zh.moment(at)) == ("4 Mar 2026 15:05 UTC", "2026年3月4日 15:05 UTC")
    assert (en.money(1234.5, "EUR"), en.money(1234.4, "JPY"), zh.money(None, "CNY")) == ("EUR 1,234.50", "JPY 1,234", "–")
    assert (en.count("breaks", 1), en.count("breaks", 2000), zh.count("breaks", 1)) == ("1 break", "2,000 breaks", "1 条差异")
    assert (en.duration(4.25), en.duration(3725), zh.duration(61)) == ("4.2 seconds", "1 hour 2 minutes", "1 分钟 1 秒")
    assert en.number(float("nan")) == "–"


@given(st.floats(min_value=0, max_value=1))
def test_only_a_whole_shows_as_all_and_only_nothing_as_none(value):
    text = Words("en").share(value)
    assert (text == "100.0%") == (value == 1)
    assert (text == "0.0%") == (value == 0)
