"""One proposed fix for a cause: lines for the configuration where a rule mends it, else all of its corrections at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import Candidate
from reconcile.config.models import Entity
from reconcile.records import Role

_HOUR = 3600
_WIDEST = 14
"""Hours that a clock is ahead or behind at most."""
_MOSTLY = 0.5


@dataclass(frozen=True)
class Setting:
    """What the configuration says of an entity and of its two systems."""

    entity: Entity
    systems: Mapping[Role, str]
    """Role to the system's key under `systems`."""


def fix_of(one: Candidate, name: str, purity: float, cause: str, setting: Setting | None) -> tuple[str, str]:
    """`rule` and YAML that belongs into the configuration, or `bulk` and a command.

    Args:
        one: the cause.
        name: the entity.
        purity: share of the records of its condition that differ so; a rule for all is proposed where most do.
        cause: its id.
        setting: the configuration, if it is known; without it, only rules about fields are proposed.
    """
    maker = _RULES.get(one.mechanism)
    lines = maker(one, name, setting) if maker and (purity >= _MOSTLY or one.mechanism is Mechanism.CODE_MAP) else None
    if lines is None:
        return "bulk", f"reconcile approve --cause {cause}"
    return "rule", yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=100).rstrip()


def _fields(name: str, fields: Mapping[str, object]) -> dict[str, Any]:
    return {"entities": {name: {"fields": dict(fields)}}}


def _code_map(one: Candidate, name: str, _: Setting | None) -> dict[str, Any] | None:
    pairs: Any = one.parameters["pairs"]
    return _fields(name, {one.fields[0]: {"values": dict(reversed(pairs))}})


def _rounding(one: Candidate, name: str, _: Setting | None) -> dict[str, Any] | None:
    if one.where:
        return None
    step = 10.0 ** -int(str(one.parameters["decimals"]))
    tolerance = step / 2 if one.parameters["way"] == "nearest" else step
    return _fields(name, {field: {"tolerance": round(tolerance, 6)} for field in one.fields})


def _zone(one: Candidate, _: str, setting: Setting | None) -> dict[str, Any] | None:
    """A clock that is ahead: what that side writes is local time, though nothing says so."""
    if one.where or setting is None:
        return None
    zone = one.parameters.get("zone")
    seconds = one.parameters.get("seconds")
    if isinstance(seconds, int) and seconds % _HOUR == 0 and seconds <= _WIDEST * _HOUR:
        zone = f"Etc/GMT-{seconds // _HOUR}"
    return {"systems": {setting.systems[Role(str(one.parameters["side"]))]: {"timezone": zone}}} if zone else None


def _cut(one: Candidate, name: str, _: Setting | None) -> dict[str, Any] | None:
    if one.where:
        return None
    rule = {"1d": {"date_only": True}, "1h": {"seconds": 3600.0}, "1m": {"seconds": 60.0}, "1s": {"seconds": 1.0}}
    return _fields(name, {field: rule[str(one.parameters["to"])] for field in one.fields})


def _swapped(one: Candidate, name: str, setting: Setting | None) -> dict[str, Any] | None:
    """Two fields that the configuration itself has mixed up."""
    if one.where or setting is None:
        return None
    places = {field: setting.entity.fields[field] for field in one.fields if field in setting.entity.fields}
    if len(places) < len(one.fields):
        return None
    first, second = one.fields
    return _fields(name, {first: {"erp": places[second].erp}, second: {"erp": places[first].erp}})


_RULES = {
    Mechanism.CODE_MAP: _code_map,
    Mechanism.ROUNDING: _rounding,
    Mechanism.OFFSET: _zone,
    Mechanism.TIME_ZONE: _zone,
    Mechanism.TIME_CUT: _cut,
    Mechanism.SWAPPED: _swapped,
}
