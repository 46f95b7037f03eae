"""Decisions: one row for each, bound to the payload that was decided on, and never changed. Who may decide, a judge says.

`actions.approval_id` is the first approval of the present round: what was decided before it no longer counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from sqlalchemy import Connection, bindparam, case, func, insert, select, update

from reconcile.errors import UnknownActions
from reconcile.ledger import delegations
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import chunks, instant, instants, read_frame, rows_with, write_frame
from reconcile.ledger.members import Members
from reconcile.ledger.tables import actions, approvals
from reconcile.results import UTC_TIME, ActionState

_CANDIDATES = pl.Schema(
    {
        **dict.fromkeys(("id", "state", "payload_hash", "entity", "target", "tier", "kind"), pl.String()),
        "value_at_risk": pl.Float64(),
        "currency": pl.String(),
        "proposed_by": pl.String(),
        "approval_id": pl.Int64(),
        "problem": pl.String(),
    }
)
VERDICTS = pl.Schema(
    {
        "id": pl.String(),
        "why": pl.String(),  # why the decision may not fall; empty if it may
        "on_behalf_of": pl.String(),  # whose right it is, where that was lent
        "missing": pl.Int64(),  # how many more people must approve
        "progress": pl.String(),  # what the action says until then
        "sampled": pl.Boolean(),  # whether a person is to look at what a rule approved
    }
)
"""What a judge says of each candidate."""


@dataclass(frozen=True)
class Facts:
    """What is known at the moment when a decision falls; nobody else decides meanwhile."""

    candidates: pl.DataFrame
    """Actions in a state in which they can be decided on: columns of `_CANDIDATES`; `problem` is null where there is none."""
    standing: pl.DataFrame
    """Approvals that count for candidates that wait for more of them: action_id, decided_by, on_behalf_of."""
    lent: pl.DataFrame
    """Delegations that hold now: person, deputy."""


Judge = Callable[[Facts], pl.DataFrame]
"""Says VERDICTS; what it raises undoes the whole decision."""


@dataclass(frozen=True)
class Said:
    """A decision without the actions that it is about."""

    decision: ActionState
    by: str
    comment: str = ""
    rule: str | None = None
    holds: dt.timedelta | None = None
    """For how long an approval counts; None for ever."""


@dataclass(frozen=True)
class Decided:
    """What came of a decision. Counts are actions."""

    changed: int
    """Now approved, or rejected."""
    waiting: int = 0
    """The approval is on record, and others must approve as well."""
    left: Mapping[str, int] = field(default_factory=dict)
    """Why others were left as they are, and how many; what had been decided so before is not among them."""


def decide(
    connection: Connection, ids: Collection[str], allowed: Collection[ActionState], judge: Judge, said: Said, at: dt.datetime
) -> Decided:
    """Decide on what is in an allowed state and passes the judge; on a whole with all of its parts, or on none of it.

    Raises UnknownActions, PartAlone for a part that is named without its whole, and what the judge raises.
    """
    wholes = Members.of(connection, ids)
    facts = _facts(connection, wholes.ids, allowed, at)
    facts = replace(facts, candidates=wholes.as_one(facts.candidates))
    judged = facts.candidates.select("id", "payload_hash", "approval_id", "state").join(
        wholes.agreed(judge(facts)), on="id", maintain_order="left"
    )
    chosen = judged.filter(pl.col("why") == "")
    first = connection.execute(select(func.coalesce(func.max(approvals.c.id), 0))).scalar_one() + 1
    chosen = chosen.with_row_index("approval", offset=first).with_columns(pl.col("approval").cast(pl.Int64))
    _note(connection, chosen, said, at)
    _change(connection, chosen, facts, said, at)
    append(connection, _entries(chosen, said), at)
    left = judged.filter(pl.col("why") != "").group_by("why").len().sort("len", "why", descending=[True, False])
    waiting = chosen.filter(pl.col("missing") > 0).height
    return Decided(chosen.height - waiting, waiting, dict(left.iter_rows()))


def _facts(connection: Connection, ids: Collection[str], allowed: Collection[ActionState], at: dt.datetime) -> Facts:
    held = case((actions.c.evidence.contains('"problem":"'), actions.c.evidence))  # canonical JSON: only a key is written so
    columns = [actions.c[name] for name in _CANDIDATES if name != "problem"]
    rows = rows_with(connection, select(*columns, held.label("problem")), actions.c.id, ids)
    found = pl.DataFrame(list(map(tuple, rows)), schema=_CANDIDATES, orient="row")
    if missing := sorted(set(ids).difference(found["id"])):
        raise UnknownActions(missing)
    candidates = found.filter(pl.col("state").is_in([state.value for state in allowed])).with_columns(
        pl.col("problem").str.json_path_match("$.problem")
    )
    waiting = candidates.filter(pl.col("approval_id").is_not_null(), pl.col("state") == ActionState.PROPOSED.value)
    return Facts(candidates, standing(connection, waiting, at), delegations.active(connection, at))


def standing(connection: Connection, waiting: pl.DataFrame, at: dt.datetime) -> pl.DataFrame:
    """Approvals that count at this time for actions (id, payload_hash, approval_id): id, action_id, decided_by, on_behalf_of."""
    rounds = rounds_of(connection, waiting)
    alive = pl.col("expires_at").is_null() | (pl.col("expires_at") > instant(at))
    return rounds.filter(alive).select("id", "action_id", "decided_by", "on_behalf_of")


def standing_now(connection: Connection, ids: Collection[str], at: dt.datetime) -> pl.DataFrame:
    """What counts at this time of these actions, whatever their state: action_id, decided_by, on_behalf_of, at."""
    names = ("id", "payload_hash", "approval_id")
    query = select(*(actions.c[name] for name in names)).where(actions.c.approval_id.is_not(None))
    rows = rows_with(connection, query, actions.c.id, ids)
    schema = {name: pl.Int64() if name == "approval_id" else pl.String() for name in names}
    rounds = rounds_of(connection, pl.DataFrame(list(map(tuple, rows)), schema=schema, orient="row"))
    alive = pl.col("expires_at").is_null() | (pl.col("expires_at") > instant(at))
    return rounds.filter(alive).select("action_id", "decided_by", "on_behalf_of", *instants("at"))


def rounds_of(connection: Connection, waiting: pl.DataFrame) -> pl.DataFrame:
    """The approvals of the present round of actions (id, payload_hash, approval_id), also lapsed ones; instants as stored."""
    names = ("id", "action_id", "payload_hash", "decided_by", "on_behalf_of", "at", "expires_at")
    query = select(*(approvals.c[name] for name in names)).where(approvals.c.decision == ActionState.APPROVED.value)
    rows = rows_with(connection, query, approvals.c.action_id, waiting["id"].to_list()) if waiting.height else []
    schema = {name: pl.Int64() if name == "id" else pl.String() for name in names}
    found = pl.DataFrame(list(map(tuple, rows)), schema=schema, orient="row")
    begun = waiting.select(action_id="id", payload_hash="payload_hash", begun="approval_id")
    here = found.join(begun, on=["action_id", "payload_hash"])
    return here.filter(pl.col("id") >= pl.col("begun")).drop("begun").sort("id")


def _note(connection: Connection, chosen: pl.DataFrame, said: Said, at: dt.datetime) -> None:
    until = instant(at + said.holds) if said.holds and said.decision is ActionState.APPROVED else None
    written = {"decision": said.decision.value, "decided_by": said.by, "comment": said.comment, "at": instant(at)}
    written |= {name: text for name, text in (("rule", said.rule), ("expires_at", until)) if text is not None}
    rows = chosen.select("payload_hash", "on_behalf_of", "sampled", id="approval", action_id="id")
    write_frame(connection, insert(approvals), rows.with_columns(**{name: pl.lit(text) for name, text in written.items()}))


def _change(connection: Connection, chosen: pl.DataFrame, facts: Facts, said: Said, at: dt.datetime) -> None:
    """The state that the decision makes, or, while approvals are missing, what the action says of them."""
    begun = facts.standing.group_by(id="action_id").agg(begun=pl.col("id").min())
    enough = pl.col("missing") <= 0
    rows = chosen.join(begun, on="id", how="left").select(
        b_id="id",
        b_state=pl.when(enough).then(pl.lit(said.decision.value)).otherwise(pl.lit(ActionState.PROPOSED.value)),
        b_message=pl.when(enough).then(pl.lit(said.comment)).otherwise("progress"),
        b_approval=pl.coalesce("begun", "approval") if said.decision is ActionState.APPROVED else pl.lit(None, pl.Int64),
    )
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in ("state", "message")}
    values |= {"approval_id": bindparam("b_approval"), "changed_at": instant(at)}
    write_frame(connection, update(actions).where(actions.c.id == bindparam("b_id")).values(values), rows)


def _entries(chosen: pl.DataFrame, said: Said) -> list[Entry]:
    columns = chosen.select("id", "payload_hash", "on_behalf_of", "missing")
    return [
        Entry(
            said.by,
            said.decision.value,
            id_,
            {"payload": hash_, "comment": said.comment}
            | ({"on_behalf_of": other} if other else {})
            | ({"missing": missing} if missing > 0 else {}),
        )
        for id_, hash_, other, missing in zip(*(columns[name].to_list() for name in columns.columns), strict=True)
    ]


def listing(connection: Connection, action_ids: Collection[str]) -> pl.DataFrame:
    """Decisions on these actions, oldest first: id, action_id, decision, payload_hash, decided_by, comment, at; and the rest."""
    query = select(approvals).order_by(approvals.c.id)
    schema = {"id": pl.Int64(), "at": UTC_TIME, "sampled": pl.Boolean(), "expires_at": UTC_TIME}
    parts = [read_frame(connection, query.where(approvals.c.action_id.in_(part)), schema) for part in chunks(action_ids)]
    return pl.concat(parts).sort("id") if parts else read_frame(connection, query.limit(0), schema)
