"""Undos in the ledger: proposed outside of any run, and what their verification makes of the actions that they undo."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from sqlalchemy import Connection, bindparam, select, update

from reconcile.ledger.actions import (
    IN_THE_SYSTEM,
    JUDGEMENT,
    OPEN,
    PERSON_RUN,
    UNDO_RUN,
    judgement,
    known_actions,
    rows_of,
    store,
)
from reconcile.ledger.audit import Entry, append, canonical
from reconcile.ledger.database import chunks, instant, rows_with, write_frame
from reconcile.ledger.tables import actions
from reconcile.refusals import refusal
from reconcile.results import Action, ActionState

_DECIDED = (*OPEN, *IN_THE_SYSTEM, ActionState.REJECTED)
"""What is in one of these states is not proposed by an undo once more."""


def propose(connection: Connection, plan: Sequence[tuple[str, Action]], by: str, at: dt.datetime) -> dict[str, ActionState]:
    """Propose (action to undo, undo) pairs; the states of the undos that stand as they are, by id. See Ledger.propose_undos."""
    known = known_actions(connection, [undo.id for _, undo in plan])
    standing = {id_: ActionState(row["state"]) for id_, row in known.items() if row["state"] in _DECIDED}
    fresh = {undo.id: (undone, undo) for undone, undo in plan if undo.id not in standing}
    _judge_anew(connection, [undo for _, undo in plan if undo.id in standing])
    rows = rows_of(
        [replace(undo, proposed_by=by) for _, undo in fresh.values()], {}, f"{UNDO_RUN}{at:%Y%m%dT%H%M%S%f}", instant(at)
    )
    store(connection, [row | {"message": str(refusal("undoes", id=fresh[row["id"]][0]))} for row in rows], known)
    append(connection, [Entry(by, "undo proposed", undone, {"action": undo.id}) for undone, undo in fresh.values()], at)
    return standing


def propose_by_person(
    connection: Connection, plan: Sequence[Action], by: str, comment: str, at: dt.datetime
) -> dict[str, ActionState]:
    """Propose actions that a person asked for. See Ledger.propose_by_person."""
    known = known_actions(connection, [action.id for action in plan])
    standing = {id_: ActionState(row["state"]) for id_, row in known.items() if row["state"] in _DECIDED}
    fresh = [action for action in plan if action.id not in standing]
    _judge_anew(connection, [action for action in plan if action.id in standing])
    rows = rows_of(fresh, {}, f"{PERSON_RUN}{at:%Y%m%dT%H%M%S%f}", instant(at))
    store(connection, [row | {"message": comment, "proposed_by": by} for row in rows], known)
    append(connection, [Entry(by, "proposed by hand", action.id, {"comment": comment}) for action in fresh], at)
    return standing


def _judge_anew(connection: Connection, standing: Sequence[Action]) -> None:
    """What is asked for once more says what its target would refuse now; its values and its decisions stay."""
    judged = {action.id: action for action in standing}
    rows = []
    for row in rows_with(connection, select(actions.c.id, actions.c.evidence), actions.c.id, judged):
        why = json.loads(row.evidence)
        now = {name: held for name, held in why.items() if name not in JUDGEMENT} | judgement(judged[row.id])
        if now != why:
            rows.append((row.id, canonical(now)))
    frame = pl.DataFrame(rows, schema={"b_id": pl.String(), "b_evidence": pl.String()}, orient="row")
    statement = update(actions).where(actions.c.id == bindparam("b_id")).values(evidence=bindparam("b_evidence"))
    write_frame(connection, statement, frame)


def settle(connection: Connection, ids: Collection[str], by: str, at: dt.datetime) -> None:
    """Of these actions, what is verified now makes its counterpart undone: an undo its action, an action its undo."""
    verified = select(actions.c.id).where(actions.c.state == ActionState.VERIFIED.value)
    now = {row.id for part in chunks(ids) for row in connection.execute(verified.where(actions.c.id.in_(part)))}
    if not now:
        return
    undos = select(actions.c.id, actions.c.evidence).where(
        actions.c.state == ActionState.VERIFIED.value, actions.c.run_id.startswith(UNDO_RUN, autoescape=True)
    )
    pairs = [(row.id, json.loads(row.evidence).get("undoes")) for row in connection.execute(undos)]
    gone = [(undone, undo) for undo, undone in pairs if undo in now and undone]
    gone += [(undo, undone) for undo, undone in pairs if undone in now and undo not in now]
    standing = {
        row.id for part in chunks([id_ for id_, _ in gone]) for row in connection.execute(verified.where(actions.c.id.in_(part)))
    }
    gone = [(id_, by_action) for id_, by_action in gone if id_ in standing]
    frame = pl.DataFrame(
        [(id_, str(refusal("undone_by", id=by_action))) for id_, by_action in gone],
        schema={"b_id": pl.String(), "b_message": pl.String()},
        orient="row",
    )
    values: dict[str, Any] = {
        "state": ActionState.UNDONE.value,
        "approval_id": None,
        "message": bindparam("b_message"),
        "changed_at": instant(at),
    }
    write_frame(connection, update(actions).where(actions.c.id == bindparam("b_id")).values(values), frame)
    append(connection, [Entry(by, "undone", id_, {"action": by_action}) for id_, by_action in gone], at)
