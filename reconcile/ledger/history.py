"""The history of one record: when it disagreed, who linked, proposed, decided and wrote what, and what came of it.

Apart from the tables that it reads, because it only asks, and asks across all of them.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, and_, literal, null, or_, select

from reconcile.ledger import agreements
from reconcile.ledger.crosswalk import Pair
from reconcile.ledger.database import read_frame
from reconcile.ledger.tables import actions, audit, base, breaks, crosswalk, runs
from reconcile.records import Role
from reconcile.results import UTC_TIME, BreakState

_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "at": UTC_TIME,
    "who": pl.String,  # a person, a run or a rule
    "event": pl.String,  # agreed, break seen, break fixed, linked, proposed, or as in the audit trail: push: verified, ...
    "subject": pl.String,  # id of the action, fingerprint of the break; null for a link
    "field": pl.String,  # of a break
    "detail": pl.String,  # JSON, as in the audit trail; of `agreed` field to both values, of `proposed` the evidence; or null
}
HISTORY = pl.Schema(_COLUMNS)
"""What happened to one record, one row each."""


def of_record(connection: Connection, pair: Pair, entity: str, crm_key: str | None, erp_key: str | None) -> pl.DataFrame:
    """HISTORY of a record that the two systems call by these keys, oldest first; of one of them where the other is None."""
    queries = (
        *_of_breaks(_break_is_of(entity, crm_key, erp_key)),
        _of_link(pair, entity, crm_key, erp_key),
        _noted(_action_is_of(entity, crm_key, erp_key)),
    )
    frames = [
        _agreements(connection, pair, entity, crm_key, erp_key),
        *(read_frame(connection, query, HISTORY) for query in queries),
    ]
    proposed = read_frame(connection, _proposed(_action_is_of(entity, crm_key, erp_key)), HISTORY)
    evidence = pl.col("detail").str.json_path_match("$.evidence")
    frames.insert(-1, proposed.with_columns(detail=pl.concat_str(pl.lit('{"evidence":'), evidence, pl.lit("}"))))
    return pl.concat(frames).sort("at", maintain_order=True)


def _break_is_of(entity: str, crm_key: str | None, erp_key: str | None) -> ColumnElement[bool]:
    return and_(breaks.c.entity == entity, _one_of((breaks.c.crm_key, crm_key), (breaks.c.erp_key, erp_key)))


def _action_is_of(entity: str, crm_key: str | None, erp_key: str | None) -> ColumnElement[bool]:
    """An action names the record that it writes by `target_key`, the one that the values come from by `source_key`."""
    to_crm = and_(actions.c.target == Role.CRM.value, _one_of((actions.c.target_key, crm_key), (actions.c.source_key, erp_key)))
    to_erp = and_(actions.c.target == Role.ERP.value, _one_of((actions.c.target_key, erp_key), (actions.c.source_key, crm_key)))
    return and_(actions.c.entity == entity, or_(to_crm, to_erp))


def _one_of(*places: tuple[ColumnElement[str], str | None]) -> ColumnElement[bool]:
    """Whether one of the columns holds its key; never where there is no key."""
    return or_(literal(value=False), *(column == key for column, key in places if key is not None))


def _row(at: Any, who: Any, event: Any, subject: Any, field: Any = None, detail: Any = None) -> Select[Any]:
    values = (at, who, event, subject, null() if field is None else field, null() if detail is None else detail)
    return select(*(value.label(name) for name, value in zip(HISTORY, values, strict=True)))


def _of_breaks(mine: ColumnElement[bool]) -> tuple[Select[Any], ...]:
    seen = _row(breaks.c.first_seen, breaks.c.first_run_id, literal("break seen"), breaks.c.fingerprint, breaks.c.field)
    fixed = _row(breaks.c.fixed_at, breaks.c.fixed_run_id, literal("break fixed"), breaks.c.fingerprint, breaks.c.field)
    return seen.where(mine), fixed.where(mine, breaks.c.state == BreakState.FIXED.value)


def _of_link(pair: Pair, entity: str, crm_key: str | None, erp_key: str | None) -> Select[Any]:
    mine = _one_of((crosswalk.c.crm_key, crm_key), (crosswalk.c.erp_key, erp_key))
    linked = _row(crosswalk.c.since, crosswalk.c.decided_by, literal("linked"), null())
    return linked.where(pair.rows(), crosswalk.c.entity == entity, mine)


def _agreements(connection: Connection, pair: Pair, entity: str, crm_key: str | None, erp_key: str | None) -> pl.DataFrame:
    """Since when both sides have agreed on the values that they agreed on last: one row for each run that saw some of them."""
    mine = _one_of((base.c.crm_key, crm_key), (base.c.erp_key, erp_key))
    cells = agreements.where(connection, pair, entity, mine)
    value = pl.struct("field", crm="crm_value", erp="erp_value").struct.json_encode()
    runs_of = cells.sort("field").group_by("agreed_at", "run_id", maintain_order=True).agg(value.str.join(","))
    nothing = pl.lit(None, pl.String)
    return runs_of.select(
        at="agreed_at",
        who="run_id",
        event=pl.lit("agreed"),
        subject=nothing,
        field=nothing,
        detail=pl.concat_str(pl.lit('{"agreed":['), "field", pl.lit("]}")),
    )


def _proposed(mine: ColumnElement[bool]) -> Select[Any]:
    first = actions.c.first_run_id
    proposed = _row(runs.c.started_at, first, literal("proposed"), actions.c.id, None, actions.c.evidence)
    return proposed.select_from(actions.join(runs, runs.c.run_id == first)).where(mine)


def _noted(mine: ColumnElement[bool]) -> Select[Any]:
    noted = _row(audit.c.at, audit.c.who, audit.c.event, audit.c.subject, None, audit.c.detail)
    of_mine = audit.c.subject.in_(select(actions.c.id).where(mine))
    return noted.where(of_mine).order_by(audit.c.seq)
