"""Scores and outcomes of runs, kept and read again, on SQLite and PostgreSQL; an example computed by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.checks import CHECKS, COLUMNS, HISTORY
from reconcile.ledger.quality import KEPT, OUTCOMES, changed
from reconcile.scores import DIMENSIONS, rolled_up, scores

AT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def check(rule: str = "r", **more: object) -> dict[str, object]:
    plain = {"suite": "s", "entity": "customers", "system": "crm", "rule": rule, "field": "name", "severity": "minor"}
    counted = {"success": True, "evaluated": 100, "failed": 0, "message_en": "", "message_zh": "", "dimension": "validity"}
    return {**plain, **counted, "owner": "Data desk", "observed": None, **more}


def checks(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CHECKS)


BY_HAND = checks(
    check("a", severity="blocking", evaluated=100, failed=10, success=False),
    check("b", severity="minor", evaluated=500, failed=50, success=False),
    check("c", severity="major", evaluated=0, dimension="timeliness"),
    check("d", severity="major", evaluated=40, success=False, observed="7", dimension="uniqueness"),
    check("e", severity="major", evaluated=60, dimension="uniqueness", system="erp"),
    check("f", severity="major", evaluated=20, failed=5, dimension="integrity", system="pair", success=False),
)
"""Weighted: a loses 10 of 100 at 5, b 50 of 500 at 1; d fails whole: 40 of 40 at 3; e none of 60 at 3; f 5 of 20 at 3."""


def test_scores_as_computed_by_hand():
    told = {(row["system"], row["dimension"]): row["score"] for row in scores(BY_HAND).iter_rows(named=True)}
    assert told == {
        ("crm", "validity"): pytest.approx(100 * (1 - (10 * 5 + 50 * 1) / (100 * 5 + 500 * 1))),
        ("crm", "timeliness"): None,
        ("crm", "uniqueness"): 0.0,
        ("erp", "uniqueness"): 100.0,
        ("pair", "integrity"): 75.0,
    }
    by_dimension = dict(rolled_up(scores(BY_HAND), ("dimension",)).select("dimension", "score").iter_rows())
    assert by_dimension == {"validity": 90.0, "timeliness": None, "uniqueness": pytest.approx(60.0), "integrity": 75.0}
    whole = rolled_up(scores(BY_HAND), ()).row(0, named=True)
    assert whole["score"] == pytest.approx(100 * (1 - (100 + 120 + 15) / (1000 + 120 + 180 + 60)))
    assert (whole["rules"], whole["rules_failed"], whole["evaluated"], whole["failed"]) == (6, 4, 720, 65)


_ROWS = st.builds(
    check,
    rule=st.text("abc", min_size=1, max_size=2),
    severity=st.sampled_from(["blocking", "major", "minor"]),
    system=st.sampled_from(["crm", "erp", "pair"]),
    dimension=st.sampled_from(DIMENSIONS),
    evaluated=st.integers(0, 1000),
    failed=st.just(0),
    success=st.booleans(),
)


@given(rows=st.lists(_ROWS, max_size=8), by=st.sampled_from([(), ("system",), ("dimension",), ("entity", "system")]))
def test_a_score_lies_between_nothing_and_all_and_adds_up_whatever_the_order(rows, by):
    straight, turned = rolled_up(scores(checks(*rows)), by), rolled_up(scores(checks(*rows[::-1])), by)
    assert straight.sort(by).equals(turned.sort(by)) if by else straight.equals(turned)
    assert all(0 <= score <= 100 for score in straight["score"].drop_nulls())
    assert straight["evaluated"].sum() == sum(int(str(row["evaluated"])) for row in rows)


def test_what_runs_said_is_read_again_the_oldest_first(ledger):
    for day in (2, 0, 1):
        failed = 10 * day
        ledger.quality.record(checks(check(failed=failed, success=not failed)), f"r{day}", AT + dt.timedelta(days=day))
    kept = ledger.quality.scores()
    assert kept.schema == KEPT
    assert kept.select("run_id", "score").rows() == [("r0", 100.0), ("r1", pytest.approx(90.0)), ("r2", pytest.approx(80.0))]
    assert ledger.quality.scores(runs=1)["run_id"].to_list() == ["r2"]
    assert ledger.quality.outcomes(runs=2).select("run_id", "success", "failed").rows() == [("r1", False, 10), ("r2", False, 20)]


def test_a_run_recorded_again_takes_the_place_of_itself(ledger):
    ledger.quality.record(checks(check("a", failed=5, success=False), check("gone")), "r1", AT)
    ledger.quality.record(checks(check("a")), "r1", AT)
    assert ledger.quality.outcomes().select("rule", "success").rows() == [("a", True)]
    assert ledger.quality.scores()["rules"].to_list() == [1]


def test_the_history_holds_numbers_and_null_where_there_is_none(ledger):
    found = {"number": "12.5", "whole": "7", "words": "{'a': 1}", "infinite": "inf"}
    rows = [check(rule, observed=said, evaluated=3) for rule, said in found.items()]
    rows += [check("records", evaluated=4, failed=1), check("unjudged", evaluated=0)]
    ledger.quality.record(checks(*rows), "r1", AT)
    history = ledger.quality.history()
    assert history.schema == HISTORY
    assert dict(history.select("rule", "observed").iter_rows()) == {
        "number": 12.5,
        "whole": 7.0,
        "words": None,
        "infinite": None,
        "records": 0.75,
        "unjudged": None,
    }
    assert history["at"].to_list() == [AT] * 6


def test_nothing_was_checked_yet(ledger):
    assert ledger.quality.scores().schema == KEPT
    assert ledger.quality.outcomes().schema == OUTCOMES
    ledger.quality.record(checks(), "r1", AT)
    assert ledger.quality.history().is_empty()


def columns(since: dt.datetime, fields: Mapping[str, str | None], thing: str = "Partner") -> pl.DataFrame:
    rows = [("customers", "erp", thing, *one, since) for one in fields.items()]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def test_columns_are_kept_when_those_of_an_object_have_changed(ledger):
    said = ({"a": "text", "b": "number"}, {"a": "text", "b": None}, {"a": "text", "b": "text"}, {"a": "text"}, {"a": "text"})
    for day, fields in enumerate(said):
        at = AT + dt.timedelta(days=day)
        for _ in range(2):  # the same run recorded again takes the place of itself
            ledger.quality.record(checks(), f"r{day}", at, columns(at, fields))
    kept = ledger.quality.columns()
    assert kept.schema == COLUMNS
    told = kept.group_by("since", maintain_order=True).agg(pl.struct("name", "type"))
    assert [(at - AT).days for at in told["since"]] == [0, 2, 3]
    assert [{one["name"]: one["type"] for one in many} for many in told["name"]] == [said[0], said[2], said[3]]


_FIELDS = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["text", "number"]), min_size=1)


@given(before=_FIELDS, now=_FIELDS)
def test_columns_have_changed_if_and_only_if_they_are_others(before, now):
    known = columns(AT, before)
    later = columns(AT + dt.timedelta(days=1), now)
    assert changed(later, known).equals(later if before != now else later.clear())
    assert changed(later, pl.concat([columns(AT - dt.timedelta(days=1), now), known])).equals(changed(later, known))
    assert changed(later, columns(AT, now, "Other")).equals(later)
