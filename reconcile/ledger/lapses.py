"""Approvals that no longer count: their time is over, more people must approve than did, or a run proposes something else."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, bindparam, false, func, or_, select, update

from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import instant, rows_with, write_frame
from reconcile.ledger.decisions import rounds_of
from reconcile.ledger.tables import actions, approvals
from reconcile.refusals import refusal
from reconcile.results import ActionState

Needed = Mapping[str, int]
"""How many people must approve, by tier and for `merge`; one where nothing is said."""
_OPEN = (ActionState.PROPOSED.value, ActionState.APPROVED.value)
_PROGRESS = re.compile(r"\d+ of \d+ approvals, by ")
_LAPSED = pl.Schema({"id": pl.String(), "message": pl.String(), "begun": pl.Int64()})


def lapsed(connection: Connection, needed: Needed, at: dt.datetime, ids: Collection[str] | None = None) -> pl.DataFrame:
    """Open actions that have lost an approval, or were approved by too few: id, message, begun (the round that is left)."""
    names = ("id", "payload_hash", "approval_id", "state", "tier", "kind")
    over = select(approvals.c.action_id).where(approvals.c.expires_at <= instant(at))
    may_have = actions.c.id.in_(over) | ((actions.c.state == ActionState.APPROVED.value) & or_(false(), *_too_few(needed)))
    query = select(*(actions.c[name] for name in names)).where(
        actions.c.approval_id.is_not(None), actions.c.state.in_(_OPEN), may_have
    )
    rows = connection.execute(query).all() if ids is None else rows_with(connection, query, actions.c.id, ids)
    if not rows:
        return pl.DataFrame(schema=_LAPSED)
    schema = {name: pl.Int64() if name == "approval_id" else pl.String() for name in names}
    found = pl.DataFrame(list(map(tuple, rows)), schema=schema, orient="row")
    over_now = pl.col("expires_at").is_not_null() & (pl.col("expires_at") <= instant(at))
    rounds = rounds_of(connection, found).with_columns(over=over_now)
    by_action = rounds.group_by(id="action_id").agg(
        begun=pl.col("id").filter(~pl.col("over")).min(),
        given=(~pl.col("over")).sum(),
        names=pl.col("decided_by").filter(~pl.col("over")),
        lost=pl.struct("decided_by", "at", "expires_at").filter("over"),
    )
    wanted = pl.col("tier").replace_strict(dict(needed), default=1, return_dtype=pl.Int64)
    merges = pl.when(pl.col("kind") == "merge").then(needed.get("merge", 1)).otherwise(1)
    judged = found.join(by_action, on="id").with_columns(needed=pl.max_horizontal(wanted, merges))
    few = (pl.col("state") == ActionState.APPROVED.value) & (pl.col("given") < pl.col("needed"))
    gone = judged.filter(few | (pl.col("lost").list.len() > 0))
    words = [_words(*row) for row in gone.select("lost", "names", "needed").iter_rows()]
    return gone.select("id", "begun").with_columns(message=pl.Series(words, dtype=pl.String)).select(_LAPSED.names())


def _too_few(needed: Needed) -> list[ColumnElement[bool]]:
    """Fewer approvals in the present round than the tier, or a merge, asks for."""
    here = (approvals.c.action_id == actions.c.id) & (approvals.c.id >= actions.c.approval_id)
    given = (
        select(func.count()).where(here, approvals.c.decision == ActionState.APPROVED.value).correlate(actions).scalar_subquery()
    )
    kinds = {name: actions.c.kind == name if name == "merge" else actions.c.tier == name for name in needed}
    return [kinds[name] & (given < count) for name, count in needed.items() if count > 1]


def lapse(connection: Connection, needed: Needed, at: dt.datetime, ids: Collection[str] | None = None) -> int:
    """Put these back to proposed, with the reason; how many."""
    gone = lapsed(connection, needed, at, ids)
    if gone.is_empty():
        return 0
    values: dict[str, Any] = {"message": bindparam("b_message"), "approval_id": bindparam("b_begun")}
    values |= {"state": ActionState.PROPOSED.value, "changed_at": instant(at)}
    rows = gone.rename(lambda name: f"b_{name}")
    write_frame(connection, update(actions).where(actions.c.id == bindparam("b_id")).values(values), rows)
    append(connection, [Entry("reconcile", "approval lapsed", id_, {"why": why}) for id_, why, _ in gone.iter_rows()], at)
    return gone.height


def _words(lost: Iterable[Mapping[str, str]], names: Collection[str], needed: int) -> str:
    said: list[str] = [refusal("approval_over", who=one["decided_by"], day=_day(one), days=_days(one)) for one in lost]
    if names:
        said.append(progress(names, needed))
    return "; ".join(said)


def progress(names: Collection[str], needed: int) -> str:
    """`1 of 2 approvals, by anna`."""
    return refusal("progress", given=len(names), needed=needed, names=" and ".join(names))


def is_progress(message: str) -> bool:
    """Whether a message says nothing else than how many approvals there are, which the approvals themselves tell as well."""
    return _PROGRESS.match(message) is not None and ";" not in message


def _whose(approval: Mapping[str, str]) -> str:
    return f"the approval by {approval['decided_by']} of {_day(approval)}"


def _day(approval: Mapping[str, str]) -> str:
    moment = dt.datetime.fromisoformat(approval["at"])
    return f"{moment.day} {moment:%b}"


def _days(approval: Mapping[str, str]) -> str:
    held = dt.datetime.fromisoformat(approval["expires_at"]) - dt.datetime.fromisoformat(approval["at"])
    return f"{held / dt.timedelta(days=1):g}"


# What a new plan makes of approvals


def of_payloads(connection: Connection, ids: Collection[str]) -> dict[str, tuple[dict[str, Any], str]]:
    """Of actions that have an approval: what was approved, and whose approvals it were, in words; by id."""
    names = ("id", "payload", "payload_hash", "approval_id")
    query = select(*(actions.c[name] for name in names)).where(actions.c.approval_id.is_not(None))
    rows = rows_with(connection, query, actions.c.id, ids)
    schema = {name: pl.Int64() if name == "approval_id" else pl.String() for name in names}
    found = pl.DataFrame(list(map(tuple, rows)), schema=schema, orient="row")
    whose = {id_: [_whose(one) for one in given] for id_, given in _given(rounds_of(connection, found))}
    return {row.id: (json.loads(row.payload), " and ".join(whose.get(row.id, ["the approval"]))) for row in rows}


def _given(rounds: pl.DataFrame) -> Iterable[tuple[str, list[Mapping[str, str]]]]:
    return rounds.group_by("action_id").agg(pl.struct("decided_by", "at")).iter_rows()


def moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What a payload says otherwise than one before it, of the same record: which field, and on which side."""
    target = str(now["target"]).upper()
    source = "ERP" if target == "CRM" else "CRM"
    before, after = ({change["field"]: change for change in payload["changes"]} for payload in (then, now))
    said = [words for field in after for words in _differs(field, before.get(field, {}), after[field], source, target)]
    said += [f"{field} is no longer to be written" for field in before if field not in after]
    return "; ".join(said) or "it is told in another way"


def _differs(field: str, then: Mapping[str, Any], now: Mapping[str, Any], source: str, target: str) -> Iterable[str]:
    if not then:
        yield f"{field} is to be written as well"
        return
    for key, side in (("source_value", source), ("before", target)):
        if then.get(key) != now.get(key) and then.get("source_field") == now.get("source_field"):
            yield f"{field} in the {side} moved from {_quoted(then.get(key))} to {_quoted(now.get(key))}"
    if then.get("after") != now.get("after"):
        yield f"the proposal for {field} now says {_quoted(now.get('after'))}, not {_quoted(then.get('after'))}"


def _quoted(text: str | None) -> str:
    return "nothing" if text is None or not text.strip() else f"{text!r}"
