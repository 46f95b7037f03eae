"""The single steps of a push. Each takes letters and hands back those that go on, those that it settled, those that it leaves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from reconcile.config.models import ProjectConfig, Source
from reconcile.connect.port import Connector, Current, OutcomeStatus, Value, Write
from reconcile.ledger import Ledger
from reconcile.ledger.crosswalk import PERSON, Relink
from reconcile.ledger.pushes import Settled, Ticket
from reconcile.push.patience import safe_from
from reconcile.push.sources import Sources
from reconcile.push.values import is_same, quoted, shown, to_value
from reconcile.records import Role
from reconcile.refusals import refusal
from reconcile.results import LINK_CHANGE, Action, ActionKind, ActionState, Change

Step = tuple[list["Letter"], list[Settled], dict[str, str]]
"""What goes on, what is settled, and why others are left as they are (by action id)."""
_DONE = (ActionState.VERIFIED, ActionState.SUPERSEDED)
"""Parents that nobody waits for: written, or no longer needed."""


@dataclass(frozen=True)
class Letter:
    """An approved action made ready for its system: the place, the values, and the version they were compared with."""

    ticket: Ticket
    source: Source
    after: Mapping[str, str | None]
    """Canonical field to the text that shall stand there, references resolved to the target's own keys."""
    version: str | None = None

    @property
    def action(self) -> Action:
        """What was approved."""
        return self.ticket.action

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is written to the system; the rest is for the ledger alone."""
        return tuple(change for change in self.action.changes if change.target_field)

    @property
    def link(self) -> Change | None:
        """What the action makes of the crosswalk, or None."""
        return next((change for change in self.action.changes if change.kind == LINK_CHANGE), None)

    @property
    def relink(self) -> Relink | None:
        """The same as the ledger takes it. What is taken back is linked as it was linked before."""
        link, action = self.link, self.action
        if link is None or action.source_key is None:
            return None
        rung = dict(action.evidence).get("linked_by", PERSON) if action.undoes else PERSON
        return Relink(action.entity, action.target.other, action.source_key, link.after, rung)

    @property
    def key(self) -> str | None:
        """The record to change; None in a create."""
        return None if self.action.kind is ActionKind.CREATE else self.action.target_key

    @property
    def external_id(self) -> tuple[str, str] | None:
        """By which field and value the new record is found again; what makes writing twice the same as writing once.

        The field that keeps the source's key; where there is none, the record's own key, if it is among the values.
        """
        if self.action.kind is not ActionKind.CREATE or self.action.source_key is None:
            return None
        if self.source.external_id:
            return self.source.external_id, self.action.source_key
        given = (self.after[c.field] for c in self.changes if self.source.key == (c.target_field,))
        key = next(given, None)
        return (self.source.key[0], key) if key else None

    def values(self) -> dict[str, Value]:
        """Target field to the value to write. Raises ValueError."""
        return {change.target_field: to_value(self.after[change.field], change.kind) for change in self.changes}

    def write(self) -> Write:
        """What the connector gets."""
        parent = next((self.after[change.field] for change in self.action.changes if change.reference), None)
        return Write(self.action.id, self.source, self.values(), self.key, self.version, self.external_id, parent)


class Desk:
    """Reads the ledger and the systems, and changes neither. With `pretend`, parents of the same plan count as written."""

    def __init__(self, ledger: Ledger, connectors: Mapping[Role, Connector], config: ProjectConfig, *, pretend: bool) -> None:
        self._ledger = ledger
        self._connectors = connectors
        self._config = config
        self._zones = {role: ZoneInfo(config.system(role).timezone) for role in Role}
        self._sources = Sources(connectors, config)
        self._pretended: dict[tuple[str, Role, str], str] | None = {} if pretend else None
        self.imagined: set[str] = set()
        """What a trial has found fit to be written, by id: parents of what comes after them."""

    # Before the write

    def count(self, entity: str, target: Role) -> int | None:
        """How many records an entity has in the target now, if the system says so."""
        spec = self._config.entities.get(entity)
        if spec is None:
            return None
        return self._connectors[target].count(spec.crm if target is Role.CRM else spec.erp)

    def resolved(self, batch: Sequence[Ticket]) -> Step:
        """(1) References become the target's keys, through the crosswalk; what waits for its parent is left."""
        letters: list[Letter] = []
        left: dict[str, str] = {}
        parents = self._ledger.action_states({parent for ticket in batch for parent in ticket.action.depends_on})
        keys = self._target_keys(batch)
        for ticket in batch:
            action = ticket.action
            entity = self._config.entities.get(action.entity)
            reason = self._waits_for(action, parents, keys)
            if entity is None:
                left[action.id] = refusal("entity_dropped", entity=action.entity)
            elif reason:
                left[action.id] = reason
            else:
                after = {change.field: _resolved(change, action.target, keys) for change in action.changes}
                letters.append(Letter(ticket, entity.crm if action.target is Role.CRM else entity.erp, after))
        return letters, [], left

    def _waits_for(
        self, action: Action, parents: Mapping[str, ActionState], keys: Mapping[tuple[str, Role, str], str]
    ) -> str | None:
        """Why an action can't be written yet, or None."""
        for parent in action.depends_on:
            state = parents.get(parent, ActionState.SUPERSEDED)
            if state not in _DONE and parent not in self.imagined:
                return refusal("waits_parent", id=parent, state=state)
        for change in action.changes:
            if change.reference and change.after and (change.reference, action.target, change.after) not in keys:
                title = self._config.title(action.target)
                return refusal("waits_counterpart", entity=change.reference, key=change.after, system=title)
        return None

    def _target_keys(self, batch: Sequence[Ticket]) -> dict[tuple[str, Role, str], str]:
        """(entity, target, key in the source) to the key in the target, for every reference of a batch."""
        wanted: dict[tuple[str, Role], set[str]] = {}
        for action in (ticket.action for ticket in batch):
            for change in action.changes:
                if change.reference and change.after:
                    wanted.setdefault((change.reference, action.target), set()).add(change.after)
        out: dict[tuple[str, Role, str], str] = dict(self._pretended or {})
        for (entity, target), keys in wanted.items():
            found = self._ledger.counterparts(entity, target.other, keys)
            out |= {(entity, target, key): counterpart for key, counterpart in found.items()}
        return out

    def as_approved(self, letters: Sequence[Letter]) -> Step:
        """(2) Only what was approved, to the letter, goes on; and only what its system could be sent at all."""
        fit, settled = [], []
        for letter in letters:
            problem = _problem(letter)
            if problem:
                settled.append(Settled(letter.action.id, ActionState.REFUSED, str(problem)))
            else:
                fit.append(letter)
        return fit, settled, {}

    def taken_from_what_stands(self, letters: Sequence[Letter]) -> Step:
        """(3) The other side, where the values come from. If one that was shown has moved, the approval has lapsed."""
        moved = self._sources.moved([letter.action for letter in letters])
        settled = [Settled(id_, ActionState.LAPSED, words) for id_, words in moved.items()]
        return [letter for letter in letters if letter.action.id not in moved], settled, {}

    def not_moved(self, letters: Sequence[Letter]) -> Step:
        """(4) Updates: the record as it is now. If it is no longer what was shown, the approval has lapsed."""
        updates = [letter for letter in letters if letter.key is not None]
        now = self._fetch([(letter, letter.key) for letter in updates])
        out: list[Letter] = [letter for letter in letters if letter.key is None]
        settled = []
        for letter in updates:
            current = now.get(letter.key or "")
            moved = [] if current is None else [c for c in letter.changes if self._moved(letter, c, current)]
            if current is None:
                settled.append(Settled(letter.action.id, ActionState.LAPSED, str(refusal("gone", key=letter.key))))
            elif self._holds(letter, current) and self._is_linked(letter) and letter.action.kind is not ActionKind.MERGE:
                settled.append(self._proven(letter, current, str(refusal("held_already"))))
            elif moved:
                message = "; ".join(_moved_message(change, current) for change in moved)
                settled.append(Settled(letter.action.id, ActionState.LAPSED, message, read_back=_read(letter, current)))
            else:
                out.append(replace(letter, version=current.version))
        return out, settled, {}

    def not_there_yet(self, letters: Sequence[Letter]) -> Step:
        """(5) Creates: look for the external id first; a record that is there already is taken over, not written again."""
        creates = [letter for letter in letters if letter.key is None]
        out = [letter for letter in letters if letter.key is not None]
        found = self._find(creates)
        settled: list[Settled] = []
        there: list[tuple[Letter, str | None]] = []
        left: dict[str, str] = {}
        for letter in creates:
            keys = found.get(letter.action.id, [])
            if letter.external_id is None:
                place = f"entities.{letter.action.entity}.{letter.action.target}.external_id"
                left[letter.action.id] = refusal("create_unsafe", place=place)
            elif len(keys) > 1:
                settled.append(_found_twice(letter, keys))
            elif keys:
                there.append((letter, keys[0]))
            else:
                out.append(letter)
                self._pretend(letter)
        current = self._fetch(there)
        settled += [self._taken_over(letter, key or "", current.get(key or "")) for letter, key in there]
        return out, settled, left

    def _taken_over(self, letter: Letter, key: str, current: Current | None) -> Settled:
        self._pretend(letter)
        if current is not None and self._holds(letter, current):
            return self._proven(letter, current, str(refusal("was_there", key=key)))
        differing = "" if current is None else self._difference(letter, current)
        link = _link(letter, key)
        said = refusal("was_there_differs", key=key, differing=differing) if differing else refusal("was_there", key=key)
        read = None if current is None else _read(letter, current)
        return Settled(letter.action.id, ActionState.LAPSED, str(said), key=key, read_back=read, link=link)

    def _pretend(self, letter: Letter) -> None:
        if self._pretended is not None and letter.action.source_key is not None:
            self._pretended[letter.action.entity, letter.action.target, letter.action.source_key] = letter.action.id
            self.imagined.add(letter.action.id)

    # After the write

    def read_back(self, sent: Sequence[tuple[Letter, str, str | None]], *, not_landed: ActionState) -> list[Settled]:
        """(9) What became of what was, or may have been, sent: (letter, what the journal says, key) each.

        Without an answer, a record that still holds the old values becomes `not_landed`; with one, it is unverified.
        """
        found = self._find([letter for letter, _, key in sent if key is None])
        settled, places = [], []
        for letter, status, key in sent:
            keys = [key] if key is not None else found.get(letter.action.id, [])
            if len(keys) > 1:
                settled.append(_found_twice(letter, keys))
            else:
                places.append((letter, status, keys[0] if keys else None))
        now = self._fetch([(letter, key) for letter, _, key in places if key is not None])
        return settled + [self._found(letter, s, key, now.get(key or ""), not_landed) for letter, s, key in places]

    def _found(self, letter: Letter, status: str, key: str | None, current: Current | None, not_landed: ActionState) -> Settled:
        id_, confirmed = letter.action.id, status == OutcomeStatus.OK
        if current is not None and self._holds(letter, current):
            return self._proven(letter, current, "" if confirmed else str(refusal("read_shows")))
        if current is None and (confirmed or letter.key is not None):
            missing = refusal("read_missing", key=key) if key else refusal("read_missing_new")
            return Settled(id_, ActionState.UNVERIFIED, str(missing), key=key)
        if current is None:
            return self._not_landed(letter, not_landed)
        read = _read(letter, current)
        untouched = letter.key is not None and not any(self._moved(letter, c, current) for c in letter.changes)
        if untouched and not confirmed:
            guard = current.version if current.binding else None
            return replace(self._not_landed(letter, not_landed, guard), read_back=read)
        message = str(refusal("read_differs", differing=self._difference(letter, current)))
        return Settled(id_, ActionState.UNVERIFIED, message, key=key, read_back=read, link=_link(letter, current.key))

    def _not_landed(self, letter: Letter, state: ActionState, version: str | None = None) -> Settled:
        """What no answer came for, and no read finds. Unless a version would keep it from landing late, it waits for a while."""
        id_, seconds = letter.action.id, self._config.system(letter.action.target).timeout_seconds
        again = state is ActionState.APPROVED and version is None
        until = safe_from(letter.ticket, seconds, dt.datetime.now(dt.UTC)) if again else None
        if until is None:
            return Settled(id_, state, str(refusal("not_landed")))
        unknown = OutcomeStatus.UNKNOWN.value
        message = str(refusal("under_way", until=f"{until:%Y-%m-%d %H:%M:%S} UTC"))
        return Settled(id_, ActionState.UNKNOWN, message, status=unknown)

    # Comparing and reading

    def _holds(self, letter: Letter, current: Current) -> bool:
        return all(self._same(letter, change, current, letter.after[change.field]) for change in letter.changes)

    def _is_linked(self, letter: Letter) -> bool:
        """Whether the crosswalk says already what the action makes of it."""
        wanted = letter.relink
        if wanted is None:
            return True
        return self._ledger.counterparts(wanted.entity, wanted.side, [wanted.key]).get(wanted.key) == wanted.counterpart

    def _moved(self, letter: Letter, change: Change, current: Current) -> bool:
        """Neither what was shown nor what shall be. What already is as it shall be may be our own half-done write."""
        is_before = self._same(letter, change, current, change.before)
        return not is_before and not self._same(letter, change, current, letter.after[change.field])

    def _same(self, letter: Letter, change: Change, current: Current, text: str | None) -> bool:
        return is_same(current.values.get(change.target_field), text, change.kind, self._zones[letter.action.target])

    def _difference(self, letter: Letter, current: Current) -> str:
        wrong = [c for c in letter.changes if not self._same(letter, c, current, letter.after[c.field])]
        said = (f"{c.field} is {quoted(_now(c, current))}, not {quoted(letter.after[c.field])}" for c in wrong)
        return "; ".join(said)

    def _proven(self, letter: Letter, current: Current, message: str) -> Settled:
        read = _read(letter, current)
        link = _link(letter, current.key)
        verified = Settled(letter.action.id, ActionState.VERIFIED, message, key=current.key, read_back=read, link=link)
        return replace(verified, relink=letter.relink)

    def _fetch(self, places: Sequence[tuple[Letter, str | None]]) -> dict[str, Current]:
        """The records of one batch as they are now, by key."""
        if not places:
            return {}
        letter = places[0][0]
        fields = dict.fromkeys(change.target_field for each, _ in places for change in each.changes)
        keys = [key for _, key in places if key is not None]
        return self._connectors[letter.action.target].fetch(letter.source, keys, list(fields) or list(letter.source.key))

    def _find(self, letters: Sequence[Letter]) -> dict[str, list[str]]:
        """Action id to the keys of the records that hold its external id."""
        ids = {letter.action.id: letter.external_id for letter in letters if letter.external_id}
        if not ids:
            return {}
        first = letters[0]
        field = next(iter(ids.values()))[0]
        found = self._connectors[first.action.target].find(first.source, field, [value for _, value in ids.values()])
        return {id_: found.get(value, []) for id_, (_, value) in ids.items()}


def _problem(letter: Letter) -> str | None:
    """Why an action may not be sent, or None."""
    if not letter.ticket.intact:
        return refusal("not_as_approved")
    if letter.action.kind is ActionKind.REVIEW or not letter.action.changes:
        return refusal("nothing_to_write")
    if letter.action.kind is not ActionKind.CREATE and letter.key is None:
        return refusal("names_no_record")
    try:
        letter.values()
    except ValueError as error:
        return refusal("value_unwritable", error=error)
    return None


def _resolved(change: Change, target: Role, keys: Mapping[tuple[str, Role, str], str]) -> str | None:
    return keys[change.reference, target, change.after] if change.reference and change.after else change.after


def _link(letter: Letter, key: str) -> tuple[str, str, str] | None:
    """The link of a created record to its source; None for an update."""
    action = letter.action
    if action.kind is not ActionKind.CREATE or action.source_key is None:
        return None
    return (action.entity, action.source_key, key) if action.target is Role.ERP else (action.entity, key, action.source_key)


def _found_twice(letter: Letter, keys: Sequence[str]) -> Settled:
    shown_keys = ", ".join(keys[:5])
    field, value = letter.external_id or ("", "")
    message = refusal("found_twice", count=len(keys), field=field, value=value, keys=shown_keys)
    return Settled(letter.action.id, ActionState.CONFLICT, str(message))


def _moved_message(change: Change, current: Current) -> str:
    return refusal("moved", field=change.field, before=quoted(change.before), now=quoted(_now(change, current)))


def _now(change: Change, current: Current) -> str | None:
    return shown(current.values.get(change.target_field))


def _read(letter: Letter, current: Current) -> dict[str, str | None]:
    return {change.target_field: _now(change, current) for change in letter.changes}
