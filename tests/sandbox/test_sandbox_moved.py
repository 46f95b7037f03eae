"""Somebody edits both systems between approval and push: what was shown and moved is not written, everything else is."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from reconcile import approve, pipeline, wiring
from reconcile.cli.demonstration import write_project
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.results import CHECKS, FINDINGS, Action, ActionKind, ActionState, CheckResult
from reconcile.sandbox.data import generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.servers import Sandbox

OTHER = "77771"
"""A value that no record of the company has."""
UNRELATED = {
    "customers": ("TaxId__c", "TaxNumber"),
    "contacts": ("Title", "FunctionName"),
    "products": ("CurrencyIsoCode", "Currency"),
}


@pytest.fixture
def project(tmp_path):
    company, planted = plant(generate(11, 120, 120, 60, 120), 11, dt.datetime.now(dt.UTC))
    write(company, tmp_path / "systems", planted)
    with Sandbox(tmp_path / "systems") as sandbox:
        config = write_project(tmp_path, sandbox.environment)
        text = config.read_text(encoding="utf-8").replace("in_flight_minutes: 15 ", "in_flight_minutes: 0 ")
        config.write_text(text.replace("limits:  ", "limits:\n  canaries: 0\n #"), encoding="utf-8")
        opened = wiring.open_project(config, {})
        try:
            yield opened
        finally:
            opened.close()


def edit(folder: Path, project: wiring.Project, action: Action, role: Role, field: str) -> bool:
    """Somebody writes another value there, behind the product's back; whether there was a record to write to."""
    entity = project.config.entities[action.entity]
    source = entity.crm if role is Role.CRM else entity.erp
    key = (action.target_key if role is action.target else action.source_key) or ""
    relation, _, inner = field.rpartition("/")
    table, column = ("A_BusinessPartnerAddress", inner) if relation else (source.object, field)
    where = " AND ".join(f'"{part}" = ?' for part in (("BusinessPartner",) if relation else source.key))
    with closing(sqlite3.connect(folder / f"{role}.db")) as db, db:
        return db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', [OTHER, *key.split("/")]).rowcount > 0


def test_whatever_is_edited_of_what_was_shown_ends_the_approval_and_nothing_else_does(project, tmp_path):
    folder, none = tmp_path / "systems", CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
    with wiring.connected(project) as connectors:
        run_id = "20260101T000000000Z"
        pipeline.run(project.config, project.store, connectors, project.ledger, lambda *_: none, Silent(), run_id)
    actions = [
        action
        for action in project.ledger.actions([ActionState.PROPOSED])
        if action.kind in (ActionKind.UPDATE, ActionKind.CREATE) and not action.problem and not action.depends_on
    ]
    approve.approve(project.ledger, project.config, [action.id for action in actions], by="anna")
    expected: dict[str, ActionState] = {}
    touched: set[tuple[str, str | None]] = set()
    for number, action in enumerate(actions):
        change = action.changes[number % len(action.changes)]
        records = {(role, key) for role, key in ((action.target, action.target_key), (action.target.other, action.source_key))}
        if records & touched:  # what is edited for one correction must not be what another one shows
            continue
        touched |= records
        what = ("source", "target", "unrelated")[number % 3]
        edited = False
        if what == "source" and change.source_field and not change.reference:
            edited = edit(folder, project, action, action.target.other, change.source_field)
        elif what == "target" and action.kind is ActionKind.UPDATE and not change.reference:
            edited = edit(folder, project, action, action.target, change.target_field)
        elif what == "unrelated" and action.entity in UNRELATED and action.kind is ActionKind.UPDATE:
            for role, field in zip(Role, UNRELATED[action.entity], strict=True):
                shown = {c.target_field if role is action.target else c.source_field for c in action.changes}
                if field not in shown:
                    edit(folder, project, action, role, field)
        expected[action.id] = ActionState.LAPSED if edited else ActionState.VERIFIED
    done = wiring.push(project, list(expected), dry_run=False, by="anna", progress=Silent(), beyond_limits=True)
    states = {action.id: action.state for action in done.actions}
    wrong = [(a.entity, a.kind, a.message, expected[a.id]) for a in done.actions if a.state is not expected[a.id]]
    assert wrong == []
    assert states.keys() == expected.keys()
    assert min(Counter(expected.values()).values()) > 15, Counter(expected.values())
