"""Writing to Tryton: several records in one call under their time stamps, and in ever smaller calls if one of them is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconcile.config.models import Source
from reconcile.connect.pages import path_of
from reconcile.connect.port import Outcome, OutcomeStatus, Value, Write
from reconcile.connect.tryton.models import MANY, Models, first_behind, relations_of
from reconcile.connect.tryton.rpc import Reply, Rpc
from reconcile.connect.tryton.values import value_written
from reconcile.connect.tryton.where import fixed_by, where_of
from reconcile.errors import RetryLater

RECORDS_IN_ONE_CALL = 50
_GONE = "there is no such record"
_MOVED = "the record was changed by somebody else since it was read"

Places = Callable[[Source, Sequence[str], Sequence[str]], dict[str, Mapping[str, Any]]]
"""Records by key, with the fields asked for."""


@dataclass(frozen=True)
class _Ready:
    """One write as Tryton takes it."""

    write: Write
    values: Mapping[str, Any]
    record: int | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)


class Writer:
    """Writes to one database.

    Args:
        rpc: the system.
        models: its metadata.
        places: finds records by key.
    """

    def __init__(self, rpc: Rpc, models: Models, places: Places) -> None:
        self._rpc = rpc
        self._models = models
        self._places = places

    def write(self, writes: Sequence[Write]) -> list[Outcome]:
        """One outcome for each write, in order. Raises nothing."""
        return [outcome for group in _groups(writes) for outcome in self._group(group)]

    def _group(self, writes: Sequence[Write]) -> list[Outcome]:
        """Writes of one source that are all creates, or all updates of different records."""
        try:
            planned = self._planned(writes)
            ready = [plan for plan in planned if isinstance(plan, _Ready)]
            sent = iter(self._together(ready))
        except RetryLater as error:  # nothing was sent yet
            return [_rejected(w, f"not sent: {error}") for w in writes]
        return [plan if isinstance(plan, Outcome) else next(sent) for plan in planned]

    # -- what is sent

    def _planned(self, writes: Sequence[Write]) -> list[_Ready | Outcome]:
        source = writes[0].source
        known = self._models.fields(source.object)
        if known is None:
            return [_rejected(w, f"there is no model {source.object}") for w in writes]
        keys = [w.key for w in writes if w.key is not None]
        paths = [name for w in writes for name in w.values if len(path_of(name)) > 1 and path_of(name)[0] in known]
        now = self._places(source, keys, [f"{relation}.id" for relation in relations_of(paths)]) if keys else {}
        return [self._plan(w, now.get(w.key or "")) for w in writes]

    def _plan(self, write: Write, now: Mapping[str, Any] | None) -> _Ready | Outcome:
        given = dict([write.external_id]) if write.external_id and write.key is None else {}
        fixed = self._fixed(write.source) if write.key is None else {}
        try:
            plain, behind = self._parted(write.source.object, {**write.values, **given})
        except ValueError as error:
            return _rejected(write, str(error))
        if write.key is None:
            return _Ready(write, {**fixed, **plain, **{relation: [["create", [values]]] for relation, values in behind.items()}})
        if now is None:
            return _rejected(write, _GONE)
        stamps, firsts = _read(write)
        if stamps is None:
            return Outcome(write.action_id, OutcomeStatus.CONFLICT, write.key, _MOVED)
        for relation, values in behind.items():
            first = first_behind(now, relation)
            place = first["id"] if first else None
            if firsts.get(relation, place) != place:
                return Outcome(write.action_id, OutcomeStatus.CONFLICT, write.key, _MOVED)
            plain[relation] = [["create", [values]] if place is None else ["write", [place], values]]
        return _Ready(write, plain, now["id"], stamps)

    def _parted(self, model: str, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
        """Values of the record, and those of the first records behind relations. Raises ValueError."""
        plain: dict[str, Any] = {}
        behind: dict[str, dict[str, Any]] = {}
        for name, said in values.items():
            place, value = self._placed(model, name, said)
            step, *rest = path_of(place)
            known = (self._models.fields(model) or {}).get(step)
            if known is None:
                raise ValueError(f"{model} has no field {step}")
            if rest and (known.kind not in MANY or known.relation is None):
                raise ValueError(f"{name} belongs to a record of its own, which can't be written through this one")
            owner = known.relation if rest and known.relation else model
            target = (self._models.fields(owner) or {}).get(rest[0] if rest else step)
            if target is None or len(rest) > 1:
                raise ValueError(f"{owner} has no field {'.'.join(rest)} that can be written")
            try:
                (behind.setdefault(step, {}) if rest else plain)[rest[0] if rest else step] = value_written(value, target.kind)
            except ValueError as error:
                raise ValueError(f"{name}: {value!r} can't be written: {error}") from error
        return plain, behind

    def _placed(self, model: str, name: str, value: Value) -> tuple[str, Value]:
        """Where a value goes: a word of a list chooses the entry. Raises ValueError."""
        behind = self._models.list_behind(model, name)
        if behind is None:
            return name, value
        place, entries = behind
        try:
            return place, None if value is None else self._models.chosen(entries, str(value))
        except ValueError as error:
            raise ValueError(f"{name}: {value!r} can't be written: there is {error}") from error

    def _fixed(self, source: Source) -> dict[str, Any]:
        """What a new record is given so that it is one of those that the source reads."""
        known = self._models.fields(source.object) or {}
        fixed = fixed_by(where_of(self._rpc, source.where).domain)
        return {name: value for name, value in fixed.items() if name in known and known[name].rule.creatable}

    # -- sending

    def _together(self, ready: Sequence[_Ready]) -> list[Outcome]:
        """One call. If it is refused Tryton has done none of it, so each half is sent again on its own."""
        if not ready:
            return []
        reply = self._sent(ready)
        if reply.status in (OutcomeStatus.REJECTED, OutcomeStatus.CONFLICT) and not reply.locked and len(ready) > 1:
            half = len(ready) // 2
            return self._together(ready[:half]) + self._together(ready[half:])
        if reply.status is not OutcomeStatus.OK:
            return [Outcome(each.write.action_id, reply.status, each.write.key, reply.words, reply.locked) for each in ready]
        if ready[0].write.key is not None:
            return [Outcome(each.write.action_id, OutcomeStatus.OK, each.write.key) for each in ready]
        return self._created(ready, reply.result)

    def _sent(self, ready: Sequence[_Ready]) -> Reply:
        model = ready[0].write.source.object
        if ready[0].write.key is None:
            return self._rpc.send(f"model.{model}.create", [each.values for each in ready])
        pairs = [part for each in ready for part in ([each.record], each.values)]
        stamps = {place: stamp for each in ready for place, stamp in each.stamps.items()}
        return self._rpc.send(f"model.{model}.write", *pairs, stamps=stamps)

    def _created(self, ready: Sequence[_Ready], ids: Any) -> list[Outcome]:
        if not isinstance(ids, list) or len(ids) != len(ready):
            words = "sent, but the answer does not name the new records"
            return [Outcome(each.write.action_id, OutcomeStatus.UNKNOWN, None, words) for each in ready]
        source = ready[0].write.source
        keys = {str(id_): str(id_) for id_ in ids}
        if source.key != ("id",):
            try:
                by_id = self._places(source.model_copy(update={"key": ("id",)}), list(keys), source.key)
            except RetryLater as error:
                words = f"created, but its key can't be read: {error}"
                return [Outcome(each.write.action_id, OutcomeStatus.UNKNOWN, None, words) for each in ready]
            keys = {
                id_: "/".join(str(self._models.value(source.object, record, k)) for k in source.key)
                for id_, record in by_id.items()
            }
        return [Outcome(each.write.action_id, OutcomeStatus.OK, keys.get(str(id_))) for each, id_ in zip(ready, ids, strict=True)]


def _groups(writes: Sequence[Write]) -> list[list[Write]]:
    """Neighbours that fit into one call: one source, all creates or all updates, no record twice."""
    groups: list[list[Write]] = []
    for write in writes:
        last = groups[-1] if groups else None
        if (
            last is not None
            and last[0].source == write.source
            and (last[0].key is None) == (write.key is None)
            and (write.key is None or write.key not in {w.key for w in last})
            and len(last) < RECORDS_IN_ONE_CALL
        ):
            last.append(write)
        else:
            groups.append([write])
    return groups


def _read(write: Write) -> tuple[dict[str, str] | None, dict[str, int | None]]:
    """Time stamps by place and first records by relation, of a version; no time stamps at all if it is not one of ours."""
    if write.version is None:
        return {}, {}
    try:
        read = json.loads(write.version)
        return dict(read["stamps"]), dict(read["first"])
    except (ValueError, KeyError, TypeError):
        return None, {}


def _rejected(write: Write, words: str) -> Outcome:
    return Outcome(write.action_id, OutcomeStatus.REJECTED, write.key, words)
