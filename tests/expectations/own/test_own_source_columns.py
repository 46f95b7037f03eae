"""Columns of a source as before: held to what the same object had so many days ago, without a list."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.gx import Expected, evaluate
from expectations.load import parse_suite
from expectations.run import run_suites
from reconcile.checks import COLUMNS

NOW = dt.datetime(2026, 5, 30, 12, tzinfo=dt.UTC)
FRAME = pl.DataFrame({"_key": ["1"], "name": ["a"]})
NAMES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["text", "number", None]), min_size=1)


def columns(days: float, fields: dict[str, str | None], system: str = "erp", thing: str = "Partner") -> pl.DataFrame:
    """What an object has had since so many days before NOW."""
    since = NOW - dt.timedelta(days=days)
    return pl.DataFrame([("customers", system, thing, *field, since) for field in fields.items()], schema=COLUMNS, orient="row")


def found(*known: pl.DataFrame, system: str = "erp", **asked: object) -> tuple[bool, str, str]:
    """Whether the columns are as before, and what is said in both languages."""
    kwargs = {"entity": "customers", "system": system, "now": NOW, **asked}
    tables = {"columns": pl.concat([COLUMNS.to_frame(), *known]).lazy()}
    (verdict,) = evaluate(FRAME, [Expected("expect_table_schema_to_be_as_before", kwargs)], tables)
    assert verdict.problem == ""
    return verdict.met, *verdict.found


BEFORE, AFTER = {"Name": "text", "Limit": "number", "Fax": "text"}, {"Name": "text", "Limit": "text", "Mail": "text"}


def test_what_is_gone_of_another_type_or_new_is_named_in_both_languages():
    assert found(columns(40, BEFORE), columns(0, AFTER)) == (
        False,
        "`Fax` is gone; `Limit` is text, was number; `Mail` is new",
        "缺少 `Fax`；`Limit` 现为文本，原为数值；新增 `Mail`",
    )
    assert found(columns(40, BEFORE), columns(0, {**BEFORE, "Mail": "text"}), more_allowed=True)[:2] == (True, "as before")
    assert found(columns(40, BEFORE), columns(0, BEFORE)) == (True, "as before", "与以前一致")
    assert found(columns(0, BEFORE)) == (True, "3 columns, which later runs are held to", "共 3 列，作为以后运行的对照")
    assert found()[0]


@pytest.mark.parametrize(
    ("changed", "days", "holds"), [(0, 14, False), (13.9, 14, False), (14.1, 14, True), (2, 1, True), (300, 365, False)]
)
def test_a_change_is_told_for_so_many_days_and_then_usual(changed, days, holds):
    assert found(columns(400, BEFORE), columns(changed, AFTER), columns(0, AFTER), days=days)[0] is holds
    assert found(columns(400, BEFORE), columns(changed, AFTER), days=days)[0] is holds  # of a run that is looked at again


def test_a_change_that_is_taken_back_is_none_and_one_before_the_first_run_is_not_known():
    assert found(columns(40, BEFORE), columns(5, AFTER), columns(3, BEFORE), columns(0, BEFORE))[0]
    assert not found(columns(6, BEFORE), columns(5, AFTER), columns(0, AFTER))[0]


def test_a_type_that_nobody_says_is_no_change_and_another_object_has_no_past():
    assert found(columns(40, {"a": None, "b": "text"}), columns(0, {"a": "text", "b": None}))[0]
    assert found(columns(40, BEFORE, thing="Old"), columns(0, AFTER))[0]
    assert found(columns(40, BEFORE, "crm"), columns(0, AFTER, "erp"))[0]


@settings(max_examples=12, deadline=None)
@given(before=NAMES, now=NAMES)
def test_columns_that_never_change_never_break_it_and_sides_swapped_swap_what_is_found(before, now):
    assert found(columns(30, now), columns(20, now), columns(0, now))[0]
    crm, erp = (pl.concat([columns(30, before, side), columns(0, now, side)]) for side in ("crm", "erp"))
    assert found(crm, columns(0, before, "erp"), system="crm") == found(erp, columns(0, before, "crm"), system="erp")


@settings(max_examples=12, deadline=None)
@given(older=NAMES, before=NAMES, now=NAMES)
def test_what_was_before_the_term_changes_nothing(older, before, now):
    assert found(columns(50, older), columns(20, before), columns(0, now)) == found(columns(20, before), columns(0, now))


SUITE = b"""
entity: customers
owner: Data desk
rules:
  - name: source_is_as_before
    expect: expect_table_schema_to_be_as_before
    severity: major
    message: {en: The columns have changed., zh: x}
"""


def test_a_rule_needs_no_kwargs_and_is_left_out_without_a_project(tmp_path):
    suite = parse_suite(SUITE, tmp_path / "own.yaml")
    tables = {"columns": pl.concat([columns(40, BEFORE), columns(0, AFTER)]).lazy()}
    told = run_suites([suite], "customers", "erp", FRAME, tables=tables, now=NOW)
    assert told.checks.select("success", "field", "dimension", "evaluated").rows() == [(False, None, "consistency", 1)]
    assert told.checks["found_en"][0].startswith("`Fax` is gone")
    alone = run_suites([suite], "customers", None, FRAME)
    assert (alone.checks.height, alone.notes) == (0, ())
    (left,) = run_suites([suite], "customers", "erp", FRAME, tables={}).left_out
    assert left.why == "there are no earlier runs to compare with"
