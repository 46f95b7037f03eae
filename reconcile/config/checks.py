"""What a configuration must hold beyond the shape of its keys: names that exist, sides that fit, writes that are unambiguous.

Each check reads `Parts`, the valid parts of a file, and yields faults in words; none reads a system.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from reconcile.config import people
from reconcile.config.breaks import Breaks, OwnerRule
from reconcile.config.conservation import unknown_places
from reconcile.config.document import Fault, KeyPath
from reconcile.config.equality import misplaced
from reconcile.config.models import (
    Entity,
    FieldMap,
    Mail,
    Match,
    Source,
    System,
    blocked_fields,
    field_at,
    kind_of,
    kinds_of,
    reference_of,
)
from reconcile.config.salvage import Parts
from reconcile.config.wording import did_you_mean, listed, quoted
from reconcile.records import SHAPES, Kind, Role
from reconcile.values.conditions import BadCondition, condition

_NAME = re.compile(r"[^\W\d_]\w{0,59}")


def faults(parts: Parts) -> Iterator[Fault]:
    """Everything that the models alone can't see."""
    for name, system in parts.systems.items():
        yield from _system(("systems", name), system)
    for name, entity in parts.entities.items():
        yield from _entity(name, entity, parts)
    for name in parts.checks:
        if name not in parts.entity_names:
            hint = did_you_mean(name, parts.entity_names)
            yield Fault(("checks", name), f"{quoted(name)} is not configured under `entities`{hint}")
    if parts.mail is not None:
        yield from _mail(parts.mail)
    if parts.breaks is not None:
        yield from _owners(parts.breaks, parts)
    if parts.conservation is not None:
        fields = {
            name: frozenset(parts.entities[name].fields) if name in parts.entities else frozenset() for name in parts.entity_names
        }
        for place, name, known in unknown_places(parts.conservation, fields):
            what = "configured under `entities`" if place[0] == "void" else "a field of any entity"
            yield Fault(("conservation", *place), f"{quoted(name)} is not {what}{did_you_mean(name, known)}")
    yield from people.faults(parts.access, parts.approvals, parts.entities, parts.entity_names)


def _owners(breaks: Breaks, parts: Parts) -> Iterator[Fault]:
    for at, rule in enumerate(breaks.owners):
        path: KeyPath = ("breaks", "owners", at)
        for name in rule.entities or ():
            if name not in parts.entity_names:
                hint = did_you_mean(name, parts.entity_names)
                yield Fault((*path, "entities"), f"{quoted(name)} is not configured under `entities`{hint}")
        meant = {name: entity for name, entity in parts.entities.items() if not rule.entities or name in rule.entities}
        yield from _owned_fields(path, rule, meant, parts)
    for severity, days in breaks.due_days.items():
        if days < 0:
            yield Fault(("breaks", "due_days", severity), f"must not be below 0; found `{days:g}`.")


def _owned_fields(path: KeyPath, rule: OwnerRule, meant: Mapping[str, Entity], parts: Parts) -> Iterator[Fault]:
    """Fields that none of the meant entities has, and conditions that fit none of them."""
    known = {field for entity in meant.values() for field in entity.fields}
    for field in rule.fields or ():
        if field not in known and parts.entities.keys() == parts.entity_names:
            yield Fault((*path, "fields"), f"{quoted(field)} is no field of {listed(sorted(meant))}{did_you_mean(field, known)}")
    if rule.when is not None and meant and parts.entities.keys() == parts.entity_names:
        wrong = [_no_condition(rule.when, kinds_of(name, entity)) for name, entity in meant.items()]
        if all(wrong):
            yield Fault((*path, "when"), wrong[0])


def _no_condition(text: str, kinds: Mapping[str, Kind]) -> str:
    """Why a condition can't be used on records with these fields; empty if it can."""
    try:
        condition(text, kinds)
    except BadCondition as error:
        return str(error)
    return ""


def _name(path: KeyPath) -> Iterator[Fault]:
    if not _NAME.fullmatch(str(path[-1])):
        yield Fault(path, "a name begins with a letter and has letters, digits and _ only, at most 60 of them.")


def _system(path: KeyPath, system: System) -> Iterator[Fault]:
    yield from _name(path)
    if system.timezone not in available_timezones():
        hint = did_you_mean(system.timezone, available_timezones())
        example = " Write it as Europe/Berlin or UTC." if hint == "." else ""
        yield Fault((*path, "timezone"), f"there is no time zone {quoted(system.timezone)}{hint}{example}")
    if system.connector != "files":
        yield from _address((*path, "url"), system.url)
        yield from _address((*path, "auth", "token_url"), system.auth.token_url)


def _address(path: KeyPath, url: str | None) -> Iterator[Fault]:
    """The address itself is not quoted: it may hold a password."""
    if url is None:
        return
    try:
        parts = urlsplit(url)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        complete, parts = False, urlsplit("")
    if not complete or any(c.isspace() for c in url):
        yield Fault(path, "must be an address such as https://example.com.")
    elif parts.username or parts.password:
        yield Fault(path, "must not hold a user or a password. Put them under `auth`, the password as ${NAME}.")


def _mail(mail: Mail) -> Iterator[Fault]:
    places: list[tuple[KeyPath, str]] = [(("mail", "sender"), mail.sender)]
    places += [(("mail", "to", at), address) for at, address in enumerate(mail.to)]
    for path, address in places:
        local, _, domain = parseaddr(address)[1].partition("@")
        if not local or not domain or not address.isprintable() or any(c.isspace() for c in local + domain):
            yield Fault(path, "must be a mail address such as anna@example.com or Anna Chen <anna@example.com>.")


def _entity(name: str, entity: Entity, parts: Parts) -> Iterator[Fault]:
    path: KeyPath = ("entities", name)
    yield from _name(path)
    for role in (role for role in Role if entity.kept_by(role)):
        yield from _source((*path, role.value), getattr(entity, role))
        yield from _inactive((*path, role.value), name, role, entity)
        if any(system.role is role and system.connector == "tryton" for system in parts.systems.values()):
            yield from _domain((*path, role.value, "where"), getattr(entity, role).where)
    yield from _types(path, name, entity, parts)
    for field, spec in entity.fields.items():
        yield from _field((*path, "fields", field), name, field, entity, parts)
        if spec.values:
            yield from _values((*path, "fields", field, "values"), spec, entity)
    if entity.only is not None:
        yield from _one_sided(path, entity, parts)
        return
    yield from _match((*path, "match"), entity, parts)
    yield from _creates((*path, "create_in"), entity)


def _one_sided(path: KeyPath, entity: Entity, parts: Parts) -> Iterator[Fault]:
    """What nobody would ever read."""
    other = entity.only.other if entity.only else Role.CRM
    for name, spec in entity.fields.items():
        if getattr(spec, other) is not None and (*path, "fields", name) not in parts.unsure:
            yield Fault(
                (*path, "fields", name, other.value),
                f"is never read: `only: {other.other.value}` leaves the {other.upper()} out.",
            )
    if entity.create_in:
        yield Fault((*path, "create_in"), "nothing is created where `only` says that one side keeps it.")


def _source(path: KeyPath, source: Source) -> Iterator[Fault]:
    if source.delimiter is not None and len(source.delimiter) != 1:
        yield Fault((*path, "delimiter"), r'must be one character. A tab is written as "\t", in double quotes.')
    if source.encoding is not None:
        try:
            codecs.lookup(source.encoding)
        except (LookupError, ValueError):
            message = f"there is no encoding {quoted(source.encoding)}. Such as utf-8, gb18030 or windows-1252."
            yield Fault((*path, "encoding"), message)


def _inactive(path: KeyPath, name: str, role: Role, entity: Entity) -> Iterator[Fault]:
    """A field that says whether a record is in use must be free to change, and hold what is written to it."""
    source: Source = getattr(entity, role)
    if source.merged_into is not None and source.inactive is None:
        yield Fault((*path, "merged_into"), "needs `inactive` beside it: a merged record is made inactive.")
    taken = {*source.key, source.external_id}
    for place, field in (("inactive", source.inactive and source.inactive.field), ("merged_into", source.merged_into)):
        if field is not None and field in taken:
            at = (*path, place, "field") if place == "inactive" else (*path, place)
            yield Fault(at, f"`{field}` keeps a key, so it can't be written for this. Name another field.")
    mapped = field_at(entity, role, source.inactive.field) if source.inactive else None
    kind = kind_of(name, mapped, entity.fields[mapped]) if mapped else None
    if source.inactive and kind is Kind.BOOLEAN and source.inactive.value.lower() not in ("true", "false"):
        at = (*path, "inactive", "value")
        yield Fault(at, f"`{source.inactive.field}` holds true or false; found `{source.inactive.value}`.")


def _domain(path: KeyPath, where: str | None) -> Iterator[Fault]:
    try:
        domain = json.loads(where or "[]")
    except ValueError:
        domain = None
    said = domain.keys() if isinstance(domain, dict) else set[str]()
    if not isinstance(domain, list) and not (said and said <= {"domain", "context"}):
        yield Fault(path, """must be a Tryton domain, a JSON list such as '[["active", "=", true]]'.""")


def _types(path: KeyPath, name: str, entity: Entity, parts: Parts) -> Iterator[Fault]:
    """A field whose kind nobody knows; said once for an entity that nobody knows, which may be misspelt."""
    untyped = [
        f for f, spec in entity.fields.items() if kind_of(name, f, spec) is None and (*path, "fields", f) not in parts.unsure
    ]
    shape = SHAPES.get(name)
    if untyped and shape is None:
        yield Fault(
            path,
            f"the product knows no entity {quoted(name)}{did_you_mean(name, SHAPES)} "
            f"For an entity of your own, give `type` to: {listed(untyped)}.",
        )
        return
    for field in untyped:
        yield Fault(
            (*path, "fields", field),
            f"`type` is missing: the product knows no field {quoted(field)} of {name}"
            f"{did_you_mean(field, shape.fields if shape else ())} "
            f"For a field of your own, say what it holds, such as `type: text`.",
        )


def _field(path: KeyPath, entity_name: str, name: str, entity: Entity, parts: Parts) -> Iterator[Fault]:
    spec = entity.fields[name]
    yield from _name(path)
    if spec.crm is None and spec.erp is None:
        yield Fault(path, "is mapped on neither side. Say where it stands: `crm:`, `erp:`, or both.")
    kind = kind_of(entity_name, name, spec)
    for key, kinds in misplaced(kind, spec) if kind is not None else ():
        meant = " and ".join(each.value for each in kinds)
        yield Fault((*path, key), f"counts for {meant} only; this field holds {kind.value if kind else ''}.")
    for key, names in (("parts", spec.parts or ()), ("unit_field", (spec.unit_field,) if spec.unit_field else ())):
        for other in names:
            if other not in entity.fields:
                yield Fault((*path, key), f"{quoted(other)} is no field of this entity{did_you_mean(other, entity.fields)}")
    yield from _reference(path, reference_of(entity_name, name, spec), kind, spec, parts.entity_names)
    yield from _policies((*path, "policies"), entity_name, spec, entity)


def _policies(path: KeyPath, entity_name: str, spec: FieldMap, entity: Entity) -> Iterator[Fault]:
    for at, policy in enumerate(spec.policies):
        if wrong := _no_condition(policy.when, kinds_of(entity_name, entity)):
            yield Fault((*path, at, "when"), wrong)


def _reference(path: KeyPath, to: str | None, kind: Kind | None, spec: FieldMap, known: frozenset[str]) -> Iterator[Fault]:
    if kind is not Kind.REFERENCE:
        if spec.to is not None and kind is not None:
            yield Fault((*path, "to"), f"is for `type: reference` only; this field holds {kind.value}.")
    elif to is None:
        yield Fault(path, f"a reference needs `to`, the entity that it refers to. Configured are {listed(sorted(known))}.")
    elif to not in known:
        place = (*path, "to") if spec.to is not None else path
        yield Fault(
            place,
            f"refers to {quoted(to)}, which is not configured{did_you_mean(to, known)} "
            f"Add it under `entities`, take this field out, or give it `type: identifier`.",
        )


def _values(path: KeyPath, spec: FieldMap, entity: Entity) -> Iterator[Fault]:
    """Two CRM words for one ERP code are fine to read; the CRM can't be written from that code."""
    owners = [owner for owner in (spec.owner, *(policy.owner for policy in spec.policies)) if owner not in ("crm", "review")]
    if not owners and Role.CRM not in entity.create_in:
        return
    why = f"owner: {owners[0]}" if owners else "create_in: crm"
    words = spec.values or {}
    for code, times in Counter(words.values()).items():
        if times > 1:
            same = [word for word, value in words.items() if value == code]
            yield Fault(
                (*path, same[1]),
                f"{listed(same)} stand for the same ERP code {quoted(code)}, and the CRM is written here ({why}), so it is open "
                f"which word to write. Keep one word a code, or let the CRM own the field and leave crm out of `create_in`.",
            )


def _match(path: KeyPath, entity: Entity, parts: Parts) -> Iterator[Fault]:
    match = entity.match
    if match.many is not None:
        yield Fault(
            (*path, "many"),
            "is for `reconcile match`. A project links one record to one, so that it is clear where a correction goes; what else "
            "is the same business is reported as a duplicate.",
        )
    if match.link_at is not None and match.review_at > match.link_at:
        yield Fault(
            (*path, "review_at"),
            f"must not be above `link_at`; found {match.review_at:g} and {match.link_at:g}. "
            f"From review_at a person is asked, from link_at the pair is linked.",
        )
    for place, name in _matched_names(path, match):
        spec = entity.fields.get(name)
        if spec is None:
            hint = did_you_mean(name, entity.fields)
            yield Fault(
                place, f"{quoted(name)} is no field of this entity{hint} Matching names canonical fields, from `fields:`."
            )
        elif (spec.crm is None) != (spec.erp is None):
            lacking = Role.CRM if spec.crm is None else Role.ERP
            yield Fault(
                place, f"`{name}` can't match records: it is mapped on one side only. Give it `{lacking.value}:` as well."
            )
    if not match.keys and not match.fields and path not in parts.unsure:
        place = path if "match" in entity.model_fields_set else path[:-1]
        yield Fault(
            place, "nothing says how records are linked. Give `match:` with `keys` (shared keys) or `fields` (similarity)."
        )


def _matched_names(path: KeyPath, match: Match) -> Iterator[tuple[KeyPath, str]]:
    groups: Iterable[tuple[str, Iterable[tuple[str, ...]]]] = (
        ("keys", match.keys),
        ("fields", [(name,) for name in match.fields]),
    )
    yield from (((*path, "block", at), name) for at, name in blocked_fields(match.block))
    for group, items in groups:
        for at, names in enumerate(items):
            yield from (((*path, group, at), name) for name in names)


def _creates(path: KeyPath, entity: Entity) -> Iterator[Fault]:
    """A record that is created must be found again: by an external id, or by a key of one field that we give ourselves."""
    for at, role in enumerate(entity.create_in):
        source: Source = getattr(entity, role)
        given = {getattr(spec, role) for spec in entity.fields.values() if getattr(spec, role.other) is not None}
        if source.external_id is None and not (len(source.key) == 1 and source.key[0] in given):
            yield Fault(
                (*path, at),
                f"records can't be safely created in the {role.upper()}: `{role.value}:` has no `external_id`, and no field "
                f"gives its key {listed(source.key)}. Without either, a write that is repeated would make a second record.",
            )
