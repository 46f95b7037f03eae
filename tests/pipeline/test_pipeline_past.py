"""Rules about a side's own past over several runs: how new its newest record is, and the columns of what it is read from."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from expectations import Suites
from reconcile import pipeline
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.ledger.break_log import Happened
from reconcile.ledger.lives import Ruling, Wanted
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.results import BreakKind, FieldRule, Holds, RunResult

SUITE = """
entity: orders
owner: Sales operations
rules:
  - name: orders_keep_coming
    expect: expect_column_newest_value_to_be_as_fresh_as_its_history
    kwargs: {column: order_date, min_runs: 3, floor: 2}
    severity: major
    message: {en: No new orders have come., zh: x}
  - name: source_is_as_before
    expect: expect_table_schema_to_be_as_before
    severity: minor
    message: {en: The columns have changed., zh: x}
"""
TODAY = dt.datetime.now(dt.UTC).date()


def orders(days: int, **more: str) -> pl.DataFrame:
    """Two orders, the newer one so many days old."""
    dates = [TODAY - dt.timedelta(days=one) for one in (days, days + 30)]
    return pl.DataFrame({"Id": ["1", "2"], "No": ["1", "2"], "Date": dates, "Note": [None, None]}).with_columns(
        **{name: pl.lit(value) for name, value in more.items()}
    )


def run(folder: Path, ledger: Ledger, number: int, crm: pl.DataFrame, erp: pl.DataFrame) -> RunResult:
    source = {"object": "orders", "key": "Id"}
    fields = {"number": {"crm": "No", "erp": "No"}, "order_date": {"crm": "Date", "erp": "Date"}}
    (folder / "own.yaml").write_text(SUITE, encoding="utf-8")
    config = ProjectConfig.model_validate({
        "project": "past",
        "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
        "entities": {"orders": {"crm": source, "erp": source, "fields": fields, "match": {"keys": ["number"]}}},
        "checks": {"orders": ["own.yaml"]},
    })  # fmt: skip
    rules = {"orders": {"No": FieldRule(Holds.TEXT)}}
    systems = {
        role: MemoryConnector(str(role), {"orders": table}, rules=rules) for role, table in zip(Role, (crm, erp), strict=True)
    }
    return pipeline.run(config, folder, systems, ledger, Suites.of(config, folder), Silent(), f"r{number}")


def broken(result: RunResult) -> set[tuple[str, str]]:
    """(rule, side) of the rules that do not pass."""
    failed = result.checks.filter(~pl.col("success"))
    assert result.breaks.filter(kind=BreakKind.BROKEN_RULE).height == failed.height
    return set(failed.select("rule", "system").iter_rows())


@pytest.fixture
def ledger(ledger_url):
    with Ledger.open(ledger_url) as ledger:
        yield ledger


def test_a_side_that_falls_silent_breaks_its_habit_and_the_other_does_not(tmp_path, ledger):
    for number in range(3):
        assert broken(run(tmp_path, ledger, number, orders(1), orders(9))) == set()
    silent = run(tmp_path, ledger, 3, orders(9), orders(9))
    assert broken(silent) == {("orders_keep_coming", "crm")}
    said = silent.checks.filter(rule="orders_keep_coming", system="crm")
    assert said["found_en"].item() == ("the newest is 9 days old; usual is 24 hours, allowed up to 2 days (earlier runs: 3)")
    assert broken(run(tmp_path, ledger, 4, orders(0), orders(9))) == set()
    history = ledger.quality.history().filter(rule="orders_keep_coming")
    assert history.filter(system="crm")["observed"].to_list() == [1.0, 1.0, 1.0, 9.0, 0.0]
    assert history.filter(system="erp")["observed"].to_list() == [9.0] * 5


def test_columns_of_the_source_that_nobody_reads_are_watched_until_they_are_as_before(tmp_path, ledger):
    assert broken(run(tmp_path, ledger, 0, orders(1), orders(1, Fax="1"))) == set()
    assert broken(run(tmp_path, ledger, 1, orders(1), orders(1, Fax="1"))) == set()
    assert ledger.quality.columns()["since"].n_unique() == 1  # kept once
    for number in (2, 3):
        found = run(tmp_path, ledger, number, orders(1), orders(1).with_columns(pl.col("Date").cast(pl.String)))
        assert broken(found) == {("source_is_as_before", "erp")}
        said = found.checks.filter(rule="source_is_as_before", system="erp")["found_en"].item()
        assert said == "`Fax` is gone; `Date` is text, was date"
    kept = ledger.quality.columns().filter(system="erp")
    assert kept.group_by("since", maintain_order=True).agg("name").select("name").to_series().to_list() == [
        ["Date", "Fax", "Id", "No", "Note"],
        ["Date", "Id", "No", "Note"],
    ]
    assert dict(kept.tail(4).select("name", "type").iter_rows()) == {"Date": "text", "Id": "text", "No": "text", "Note": None}
    assert broken(run(tmp_path, ledger, 4, orders(1), orders(1, Fax="1"))) == set()


def test_a_column_that_is_empty_for_once_keeps_its_type(tmp_path, ledger):
    run(tmp_path, ledger, 0, orders(1), orders(1))
    empty = orders(1).with_columns(pl.lit(None, pl.Date).alias("Date"))
    run(tmp_path, ledger, 1, orders(1), empty)
    assert ledger.quality.columns()["since"].n_unique() == 1
    assert ("source_is_as_before", "erp") not in broken(run(tmp_path, ledger, 2, orders(1), orders(1)))


def test_a_change_that_was_accepted_is_silent_until_another_one_comes(tmp_path, ledger):
    run(tmp_path, ledger, 0, orders(1), orders(1, Fax="1", Mail="2"))
    found = run(tmp_path, ledger, 1, orders(1), orders(1, Mail="2")).breaks.filter(kind=BreakKind.BROKEN_RULE)
    assert found.select("erp_value", "crm_value", "label").rows() == [("-Fax", None, "source_is_as_before")]
    accepted = Ruling(Happened.ACCEPTED, "Ann", "agreed", until=TODAY + dt.timedelta(days=30))
    ledger.lives.rule(Wanted(kind="broken_rule"), accepted, lambda chosen: pl.repeat("", chosen.height, eager=True))
    states = []
    for number, erp in ((2, orders(1, Mail="2")), (3, orders(1)), (4, orders(1))):
        state, why = (
            run(tmp_path, ledger, number, orders(1), erp)
            .breaks.filter(kind=BreakKind.BROKEN_RULE)
            .select("state", "reopened")
            .row(0)
        )
        states.append((state, why))
    assert states == [("accepted", None), ("open", "values_moved"), ("open", "values_moved")]
