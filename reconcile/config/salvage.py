"""The parts of a broken configuration that can still be cross-checked, so that one mistake does not hide the others.

What is wrong is replaced by a neutral stand-in; an entity that can't be saved that way is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from reconcile.config.access import Access, Approvals
from reconcile.config.breaks import Breaks
from reconcile.config.conservation import Conservation
from reconcile.config.document import KeyPath
from reconcile.config.model import Model
from reconcile.config.models import Entity, Mail, System

AnyModel = TypeVar("AnyModel", bound=Model)

_ANY_SOURCE = {"object": "?", "key": "?", "external_id": "?"}
_ANY_SYSTEM = {"role": "crm", "connector": "files", "path": "?"}
_ANY_MAIL = {"sender": "a@example.com", "to": ["a@example.com"]}


@dataclass(frozen=True)
class Parts:
    """What the cross-checks read: the parts that are valid on their own, and the names of all."""

    systems: Mapping[str, System]
    entities: Mapping[str, Entity]
    entity_names: frozenset[str]
    checks: Mapping[str, object]
    mail: Mail | None
    access: Access | None
    approvals: Approvals | None
    breaks: Breaks | None
    conservation: Conservation | None
    unsure: frozenset[KeyPath]
    """Groups that hold a stand-in; what is missing there is no fault of its own."""


def usable(data: Any, wrong: Iterable[KeyPath]) -> Parts:
    """The parts of `data` (a group of keys) that hold when everything at the paths in `wrong` is set aside."""
    paths = [tuple(str(part) for part in path) for path in wrong]
    systems, entities, checks = (_group(data.get(name)) for name in ("systems", "entities", "checks"))
    unsure: set[KeyPath] = set()
    saved: dict[str, Entity] = {}
    for name, raw in entities.items():
        inside = _inside(paths, "entities", name)
        entity = _model(Entity, _without(raw, inside))
        if entity is not None and () not in inside:
            saved[name] = entity
        unsure |= {("entities", name, *path[:1]) for path in inside} | {("entities", name, *path[:2]) for path in inside}
    return Parts(
        systems={
            name: system
            for name, raw in systems.items()
            if (system := _model(System, _over(_ANY_SYSTEM, raw, _inside(paths, "systems", name)))) is not None
        },
        entities=saved,
        entity_names=frozenset(entities),
        checks=checks,
        mail=_model(Mail, _over(_ANY_MAIL, data.get("mail"), _inside(paths, "mail"))),
        access=_model(Access, data.get("access")),
        approvals=_model(Approvals, data.get("approvals")),
        breaks=_model(Breaks, data.get("breaks")),
        conservation=_model(Conservation, data.get("conservation")),
        unsure=frozenset(unsure),
    )


def _inside(paths: Iterable[tuple[str, ...]], *group: str) -> list[tuple[str, ...]]:
    """The paths within the group, as seen from it."""
    return [path[len(group) :] for path in paths if path[: len(group)] == group]


def _over(stand_in: Mapping[str, object], raw: object, wrong: Sequence[tuple[str, ...]]) -> object:
    """The group without its wrong keys, laid over the stand-in; wholly the stand-in's where the group as a whole is wrong."""
    if not isinstance(raw, dict):
        return raw
    keys = {path[0] for path in wrong if path}
    right = {name: value for name, value in raw.items() if name not in keys}
    return {**stand_in, **right} if all(wrong) else {**right, **stand_in}


def _group(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _model(model: type[AnyModel], raw: object) -> AnyModel | None:
    try:
        return model.model_validate(raw)
    except ValidationError:
        return None


def _without(raw: object, wrong: Iterable[tuple[str, ...]]) -> object:
    """The entity with stand-ins. A field that is wrong in any way counts as there, but as nothing more."""
    if not isinstance(raw, dict):
        return raw
    out = dict(raw)
    fields = dict(_group(raw.get("fields")))
    for path in wrong:
        match path:
            case ("fields", name, *_) if name in fields:
                fields[name] = {}
            case ("crm" | "erp" as side, *_):
                out[side] = _ANY_SOURCE
            case (name, *_) if name in out and name != "fields":
                del out[name]
            case _:
                pass
    if isinstance(raw.get("fields"), dict):
        out["fields"] = fields
    return out
