"""Proposed corrections: how they are stored, what a new plan does to those of the plan before, and how screens list them."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, func, insert, or_, select, update

from reconcile.ledger import lapses
from reconcile.ledger.audit import Entry, append, canonical, digest
from reconcile.ledger.database import instant, read_frame, rows_with, write_frame
from reconcile.ledger.tables import IS_PART, actions
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import Action, ActionKind, ActionState, Change, Misfit

OPEN = (ActionState.PROPOSED, ActionState.APPROVED)
"""Proposals that a later plan may drop."""
IN_THE_SYSTEM = (ActionState.PUSHING, ActionState.UNKNOWN)
"""Actions that may have been written; only a read decides what becomes of them."""
PERSON_RUN = "person-"
"""How the run id of a proposal begins that a person asked for; until it is decided and pushed, no run makes it another one."""
UNDO_RUN = "undo-"
"""The same of one that undoes something."""
_BY_PERSONS = (PERSON_RUN, UNDO_RUN)
JUDGEMENT = ("problem", "misfits")
_WITH_PARTS = '"parts":['
"""How the payload of a whole says so, in canonical JSON."""
_SCHEMA = {"value_at_risk": pl.Float64(), "position": pl.Int64(), "approval_id": pl.Int64()}


def payload(action: Action) -> str:
    """Exactly what the action would write, as canonical JSON: what an approval binds."""
    said = {"kind": action.kind, "entity": action.entity, "target": action.target}
    keys = {"target_key": action.target_key, "source_key": action.source_key}
    whole = {"parts": list(action.parts)} if action.parts else {}
    return canonical({**said, **keys, **whole, "changes": [vars(change) for change in action.changes]})


def from_row(row: Row[Any] | Mapping[str, Any]) -> Action:
    """The action as it is stored. What it would write comes from the payload alone, never from the columns beside it."""
    stored = row._mapping if isinstance(row, Row) else row  # noqa: SLF001  # SQLAlchemy's public name for it
    said, why = json.loads(stored["payload"]), json.loads(stored["evidence"])
    return Action(
        id=stored["id"],
        kind=ActionKind(said["kind"]),
        entity=said["entity"],
        target=Role(said["target"]),
        target_key=said["target_key"],
        source_key=said["source_key"],
        label=why["label"],
        changes=tuple(Change(**change) for change in said["changes"]),
        clause=why["clause"],
        breaks=tuple(why["breaks"]),
        tier=stored["tier"],
        value_at_risk=stored["value_at_risk"],
        currency=stored["currency"],
        depends_on=tuple(why["depends_on"]),
        state=ActionState(stored["state"]),
        run_id=stored["run_id"],
        message=stored["message"],
        undoes=why.get("undoes"),
        proposed_by=stored["proposed_by"],
        crm_version=why.get("crm_version"),
        erp_version=why.get("erp_version"),
        evidence=tuple((word, held) for word, held in why.get("evidence", ())),
        parts=tuple(said.get("parts", ())),
        part_of=why.get("part_of"),
        problem=why.get("problem", ""),
        misfits=tuple(Misfit(**one) for one in why.get("misfits", ())),
    )


def propose(connection: Connection, plan: Sequence[Action], run_id: str, at: dt.datetime) -> int:
    """Take over the whole plan of a run. See Ledger.propose."""
    wanted = {action.id: action for action in plan}
    known = known_actions(connection, wanted)
    moment = instant(at)
    rows = _warned(connection, wanted, rows_of(wanted.values(), known, run_id, moment))
    lost = _lost_approvals(connection, rows, known, run_id)
    lost |= _ask_again(rows)
    store(connection, rows, known)
    new: int = sum(row["state"] == ActionState.PROPOSED and not _was_proposed(known.get(row["id"]), row) for row in rows)
    dropped = _supersede(connection, run_id, moment, lost)
    append(connection, [Entry(run_id, "approval lapsed", id_, {"why": why}) for id_, why in lost.items()], at)
    append(connection, [Entry(run_id, "plan proposed", run_id, {"actions": len(rows), "new": new, "superseded": dropped})], at)
    return new


def known_actions(connection: Connection, ids: Collection[str]) -> dict[str, Mapping[Any, Any]]:
    """What is stored of these actions' life, by id; payload and evidence only of those that a run leaves as they are."""
    names = ("id", "state", "approval_id", "message", "changed_at", "payload_hash", "kind", "entity", "target", "proposed_by")
    persons = ~_by_runs()
    written = case((actions.c.state.in_([s.value for s in IN_THE_SYSTEM]) | persons, actions.c.payload)).label("payload")
    asked = case((persons, actions.c.evidence)).label("evidence")
    query = select(*(actions.c[name] for name in (*names, "run_id", "label")), written, asked)
    return {row.id: row._mapping for row in rows_with(connection, query, actions.c.id, ids)}  # noqa: SLF001  # as above


def rows_of(plan: Iterable[Action], known: Mapping[str, Mapping[Any, Any]], run_id: str, moment: str) -> list[dict[str, Any]]:
    """What the ledger shall hold of each action of a plan, given what it knows."""
    return [_row(action, known.get(action.id), run_id, position, moment) for position, action in enumerate(plan)]


def store(connection: Connection, rows: Sequence[Mapping[str, Any]], known: Collection[str]) -> None:
    """Insert what is not known, and replace what is."""
    frame = pl.DataFrame(rows, schema=_stored_schema(), orient="row")
    write_frame(connection, insert(actions), frame.filter(~pl.col("id").is_in(list(known))))
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in frame.columns if name not in ("id", "first_run_id")}
    statement = update(actions).where(actions.c.id == bindparam("b_id")).values(values)
    bound = frame.filter(pl.col("id").is_in(list(known))).drop("first_run_id")
    write_frame(connection, statement, bound.rename(lambda name: f"b_{name}"))


def _was_proposed(known: Mapping[Any, Any] | None, row: Mapping[str, Any]) -> bool:
    return known is not None and known["state"] == ActionState.PROPOSED and known["payload_hash"] == row["payload_hash"]


def _row(action: Action, known: Mapping[Any, Any] | None, run_id: str, position: int, moment: str) -> dict[str, Any]:
    """What the ledger shall hold of this action now."""
    text = payload(action)
    why: dict[str, Any] = {
        "label": action.label,
        "clause": action.clause,
        "breaks": action.breaks,
        "depends_on": action.depends_on,
    }
    if action.undoes is not None:
        why["undoes"] = action.undoes
    optional = {name: getattr(action, name) for name in ("crm_version", "erp_version", "evidence", "part_of")}
    why |= {name: value for name, value in optional.items() if value} | judgement(action)
    row: dict[str, Any] = {
        "id": action.id,
        "payload": text,
        "payload_hash": digest(text),
        "evidence": canonical(why),
        "kind": action.kind.value,
        "entity": action.entity,
        "target": action.target.value,
        "tier": action.tier,
        "label": action.label,
        "value_at_risk": _amount(action.value_at_risk),
        "currency": action.currency,
        "state": ActionState.PROPOSED.value,
        "run_id": run_id,
        "first_run_id": run_id,
        "position": position,
        "approval_id": None,
        "message": "",
        "changed_at": moment,
        "proposed_by": action.proposed_by,
        "target_key": action.target_key,
        "source_key": action.source_key,
    }
    if known is not None and _is_asked(known):
        return row | _as_asked(known, why)
    return row if known is None else row | _kept(known, row["payload_hash"])


def judgement(action: Action) -> dict[str, Any]:
    """What the evidence says of what a target would refuse; nothing if it would not."""
    found = {"problem": action.problem, "misfits": [vars(misfit) for misfit in action.misfits]}
    return {name: said for name, said in found.items() if said}


def _amount(value: float | None) -> float | None:
    """What is no number stays beyond every limit; SQLite would keep it as no value, which is within each."""
    return math.inf if value is not None and not math.isfinite(value) else value


def _is_asked(known: Mapping[Any, Any]) -> bool:
    """Whether a person asked for it, and nobody knows yet what becomes of it."""
    return known["run_id"].startswith(_BY_PERSONS) and known["state"] in (*OPEN, *IN_THE_SYSTEM)


def _as_asked(known: Mapping[Any, Any], why: Mapping[str, Any]) -> dict[str, Any]:
    """What a person asked for stays theirs; a run that proposes the same adds which breaks it ends, and what would refuse it."""
    asked = json.loads(known["evidence"])
    found = {"breaks": list(dict.fromkeys([*asked["breaks"], *why["breaks"]]))}
    asked = {name: held for name, held in asked.items() if name not in JUDGEMENT}
    found |= {name: why[name] for name in JUDGEMENT if name in why}
    names = ("state", "approval_id", "message", "changed_at", "proposed_by", "run_id", "label", "payload", "payload_hash")
    return {name: known[name] for name in names} | {"evidence": canonical(asked | found)}


def _kept(known: Mapping[Any, Any], payload_hash: str) -> dict[str, Any]:
    """What of a known action outlives that it is proposed again: a decision holds for the payload it was made on."""
    state = ActionState(known["state"])
    life = {name: known[name] for name in ("state", "approval_id", "message", "changed_at", "proposed_by")}
    if state in IN_THE_SYSTEM:
        return life | {name: known[name] for name in ("payload", "payload_hash", "kind", "entity", "target")}
    if state in (*OPEN, ActionState.REJECTED, ActionState.UNDONE):
        if known["payload_hash"] == payload_hash:
            return life
        return {"message": str(refusal("was_otherwise", state=state))} if state is not ActionState.PROPOSED else {}
    return {"message": str(refusal("was_before", state=state))} if state is not ActionState.SUPERSEDED else {}


def _lost_approvals(
    connection: Connection, rows: Sequence[dict[str, Any]], known: Mapping[str, Mapping[Any, Any]], run_id: str
) -> dict[str, str]:
    """Why approvals are lost to this plan, by action: it proposes other values, as the same action or as another one."""
    new = {row["id"]: row for row in rows}
    query = select(actions.c.id).where(actions.c.approval_id.is_not(None), actions.c.state.in_([s.value for s in OPEN]))
    replaced = [row.id for row in connection.execute(query.where(_by_runs())) if row.id not in new]
    hashes = {id_: stored["payload_hash"] for id_, stored in known.items() if stored["approval_id"] and stored["state"] in OPEN}
    changed = [id_ for id_, then in hashes.items() if then != new[id_]["payload_hash"]]
    approved = lapses.of_payloads(connection, [*replaced, *changed])
    if not approved:
        return {}
    places = {_place(row): row for row in rows if row["kind"] != ActionKind.REVIEW}
    out = {}
    for id_, (then, whose) in approved.items():
        row = new.get(id_) or places.get(_place(then))
        if row is None:
            out[id_] = f"run {run_id} no longer proposes it; {whose} lapsed"
            continue
        why = f"{whose} lapsed: {lapses.moved(then, json.loads(row['payload']))}"
        out[id_] = why if row["id"] == id_ else f"{why}; action {row['id']} is proposed instead"
        if row["state"] == ActionState.PROPOSED:
            row["message"] = f"{why}; decide again"
    return out


def _ask_again(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """A whole of which a part waits for a decision waits for one as well, so that it is among what is open: why, by id."""
    waiting = {row["id"]: row["message"] or "is proposed again" for row in rows if row["state"] == ActionState.PROPOSED}
    out = {}
    for row in rows if waiting else ():
        is_whole = row["state"] == ActionState.APPROVED and _WITH_PARTS in row["payload"]
        parts = json.loads(row["payload"])["parts"] if is_whole else ()
        if part := next((id_ for id_ in parts if id_ in waiting), None):
            out[row["id"]] = f"part {part} {waiting[part]}; decide again"
            row |= {"state": ActionState.PROPOSED.value, "approval_id": None, "message": out[row["id"]]}
    return out


def _place(said: Mapping[str, Any]) -> tuple[str, str, str | None, str | None]:
    """What record a payload, or a row, writes: of a new one the source's key says which."""
    key = said["target_key"]
    return said["entity"], said["target"], key, said["source_key"] if key is None else None


def _warned(connection: Connection, wanted: Mapping[str, Action], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """New proposals that would write again, among other fields, what somebody has undone say so."""
    query = select(actions).where(actions.c.state == ActionState.UNDONE.value)
    undone = {place: action.id for action in map(from_row, connection.execute(query)) for place, _ in _places(action)}
    for row in rows if undone else ():
        again = [(field, undone[place]) for place, field in _places(wanted[row["id"]]) if place in undone]
        if again and row["state"] == ActionState.PROPOSED and not row["message"]:
            said = (f"{field} would be written as before action {id_} was undone" for field, id_ in again)
            row["message"] = "; ".join(said)
    return rows


def _places(action: Action) -> list[tuple[tuple[str | None, ...], str]]:
    """Where an update writes what, and the canonical field."""
    place = (action.entity, action.target.value, action.target_key)
    return [((*place, c.target_field, c.after), c.field) for c in action.changes if action.target_key is not None]


def _supersede(connection: Connection, run_id: str, moment: str, lost: Mapping[str, str]) -> int:
    values = {"state": ActionState.SUPERSEDED.value, "approval_id": None, "changed_at": moment}
    message = str(refusal("no_longer_proposed", run=run_id))
    statement = update(actions).where(actions.c.state.in_([s.value for s in OPEN]), actions.c.run_id != run_id, _by_runs())
    dropped = connection.execute(statement.values(**values, message=message)).rowcount
    reasons = pl.DataFrame(
        {"b_id": list(lost), "b_message": list(lost.values())}, schema={"b_id": pl.String(), "b_message": pl.String()}
    )
    here = update(actions).where(actions.c.id == bindparam("b_id"), actions.c.state == values["state"])
    write_frame(connection, here.values(message=bindparam("b_message")), reasons)
    return dropped


def _by_runs() -> ColumnElement[bool]:
    """Proposals that no person asked for."""
    return and_(*(~actions.c.run_id.startswith(prefix, autoescape=True) for prefix in _BY_PERSONS))


def _stored_schema() -> dict[str, Any]:
    return {column.name: _SCHEMA.get(column.name, pl.String()) for column in actions.columns}


def conditions(states: Collection[str] | None, text: str | None, **equal: str | None) -> list[ColumnElement[bool]]:
    """What a screen filters by: `equal` names columns and their value; `text` is looked for in label and id, as it stands."""
    out: list[ColumnElement[bool]] = []
    if states is not None:
        out.append(actions.c.state.in_([str(s) for s in states]))
    out += [actions.c[name] == str(value) for name, value in equal.items() if value is not None]
    if text:
        out.append(or_(actions.c.label.icontains(text, autoescape=True), actions.c.id.icontains(text, autoescape=True)))
    return out


def listing(
    connection: Connection, where: Sequence[ColumnElement[bool]], ids: Iterable[str] | None, limit: int | None, offset: int
) -> list[Action]:
    """Actions in the order of their plan. With ids, page by page over those that the ledger holds."""
    query = select(actions).where(*where).order_by(actions.c.position, actions.c.id)
    if ids is None:
        return [from_row(row) for row in connection.execute(query.limit(limit).offset(offset))]
    rows = rows_with(connection, query, actions.c.id, list(ids))
    rows.sort(key=lambda row: (row.position, row.id))
    return [from_row(row) for row in rows[offset : None if limit is None else offset + limit]]


def resolving(connection: Connection, fingerprint: str, most: int) -> list[Action]:
    """Actions that name a break, in the order of their plan."""
    named = actions.c.evidence.contains(json.dumps(fingerprint), autoescape=True)
    query = select(actions).where(named, actions.c.state != ActionState.SUPERSEDED.value)
    rows = connection.execute(query.order_by(actions.c.position, actions.c.id).limit(most + 1))
    return [action for action in map(from_row, rows) if fingerprint in action.breaks][:most]


def newest(connection: Connection, states: Collection[str], limit: int, offset: int) -> list[Action]:
    """A page of the actions in these states, the last changed first."""
    query = select(actions).where(*conditions(states, None)).order_by(actions.c.changed_at.desc(), actions.c.id.desc())
    return [from_row(row) for row in connection.execute(query.limit(limit).offset(offset))]


def writing(connection: Connection, where: Sequence[ColumnElement[bool]], *, but_undos: bool) -> list[str]:
    """The ids of what a filter leaves and that writes something, in the order of the plan; a whole stands for its parts."""
    query = select(actions.c.id).where(*where, actions.c.kind != ActionKind.REVIEW.value, ~IS_PART)
    if but_undos:
        query = query.where(~actions.c.evidence.contains('"undoes":"'))  # canonical JSON: only a key is written so
    return list(connection.execute(query.order_by(actions.c.position, actions.c.id)).scalars())


def count(connection: Connection, where: Sequence[ColumnElement[bool]]) -> int:
    """How many actions a filter leaves, for the pages of a screen."""
    return connection.execute(select(func.count()).select_from(actions).where(*where)).scalar_one()


def counts(connection: Connection) -> pl.DataFrame:
    """How many actions there are: entity, kind, target, tier, state, count."""
    group = [actions.c[name] for name in ("entity", "kind", "target", "tier", "state")]
    return read_frame(
        connection, select(*group, func.count().label("count")).group_by(*group).order_by(*group), {"count": pl.Int64()}
    )


def states(connection: Connection, ids: Collection[str]) -> dict[str, ActionState]:
    """The states of these actions; an id that the ledger does not hold is left out."""
    query = select(actions.c.id, actions.c.state)
    return {row.id: ActionState(row.state) for row in rows_with(connection, query, actions.c.id, ids)}
