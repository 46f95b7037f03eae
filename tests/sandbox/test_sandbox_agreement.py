"""One side of the sandbox is edited between two runs: the correction names that side, and what both had agreed on."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from contextlib import closing

import polars as pl
import pytest

from reconcile import pipeline, wiring
from reconcile.cli.demonstration import write_project
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.results import CHECKS, FINDINGS, ActionState, CheckResult
from reconcile.sandbox.data import generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.servers import Sandbox

EDITED = 5
"""Products of each kind: changed in the CRM, in the ERP, in both."""


@pytest.fixture
def project(tmp_path):
    company, planted = plant(generate(11, 40, 60, 20, 20), 11, dt.datetime.now(dt.UTC))
    write(company, tmp_path / "systems", planted)
    with Sandbox(tmp_path / "systems") as sandbox:
        config = write_project(tmp_path, sandbox.environment)
        config.write_text(config.read_text(encoding="utf-8").replace("in_flight_minutes: 15 ", "in_flight_minutes: 0 "))
        opened = wiring.open_project(config, {})
        try:
            yield opened
        finally:
            opened.close()


def run(project: wiring.Project, number: int) -> str:
    none, run_id = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame()), f"2026010{number}T000000000Z"
    with wiring.connected(project) as connectors:
        pipeline.run(project.config, project.store, connectors, project.ledger, lambda *_: none, Silent(), run_id)
    return run_id


def test_the_side_that_was_edited_is_named(project, tmp_path):
    first = run(project, 1)
    base = project.ledger.base("products").filter(pl.col("field") == "name").sort("crm_key")
    assert base["run_id"].unique().to_list() == [first]
    assert base.height > 3 * EDITED
    wanted = {}
    for number, row in enumerate(base.head(3 * EDITED).iter_rows(named=True)):
        who = ("crm", "erp", "both")[number % 3]
        for role in Role if who == "both" else [Role(who)]:
            entity = project.config.entities["products"]
            source, field = (entity.crm, "crm") if role is Role.CRM else (entity.erp, "erp")
            column = getattr(entity.fields["name"], field)
            with closing(sqlite3.connect(tmp_path / "systems" / f"{role}.db")) as db, db:
                where = f'UPDATE "{source.object}" SET "{column}" = ? WHERE "{source.key[0]}" = ?'
                assert db.execute(where, [f"Edited by {role} {number}", row[f"{role}_key"]]).rowcount == 1
        wanted[(row["crm_key"], row["erp_key"])] = {
            "field": "name",
            "moved": who,
            "crm": row["crm_value"],
            "erp": row["erp_value"],
            "at": row["agreed_at"],
        }
    run(project, 2)
    found = {}
    for action in project.ledger.actions([ActionState.PROPOSED], entity="products"):
        keys = {action.target: action.target_key, action.target.other: action.source_key}
        said = [json.loads(held) for word, held in action.evidence if word == "agreed"]
        for one in said:
            if one["field"] == "name" and (pair := (keys[Role.CRM], keys[Role.ERP])) in wanted:
                found[pair] = one | {"at": dt.datetime.fromisoformat(one["at"])}
    assert found == wanted
