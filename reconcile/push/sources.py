"""Whether what a correction was taken from still stands: the other side of the record, read again just before the write.

Apart from the desk, which looks at the record that would be written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from reconcile.config.models import ProjectConfig
from reconcile.connect.port import Connector, Current, Value
from reconcile.push.values import is_same, quoted, shown
from reconcile.records import Kind, Role
from reconcile.refusals import refusal
from reconcile.results import Action, Change


class Sources:
    """Reads the source records of approved actions.

    Args:
        connectors: the systems, by role.
        config: the project.
    """

    def __init__(self, connectors: Mapping[Role, Connector], config: ProjectConfig) -> None:
        self._connectors = connectors
        self._config = config
        self._zones = {role: ZoneInfo(config.system(role).timezone) for role in Role}

    def moved(self, actions: Sequence[Action]) -> dict[str, str]:
        """By action id, what is no longer as it was shown, in words; an action whose source stands is left out.

        `actions` are of one entity and one target, so that one question to the source's system answers for all. An
        action that was taken from nothing, such as an undo, has no source that could move.
        """
        taken = [(action, _shown_fields(action)) for action in actions if action.source_key is not None]
        taken = [(action, changes) for action, changes in taken if changes]
        if not taken:
            return {}
        role = taken[0][0].target.other
        entity = self._config.entities[taken[0][0].entity]
        source = entity.crm if role is Role.CRM else entity.erp
        fields = dict.fromkeys(change.source_field for _, changes in taken for change in changes if change.source_field)
        keys = dict.fromkeys(action.source_key for action, _ in taken if action.source_key is not None)
        now = self._connectors[role].fetch(source, list(keys), list(fields))
        said = (
            (action.id, self._difference(action, changes, now.get(action.source_key or ""), role)) for action, changes in taken
        )
        return {id_: words for id_, words in said if words}

    def _difference(self, action: Action, changes: Sequence[Change], current: Current | None, role: Role) -> str:
        if current is None:
            return refusal("gone_there", key=action.source_key, side=role.upper())
        zone = self._zones[role]
        moved = [change for change in changes if not _stands(current.values.get(change.source_field or ""), change, zone)]
        words = (_moved_message(change, current, role) for change in moved)
        return "; ".join(words)


def _shown_fields(action: Action) -> list[Change]:
    return [change for change in action.changes if change.source_field is not None]


def _stands(value: Value, change: Change, zone: ZoneInfo) -> bool:
    """Whether the source holds what was shown. A day that was read from a time stands for that time: a zone may lie between."""
    kind = Kind.DATETIME if change.kind == Kind.DATE else change.kind
    return any(is_same(value, change.source_value, each, zone) for each in dict.fromkeys((kind, _own_kind(value, kind))))


def _own_kind(value: Value, kind: str) -> str:
    """The kind that compares a system's typed value with the text that it was shown as."""
    match value:
        case bool():
            return Kind.BOOLEAN
        case int() | float() | Decimal():
            return Kind.MONEY
        case dt.date():
            return Kind.DATETIME
        case _:
            return kind


def _moved_message(change: Change, current: Current, role: Role) -> str:
    before, now = change.source_value, shown(current.values.get(change.source_field or ""))
    return refusal("moved_there", field=change.field, side=role.upper(), before=quoted(before), now=quoted(now))
