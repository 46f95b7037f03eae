"""What decisions on actions say of records: which two are not the same, and which no longer count.

Nothing of it is stored beside the actions: to take a decision back is to decide on the action anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from sqlalchemy import Connection, select

from reconcile.ledger import answers
from reconcile.ledger.crosswalk import PERSON, Pair
from reconcile.ledger.tables import actions, crosswalk
from reconcile.records import Role
from reconcile.results import LINK_CHANGE, ActionKind, ActionState

NOT_SAME = pl.Schema({"crm_key": pl.String, "erp_key": pl.String})


def not_same(connection: Connection, pair: Pair, entity: str) -> pl.DataFrame:
    """Pairs that a person has called different: by rejecting their link, by taking one back, or in a review: crm_key, erp_key.

    A pair that a person has linked since is not among them.
    """
    reviewed = answers.listing(connection, entity)
    apart = reviewed.filter(~pl.col("same").fill_null(value=True))
    said = set(zip(apart["crm_key"].to_list(), apart["erp_key"].to_list(), strict=True))
    for state, why, payload in _of(connection, entity, (ActionKind.LINK,), (ActionState.REJECTED, ActionState.VERIFIED)):
        link = next((change for change in payload["changes"] if change["kind"] == LINK_CHANGE), None)
        if link is None or payload["source_key"] is None or "undoes" in why:
            continue
        theirs = link["after"] if state is ActionState.REJECTED else link["before"] if link["after"] is None else None
        if theirs is not None and not (state is ActionState.REJECTED and link["before"] is not None):
            keys = {payload["target"]: theirs, str(Role(payload["target"]).other): payload["source_key"]}
            said.add((keys["crm"], keys["erp"]))
    pinned = select(crosswalk.c.crm_key, crosswalk.c.erp_key).where(
        pair.rows(), crosswalk.c.entity == entity, crosswalk.c.rung == PERSON
    )
    said -= {(row[0], row[1]) for row in connection.execute(pinned)} if said else set()
    return pl.DataFrame(sorted(said), schema=NOT_SAME, orient="row")


def set_aside(connection: Connection, pair: Pair, entity: str, side: Role) -> pl.Series:
    """Keys of the records of one side that a merge or a deactivation has closed and that hold no link (String).

    Whether such a record is still inactive is for the caller to see: one that is in use again counts again.
    """
    kinds = (ActionKind.MERGE, ActionKind.DEACTIVATE)
    closed: set[str] = set()
    for _, why, payload in _of(connection, entity, kinds, (ActionState.VERIFIED,)):
        reopens = payload["kind"] == ActionKind.MERGE and "undoes" in why
        if payload["target"] == side and payload["target_key"] is not None and not reopens:
            closed.add(payload["target_key"])
    ours = crosswalk.c[f"{side}_key"]
    if closed:
        linked = connection.execute(select(ours).where(pair.rows(), crosswalk.c.entity == entity))
        closed -= {row[0] for row in linked}
    return pl.Series(sorted(closed), dtype=pl.String)


def _of(
    connection: Connection, entity: str, kinds: tuple[ActionKind, ...], states: tuple[ActionState, ...]
) -> Iterator[tuple[ActionState, Mapping[str, Any], Mapping[str, Any]]]:
    """(state, evidence, payload) of the actions of these kinds in these states."""
    query = select(actions.c.state, actions.c.evidence, actions.c.payload).where(
        actions.c.entity == entity,
        actions.c.kind.in_([kind.value for kind in kinds]),
        actions.c.state.in_([state.value for state in states]),
    )
    for state, why, payload in connection.execute(query):
        yield ActionState(state), json.loads(why), json.loads(payload)
