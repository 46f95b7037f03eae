"""The name of an action: the hash of what it would do, so that the same proposal is the same action in every run."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from reconcile.results import Action, ActionKind


def identified(action: Action, within: str = "") -> Action:
    """The action under the id that says what it would do; a part also says `within` which whole, so that it is in one only."""
    clause = action.clause if action.kind is ActionKind.REVIEW else ""
    payload: list[object] = [action.kind, action.entity, action.target, action.target_key, action.source_key, clause]
    payload += [[c.target_field, c.before, c.after, c.reference] for c in action.changes]
    payload += [list(action.parts)] if action.parts else []
    payload += [f"within {within}"] if within else []
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return replace(action, id=hashlib.blake2b(text.encode(), digest_size=8).hexdigest())
