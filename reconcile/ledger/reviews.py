"""What rules approve by themselves: what they may look at, which of it a person looks at afterwards, and what came of that.

A rule that somebody has objected to is paused. Like the stop of pushes that has no table: the audit trail says it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection

import polars as pl
from sqlalchemy import Connection, bindparam, func, insert, select, update

from reconcile.errors import NotByRule
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import instant, read_frame, rows_with, write_frame
from reconcile.ledger.tables import IS_PART, actions, approvals, audit
from reconcile.results import UTC_TIME, ActionKind, ActionState

REVIEWED, OBJECTED = "reviewed", "objected"
PAUSED, RESUMED = "rule paused", "rule resumed"
_HARMLESS = (ActionKind.UPDATE, ActionKind.CREATE, ActionKind.LINK)
"""What a rule may approve at all: never a merge, and nothing that takes a record out of use."""
_SEEN = pl.Schema({"action_id": pl.String(), "review": pl.String(), "reviewed_by": pl.String(), "comment": pl.String()})


def proposals(connection: Connection, run_id: str) -> pl.DataFrame:
    """What a run proposes afresh and a rule may look at: id, entity, target, tier, value_at_risk, currency, fields (list)."""
    names = ("id", "entity", "target", "tier", "value_at_risk", "currency", "payload")
    fresh = (actions.c.state == ActionState.PROPOSED.value) & (actions.c.run_id == run_id) & actions.c.approval_id.is_(None)
    untouched = (actions.c.message == "") & (actions.c.proposed_by == "") & actions.c.kind.in_([k.value for k in _HARMLESS])
    untouched &= ~IS_PART
    query = select(*(actions.c[name] for name in names)).where(fresh, untouched)
    found = read_frame(connection, query, {"value_at_risk": pl.Float64()})
    changes = pl.Struct({"changes": pl.List(pl.Struct({"field": pl.String}))})
    fields = pl.col("payload").str.json_decode(changes).struct.field("changes").list.eval(pl.element().struct.field("field"))
    return found.with_columns(fields=fields).drop("payload")


def paused(connection: Connection, rules: Collection[str]) -> dict[str, str]:
    """Those of the rules that nobody has resumed since somebody objected, and who did, with the comment."""
    said = select(audit.c.subject, audit.c.event, audit.c.who, audit.c.detail).where(audit.c.event.in_((PAUSED, RESUMED)))
    rows = rows_with(connection, said.order_by(audit.c.seq), audit.c.subject, [signs(rule) for rule in rules])
    last = {row.subject: row for row in rows}
    held = {rule: last[signs(rule)] for rule in rules if signs(rule) in last and last[signs(rule)].event == PAUSED}
    return {rule: f"{row.who}: {json.loads(row.detail).get('comment', '')}".strip(": ") for rule, row in held.items()}


def signs(rule: str) -> str:
    """The name under which a rule signs."""
    return f"rule {rule}"


def by_rule(connection: Connection) -> pl.DataFrame:
    """What rules approved, oldest first, with the last review: action_id, rule, sampled, at, entity, label, state, and so on.

    The rest: target, tier, review (reviewed, objected; null if nobody has looked), reviewed_by, comment.
    """
    shown = [actions.c[name] for name in ("entity", "target", "tier", "label", "state", "kind", "value_at_risk", "currency")]
    query = (
        select(approvals.c.action_id, approvals.c.rule, approvals.c.sampled, approvals.c.at, *shown)
        .join(actions, actions.c.id == approvals.c.action_id)
        .where(approvals.c.rule.is_not(None), approvals.c.decision == ActionState.APPROVED.value)
        .order_by(approvals.c.id)
    )
    schema = {"sampled": pl.Boolean(), "at": UTC_TIME, "value_at_risk": pl.Float64()}
    found = read_frame(connection, query, schema)
    names = ("action_id", "decision", "decided_by", "comment")
    looked = select(*(approvals.c[name] for name in names)).where(approvals.c.decision.in_((REVIEWED, OBJECTED)))
    rows = read_frame(connection, looked.order_by(approvals.c.id))
    last = rows.rename({"decision": "review", "decided_by": "reviewed_by"}).unique("action_id", keep="last")
    once = found.unique("action_id", keep="last", maintain_order=True)
    return once.join(last.select(_SEEN.names()), on="action_id", how="left", maintain_order="left")


def review(
    connection: Connection, ids: Collection[str], decision: str, by: str, comment: str, at: dt.datetime
) -> tuple[str, ...]:
    """Put on record what a person says of actions that rules approved; the rules, which an objection pauses.

    What was objected to and has not been pushed is rejected. Raises NotByRule.
    """
    query = select(actions.c.id, actions.c.state, actions.c.payload_hash, approvals.c.rule)
    rows = rows_with(connection, query.join(approvals, approvals.c.id == actions.c.approval_id), actions.c.id, ids)
    rules = {row.id: row.rule for row in rows if row.rule is not None}
    if missing := sorted(set(ids) - rules.keys()):
        raise NotByRule(missing)
    first = connection.execute(select(func.coalesce(func.max(approvals.c.id), 0))).scalar_one() + 1
    frame = pl.DataFrame(
        [(row.id, row.payload_hash, row.rule) for row in rows],
        schema=dict.fromkeys(("action_id", "payload_hash", "rule"), pl.String()),
        orient="row",
    )
    said = {"decision": decision, "decided_by": by, "comment": comment, "at": instant(at)}
    noted = frame.with_row_index("id", offset=first).with_columns(**{name: pl.lit(text) for name, text in said.items()})
    write_frame(connection, insert(approvals), noted)
    entries = [Entry(by, decision, id_, {"rule": rule, "comment": comment}) for id_, rule in rules.items()]
    named = tuple(dict.fromkeys(rules.values()))
    if decision == OBJECTED:
        entries += [Entry(by, PAUSED, signs(rule), {"comment": comment}) for rule in named]
        values = {"state": ActionState.REJECTED.value, "approval_id": None, "message": comment, "changed_at": instant(at)}
        here = update(actions).where(actions.c.id == bindparam("b_id"), actions.c.state == ActionState.APPROVED.value)
        write_frame(connection, here.values(values), frame.select(b_id="action_id"))
    append(connection, entries, at)
    return named


def resume(connection: Connection, rule: str, by: str, comment: str, at: dt.datetime) -> bool:
    """Let a paused rule apply again; False if it was not paused."""
    if not paused(connection, [rule]):
        return False
    append(connection, [Entry(by, RESUMED, signs(rule), {"comment": comment})], at)
    return True
