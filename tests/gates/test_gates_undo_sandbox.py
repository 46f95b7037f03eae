"""Over both systems of the sandbox: after every update was pushed and undone, each field holds again what it held."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from reconcile import approve, pipeline, proposing, wiring
from reconcile.cli.demonstration import write_project
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import CHECKS, FINDINGS, ActionKind, ActionState, CheckResult, RunResult
from reconcile.sandbox.data import generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.objects import CRM, ERP
from reconcile.sandbox.servers import Sandbox

STAMPS = ("LastModifiedDate", "SystemModstamp", "LastChangeDateTime", "LastChangeDate")
"""When a record was changed last, which the system itself says."""


def records(folder: Path) -> dict[tuple[str, str, str], object]:
    """Every field of every record of both systems: (object, row, field) to its value, amounts as numbers."""
    out: dict[tuple[str, str, str], object] = {}
    for file, objects in (("crm.db", CRM), ("erp.db", ERP)):
        with closing(sqlite3.connect(folder / file)) as db:
            for name, spec in objects.items():
                fields = [field for field in spec.fields if field.name not in STAMPS]
                columns = ", ".join(f'"{field.name}"' for field in fields)
                for row, *values in db.execute(f'SELECT rowid, {columns} FROM "{name}"'):
                    found = zip(fields, values, strict=True)
                    out |= {(name, str(row), f.name): _amount(v) if f.type == "decimal" else v for f, v in found}
    return out


def _amount(stored: str | None) -> Decimal | None:
    return None if stored is None else Decimal(stored)


def no_check(*_: object) -> CheckResult:
    """Great Expectations has tests of its own."""
    return CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())


def run(project: wiring.Project, run_id: str) -> RunResult:
    with wiring.connected(project) as connectors:
        return pipeline.run(project.config, project.store, connectors, project.ledger, no_check, Silent(), run_id)


@pytest.fixture
def project(tmp_path):
    company, planted = plant(generate(7, 120, 150, 50, 150), 7, dt.datetime.now(dt.UTC))
    write(company, tmp_path / "systems", planted)
    with Sandbox(tmp_path / "systems") as sandbox:
        config = write_project(tmp_path, sandbox.environment)
        at_once = config.read_text(encoding="utf-8").replace("in_flight_minutes: 15 ", "in_flight_minutes: 0 ")
        config.write_text(at_once, encoding="utf-8")
        opened = wiring.open_project(config, {})
        try:
            yield opened
        finally:
            opened.close()


def test_after_push_and_undo_every_field_of_both_systems_is_as_before(project, tmp_path):
    run(project, "20260101T000000000Z")
    ledger = project.ledger
    updates = [a.id for a in ledger.actions([ActionState.PROPOSED]) if a.kind is ActionKind.UPDATE and not a.depends_on]
    before = records(tmp_path / "systems")
    approve.approve(ledger, project.config, updates, by="anna")
    pushed = wiring.push(project, updates, dry_run=False, by="anna", progress=Silent())
    done = [action.id for action in pushed.actions if action.state is ActionState.VERIFIED]
    assert len(done) == pushed.planned > 20
    assert records(tmp_path / "systems") != before
    assert {a.entity for a in pushed.actions} >= {"customers", "contacts", "products", "orders"}
    assert any(change.reference for action in pushed.actions for change in action.changes)

    found = wiring.undo(project, done, by="anna")
    assert [one.reason for one in found if one.proposal is None] == []
    undos = [one.proposal.id for one in found]
    assert all("already" in one.reason for one in wiring.undo(project, done, by="anna"))

    again = run(project, "20260102T000000000Z")  # both systems agree there: nothing of it is proposed, and no undo is dropped
    assert set(ledger.action_states(undos).values()) == {ActionState.PROPOSED}
    approve.approve(ledger, project.config, undos, by="bert")
    back = wiring.push(project, None, dry_run=False, by="bert", progress=Silent())
    assert [(a.entity, a.state, a.message, a.changes) for a in back.actions if a.state is not ActionState.VERIFIED] == []
    now = records(tmp_path / "systems")
    assert now.keys() == before.keys()
    assert {place: (value, now[place]) for place, value in before.items() if value != now[place]} == {}

    third = run(project, "20260103T000000000Z")
    assert set(ledger.action_states(done).values()) == {ActionState.UNDONE}
    proposed = {a.id for a in ledger.actions([ActionState.PROPOSED])}
    assert proposed.isdisjoint(done)
    assert third.breaks.filter(pl.col("state") == "regressed").height >= len(done)
    assert again.breaks.height < third.breaks.height


def moved_to_the_duplicate(project, folder: Path) -> str:
    """Contacts of a customer that the CRM has twice now belong to its duplicate, which alone has a web site; its key."""
    twice = run(project, "20260101T000000000Z").breaks.filter(pl.col("kind") == "duplicate_in_crm")
    pairs = dict(twice.select("crm_value", "crm_key").iter_rows())
    with closing(sqlite3.connect(folder / "crm.db")) as db:
        owners = [row[0] for row in db.execute('SELECT DISTINCT AccountId FROM "Contact" ORDER BY AccountId')]
        kept = next(key for key in owners if key in pairs)
        db.execute('UPDATE "Contact" SET AccountId = ? WHERE AccountId = ?', (pairs[kept], kept))
        db.execute('UPDATE "Account" SET Website = NULL WHERE Id = ?', (kept,))
        db.execute('UPDATE "Account" SET Website = ? WHERE Id = ?', ("https://twice.example", pairs[kept]))
        db.commit()
    return pairs[kept]


def test_merges_creates_and_deactivations_are_taken_back_field_by_field(project, tmp_path):
    goes = moved_to_the_duplicate(project, tmp_path / "systems")
    run(project, "20260102T000000000Z")
    ledger, before = project.ledger, records(tmp_path / "systems")
    links = ledger.crosswalk().select("entity", "crm_key", "erp_key", "rung").sort("entity", "crm_key").rows()
    names = [a for a in ledger.actions([ActionState.PROPOSED]) if a.part_of is None]
    idle = next(a.target_key for a in names if a.kind is ActionKind.UPDATE and a.entity == "products" and a.target is Role.CRM)
    asked = wiring.propose(project, lambda a: proposing.deactivate(a, "products", Role.CRM, idle), by="carl", comment="sold out")
    chosen = [a.id for a in (*names, *asked.actions) if a.kind in (ActionKind.MERGE, ActionKind.DEACTIVATE)]
    chosen += [a.id for a in names if a.kind is ActionKind.CREATE and a.entity in ("customers", "contacts", "products")]
    whole = next(a for a in names if a.kind is ActionKind.MERGE and a.target_key == goes)
    assert {part.entity for part in ledger.actions(ids=whole.parts)} >= {"customers", "contacts"}  # filled and moved
    for who in ("anna", "bert"):
        approve.approve(ledger, project.config, chosen, by=who)
    pushed = wiring.push(project, None, dry_run=False, by="anna", progress=Silent())
    assert [(a.entity, a.state, a.message, a.changes) for a in pushed.actions if a.state is not ActionState.VERIFIED] == []
    assert {a.kind for a in pushed.actions} == {ActionKind.MERGE, ActionKind.UPDATE, ActionKind.DEACTIVATE, ActionKind.CREATE}
    assert wiring.push(project, None, dry_run=False, by="anna", progress=Silent()).planned == 0

    again = run(project, "20260103T000000000Z")
    assert again.breaks.filter(pl.col("kind").str.starts_with("duplicate")).is_empty()
    assert not [
        a for a in ledger.actions([ActionState.PROPOSED]) if a.kind in (ActionKind.MERGE, ActionKind.CREATE) and a.id in chosen
    ]
    assert sum("do not count" in note for note in again.notes) == 2

    found = wiring.undo(project, chosen, by="anna")
    assert [one.reason for one in found if one.proposal is None] == []
    assert {one.note for one in found if one.action.kind is ActionKind.CREATE} == {refusal("undo_no_removal")}
    for who in ("anna", "bert"):
        approve.approve(ledger, project.config, [one.proposal.id for one in found], by=who)
    back = wiring.push(project, None, dry_run=False, by="bert", progress=Silent())
    assert [(a.entity, a.state, a.message, a.changes) for a in back.actions if a.state is not ActionState.VERIFIED] == []
    now = records(tmp_path / "systems")
    assert {place: (value, now[place]) for place, value in before.items() if value != now[place]} == {}
    inactive = {"Status__c": "Inactive", "BusinessPartnerStatus": "02", "ContactPersonIsBlocked": "X"} | {
        "Product2": "Discontinued"
    }
    new = {
        (name, row): value for (name, row, field), value in now.items() if field in inactive and (name, row, field) not in before
    }
    assert set(new.values()) == set(inactive.values())
    assert ledger.crosswalk().select("entity", "crm_key", "erp_key", "rung").sort("entity", "crm_key").rows() == links

    run(project, "20260104T000000000Z")  # what was created is closed, and nobody misses it: it stays undone
    assert set(ledger.action_states(chosen).values()) == {ActionState.UNDONE}
