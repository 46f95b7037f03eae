"""The name of an action: the hash of what it would do, so that the same proposal is the same action in every run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from reconcile.records import Role
from reconcile.results import Action, ActionKind, Change

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def identified(action: Action, within: str = "") -> Action:
    """The action under the id that says what it would do; a part also says `within` which whole, so that it is in one only."""
    keys = (action.target_key, action.source_key)
    id_ = id_of(action.kind, action.entity, action.target, keys, action.changes, action.clause, action.parts, within)
    return replace(action, id=id_)


def id_of(
    kind: ActionKind,
    entity: str,
    target: Role,
    keys: tuple[str | None, str | None],
    changes: Sequence[Change],
    clause: str,
    parts: Sequence[str] = (),
    within: str = "",
) -> str:
    """The id of an action with these values, before it is made. `keys`: of the target, then of the source."""
    payload: list[object] = [kind, entity, target, *keys, clause if kind is ActionKind.REVIEW else ""]
    payload += [[c.target_field, c.before, c.after, c.reference] for c in changes]
    payload += [list(parts)] if parts else []
    payload += [f"within {within}"] if within else []
    return hashlib.blake2b(_JSON.encode(payload).encode(), digest_size=8).hexdigest()
