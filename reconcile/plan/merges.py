"""Merges: two records of one system that are the same business become one, and nothing that the other one held is lost.

A merge is a whole of parts: the link goes to the record that stays, its empty fields are filled, what refers to the other
record moves, and then the other one is made inactive. It removes nothing, so all of it can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconcile.config.models import Entity, kind_of
from reconcile.plan.deactivations import closing, not_configured, source_of
from reconcile.plan.identity import identified
from reconcile.plan.links import key_change, link_change, whole
from reconcile.records import Kind, Role
from reconcile.refusals import Refusal, refusal
from reconcile.results import MERGED_CHANGE, Action, ActionKind, Change, Rules

TIER = "high"
"""A merge is of high risk, whatever the amount."""


@dataclass(frozen=True)
class Twin:
    """One of the two records, as its system holds it."""

    key: str
    held: Mapping[str, str | None]
    """Canonical field to what the system says, of the fields that this side has."""
    writable: Mapping[str, str | None]
    """The same as text that can be written to another record of the system."""
    inactive: str | None = None
    """What the field holds that says whether the record is in use."""
    merged_into: str | None = None
    keeps: str | None = None
    """What the field holds that keeps the other system's key."""
    counterpart: str | None = None
    """The other side's key that it is linked with."""
    rung: str = ""
    """How that link was decided."""


@dataclass(frozen=True)
class Child:
    """A record of the same system that refers to the record that goes."""

    entity: str
    field: str
    target_field: str
    key: str
    held: str
    """The reference, as the system says it."""


@dataclass(frozen=True)
class Wanted:
    """A merge to plan: which record of which side stays, and which goes."""

    name: str
    entity: Entity
    role: Role
    label: str
    stays: Twin
    goes: Twin
    children: Sequence[Child] = ()
    counterpart_keeps: str | None = None
    """What the counterpart of the record that goes keeps as this side's key."""
    entities: Mapping[str, Entity] = field(default_factory=dict)
    """The configuration of the children's entities."""
    rules: Rules = field(default_factory=dict)
    """What this side demands of the entity's fields. What it takes only once stays where it is."""


def why_not(wanted: Wanted) -> Refusal | None:
    """Why these two can't be merged here; None if they can."""
    stays, goes, role = wanted.stays, wanted.goes, wanted.role
    if source_of(wanted.entity, role).inactive is None:
        return not_configured(wanted.name, role)
    if stays.key == goes.key:
        return refusal("same_record")
    if _is_closed(wanted, stays) and not _is_closed(wanted, goes):
        return refusal("would_stay_inactive", stays=stays.key, goes=goes.key)
    if stays.counterpart and goes.counterpart:
        return refusal("both_linked", stays=stays.key, one=stays.counterpart, goes=goes.key, other=goes.counterpart)
    for child in wanted.children:
        source = source_of(wanted.entities[child.entity], role)
        if child.target_field in source.key or "." in child.target_field or "/" in child.target_field:
            return refusal("child_fixed", child=child.entity, key=child.key, parent=goes.key, field=child.target_field)
    return None


def _is_closed(wanted: Wanted, twin: Twin) -> bool:
    inactive = source_of(wanted.entity, wanted.role).inactive
    return inactive is not None and (twin.inactive or "").strip().lower() == inactive.value.lower()


def merging(wanted: Wanted) -> tuple[Action, ...]:
    """The parts in the order in which they are written, and the merge itself last. Raises ValueError with `why_not`."""
    closed = closing(wanted.name, wanted.entity, wanted.role, wanted.goes.inactive)
    if (reason := why_not(wanted)) or closed is None:
        raise ValueError(reason)
    links = _links(wanted)
    after_link = tuple(action.id for action in links)
    lacking = _lacking(wanted)
    left_out = [change.field for change in lacking if _is_unique(wanted, change)]
    fill = [replace(action, depends_on=after_link) for action in _fill(wanted, lacking, left_out)]
    moves = [_move(wanted, child) for child in wanted.children]
    source = source_of(wanted.entity, wanted.role)
    into = Change(MERGED_CHANGE, source.merged_into or "", wanted.goes.merged_into, wanted.stays.key, MERGED_CHANGE)
    if source.merged_into is None:
        into = replace(into, before=None)
    root = _draft(wanted, ActionKind.MERGE, wanted.goes.key, closed, into)
    evidence = [("stays", wanted.stays.key), ("goes", wanted.goes.key)]
    evidence += [("left_out", "+".join(left_out))] if left_out else []
    return whole(replace(root, evidence=tuple(evidence)), [*links, *fill, *moves], before=True)


def _draft(wanted: Wanted, kind: ActionKind, key: str, *changes: Change, role: Role | None = None) -> Action:
    clause = f"{wanted.name}: merge in {wanted.role}"
    return Action("", kind, wanted.name, role or wanted.role, key, None, wanted.label, changes, clause, (), TIER)


def _links(wanted: Wanted) -> list[Action]:
    """What takes the link of the record that goes to the one that stays; nothing if it has none."""
    stays, goes, role = wanted.stays, wanted.goes, wanted.role
    other = goes.counterpart
    if other is None:
        return []
    out = []
    if goes.keeps == other and (emptied := key_change(wanted.entity, role, goes.keeps, None)):
        out.append(identified(_draft(wanted, ActionKind.UPDATE, goes.key, emptied)))
    kept = key_change(wanted.entity, role, stays.keeps, other)
    link = _draft(wanted, ActionKind.LINK, stays.key, link_change(goes.key, stays.key), *([kept] if kept else []))
    link = identified(replace(link, source_key=other, evidence=(("linked_by", goes.rung),)))
    out.append(replace(link, depends_on=tuple(action.id for action in out)))
    if wanted.counterpart_keeps == goes.key:
        back = key_change(wanted.entity, role.other, goes.key, stays.key)
        if back:
            moved = identified(_draft(wanted, ActionKind.UPDATE, other, back, role=role.other))
            out.append(replace(moved, depends_on=(link.id,)))
    return out


def _lacking(wanted: Wanted) -> list[Change]:
    """What the record that stays lacks and the other one has."""
    source, role = source_of(wanted.entity, wanted.role), wanted.role
    special = {*source.key, source.external_id, source.modified, source.merged_into}
    special |= {source.inactive.field} if source.inactive else set()
    changes = []
    for name, spec in wanted.entity.fields.items():
        target_field, kind = getattr(spec, role), kind_of(wanted.name, name, spec)
        after = wanted.goes.writable.get(name)
        if target_field is None or kind is None or target_field in special or _empty(after):
            continue
        if _empty(wanted.stays.held.get(name)):
            changes.append(Change(name, target_field, wanted.stays.held.get(name), after, str(_plain(kind))))
    return changes


def _fill(wanted: Wanted, lacking: Sequence[Change], left_out: Sequence[str]) -> list[Action]:
    changes = [change for change in lacking if change.field not in left_out]
    return [identified(_draft(wanted, ActionKind.UPDATE, wanted.stays.key, *changes))] if changes else []


def _is_unique(wanted: Wanted, change: Change) -> bool:
    """Whether the system takes the value only once: the record that goes still holds it, as nothing is removed from it."""
    rule = wanted.rules.get(change.target_field)
    return rule is not None and rule.unique


def _plain(kind: Kind) -> Kind:
    """A reference inside one system is a key like any other text."""
    return Kind.IDENTIFIER if kind is Kind.REFERENCE else kind


def _empty(text: str | None) -> bool:
    return text is None or not text.strip()


def _move(wanted: Wanted, child: Child) -> Action:
    """What makes one child refer to the record that stays."""
    change = Change(child.field, child.target_field, child.held, wanted.stays.key, str(Kind.IDENTIFIER))
    draft = replace(_draft(wanted, ActionKind.UPDATE, child.key, change), entity=child.entity)
    return identified(draft)
