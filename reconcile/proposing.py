"""What a person asks for: a link, a deactivation, a merge, or the way back. Reads the records as they are now; writes nothing.

Beside the pipeline, which proposes from snapshots: what is asked for here is looked up in the systems at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from reconcile.config.models import Entity, ProjectConfig, Source, kind_of, referring
from reconcile.connect.port import Connector, Current, Search
from reconcile.errors import NoSuchRecord, NotProposable, UnknownEntity
from reconcile.ledger import Ledger
from reconcile.plan import Closing, Reversal, reversals
from reconcile.plan.changes import Planning
from reconcile.plan.deactivations import closing, deactivation, not_configured
from reconcile.plan.fit import fitted
from reconcile.plan.links import key_field, link_change, linking, unlinking
from reconcile.plan.merges import Child, Twin, Wanted, merging, why_not
from reconcile.push.values import shown, to_value
from reconcile.records import KEY, RAW, SHAPES, Role
from reconcile.refusals import refusal
from reconcile.results import BREAKS, Action, ActionKind, ActionState, Change, Rules
from reconcile.snapshot import rules_of


@dataclass(frozen=True)
class Asked:
    """A project as somebody asks something of it."""

    config: ProjectConfig
    ledger: Ledger
    connectors: Mapping[Role, Connector]

    def entity(self, name: str) -> Entity:
        """The configuration of an entity. Raises UnknownEntity."""
        if name not in self.config.entities:
            raise UnknownEntity(name, tuple(self.config.entities))
        return self.config.entities[name]

    def source(self, name: str, role: Role) -> Source:
        """Where one side keeps an entity."""
        entity = self.entity(name)
        return entity.crm if role is Role.CRM else entity.erp

    def record(self, name: str, role: Role, key: str) -> Current:
        """One record with every field that the configuration names. Raises NoSuchRecord."""
        source = self.source(name, role)
        special = [source.external_id, source.merged_into, source.inactive.field if source.inactive else None]
        mapped = [getattr(spec, role) for spec in self.entity(name).fields.values()]
        shape = self.connectors[role].describe(source)
        known = shape.fields if shape else frozenset()
        fields = [field for field in dict.fromkeys([*mapped, *special]) if field and field in known]
        found = self.connectors[role].fetch(source, [key], fields).get(key)
        if found is None:
            raise NoSuchRecord(name, self.config.title(role), key)
        return found


def link(asked: Asked, name: str, crm_key: str, erp_key: str) -> tuple[Action, ...]:
    """The link of two records. Raises UnknownEntity, NoSuchRecord, NotProposable if one of them is linked already."""
    pair = {Role.CRM: crm_key, Role.ERP: erp_key}
    records = {role: asked.record(name, role, key) for role, key in pair.items()}
    for role, key in pair.items():
        other = asked.ledger.counterparts(name, role, [key]).get(key)
        if other == pair[role.other]:
            raise NotProposable(refusal("linked_already", crm_key=crm_key, erp_key=erp_key))
        if other is not None:
            titles = {"system": asked.config.title(role), "other_system": asked.config.title(role.other)}
            raise NotProposable(refusal("linked_elsewhere", **titles, key=key, other=other))
    return linking(name, asked.entity(name), pair, _label(asked, name, records), _keys(asked, name, records))


def unlink(asked: Asked, name: str, crm_key: str, erp_key: str) -> tuple[Action, ...]:
    """What takes a link back. Raises UnknownEntity, NoSuchRecord, NotProposable if the two are not linked."""
    known = asked.ledger.crosswalk(name).filter((pl.col("crm_key") == crm_key) & (pl.col("erp_key") == erp_key))
    asked.entity(name)
    if known.is_empty():
        raise NotProposable(refusal("not_linked", crm_key=crm_key, erp_key=erp_key))
    pair = {Role.CRM: crm_key, Role.ERP: erp_key}
    records = {role: asked.record(name, role, key) for role, key in pair.items()}
    held = _keys(asked, name, records)
    return unlinking(name, asked.entity(name), pair, _label(asked, name, records), held, known["rung"][0])


def deactivate(asked: Asked, name: str, role: Role, key: str) -> tuple[Action, ...]:
    """What makes a record inactive. Raises UnknownEntity, NoSuchRecord, NotProposable."""
    record, source = asked.record(name, role, key), asked.source(name, role)
    if source.inactive is None:
        raise NotProposable(not_configured(name, role))
    change = _closing(asked, name, role, record)
    if change is None:
        raise NotProposable(refusal("inactive_already", key=key))
    return (deactivation(name, role, key, _label(asked, name, {role: record}), change),)


def _closing(asked: Asked, name: str, role: Role, record: Current) -> Change | None:
    """What makes it inactive; None where that is not configured, or it is so already."""
    inactive = asked.source(name, role).inactive
    held = shown(record.values.get(inactive.field)) if inactive else None
    if inactive is None or (held or "").strip().lower() == inactive.value.lower():
        return None
    return closing(name, asked.entity(name), role, held)


def merge(asked: Asked, name: str, role: Role, stays: str, goes: str) -> tuple[Action, ...]:
    """What makes one record of two of the same side. Raises UnknownEntity, NoSuchRecord, NotProposable."""
    entity, other = asked.entity(name), role.other
    twins = {key: asked.record(name, role, key) for key in (stays, goes)}
    known = asked.ledger.crosswalk(name).filter(pl.col(f"{role}_key").is_in([stays, goes]))
    linked = {row[0]: (row[1], row[2]) for row in known.select(f"{role}_key", f"{other}_key", "rung").iter_rows()}
    ours = {key: _twin(asked, name, role, record, *linked.get(key, (None, ""))) for key, record in twins.items()}
    counterpart, field = ours[goes].counterpart, key_field(entity, other)
    keeps = shown(asked.record(name, other, counterpart).values.get(field)) if counterpart and field else None
    label = _label(asked, name, {role: twins[stays]})
    children = _children(asked, name, role, goes)
    rules = rules_of(asked.connectors[role], asked.source(name, role))
    wanted = Wanted(name, entity, role, label, ours[stays], ours[goes], children, keeps, asked.config.entities, rules)
    if reason := why_not(wanted):
        raise NotProposable(reason)
    return merging(wanted)


def _twin(asked: Asked, name: str, role: Role, record: Current, counterpart: str | None, rung: str) -> Twin:
    source = asked.source(name, role)
    held = {f: shown(record.values.get(at)) for f, spec in asked.entity(name).fields.items() if (at := getattr(spec, role))}
    kinds = {f: kind_of(name, f, spec) for f, spec in asked.entity(name).fields.items()}
    return Twin(
        record.key,
        held,
        {field: text for field, text in held.items() if _is_writable(text, str(kinds[field]))},
        shown(record.values.get(source.inactive.field)) if source.inactive else None,
        shown(record.values.get(source.merged_into)) if source.merged_into else None,
        shown(record.values.get(source.external_id)) if source.external_id else None,
        counterpart,
        rung,
    )


def _is_writable(text: str | None, kind: str) -> bool:
    try:
        to_value(text, kind)
    except ValueError:
        return False
    return True


def _children(asked: Asked, name: str, role: Role, key: str) -> list[Child]:
    """What refers to a record in its own system now."""
    out: list[Child] = []
    places = list(referring(asked.config.entities, name, role))
    connector = asked.connectors[role]
    searches = [Search(asked.source(child, role), source_field, [key]) for child, _, source_field in places]
    for (child, field, source_field), search, by_key in zip(places, searches, connector.find_each(searches), strict=True):
        keys = by_key.get(key, [])
        found = connector.fetch(search.source, keys, [source_field]) if keys else {}
        out += [Child(child, field, source_field, k, shown(c.values[source_field]) or key) for k, c in found.items()]
    return out


def _keys(asked: Asked, name: str, records: Mapping[Role, Current]) -> dict[Role, str | None]:
    """What each side's record keeps as the other's key, where a side has a field for that."""
    fields = {role: key_field(asked.entity(name), role) for role in records}
    return {r: shown(records[r].values[field]) for r, field in fields.items() if field and field in records[r].values}


def _label(asked: Asked, name: str, records: Mapping[Role, Current]) -> str:
    """What people call the record: the CRM's words first."""
    shape = SHAPES.get(name)
    for role, record in records.items():
        places = [spec for part in (shape.label.split() if shape else ["name"]) if (spec := asked.entity(name).fields.get(part))]
        words = [shown(record.values.get(getattr(spec, role) or "")) for spec in places]
        if text := " ".join(word for word in words if word):
            return text[:200]
    return next(iter(records.values())).key


def foretold(asked: Asked, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The same actions, with what their targets would refuse by their metadata, and by who holds a unique value now."""
    names = [name for name in dict.fromkeys(action.entity for action in actions) if name in asked.config.entities]
    if not names:
        return actions
    rules = {name: {role: rules_of(asked.connectors[role], asked.source(name, role)) for role in Role} for name in names}
    held = {role: {name: _holders(asked, name, role, rules[name][role], actions) for name in names} for role in Role}
    first, entities = names[0], asked.config.entities
    frames = (held[Role.CRM][first], held[Role.ERP][first], BREAKS.to_frame())
    of = Planning(first, entities[first], *frames, {}, {}, rules[first], records=held, entities=entities, all_rules=rules)
    return fitted(of, actions)


def _holders(asked: Asked, name: str, role: Role, rules: Rules, actions: Sequence[Action]) -> pl.DataFrame:
    """Records that hold what would be written to a unique field: KEY, and the raw column of each such field."""
    source, connector = asked.source(name, role), asked.connectors[role]
    mapped = {at: field for field, spec in asked.entity(name).fields.items() if (at := getattr(spec, role))}
    mine = (action for action in actions if (action.entity, action.target) == (name, role))
    wanted: dict[str, dict[str, None]] = {}
    for change in (change for action in mine for change in action.changes):
        at, text = change.target_field, change.after
        if text and at in mapped and at in rules and rules[at].unique:
            wanted.setdefault(at, {})[text] = None
    frames = [pl.DataFrame(schema={KEY: pl.String})]
    for at, texts in wanted.items():
        found = [(key, text) for text, keys in connector.find(source, at, list(texts)).items() for key in keys]
        frames.append(pl.DataFrame(found, schema={KEY: pl.String, RAW + mapped[at]: pl.String}, orient="row"))
    return pl.concat(frames, how="diagonal")


# The way back


def undo(asked: Asked, ids: Sequence[str]) -> tuple[Reversal, ...]:
    """What takes these actions back, the last write first; a whole with all of its parts. The ids must be in the ledger.

    What a target would refuse by its metadata is proposed all the same, with the problem, which is the reversal's note as well.
    """
    ledger = asked.ledger
    named = {action.id: action for action in ledger.actions(ids=ids)}
    roots = {action.part_of for action in named.values() if action.part_of} - named.keys()
    states = ledger.action_states([id_ for id_ in roots if id_])
    closed = {a.id for a in named.values() if a.part_of and states.get(a.part_of) is ActionState.VERIFIED}
    alone = [Reversal(named[id_], None, refusal("undo_part", whole=named[id_].part_of)) for id_ in sorted(closed)]
    free = {id_: action for id_, action in named.items() if id_ not in closed}
    parts = [part for action in free.values() for part in action.parts if part not in free]
    free |= {action.id: action for action in ledger.actions(ids=parts)}
    originals = {a.id: a for a in ledger.actions(ids=[a.undoes for a in free.values() if a.undoes])}
    outcomes = ledger.outcomes(list(free))
    found = reversals(list(free.values()), outcomes, originals, to_value, _closings(asked, free.values(), outcomes))
    return (*_foretold_undos(asked, found), *alone)


def _foretold_undos(asked: Asked, found: Sequence[Reversal]) -> list[Reversal]:
    judged = {action.id: action for action in foretold(asked, tuple(one.proposal for one in found if one.proposal))}
    out = []
    for one in found:
        proposal = judged[one.proposal.id] if one.proposal else None
        said = (one.note, proposal.problem if proposal else "")
        out.append(replace(one, proposal=proposal, note=" ".join(filter(None, said))))
    return out


def _closings(asked: Asked, actions: Iterable[Action], outcomes: pl.DataFrame) -> dict[str, Closing]:
    """How the records that these actions created are made inactive, by action."""
    keys = dict(outcomes.filter(pl.col("verified") & pl.col("key").is_not_null()).select("action_id", "key").iter_rows())
    out = {}
    for action in actions:
        wanted = action.kind is ActionKind.CREATE and action.state is ActionState.VERIFIED and action.id in keys
        if wanted and action.entity in asked.config.entities and asked.source(action.entity, action.target).inactive:
            out[action.id] = _closing_of(asked, action, keys[action.id])
    return out


def _closing_of(asked: Asked, action: Action, key: str) -> Closing:
    try:
        record = asked.record(action.entity, action.target, key)
    except NoSuchRecord:
        return Closing(key, reason=refusal("undo_gone", key=key))
    change = _closing(asked, action.entity, action.target, record)
    if change is None:
        return Closing(key, reason=refusal("undo_inactive", key=key))
    source_key = action.source_key or ""
    linked = asked.ledger.counterparts(action.entity, action.target.other, [source_key]).get(source_key)
    return Closing(key, (change, link_change(key, None)) if linked == key else (change,))
