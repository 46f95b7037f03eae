"""Quote to cash through a whole run: every planted violation is a break of its rule, nothing else is, and all of it is kept."""

from __future__ import annotations

import os

import polars as pl
import pytest

from reconcile import pipeline, run_folder, wiring
from reconcile.errors import UnknownEntity
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.results import CHECKS, FINDINGS, ActionKind, BreakKind, CheckResult
from reconcile.sandbox.quote_to_cash.company import quote_to_cash
from reconcile.sandbox.quote_to_cash.project import write
from reconcile.wiring.project import connected

BY = ["rule", "system", "entity", "key"]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """The planted violations, and two runs of the same files with the project that made them."""
    folder = tmp_path_factory.mktemp("quote to cash")
    made = quote_to_cash(700, seed=5, planted=3)
    project = wiring.open_project(write(made, folder), os.environ)
    nothing = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
    try:
        with connected(project) as connectors:
            runs = [
                pipeline.run(project.config, project.store, connectors, project.ledger, lambda *_: nothing, Silent(), run_id)
                for run_id in ("run1", "run2")
            ]
        yield made.planted, runs, project
    finally:
        project.close()


def told(breaks: pl.DataFrame) -> pl.DataFrame:
    """Breaks as PLANTED has them."""
    return breaks.select(
        rule=pl.when(pl.col("reason").str.starts_with("payment_")).then(pl.lit("payment_covers")).otherwise("reason"),
        system=pl.when(pl.col("erp_key").is_null()).then(pl.lit("crm")).otherwise(pl.lit("erp")),
        entity="entity",
        key=pl.coalesce("erp_key", "crm_key"),
    ).sort(BY)


def test_all_that_was_planted_is_found_and_nothing_else(outcome):
    planted, (first, _), _ = outcome
    assert planted["rule"].n_unique() == 10
    assert set(first.breaks["kind"]) == {BreakKind.CONSERVATION}
    assert first.breaks["field"].null_count() == first.breaks.height
    assert told(first.breaks).equals(planted.sort(BY))


def test_the_same_violations_are_the_same_breaks_in_the_next_run(outcome):
    _, (first, second), _ = outcome
    assert sorted(first.breaks["fingerprint"]) == sorted(second.breaks["fingerprint"])
    assert first.breaks["fingerprint"].n_unique() == first.breaks.height
    assert (set(first.breaks["state"]), set(second.breaks["state"])) == ({"new"}, {"open"})
    assert second.fixed == 0


def test_each_is_for_a_person_once(outcome):
    _, (first, _), project = outcome
    actions = project.ledger.actions()
    assert {action.kind for action in actions} == {ActionKind.REVIEW}
    assert sorted(f for action in actions for f in action.breaks) == sorted(first.breaks["fingerprint"])
    assert {action.target.value for action in actions if action.clause == "orders: conservation header_lines"} == {"crm", "erp"}


def test_the_run_keeps_rules_and_residuals(outcome):
    _, (first, _), project = outcome
    kept = run_folder.load(project.store, "run1")
    assert kept.conservation.equals(first.conservation)
    assert kept.residuals.equals(first.residuals)
    ran = first.conservation.filter(state="ran")
    assert ran["broken"].sum() == first.breaks.height
    assert set(ran.filter(system="erp")["rule"]) == set(first.breaks["reason"].str.replace("payment_.*", "payment_covers"))
    lacking = first.conservation.filter(state="not_mapped", system="crm", rule="paid_invoiced")["detail"].to_list()
    assert lacking == ["invoices.amount, payments.amount, payments.invoice"]
    compared = first.counts.filter(pl.col("links").is_not_null())
    assert compared["entity"].to_list() == ["orders", "order_lines"]
    assert first.counts.height == len(project.config.entities)
    assert first.counts["breaks"].to_list() == [first.breaks.filter(entity=name).height for name in first.counts["entity"]]


def test_a_side_is_not_asked_for_what_only_the_other_keeps(outcome, tmp_path):
    _, _, project = outcome
    with pytest.raises(UnknownEntity, match="orders, order_lines"):
        wiring.cleanse(project, "invoices", Role.CRM, out=tmp_path, as_format="csv", language=None, progress=Silent())


def test_a_run_of_an_earlier_version_has_none_of_it(outcome):
    _, _, project = outcome
    for name in ("conservation", "residuals"):
        (run_folder.run_path(project.store, "run2") / f"{name}.parquet").unlink()
    assert run_folder.load(project.store, "run2").residuals.is_empty()
