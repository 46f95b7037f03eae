"""The loop against two real servers: what was planted is found, nothing harmless is, and what is approved lands for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from reconcile import approve, pipeline, wiring
from reconcile.cli.demonstration import write_project
from reconcile.progress import Silent
from reconcile.push import PushResult
from reconcile.results import CHECKS, FINDINGS, ActionKind, ActionState, BreakKind, CheckResult, RunResult
from reconcile.sandbox.data import generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.score import harmless_reported, score
from reconcile.sandbox.servers import Sandbox

NO_FINDINGS = CheckResult(pl.DataFrame(schema=CHECKS), pl.DataFrame(schema=FINDINGS))
PUSHABLE_KINDS = (BreakKind.DIFFERENCE, BreakKind.MISSING_IN_CRM, BreakKind.MISSING_IN_ERP)


def no_check(*_: object) -> CheckResult:
    """Great Expectations has tests of its own; here it would only cost time."""
    return NO_FINDINGS


@dataclass(frozen=True)
class Walk:
    """A sandbox, and all that one walk through the product left behind."""

    sandbox: Sandbox
    project: wiring.Project
    first: RunResult
    pushed: PushResult
    second: RunResult

    def log(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.sandbox.folder / f"{name}.parquet")


def run(project: wiring.Project, run_id: str) -> RunResult:
    with wiring.connected(project) as connectors:
        return pipeline.run(project.config, project.store, connectors, project.ledger, no_check, Silent(), run_id)


def push(project: wiring.Project) -> PushResult:
    return wiring.push(project, None, dry_run=False, by="anna", progress=Silent())


def safe(project: wiring.Project) -> list[str]:
    return [a.id for a in project.ledger.actions([ActionState.PROPOSED]) if a.kind is not ActionKind.REVIEW]


@contextmanager
def walked(place: Path, seed: int, *size: int) -> Iterator[Walk]:
    """Run, approve everything but reviews, push, run again. `size`: customers, contacts, products, orders."""
    company, planted = plant(generate(seed, *size), seed, dt.datetime.now(dt.UTC))
    write(company, place / "systems", planted)
    with Sandbox(place / "systems") as sandbox:
        project = wiring.open_project(write_project(place, sandbox.environment), {})
        try:
            first = run(project, "20260101T000000000Z")
            for who in ("anna", "bert"):  # a merge needs two
                approve.approve(project.ledger, project.config, safe(project), by=who)
            pushed = push(project)
            yield Walk(sandbox, project, first, pushed, run(project, "20260102T000000000Z"))
        finally:
            project.close()


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    with walked(tmp_path_factory.mktemp("walk"), 7) as done:
        yield done


def found_what_was_planted(walk: Walk) -> None:
    judged = score(walk.log("planted"), walk.first.breaks)
    assert judged.planted > 0
    assert judged.fraction_found >= 0.98, judged.missed
    assert judged.fraction_false <= 0.02, judged.false_breaks


def nothing_pushable_is_left(walk: Walk) -> None:
    assert walk.pushed.planned == walk.pushed.verified > 0, [a for a in walk.pushed.actions if a.state != ActionState.VERIFIED]
    left = walk.second.breaks.filter(pl.col("kind").is_in(PUSHABLE_KINDS))
    assert left.is_empty(), left
    assert score(walk.log("planted").filter("pushable"), walk.second.breaks).found == 0
    assert not safe(walk.project)


def test_what_was_planted_is_found_and_hardly_anything_else_is_reported(walk):
    found_what_was_planted(walk)


def test_nothing_harmless_is_reported(walk):
    harmless = walk.log("harmless")
    assert harmless["variation"].n_unique() >= 20
    assert harmless_reported(harmless, walk.first.breaks).is_empty()


def test_every_kind_of_defect_is_found_somewhere(walk):
    by_defect = score(walk.log("planted"), walk.first.breaks).by_defect.group_by("defect").agg(pl.col("found").sum())
    assert by_defect.height >= 20
    assert by_defect.filter(pl.col("found") == 0).is_empty()


def test_after_the_push_no_break_of_a_pushable_kind_is_left(walk):
    nothing_pushable_is_left(walk)


def test_the_second_run_knows_which_breaks_are_old_and_which_are_fixed(walk):
    assert set(walk.first.breaks["state"]) == {"new"}
    assert set(walk.second.breaks["state"]) == {"open"}
    assert walk.second.fixed == walk.first.breaks.height - walk.second.breaks.height
    seen = walk.first.breaks.select("fingerprint", "first_seen")
    assert (
        walk.second.breaks.select("fingerprint", "first_seen").join(seen, on=["fingerprint", "first_seen"], how="anti").is_empty()
    )


def test_a_second_push_asks_the_systems_for_nothing(walk):
    before = len(walk.sandbox.crm_calls), len(walk.sandbox.erp_calls)
    assert push(walk.project).planned == 0
    assert (len(walk.sandbox.crm_calls), len(walk.sandbox.erp_calls)) == before


@pytest.mark.parametrize("seed", [11, 2026])
def test_other_companies_fare_no_worse(seed, tmp_path):
    with walked(tmp_path, seed, 250, 300, 60, 500) as walk:
        found_what_was_planted(walk)
        assert harmless_reported(walk.log("harmless"), walk.first.breaks).is_empty()
        nothing_pushable_is_left(walk)
