"""An explained pair on pages: chart, table and sentence in both languages, whatever the values hold."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.match.explaining import doubts
from reconcile.match.explaining.explanation import Explanation, Reason, Rival, Row
from reports.html import render_report, render_why
from reports.texts import LABELS
from reports.view import build_view
from reports.waterfall import bar, waterfall_chart
from reports.why import Step, as_json, why_of, widest
from reports.why_texts import WHY_LABELS
from reports.words import Words

HOSTILE = "<script>alert('x')</script> \u202egpj"
RIVAL = Rival("crm", "C1", "E9", 12.5, linked=True)
TOLD = Explanation(
    crm_key="C1",
    erp_key=HOSTILE,
    rows=(
        Row("prior", -10.0),
        Row("field", 9.0, "company", "acme", "acme", "equal", 10.5, 0.5, -2.0, "city"),
        Row("field", -3.0, "city", "leeds", "york", "different", -3.0),
        Row("field", 0.0, "phone", None, "123", "missing"),
        Row("related", -1.5),
    ),
    total=-5.5,
    probability=0.0216,
    zone="none",
    rung="score",
    reason=Reason("unlike", {"field": "city"}, (RIVAL,)),
    compared=True,
    link_at=0.9,
    review_at=0.5,
    raw={"company": ("Acme Ltd", HOSTILE), "city": ("Leeds", "York"), "phone": (None, "1 23")},
)


def test_the_sentence_names_the_threshold_the_field_and_the_better_partner():
    assert why_of(Words("en"), TOLD).sentence == (
        "CRM C1 and ERP <script>alert('x')</script> ⟨U+202E⟩gpj are not linked: 2.2% sure is less than the 50% from which a "
        "person is asked; City speaks against it most (different); CRM C1 is linked with ERP E9, which weighs 12.5 bits more."
    )
    assert (
        "低于交人工确认所需的 50%；最不支持匹配的是城市（不同）；CRM C1 已与 ERP E9 匹配，权重高 12.5 比特。"
        in why_of(Words("zh"), TOLD).sentence
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_every_step_and_runs_nothing(language):
    why = why_of(Words(language), TOLD)
    html = render_why(why)
    assert "<script" not in html
    assert "\u202e" not in html
    assert html.count("<tr") == len(TOLD.rows) + 2
    assert "<svg" in html
    assert all(step.label in html for step in why.steps)
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in html
    assert re.search("[\u4e00-\u9fff]", html) is None if language == "en" else True


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_step_begins_where_the_one_before_ends(language):
    steps = why_of(Words(language), TOLD).steps
    assert [step.start for step in steps] == [0.0, -10.0, -1.0, -4.0, -4.0, 0.0]
    assert steps[-2].end == steps[-1].end == TOLD.total
    spec = waterfall_chart(why_of(Words(language), TOLD))
    assert [row["to"] for row in spec["data"]["values"]] == [step.end for step in steps]
    assert len({row["what"] for row in spec["data"]["values"]}) == len(steps)


def test_no_other_words_stand_in_the_place_of_these():
    assert all(LABELS[group] is own for group, own in WHY_LABELS.items())
    assert why_of(Words("en"), TOLD).steps[0].label == "Before any field is looked at"


def test_what_tells_beside_the_likeness_is_said():
    company = why_of(Words("en"), TOLD).steps[1]
    assert company.likeness == "equal, rare value +0.5, goes with City −2.0"
    assert company.forms == "compared as acme"


def test_programs_get_codes_and_values():
    told = as_json(Words("en"), TOLD)
    assert told["rivals"] == [{"side": "crm", "of": "C1", "key": "E9", "better_by": 12.5, "linked": True}]
    assert told["rows"][1]["crm_raw"] == "Acme Ltd"
    assert told["rows"][0]["crm_raw"] is None


@given(st.lists(st.floats(-60, 60), min_size=1, max_size=15), st.integers(10, 80))
def test_blocks_stay_within_their_columns_and_meet(values, width):
    steps, at = [], 0.0
    for value in values:
        tone = "for" if value > 0 else "against" if value < 0 else "nothing"
        steps.append(Step("", "", "", "", "", value, at, "field", tone))
        at += value
    low, high = widest(steps)
    for step in steps:
        drawn = bar(step, low, high, width)
        assert len(drawn) == width
        assert set(drawn) <= ({" ", "█"} if step.bits > 0 else {" ", "░"} if step.bits < 0 else {" ", "·"})
        assert drawn.strip()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_explains_a_few_doubtful_pairs_and_runs_nothing_of_them(result, actions, language):
    many = {"customers": [TOLD] * 40, "contacts": [TOLD] * 40}
    view = build_view(result, actions, None, language, 3, doubts=many)
    page = render_report(view)
    assert [len(group.lines) for group in view.doubts] == [6, 6]
    assert page.count('<details class="doubt"') == 12
    assert len(page) - len(render_report(build_view(result, actions, None, language, 3))) < 200_000
    assert page.count("<script>") == 1
    assert "<script>alert" not in page
    assert page.count("<style>") == 1
    assert len(re.findall(r' id="(chart\d+-\d+)"', page)) == len(set(re.findall(r' id="(chart\d+-\d+)"', page)))
    assert 'href="#doubts"' in page
    assert json.loads(view.to_json())["doubts"][0]["lines"][0]["why"]["sentence"] == why_of(Words(language), TOLD).sentence


def test_doubts_are_kept_as_they_are():
    assert doubts.read(doubts.written((TOLD, TOLD))) == (TOLD, TOLD)
    with pytest.raises((ValueError, KeyError, TypeError)):
        doubts.read(b'[{"crm_key": "1"}]')
