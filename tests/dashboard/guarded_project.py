"""A project whose people sign in, one for each role, with something to approve, to write and to take back."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
from dashboard_project import CONFIG, make_project

from reconcile import approve, wiring
from reconcile.ledger.pushes import Settled
from reconcile.progress import Silent
from reconcile.results import Action, ActionState

PASSWORD = "correct horse battery"
ACCESS = """
access:
  roles:
    viewer: {may: [see]}
    steward: {may: [see, propose, approve, reject]}
    controller: {may: [see, approve, reject, undo, stop, delegate]}
    operator: {may: [see, run, push, stop]}
  people:
    Vera Viewer: {roles: [viewer]}
    Stefan Steward: {roles: [steward]}
    Anna Chen 陈安娜: {roles: [controller], email: anna@example.com}
    Otto Operator: {roles: [operator]}
    Paul Planner: {roles: [steward]}
"""
PEOPLE = {"viewer": "Vera Viewer", "steward": "Stefan Steward", "controller": "Anna Chen 陈安娜", "operator": "Otto Operator"}
"""Role to the person who has it and nothing else."""
MAY = {
    "viewer": set(),
    "steward": {"approve", "reject", "propose"},
    "controller": {"approve", "reject", "undo", "stop"},
    "operator": {"run", "push", "stop"},
}
"""Role to the operations that have a button, as ACCESS gives them."""
OPERATIONS = ("approve", "reject", "undo", "stop", "push", "run", "propose")


def make_guarded(folder: Path, access: str = ACCESS) -> Path:
    """The project after one run, with an account for everybody, one approved action and one that was written; its file."""
    file = make_project(folder, CONFIG + access)
    project = wiring.open_project(file, os.environ)
    wiring.run(project, Silent(), "Otto Operator")
    first, second = (a.id for a in project.ledger.actions([ActionState.PROPOSED], kind="update", tier="low", limit=2))
    for id_ in (first, second):
        assert approve.approve(project.ledger, project.config, [id_], by="Paul Planner").changed == 1
    (written,) = project.ledger.actions(ids=[second])
    _write(folder / "erp" / "customers.csv", written)
    project.ledger.intend([second], "Otto Operator")
    proof = {change.target_field: change.after for change in written.changes}
    done = Settled(second, ActionState.VERIFIED, status="ok", key=written.target_key, read_back=proof)
    project.ledger.settle([done], "Otto Operator")
    for name in project.config.access.people:
        project.ledger.accounts.create(name, PASSWORD, "root")
    project.close()
    return file


def _write(file: Path, action: Action) -> None:
    """Put into the system what the ledger calls written, or the next run would propose it again."""
    rows = pl.read_csv(file, infer_schema=False)
    here = pl.col("id") == action.target_key
    after = [pl.when(here).then(pl.lit(c.after)).otherwise(pl.col(c.target_field)).alias(c.target_field) for c in action.changes]
    rows.with_columns(after).write_csv(file)
