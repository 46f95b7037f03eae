"""Wholes of which a push has written a part and not yet all: a later run goes on with them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from reconcile.ledger.actions import IN_THE_SYSTEM, from_row, states
from reconcile.ledger.database import rows_with
from reconcile.ledger.tables import actions
from reconcile.results import Action, ActionKind, ActionState

_OVER = (ActionState.VERIFIED, ActionState.UNDONE)
_WRITTEN = (ActionState.VERIFIED, *IN_THE_SYSTEM)


def merges(connection: Connection, keys: Collection[str]) -> list[Action]:
    """See Ledger.merges_begun. What was given up comes before what was not."""
    undoes = actions.c.evidence.contains('"undoes":"')  # canonical JSON: only a key is written so
    wanted = select(actions).where(
        actions.c.kind == ActionKind.MERGE.value, actions.c.state.not_in([state.value for state in _OVER]), ~undoes
    )
    roots = [from_row(row) for row in rows_with(connection, wanted, actions.c.target_key, keys)]
    now = states(connection, [part for root in roots for part in root.parts])
    roots = [root for root in roots if _is_begun([now[part] for part in root.parts if part in now])]
    roots.sort(key=lambda root: root.state is not ActionState.SUPERSEDED)
    parts = rows_with(connection, select(actions), actions.c.id, [part for root in roots for part in root.parts])
    return [*map(from_row, parts), *roots]


def _is_begun(parts: Collection[ActionState]) -> bool:
    """Whether something of a whole may be in the system, and nothing of it was taken back."""
    return any(state in _WRITTEN for state in parts) and ActionState.UNDONE not in parts
