"""Very many actions at once, as one frame: what a screen groups, sums and pages by; the few that are shown are read in full.

Apart from `actions`, which reads an action as a value: of a hundred thousand that takes seconds.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, case, select

from reconcile.ledger.tables import IS_PART, actions
from reconcile.results import ActionKind

OUTLINE = pl.Schema(
    {
        **dict.fromkeys(("id", "kind", "entity", "target", "tier"), pl.String()),
        "fields": pl.String(),  # canonical fields, joined by `, `; empty in a create and in a review
        "clause": pl.String(),  # of a review; empty in others
        "value_at_risk": pl.Float64(),
        "currency": pl.String(),
        "payload_hash": pl.String(),
        "message": pl.String(),
    }
)
_FIELD = '"field":"[^"]*"'
"""Canonical JSON: only a key is written so, and no field's name has a quote."""
_CLAUSE = '"clause":("(?:[^"\\\\]|\\\\.)*")'


def outline(connection: Connection, states: Collection[str], *, parts: bool) -> pl.DataFrame:
    """OUTLINE of the actions in these states, in the order of their plan; `parts` are those that are decided with a whole."""
    is_review, is_create = (actions.c.kind == kind.value for kind in (ActionKind.REVIEW, ActionKind.CREATE))
    columns: dict[str, ColumnElement[Any]] = {name: actions.c[name] for name in OUTLINE if name not in ("fields", "clause")}
    columns["fields"] = case((~is_review & ~is_create, actions.c.payload), else_="")
    columns["clause"] = case((is_review, actions.c.evidence), else_="")
    query = select(*(columns[name].label(name) for name in OUTLINE)).where(actions.c.state.in_([str(s) for s in states]))
    if not parts:
        query = query.where(~IS_PART)
    rows = connection.execute(query.order_by(actions.c.position, actions.c.id)).all()
    found = pl.DataFrame(list(map(tuple, rows)), schema=OUTLINE, orient="row")
    names = pl.col("fields").str.extract_all(_FIELD).list.eval(pl.element().str.slice(9).str.head(-1)).list.join(", ")
    return found.with_columns(fields=names, clause=pl.col("clause").str.extract(_CLAUSE).str.json_decode(pl.String).fill_null(""))
