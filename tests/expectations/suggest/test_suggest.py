"""Suggested suites: what they propose loads, and finds in the data what its reasons claim; row order has no influence."""

import datetime as dt
import random
from pathlib import Path

import polars as pl

from expectations import run_suites
from expectations.load import parse_suite
from expectations.suggest import as_yaml, suggest, table_of_file
from reconcile.records import KEY

NOW = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)


def orders():
    """300 orders as a CSV gives them, with a slip of a code, an order from the future and one shipped before it was placed."""
    chance = random.Random(7)  # noqa: S311 # made-up orders, the same each time
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(600)) for _ in range(300)]
    shipped = [day + dt.timedelta(days=chance.randrange(9)) for day in days]
    shipped[5] = days[5] - dt.timedelta(days=2)
    days[9] = dt.date(2093, 1, 1)
    states = [chance.choice(["open", "shipped", "closed"]) for _ in range(300)]
    states[3] = "shiped"
    return pl.DataFrame(
        {
            "Order No": [f"SO-{n:05}" for n in range(300)],
            "Placed": [day.isoformat() for day in days],
            "Shipped": [None if n == 9 else day.isoformat() for n, day in enumerate(shipped)],
            "Status": states,
            "Amount": [f"{chance.uniform(1, 900):.2f}" for _ in range(300)],
            "Remark": [chance.choice(["", "call first", "fragile", None]) for _ in range(300)],
        }
    )


def suggested(frame):
    return suggest(table_of_file(frame, "consignments", NOW))


def by_name(suggestion):
    return {one.rule.name: one for one in suggestion.rules}


def test_the_file_loads_and_finds_what_the_reasons_claim(tmp_path):
    table = table_of_file(orders(), "consignments", NOW)
    suggestion = suggest(table)
    suite = parse_suite(as_yaml(suggestion).encode(), tmp_path / "own.yaml")
    keyed = table.whole.with_columns(pl.int_range(pl.len()).cast(pl.String).alias(KEY))
    result = run_suites([suite], suite.entity, None, keyed, now=NOW)
    told = {row["rule"]: (row["failed"], row["success"]) for row in result.checks.to_dicts()}
    assert told == {one.rule.name: (one.tally[None].failed, one.tally[None].met) for one in suggestion.rules}
    assert sum(failed for failed, _ in told.values()) >= 3


def test_faults_are_proposed_as_faults():
    rules = by_name(suggested(orders()))
    assert rules["status_is_known"].rule.kwargs["value_set"] == ["closed", "open", "shipped"]
    assert rules["status_is_known"].tally[None].examples == ("shiped",)
    assert rules["placed_is_plausible"].tally[None].examples == ("2093-01-01",)
    assert rules["shipped_is_not_before_placed"].tally[None].failed == 1
    assert rules["order_no_is_well_formed"].rule.kwargs["regex"] == r"^SO-\d{5}$"
    assert rules["order_no_is_unique"].rule.severity == "blocking"
    assert "remark_is_present" not in rules


def test_what_only_looks_like_a_fault_makes_no_rule():
    frame = pl.DataFrame({"Id": [str(n) for n in range(1000, 1300)], "Programme": ["HS-HD"] * 280 + ["HS-FD"] * 20})
    rules = by_name(suggested(frame))
    assert rules["programme_is_known"].rule.kwargs["value_set"] == ["HS-FD", "HS-HD"]
    assert "id_is_well_formed" not in rules


def test_the_order_of_rows_has_no_influence():
    frame = orders()
    assert as_yaml(suggested(frame)) == as_yaml(suggested(frame.sample(fraction=1, shuffle=True, seed=1)))


def test_hostile_tables_give_few_rules_and_no_error():
    for frame in (
        pl.DataFrame({"a": []}),
        pl.DataFrame({"a": ["x"], "b": [1]}),
        pl.DataFrame({"a": [None] * 50, "b": [None] * 50}),
        pl.DataFrame({"姓名": ["x", None, "=1+1", "a: b # c"] * 20}),
    ):
        suggestion = suggested(frame)
        text = as_yaml(suggestion, "zh")
        assert "entity: consignments" in text
        if suggestion.rules:
            parse_suite(text.encode(), Path("own.yaml"))
