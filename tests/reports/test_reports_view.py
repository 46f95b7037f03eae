"""The view counts once, and its counts agree with each other."""

from __future__ import annotations

import dataclasses
import json
import time

import polars as pl
import pytest

from reconcile.results import BREAKS
from reports.details import break_lines
from reports.lives import open_breaks
from reports.view import build_view, summary_of


@pytest.fixture(scope="module")
def view(result, actions, runs):
    return build_view(result, actions, runs, "en", 20)


def test_every_total_is_the_number_of_open_breaks(view, result):
    is_open = result.breaks.filter(pl.col("state") != "fixed").height
    assert view.headline.open.value == is_open
    assert sum(line.total.value for line in view.kinds) == is_open
    assert sum(line.breaks.value for line in view.entities) == is_open
    assert sum(line.total.value for line in view.owners) == is_open
    assert sum(section.total.value for section in view.breaks) == is_open
    assert all(sum(f.value for f in line.counts) == line.total.value for line in (*view.kinds, *view.owners))


def test_value_at_risk_is_never_added_over_currencies(view):
    assert [f.text for f in view.headline.value_at_risk] == [
        "JPY 1,250,000", "CNY 300,890.00", "EUR 78,610.99", "USD 11,524.50",
    ]  # fmt: skip
    for total in view.headline.value_at_risk:
        parts = [f.value for line in view.kinds for f in line.value_at_risk if f.unit == total.unit]
        assert sum(parts) == pytest.approx(total.value)


def test_states_and_change_since_the_last_run(view):
    top = view.headline
    assert (top.new.value, top.regressed.value, top.fixed.value) == (20, 1, 7)
    assert (top.change.value, top.change.text) == (-17, "-17")
    assert [p.open for p in view.history] == [190, 178, 166, 154, 142, 130, 113]
    assert top.sentences[0] == "113 breaks open, 20 of them new since the last run."


def test_a_first_run_speaks_of_no_run_before(result, actions):
    first = build_view(result, actions, None, "en", 5)
    assert first.headline.change.value is None
    assert first.headline.sentences[0] == "113 breaks open in this first run."


def test_the_dearest_come_first_and_every_entity_has_its_share(view):
    section = next(s for s in view.breaks if s.kind.code == "difference")
    assert len(section.lines) == 20
    amounts = [line.value_at_risk.value or 0 for line in section.lines]
    assert amounts == sorted(amounts, reverse=True)
    assert {line.entity.code for line in section.lines} == {
        "customers", "contacts", "orders", "order_lines", "shipments", "service_contracts",
    }  # fmt: skip


def test_breaks_lead_to_the_actions_that_resolve_them(view, actions):
    shown = {line.fingerprint: line for s in view.breaks for line in s.lines}
    assert shown[f"{1:016x}"].actions == (actions[0].id,)


def test_actions_are_grouped_by_target_and_entity(view):
    groups = [(g.target.text, g.entity.code, g.total.value) for g in view.actions]
    assert groups == [("Salesforce", "customers", 2), ("Salesforce", "invoices", 1), ("S/4HANA", "customers", 63)]
    last = view.actions[-1]
    assert [line.tier.code for line in last.lines] == ["medium", "medium", "low", "low"]
    assert last.note == "The top 4 of 63."


def test_quality_names_the_failing_rules_and_some_records(view):
    assert [(c.severity.code, c.failed.value, len(c.examples)) for c in view.quality.failing] == [
        ("blocking", 3, 3), ("major", 17, 5), ("minor", 44, 5),
    ]  # fmt: skip
    assert [(s.entity.code, s.system.text, s.score.text) for s in view.quality.scores][:2] == [
        ("customers", "Salesforce", "99.7%"), ("customers", "S/4HANA", "99.6%"),
    ]  # fmt: skip


def test_a_rule_that_allows_exceptions_still_names_them(result):
    lenient = result.checks.with_columns(success=pl.lit(value=True))
    view = build_view(dataclasses.replace(result, checks=lenient), [], None, "zh", 5)
    first = view.quality.failing[0]
    assert (first.state.code, first.state.text, first.failed.value) == ("passed", "通过，有例外", 3)
    assert view.quality.note == ""


def test_empty_is_said_only_where_a_field_is_known_to_be_empty(result):
    lines = {line.fingerprint: line for line in break_lines("en", open_breaks(result))}
    difference, unmapped, missing = (lines[f"{n:016x}"] for n in (8, 20, 14))
    assert (difference.holds_nothing("crm"), difference.holds_nothing("erp")) == (False, True)
    assert not unmapped.holds_nothing("erp")
    assert not missing.holds_nothing("erp")


def test_an_amount_without_a_currency_says_so(result):
    odd = result.breaks.filter(pl.col("value_at_risk") > 0).head(2).with_columns(currency=pl.lit(None, pl.String))
    view = build_view(dataclasses.replace(result, breaks=odd), [], None, "en", 5)
    assert [f.text for f in view.headline.value_at_risk] == ["36,524.50 (no currency)"]


def test_both_languages_have_the_same_numbers(result, actions, runs):
    def numbers(view):
        return [f.value for line in view.entities for f in vars(line).values() if hasattr(f, "value")]

    assert numbers(build_view(result, actions, runs, "en", 20)) == numbers(build_view(result, actions, runs, "zh", 20))


def test_the_view_is_frozen_and_becomes_json(view):
    with pytest.raises(dataclasses.FrozenInstanceError):
        view.language = "zh"
    read = json.loads(view.to_json())
    assert read["headline"]["open"] == {"value": 113, "unit": "breaks", "text": "113", "anchor": "kinds"}
    assert read["run"]["finished_at"] == "2026-11-22T06:30:00+00:00"


def test_amounts_that_are_no_numbers_do_no_harm(result):
    odd = result.breaks.head(3).with_columns(value_at_risk=pl.Series([float("nan"), float("inf"), None]))
    view = build_view(dataclasses.replace(result, breaks=odd), [], None, "en", 5)
    assert view.headline.value_at_risk == ()
    json.loads(view.to_json())


def test_breaks_that_no_ledger_has_seen_are_new(result):
    fresh = result.breaks.with_columns(state=pl.lit(None, pl.String), first_seen=pl.lit(None).cast(BREAKS["first_seen"]))
    view = build_view(dataclasses.replace(result, breaks=fresh), [], None, "en", 5)
    assert view.headline.new.value == fresh.height


def test_nothing_at_all(empty_result):
    view = build_view(empty_result, [], None, "zh", 5)
    assert view.headline.sentences == ("没有可比较的数据。",)
    assert (view.entities, view.kinds, view.breaks, view.actions) == ((), (), (), ())
    assert summary_of(empty_result)["match_rate"] is None


def test_a_page_of_the_dashboard_is_made_the_same_way(result, view):
    rows = open_breaks(result).filter(pl.col("fingerprint") == f"{1:016x}")
    shown = next(line for s in view.breaks for line in s.lines if line.fingerprint == f"{1:016x}")
    assert break_lines("en", rows, {shown.fingerprint: shown.actions}) == (shown,)


def test_the_summary_comes_back_as_history(result, runs):
    row = {"run_id": "earlier", "started_at": result.started_at.replace(year=2025), "summary": json.dumps(summary_of(result))}
    view = build_view(result, [], pl.DataFrame([row], schema=runs.schema), "en", 5)
    assert [p.open for p in view.history] == [113, 113]
    assert view.headline.change.text == "±0"


def test_fifty_thousand_breaks_are_quick_and_bounded(many, actions):
    started = time.process_time()
    view = build_view(many, actions, None, "en", 50)
    assert time.process_time() - started < 6  # a tenth of that on a machine of its own
    assert view.headline.open.value == 50_000
    assert max(len(s.lines) for s in view.breaks) == 50
    assert len(view.to_json().encode()) < 3_000_000
