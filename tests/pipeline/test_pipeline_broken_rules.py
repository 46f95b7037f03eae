"""Broken rules of suites over several runs: breaks with fingerprints, owners, terms and a life, bounded, and the scores kept."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconcile import pipeline, run_folder
from reconcile.checks import Tables
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.ledger.lives import Wanted
from reconcile.progress import Silent
from reconcile.records import KEY, PAIR, RAW, Role, Scope
from reconcile.results import CHECKS, FINDINGS, ActionKind, BreakKind, CheckResult, RunResult

RULES = (("city_is_known", "city", "validity", "minor"), ("name_is_there", "name", "completeness", "blocking"))
BAD = pl.col("value").str.contains(r"\?|^$|^ ")


def check(entity: str, system: Scope, records: pl.DataFrame | pl.LazyFrame, tables: Tables | None = None) -> CheckResult:
    """Two rules about records of each side, and one about the table of the ERP."""
    if system == PAIR:
        return CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
    frame, role = records.lazy().collect(), Role(system)
    checks, findings = [], [FINDINGS.to_frame()]
    for rule, field, dimension, severity in RULES:
        told = frame.select(key=KEY, value=pl.col(RAW + field).fill_null("")).filter(BAD)
        made = {"entity": entity, "system": str(role), "field": field, "rule": rule, "severity": severity}
        findings.append(
            told.with_columns(pl.lit(value).alias(name) for name, value in made.items()).match_to_schema(
                FINDINGS, missing_columns="insert"
            )
        )
        checks.append(
            {
                **made,
                "suite": "own",
                "success": told.is_empty(),
                "evaluated": frame.height,
                "failed": told.height,
                "message_en": f"{rule}!",
                "message_zh": "坏",
                "dimension": dimension,
                "owner": "Data desk",
                "observed": None,
            }
        )
    if role is Role.ERP:
        table = {"rule": "enough_rows", "field": None, "dimension": "completeness", "severity": "major", "failed": 0}
        checks.append({**checks[0], **table, "success": frame.height >= 4, "observed": str(frame.height)})
    return CheckResult(pl.DataFrame(checks, schema=CHECKS), pl.concat(findings))


def side(cities: list[str], letter: str) -> pl.DataFrame:
    numbers = [str(n) for n in range(len(cities))]
    return pl.DataFrame({"Key": [letter + n for n in numbers], "Number": numbers, "City": cities, "Name": ["Acme"] * len(cities)})


def run(folder: Path, ledger: Ledger, run_id: str, crm: pl.DataFrame, erp: pl.DataFrame, **breaks: Any) -> RunResult:
    source = {"object": "customers", "key": "Key"}
    fields = {"number": "Number", "name": "Name", "city": "City"}
    config = ProjectConfig.model_validate({
        "project": "rules",
        "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
        "entities": {
            "customers": {
                "crm": source,
                "erp": source,
                "fields": {name: {"crm": at, "erp": at} for name, at in fields.items()},
                "match": {"keys": ["number"]},
            }
        },
        "breaks": breaks,
    })  # fmt: skip
    systems = {role: MemoryConnector(str(role), {"customers": t}) for role, t in zip(Role, (crm, erp), strict=True)}
    return pipeline.run(config, folder, systems, ledger, check, Silent(), run_id)


def broken(result: RunResult) -> pl.DataFrame:
    return result.breaks.filter(pl.col("kind") == BreakKind.BROKEN_RULE)


@pytest.fixture
def ledger(ledger_url):
    with Ledger.open(ledger_url) as ledger:
        yield ledger


def test_a_finding_is_a_break_with_an_owner_a_term_and_no_action(tmp_path, ledger):
    cities = ["Rom", "?", "Bonn", "?"]
    found = run(tmp_path, ledger, "r1", side(cities, "C"), side(cities, "E"))
    rows = broken(found).sort("crm_key", "erp_key", nulls_last=True)
    assert rows.select("crm_key", "erp_key", "field", "reason", "severity", "assignee", "state", "value_at_risk").rows() == [
        ("C1", None, "city", "own.city_is_known", "minor", "Data desk", "new", None),
        ("C3", None, "city", "own.city_is_known", "minor", "Data desk", "new", None),
        (None, "E1", "city", "own.city_is_known", "minor", "Data desk", "new", None),
        (None, "E3", "city", "own.city_is_known", "minor", "Data desk", "new", None),
    ]
    assert rows["label"].to_list() == ["Acme"] * 4
    assert rows["crm_value"].to_list() == ["?", "?", None, None]
    assert rows["erp_value"].to_list() == [None, None, "?", "?"]
    assert (rows["due_at"] - rows["open_since"]).dt.total_days().to_list() == [30] * 4
    assert ledger.actions() == []
    assert ledger.lives.count(Wanted(kind="broken_rule")) == 4
    assert run_folder.load(tmp_path, "r1").findings.filter(pl.col("rule") == "city_is_known").height == 4


def test_only_a_rule_that_names_the_kind_takes_it_from_the_suites_owner(tmp_path, ledger):
    cities = ["Rom", "?", "Bonn", "Rom"]
    everything = {"owner": "Everybody"}
    named = {"owner": "Registry", "kinds": ["broken_rule"], "when": "number = '1'"}
    first = run(tmp_path, ledger, "r1", side(cities, "C"), side(cities, "E"), owners=[everything])
    assert set(broken(first)["assignee"]) == {"Data desk"}
    second = run(tmp_path, ledger, "r2", side(cities, "C"), side(cities, "E"), owners=[everything, named])
    assert set(broken(second)["assignee"]) == {"Registry"}


def test_ten_runs_of_findings_that_come_go_and_come_back(tmp_path, ledger):
    bad = [{1}, {1}, {1, 2}, {2}, {2}, set(), {1, 2}, {1, 2}, {2}, {1, 2, 3}]
    told = []
    for at, numbers in enumerate(bad):
        cities = ["?" if n in numbers else "Rom" for n in range(5)]
        found = run(tmp_path, ledger, f"r{at}", side(cities, "C"), side(["Rom"] * 5, "E"))
        told.append({row["crm_key"][1:]: row["state"] for row in broken(found).iter_rows(named=True)})
        assert found.fixed == len((bad[at - 1] if at else set()) - numbers) + _differing(bad, at)
    assert told == [
        {"1": "new"},
        {"1": "open"},
        {"1": "open", "2": "new"},
        {"2": "open"},
        {"2": "open"},
        {},
        {"1": "regressed", "2": "regressed"},
        {"1": "open", "2": "open"},
        {"2": "open"},
        {"1": "regressed", "2": "open", "3": "new"},
    ]


def _differing(bad: list[set[int]], at: int) -> int:
    """A city that is bad on one side differs, too; such a break goes with it."""
    return len(bad[at - 1] - bad[at]) if at else 0


def test_neither_the_order_of_rows_nor_the_value_shown_makes_another_break(tmp_path, ledger):
    dice = random.Random(5)  # noqa: S311  # repeatable
    known = None
    for at, mark in enumerate(("?", "x?", "?!", "??")):
        cities = ["Rom", mark, "Bonn", mark, "Wien"]
        crm, erp = (side(cities, letter).sample(fraction=1, shuffle=True, seed=dice.getrandbits(16)) for letter in "CE")
        fingerprints = set(broken(run(tmp_path, ledger, f"r{at}", crm, erp))["fingerprint"])
        assert len(fingerprints) == 4
        assert known in (None, fingerprints)
        known = fingerprints


def test_beyond_the_bound_a_rule_is_one_break_until_half_as_many_fail(tmp_path, ledger):
    told = []
    for at, count in enumerate((3, 5, 4, 3, 2, 3)):
        cities = ["?"] * count + ["Rom"] * (6 - count)
        found = broken(run(tmp_path, ledger, f"r{at}", side(cities, "C"), side(["Rom"] * 6, "E"), records_per_rule=4))
        told.append((found.height, found["label"][0], set(found["state"])))
    one = "city_is_known: {} / 6"
    assert told == [
        (3, "Acme", {"new"}),
        (1, one.format(5), {"new"}),
        (1, one.format(4), {"open"}),
        (1, one.format(3), {"open"}),
        (2, "Acme", {"regressed"}),
        (3, "Acme", {"open", "regressed"}),
    ]


def test_a_rule_about_a_table_is_one_break_and_scores_and_observations_are_kept(tmp_path, ledger):
    found = run(tmp_path, ledger, "r1", side(["Rom"] * 5, "C"), side(["Rom"] * 3, "E"))
    assert broken(found).select("label", "field", "crm_key", "erp_key", "severity").rows() == [
        ("enough_rows: 3", None, None, None, "major")
    ]
    again = run(tmp_path, ledger, "r2", side(["?"] + ["Rom"] * 4, "C"), side(["Rom"] * 5, "E"))
    assert broken(again).select("label", "state").rows() == [("Acme", "new")]
    history = ledger.quality.history()
    assert history.filter(rule="enough_rows").select("run_id", "observed", "system").rows() == [
        ("r1", 3.0, "erp"),
        ("r2", 5.0, "erp"),
    ]
    assert history.filter(rule="city_is_known", system="crm")["observed"].to_list() == [1.0, 0.8]
    validity = ledger.quality.scores().filter(dimension="validity", system="crm")
    assert validity.select("run_id", "score", "rules_failed").rows() == [("r1", 100.0, 0), ("r2", pytest.approx(80.0), 1)]


def test_broken_rules_do_not_ask_for_reviews(tmp_path, ledger):
    run(tmp_path, ledger, "r1", side(["?", "Rom"], "C"), side(["Rom", "Rom"], "E"))
    reviewed = {f for action in ledger.actions() if action.kind is ActionKind.REVIEW for f in action.breaks}
    mine = set(ledger.breaks(kind="broken_rule")["fingerprint"])
    assert len(mine) == 2  # the city, and too few rows
    assert not reviewed & mine
