"""What a push must see beyond single records: links, and wholes whose parts are written together or not at all.

Apart from the desk, which looks at one record at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from reconcile.config.models import ProjectConfig, Source, referring
from reconcile.connect.port import Connector, Search
from reconcile.ledger import Ledger
from reconcile.ledger.copies import RecordCopy
from reconcile.ledger.pushes import Settled
from reconcile.push.desk import Letter, Step
from reconcile.push.values import shown
from reconcile.records import Role
from reconcile.refusals import Refusal, refusal
from reconcile.results import MERGED_CHANGE, Action, ActionKind, ActionState

_GOES_ON = (ActionState.APPROVED, ActionState.PUSHING, ActionState.UNKNOWN, ActionState.VERIFIED)
_SHOWN = 5


class Wholes:
    """Checks of links and merges just before they are written. With `pretend`, what the plan would write counts as written."""

    def __init__(self, ledger: Ledger, connectors: Mapping[Role, Connector], config: ProjectConfig, *, pretend: bool) -> None:
        self._ledger = ledger
        self._connectors = connectors
        self._config = config
        self._pretend = pretend
        self._copied: set[str] = set()

    def together(self, letters: Sequence[Letter]) -> Step:
        """Parts go on only if the whole and all of its parts are approved, or written already."""
        roots = self._roots(letters)
        states = self._ledger.action_states({*roots, *(part for root in roots.values() for part in root.parts)})
        out: list[Letter] = []
        left: dict[str, str] = {}
        for letter in letters:
            root = roots.get(letter.action.part_of or letter.action.id)
            if letter.action.part_of is not None and root is None:
                left[letter.action.id] = refusal("whole_gone", whole=letter.action.part_of)
                continue
            members = () if root is None else (root.id, *root.parts)
            missing = next((id_ for id_ in members if states.get(id_) not in _GOES_ON), None)
            if missing is None or root is None:
                out.append(letter)
                continue
            left[letter.action.id] = _waits(root.id, missing, states.get(missing))
        return out, [], left

    def links_stand(self, letters: Sequence[Letter]) -> Step:
        """Links: what the crosswalk says of both records is what was shown, and no other link would break."""
        linked = [letter for letter in letters if letter.link is not None]
        if not linked:
            return list(letters), [], {}
        action = linked[0].action
        sources = [letter.action.source_key or "" for letter in linked]
        wanted = [letter.link.after for letter in linked if letter.link and letter.link.after]
        now = self._ledger.counterparts(action.entity, action.target.other, sources)
        holders = self._ledger.counterparts(action.entity, action.target, wanted)
        settled = [problem for letter in linked if (problem := self._link_problem(letter, now, holders))]
        bad = {result.action_id for result in settled}
        return [letter for letter in letters if letter.action.id not in bad], settled, {}

    def _link_problem(self, letter: Letter, now: Mapping[str, str], holders: Mapping[str, str]) -> Settled | None:
        action, link = letter.action, letter.link
        assert link is not None
        mine, theirs = action.source_key or "", link.after
        side, other_side = action.target.other, action.target
        held = now.get(mine)
        if held == theirs:
            return None
        elsewhere = held if held is not None and held != link.before else None
        holder = holders.get(theirs, mine) if theirs is not None else mine
        if elsewhere is not None and holder != mine:
            broken = refusal(f"linked_both_{side}", key=mine, other=elsewhere, held=theirs, holder=holder)
        elif elsewhere is not None:
            broken = refusal(f"linked_{side}", key=mine, other=elsewhere)
        elif holder != mine:
            broken = refusal(f"linked_{other_side}", key=theirs, other=holder)
        elif held != link.before:
            return Settled(action.id, ActionState.LAPSED, str(refusal(f"unlinked_{side}", key=mine, other=link.before)))
        else:
            return None
        return Settled(action.id, ActionState.CONFLICT, str(refusal("take_back", broken=broken)))

    def closable(self, letters: Sequence[Letter]) -> Step:
        """Merges: the record that stays is there and in use, and nothing is left that refers to the one that goes."""
        merges = [letter for letter in letters if _closes(letter.action)]
        if not merges:
            return list(letters), [], {}
        parts = self._ledger.actions(ids=[part for letter in merges for part in letter.action.parts])
        pretended = {(part.entity, part.target_key) for part in parts} if self._pretend else set()
        left_behind = self._left_behind(merges, pretended)
        gone = self._gone(merges)
        settled = []
        for letter in merges:
            goes = letter.key or ""
            linked = self._still_linked(letter, parts)
            absent = gone.get(_stays(letter.action))
            if absent is not None and absent.code == "stays_inactive" and _was_closed(letter.action):
                absent = None
            if problem := absent or linked or left_behind.get(goes):
                settled.append(Settled(letter.action.id, ActionState.LAPSED, str(problem)))
        bad = {result.action_id for result in settled}
        return [letter for letter in letters if letter.action.id not in bad], settled, {}

    def _gone(self, merges: Sequence[Letter]) -> dict[str, Refusal]:
        """Keys of records that were to stay and can't, with the reason."""
        letter = merges[0]
        inactive = letter.source.inactive
        keys = list(dict.fromkeys(_stays(each.action) for each in merges))
        fields = [inactive.field] if inactive else list(letter.source.key)
        now = self._connectors[letter.action.target].fetch(letter.source, keys, fields)
        out = {key: refusal("stays_gone", key=key) for key in keys if key not in now}
        for key, current in now.items():
            text = shown(current.values.get(inactive.field)) if inactive else None
            if inactive and (text or "").strip().lower() == inactive.value.lower():
                out[key] = refusal("stays_inactive", key=key)
        return out

    def _still_linked(self, letter: Letter, parts: Sequence[Action]) -> str:
        """Why the record that goes is still needed by its link; empty if it holds none, or if a part takes that away."""
        action = letter.action
        if self._pretend and any(part.kind is ActionKind.LINK for part in parts if part.part_of == action.id):
            return ""
        found = self._ledger.counterparts(action.entity, action.target, [letter.key or ""])
        return "; ".join(refusal("linked_since", key=key, other=other) for key, other in found.items())

    def _left_behind(self, merges: Sequence[Letter], pretended: set[tuple[str, str | None]]) -> dict[str, str]:
        """By key of the record that goes: what refers to it now, in words."""
        first, keys = merges[0].action, [letter.key or "" for letter in merges]
        places = [(entity, field) for entity, _, field in referring(self._config.entities, first.entity, first.target)]
        specs = self._config.entities
        sources = [specs[entity].crm if first.target is Role.CRM else specs[entity].erp for entity, _ in places]
        searches = [Search(source, field, keys) for source, (_, field) in zip(sources, places, strict=True)]
        found = self._connectors[first.target].find_each(searches)
        left: dict[tuple[str, str], dict[str, None]] = {}
        for (entity, _), by_key in zip(places, found, strict=True):
            for key, children in by_key.items():
                new = dict.fromkeys(child for child in children if (entity, child) not in pretended)
                left.setdefault((key, entity), {}).update(new)
        out: dict[str, list[str]] = {}
        for (key, entity), new in left.items():
            if new:
                some = ", ".join([*new][:_SHOWN]) + (" ..." if len(new) > _SHOWN else "")
                out.setdefault(key, []).append(refusal("left_behind", entity=entity, keys=some, key=key))
        return {key: "; ".join(said) for key, said in out.items()}

    def keep_copies(self, letters: Sequence[Letter], by: str) -> None:
        """Both whole records of every merge that is about to begin, before anything of it is written."""
        roots = [root for root in self._roots(letters).values() if _closes(root) and root.id not in self._copied]
        for root in roots:
            self._copied.add(root.id)
            outcomes = self._ledger.outcomes([root.id, *root.parts])
            if outcomes.filter(pl.col("intended_at").is_not_null()).is_empty():
                self._ledger.keep_copies(self._copies(root), by)

    def _copies(self, root: Action) -> list[RecordCopy]:
        spec, role = self._config.entities[root.entity], root.target
        source = spec.crm if role is Role.CRM else spec.erp
        mapped = [field for place in spec.fields.values() if (field := getattr(place, role))]
        fields = _readable(self._connectors[role], source, mapped)
        system = self._config.system_name(role)
        found = self._connectors[role].fetch(source, [root.target_key or "", _stays(root)], fields)
        return [
            RecordCopy(root.id, system, root.entity, key, {field: shown(value) for field, value in current.values.items()})
            for key, current in found.items()
        ]

    def _roots(self, letters: Sequence[Letter]) -> dict[str, Action]:
        """The wholes that these letters are, or are parts of, by id."""
        own = {letter.action.id: letter.action for letter in letters if letter.action.parts}
        others = {letter.action.part_of for letter in letters if letter.action.part_of} - own.keys()
        return own | {action.id: action for action in self._ledger.actions(ids=[id_ for id_ in others if id_])}


def _closes(action: Action) -> bool:
    """Whether it is a merge, and not one that is taken back."""
    return action.kind is ActionKind.MERGE and action.undoes is None


def _waits(whole: str, member: str, state: ActionState | None) -> str:
    if member == whole:
        return refusal("waits_whole", whole=whole, state=state)
    if state is None:
        return refusal("waits_part_gone", whole=whole, part=member)
    return refusal("waits_part", whole=whole, part=member, state=state)


def _was_closed(action: Action) -> bool:
    """Whether the record that goes was inactive when this was shown: then the one that stays may be so, too."""
    return all(change.before == change.after for change in action.changes if change.kind != MERGED_CHANGE)


def _stays(action: Action) -> str:
    """The key of the record that a merge leaves in use."""
    return next((change.after or "" for change in action.changes if change.kind == MERGED_CHANGE), "")


def _readable(connector: Connector, source: Source, mapped: Sequence[str]) -> list[str]:
    """Every field of an object, and what is mapped behind its relations."""
    shape = connector.describe(source)
    own = [] if shape is None else sorted(field for field in shape.fields if not {"/", "."} & set(field))
    return list(dict.fromkeys([*own, *mapped]))
