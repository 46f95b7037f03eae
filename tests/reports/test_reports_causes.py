"""Every cause is told in both languages, and what systems wrote is shown as it is."""

from __future__ import annotations

import json

import polars as pl
import pytest

from reconcile.causes import CAUSES, Mechanism
from reports.causes import causes_of
from reports.texts import LABELS
from reports.words import Words

SCRIPT = "<script>alert(1)</script>"
TOLD = {
    "factor": {"side": "erp", "factor": 1000.0},
    "offset": {"side": "crm", "seconds": 28800},
    "time_zone": {"side": "erp", "zone": "Europe/Berlin"},
    "time_cut": {"side": "erp", "to": "1d"},
    "day_month": {},
    "rounding": {"side": "erp", "decimals": -2, "way": "cut"},
    "sign": {},
    "truncation": {"side": "crm", "characters": 30},
    "encoding": {"side": "erp", "way": "utf-8 as cp1252"},
    "swapped": {"fields": ["name", "city"]},
    "shifted": {"crm": "name", "erp": "city"},
    "code_map": {"pairs": [[SCRIPT, "B"]] * 6},
    "default": {"side": "erp", "value": None},
    "stale": {"side": "erp", "changed": "crm", "since": "2026-06-10T00:28:50+00:00"},
    "source": {"column": "changed_by", "values": ["import", SCRIPT]},
}
MORE = {
    "offset": [{"side": "erp", "amount": 4.9}, {"side": "erp", "days": 1}],
    "rounding": [{"side": "erp", "decimals": 0, "way": "nearest"}, {"side": "erp", "decimals": 1, "way": "up"}],
    "encoding": [{"side": "erp", "way": "lost"}, {"side": "erp", "way": "left out"}],
    "default": [{"side": "crm", "value": "1900-01-01"}],
    "stale": [{**TOLD["stale"], "until": "2026-07-01T00:00:00+00:00"}],
    "sign": [
        {"where": {"column": "crm", "since": "2026-06-10T00:28:50+00:00"}},
        {"where": {"column": "crm:changed on", "values": ["2026-06-10"]}},
    ],
}


def frame(mechanism, parameters, fix="bulk"):
    row = {
        "cause": "0123456789",
        "mechanism": mechanism,
        "entity": "customers",
        "fields": ["name", "city"],
        "parameters": json.dumps(parameters),
        "covered": 10,
        "records": 8,
        "of_fields": 0.5,
        "of_all": 0.25,
        "satisfying": 16,
        "purity": 0.5,
        "crm_key": "c",
        "erp_key": "e",
        "field": "name",
        "crm_value": SCRIPT,
        "erp_value": "x",
        "fix": fix,
        "fix_text": "reconcile approve --cause 0123456789",
    }
    return pl.DataFrame([row], schema=CAUSES)


def told(mechanism, parameters, language="en", fix="bulk"):
    return causes_of(Words(language), frame(mechanism, parameters, fix), 40, {"crm": "Shop", "erp": "Books"})


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_every_mechanism_is_told_in_both_languages(mechanism):
    for parameters in [TOLD[mechanism], *MORE.get(mechanism, [])]:
        for fix in ("rule", "bulk"):
            lines = {language: told(mechanism, parameters, language, fix).lines[0] for language in ("en", "zh")}
            assert lines["en"].sentence != lines["zh"].sentence
            assert lines["en"].advice != lines["zh"].advice
            assert all("{" not in line.sentence + line.where + line.advice for line in lines.values())
            assert all(line.mechanism.text != mechanism for line in lines.values())


@pytest.mark.parametrize(
    ("mechanism", "parameters", "sentence"),
    [
        ("factor", TOLD["factor"], "Books holds 1,000 times what Shop holds."),
        ("offset", TOLD["offset"], "Shop is later by exactly 8 hours."),
        ("offset", MORE["offset"][1], "Books is later by exactly 1 day."),
        ("rounding", TOLD["rounding"], "Books cuts what is less than 100."),
        ("default", TOLD["default"], "Books is empty where Shop has a value."),
        ("stale", TOLD["stale"], "Books has not followed what Shop has changed since 10 Jun 2026 00:28 UTC."),
        ("shifted", TOLD["shifted"], "What Shop holds under Name stands in Books under City."),
    ],
)
def test_the_sentence_says_which_side_and_how_much(mechanism, parameters, sentence):
    assert told(mechanism, parameters).lines[0].sentence == sentence


def test_the_sum_says_how_much_is_explained():
    assert told("sign", {}).sentence == "1 cause explains 25.0% of 40 differences."
    assert "没有突出的原因" in causes_of(Words("zh"), CAUSES.to_frame(), 40, {"crm": "Shop", "erp": "Books"}).sentence


def test_every_mechanism_has_its_label_and_advice():
    assert set(LABELS["mechanism"]) == set(LABELS["cause_advice"]) == {str(one) for one in Mechanism}
