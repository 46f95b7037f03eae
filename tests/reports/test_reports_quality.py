"""Quality on report, mail and in the run's figures: change and past of scores, rules that newly fail, in both languages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import xml.etree.ElementTree as ET

import polars as pl
import pytest

from reconcile.config.models import Mail
from reconcile.ledger.quality import KEPT, OUTCOMES
from reconcile.results import BreakKind
from reconcile.scores import DIMENSIONS, outcomes, scores
from reports.html import render_report
from reports.lives import open_breaks
from reports.mail import build_mail
from reports.quality_past import Past
from reports.sparkline import sparkline
from reports.view import build_view, summary_of

MAIL = Mail.model_validate({"host": "localhost", "sender": "a@example.com", "to": ["b@example.com"]})


def past_of(result, checks: pl.DataFrame) -> Past:
    """One run before, a day earlier."""
    at = result.started_at - dt.timedelta(days=1)
    run = {"run_id": pl.lit("before"), "at": pl.lit(at).cast(KEPT["at"])}
    return Past(
        scores(checks).with_columns(**run).select(KEPT.names()),
        outcomes(checks).with_columns(**run).select(OUTCOMES.names()).cast(dict(OUTCOMES.items())),
    )


@pytest.fixture
def better(result) -> Past:
    """Before, no e-mail address failed."""
    mails = pl.col("rule") == "email_looks_like_one"
    return past_of(
        result, result.checks.with_columns(failed=pl.when(mails).then(0).otherwise("failed"), success=mails | pl.col("success"))
    )


def test_all_six_dimensions_stand_in_their_order_with_change_and_past(result, better):
    lines = build_view(result, [], None, "en", 5, past=better).quality.dimensions
    assert [line.dimension.code for line in lines] == list(DIMENSIONS)
    validity = lines[1]
    assert len(validity.past) == 2
    assert validity.change.value == pytest.approx(validity.past[1] - validity.past[0])
    assert validity.change.text.startswith("−")  # the sign
    assert lines[0].change.text == "±0"
    assert (lines[5].score.text, lines[5].change.text, lines[5].past) == ("–", "", (None, None))


def test_a_first_run_has_no_change_and_no_news(result):
    quality = build_view(result, [], None, "en", 5, past=Past()).quality
    assert {line.change.text for line in (*quality.dimensions, *quality.scores)} == {""}
    assert quality.news == ""
    assert not any(line.newly for line in quality.failing)


def test_one_line_says_which_rules_newly_fail(result, better):
    said = build_view(result, [], None, "en", 5, past=better).quality
    assert said.news == "1 rule newly not passed: Customers (S/4HANA): E-mail addresses look like <name>@<domain> (44)."
    assert [line.rule for line in said.failing if line.newly] == ["email_looks_like_one"]
    zh = build_view(result, [], None, "zh", 5, past=better)
    assert zh.quality.news == "新增 1 条规则未通过：客户（S/4HANA）：电子邮箱格式应正确 (44)。"
    assert "电子邮箱格式应正确 (44)" in build_mail(zh, MAIL).get_body(("plain",)).get_content()
    assert "&lt;name&gt;@&lt;domain&gt; (44)" in render_report(build_view(result, [], None, "en", 5, past=better))


def test_a_rule_that_failed_before_or_a_run_that_came_later_is_no_news(result, better):
    same = past_of(result, result.checks)
    assert build_view(result, [], None, "en", 5, past=same).quality.news == ""
    later = Past(better.scores, better.outcomes.with_columns(pl.col("at") + pl.duration(days=9)))
    assert build_view(result, [], None, "en", 5, past=later).quality.news == ""


def test_many_new_rules_are_counted_and_three_are_named(result):
    many = pl.concat([result.checks.head(1).with_columns(rule=pl.lit(f"r{n}")) for n in range(5)])
    past = past_of(result, many.with_columns(success=pl.lit(value=True)))
    news = build_view(dataclasses.replace(result, checks=many), [], None, "en", 5, past=past).quality.news
    assert news.startswith("5 rules newly not passed: ")
    assert news.endswith("; and 2 more.")
    assert news.count("Customers (Salesforce)") == 3


def test_breaks_of_a_broken_rule_say_its_message_and_what_is_empty(result):
    one = open_breaks(result).head(1).select(result.breaks.columns)
    broken = one.with_columns(
        kind=pl.lit(BreakKind.BROKEN_RULE.value),
        reason=pl.lit("customers.email_looks_like_one"),
        crm_key=pl.lit("C1"),
        erp_key=pl.lit(None, pl.String),
        crm_value=pl.lit(None, pl.String),
        field=pl.lit("email"),
    )
    for language, said in (("en", "E-mail addresses look like <name>@<domain>."), ("zh", "电子邮箱格式应正确。")):
        (section,) = build_view(dataclasses.replace(result, breaks=broken), [], None, language, 5).breaks
        assert (section.kind.code, section.lines[0].reason.text) == ("broken_rule", said)
        assert (section.lines[0].holds_nothing("crm"), section.lines[0].holds_nothing("erp")) == (True, False)


def test_the_figures_of_a_run_hold_scores_from_0_to_100(result, empty_result):
    quality = summary_of(result)["quality"]  # lost of weight: validity 17 x 3 + 44 of 2004 x 3 + 1998 + 5000 x 3
    assert quality["dimensions"] == {"completeness": 100.0, "consistency": 99.93, "uniqueness": 100.0, "validity": 99.59}
    assert (quality["score"], quality["rules"], quality["rules_failed"]) == (99.83, 6, 3)
    assert summary_of(empty_result)["quality"] == {"score": None, "dimensions": {}, "rules": 0, "rules_failed": 0}


def test_the_line_of_the_past_is_well_formed_and_rises_with_the_score():
    assert sparkline([90.0], "x") == sparkline([None, 90.0], "x") == ""
    drawn = ET.fromstring(sparkline([80.0, None, 90.0], 'a "<b>"'))  # noqa: S314  # our own
    line = next(one for one in drawn if one.tag.endswith("polyline"))
    (x0, y0), (x1, y1) = (tuple(map(float, place.split(","))) for place in line.attrib["points"].split())
    assert x0 < x1
    assert y0 > y1  # the screen's axis points down
    assert drawn.attrib["aria-label"] == 'a "<b>"'


def test_what_a_rule_about_a_table_found_is_in_the_language_of_the_page_and_of_an_older_run_as_it_was_kept(result):
    said = {"found_en": pl.lit("`credit_limit` 5 here, 6 there"), "found_zh": pl.lit("`credit_limit`：本系统 5，对方系统 6")}
    of_table = result.checks.head(1).with_columns(success=pl.lit(value=False), failed=pl.lit(0), observed=pl.lit("5 and 6"))
    older = {name: pl.lit(None, pl.String) for name in said}
    for language, told in (("en", "Credit limit 5 here, 6 there"), ("zh", "信用额度：本系统 5，对方系统 6")):
        for columns, shown in ((said, told), (older, "5 and 6")):
            run = dataclasses.replace(result, checks=of_table.with_columns(**columns))
            view = build_view(run, [], None, language, 5)
            assert view.quality.failing[0].observed == shown
            assert shown in render_report(view)


def test_what_the_rules_take_from_a_dimension_is_what_it_lacks_of_a_hundred(result):
    quality = build_view(result, [], None, "en", 5).quality
    lost: dict[str, float] = {}
    for line in quality.losses:
        lost[line.dimension.code] = lost.get(line.dimension.code, 0.0) + line.points.value
    said = {line.dimension.code: 100 * (1 - line.score.value) for line in quality.dimensions if (line.score.value or 1) < 1}
    assert lost == pytest.approx(said)
    assert {line.code for line in quality.losses} == {line.code for line in quality.failing}
    assert {line.anchor for line in quality.losses} == {line.anchor for line in quality.failing}
    assert quality.meaning.startswith("A score is the share of checked values that pass: 99.8% means that 0.2% do not.")
    assert quality.losses[0].points.text == "0.2"


def test_nothing_lowers_a_score_where_nothing_was_judged(empty_result):
    quality = build_view(empty_result, [], None, "zh", 5).quality
    assert (quality.losses, quality.meaning) == ((), "")


def test_a_broken_rule_says_by_when_and_what_is_proposed(result, actions):
    due = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    one = open_breaks(result).head(1).select(result.breaks.columns)
    told = {
        "kind": BreakKind.BROKEN_RULE.value,
        "reason": "customers.email_looks_like_one",
        "entity": "customers",
        "crm_key": None,
    }
    broken = one.with_columns(
        *(pl.lit(value, pl.String).alias(name) for name, value in told.items()),
        erp_key=pl.lit("E1"),
        due_at=pl.lit(due).cast(pl.Datetime("us", "UTC")),
    )
    action = dataclasses.replace(actions[0], breaks=(broken["fingerprint"][0],))
    view = build_view(dataclasses.replace(result, breaks=broken), [action], None, "zh", 5)
    mails = next(line for line in view.quality.failing if line.rule == "email_looks_like_one")
    assert (mails.due, mails.corrections.value) == ("2026年11月30日", 1)
    others = [line for line in view.quality.failing if line is not mails]
    assert {(line.due, line.corrections.value) for line in others} == {("", 0)}
    page = render_report(view)
    assert "2026年11月30日前解决" in page
    assert "已提出 1 项更正建议" in page


def test_columns_of_both_sides_and_the_team_are_called_as_people_call_them(result):
    pair = {"system": pl.lit("pair"), "field": pl.lit("erp.credit_limit"), "owner": pl.lit("Accounts receivable")}
    checks = result.checks.filter(pl.col("rule") == "tax_id_is_valid").with_columns(**pair)
    values = pl.lit("crm.credit_limit=5; erp.credit_limit=3; x=1")
    findings = result.findings.filter(pl.col("rule") == "tax_id_is_valid").with_columns(
        system=pl.lit("pair"), field=pl.lit("erp.credit_limit"), value=values, counterpart=pl.lit("E9")
    )
    (line,) = build_view(dataclasses.replace(result, checks=checks, findings=findings), [], None, "zh", 5).quality.failing
    assert (line.field.text, line.owner.text, line.owner.code) == ("信用额度（ERP）", "应收账款", "Accounts receivable")
    assert line.examples[0].value.text == "信用额度（CRM）：5; 信用额度（ERP）：3; x=1"
    assert (line.examples[0].key, line.examples[0].counterpart) == ("00100000", "E9")


def test_a_break_of_a_whole_table_is_called_so_and_keeps_its_number(result):
    one = open_breaks(result).head(1).select(result.breaks.columns)
    nobody = {name: pl.lit(None, pl.String) for name in ("crm_key", "erp_key", "crm_value", "erp_value")}
    broken = one.with_columns(**nobody, kind=pl.lit(BreakKind.BROKEN_RULE.value), label=pl.lit("row_count: 812"))
    (section,) = build_view(dataclasses.replace(result, breaks=broken), [], None, "zh", 5).breaks
    assert section.lines[0].label == "整张表: 812"
