"""Records that are scanned give the verdicts and findings of the same records in memory, column by column and rule by rule."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations import Suite, check_records, run
from expectations.suite import Rule
from reconcile.records import SHAPES, Kind
from reconcile.values.standard import Reading
from reconcile.wiring.files import days_first, typed, typed_scan

AT = dt.date(2026, 1, 1)


def rule(name, expect, column, **more: object):
    kwargs = {"column": column, **{key: more.pop(key) for key in ("min_value", "max_value", "regex") if key in more}}
    plain = {"severity": "minor", "message": {"en": "Wrong.", "zh": "错误。"}}
    return Rule(name=name, expect=expect, kwargs=kwargs, **{**plain, **more})


SUITE = Suite(
    name="own",
    entity="people",
    owner="me",
    rules=(
        rule("there", "expect_column_values_to_not_be_null", "name"),
        rule("once", "expect_column_values_to_be_unique", "name"),
        rule("enough", "expect_column_values_to_not_be_null", "amount", mostly=0.5),
        rule("much", "expect_column_values_to_be_between", "amount", min_value=0, max_value=50),
        rule("mean", "expect_column_mean_to_be_between", "amount", min_value=0, max_value=50),
        rule("some", "expect_column_values_to_match_regex", "name", regex="^a", where={"kind": ["A"]}),
        rule("others", "expect_column_values_to_be_between", "day", min_value=AT, when="amount > 10 OR kind = 'B'"),
        Rule(
            name="rows",
            expect="expect_table_row_count_to_be_between",
            kwargs={"min_value": 5},
            severity="minor",
            message={"en": "Few.", "zh": "少。"},
        ),
    ),
)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["ab", "a", "b", "Ω", None]),
        st.one_of(st.none(), st.integers(-20, 90).map(float)),
        st.sampled_from(["A", "B", None]),
        st.one_of(st.none(), st.dates(dt.date(2025, 12, 1), dt.date(2026, 2, 1))),
    ),
    max_size=40,
)
COLUMNS = {"name": pl.String, "amount": pl.Float64, "kind": pl.String, "day": pl.Date}


@pytest.fixture
def scanning(monkeypatch):
    """No record is held in memory, however few there are."""
    monkeypatch.setattr(run, "MOST_HELD", -1)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS)
def test_a_scan_and_a_frame_say_the_same(scanning, tmp_path, rows):
    frame = pl.DataFrame(rows, schema=COLUMNS, orient="row").with_row_index("_key").with_columns(pl.col("_key").cast(pl.String))
    frame.write_parquet(tmp_path / "rows.parquet", row_group_size=7)
    held = check_records(SUITE, None, frame)
    scanned = check_records(SUITE, None, pl.scan_parquet(tmp_path / "rows.parquet"))
    assert scanned.notes == held.notes == ()
    columns = pl.exclude("observed", "found_en", "found_zh")
    assert scanned.checks.select(columns).equals(held.checks.select(columns))
    assert scanned.findings.equals(held.findings)


def test_the_records_of_a_scan_are_not_collected(scanning, tmp_path, monkeypatch):
    """Of a rule that no record fails, none is held."""
    frame = pl.DataFrame({"_key": ["1", "2", "3"], "name": ["a", "b", "c"]})
    frame.write_parquet(tmp_path / "rows.parquet")
    heights = []
    collect = pl.LazyFrame.collect

    def noted(self, *args: object, **more: object):
        found = collect(self, *args, **more)
        heights.append(found.height)
        return found

    monkeypatch.setattr(pl.LazyFrame, "collect", noted)
    only = SUITE.model_copy(update={"rules": SUITE.rules[:1]})
    assert check_records(only, None, pl.scan_parquet(tmp_path / "rows.parquet")).checks["success"].to_list() == [True]
    assert max(heights) <= 1


TEXTS = st.one_of(
    st.none(),
    st.sampled_from(["", " x ", "n/a", "1.234,50", "1,5", "7", "1e3", "inf", "yes", "0", "2026-01-02"]),
    st.sampled_from(
        ["31.12.2025", "12/31/2025", "03/04/2026", "2026-01-02T03:04:05Z", "+49 (0)30 1234", "ＡＢＣ", "a@B.example", "http://x/"]
    ),
    st.text(max_size=6),
)


@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=12))
def test_columns_of_a_scan_have_the_standard_form_of_columns_in_memory(tmp_path, kind, texts):
    assert "things" not in SHAPES
    frame = pl.DataFrame({"v": texts}, schema={"v": pl.String})
    frame.write_parquet(tmp_path / "v.parquet", row_group_size=2)
    scan = pl.scan_parquet(tmp_path / "v.parquet")
    told = scan.select(**days_first(scan, "things", {"v": kind})).collect(engine="streaming").to_dicts()
    readings = {name: Reading(day_first=first) for row in told for name, first in row.items()}
    piecewise = typed_scan(scan, "things", {"v": kind}, readings)
    whole = typed(frame, "things", {"v": kind})
    assert piecewise.collect_schema() == whole.schema
    assert piecewise.collect(engine="streaming").equals(whole)
