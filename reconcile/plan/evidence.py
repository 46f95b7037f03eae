"""Why an action stands as it does: how its pair was linked, what kind of difference it is, who changed when, since when.

Apart from `actions`, which says what would be written; nothing here changes that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from reconcile.plan.changes import Planning
from reconcile.records import KEY, MODIFIED, Role
from reconcile.results import Action

Pairs = tuple[tuple[str, str], ...]
"""A word, which is a key of reports/texts `evidence`, and what it holds: a code, a number, or a time as ISO text in UTC."""
_WHOLE, _SPLIT = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%.6fZ"
"""How `instant` writes a time, for a whole column."""
_GRAVEST = {"blocking": 0, "major": 1, "minor": 2}


def with_evidence(planning: Planning, actions: Sequence[Action]) -> tuple[Action, ...]:
    """The same actions, with the versions of both records and the evidence of their breaks."""
    times = {role: _times(planning.frame(role), (_key(action, role) for action in actions)) for role in Role}
    links = _links(planning, (_key(action, Role.CRM) for action in actions))
    wanted = {fingerprint for action in actions for fingerprint in action.breaks}
    why, moved = _breaks(planning.breaks, wanted), _moved(planning.moved, wanted)
    return tuple(_explained(action, times, links, why, moved) for action in actions)


def with_first_seen(actions: Iterable[Action], breaks: pl.DataFrame) -> list[Action]:
    """The same actions, with when the oldest of their breaks was first seen: `breaks` as the ledger returns them."""
    known = breaks.select("fingerprint", "first_seen").drop_nulls()
    since = dict(zip(known["fingerprint"], known["first_seen"], strict=True))
    return [_since(action, [since[f] for f in action.breaks if f in since]) for action in actions]


def _since(action: Action, seen: Sequence[dt.datetime]) -> Action:
    return replace(action, evidence=(*action.evidence, ("first_seen", instant(min(seen))))) if seen else action


def instant(moment: dt.datetime) -> str:
    """A time as versions and evidence have it: ISO text in UTC, with as many decimals as it needs."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _key(action: Action, role: Role) -> str | None:
    return action.target_key if role is action.target else action.source_key


def _times(frame: pl.DataFrame, keys: Iterable[str | None]) -> dict[str, str]:
    """When the records of a side were last changed, by key, of those that say."""
    wanted = pl.Series([key for key in keys if key is not None], dtype=pl.String)
    said = frame.select(KEY, MODIFIED).drop_nulls().filter(pl.col(KEY).is_in(wanted.implode()))
    return dict(said.select(KEY, _instants(pl.col(MODIFIED))).iter_rows())


def _instants(column: pl.Expr) -> pl.Expr:
    at = column.dt.convert_time_zone("UTC")
    return pl.when(at.dt.microsecond() == 0).then(at.dt.to_string(_WHOLE)).otherwise(at.dt.to_string(_SPLIT))


def _links(planning: Planning, keys: Iterable[str | None]) -> dict[tuple[str | None, str | None], Pairs]:
    """How a pair was linked, by its keys, CRM first; only of the CRM's keys that are asked for."""
    links = planning.links.get(planning.name)
    if links is None:
        return {}
    wanted = pl.Series([key for key in keys if key is not None], dtype=pl.String)
    rows = links.filter(pl.col("crm_key").is_in(wanted.implode())).select("crm_key", "erp_key", "rung", "probability").iter_rows()
    return {
        (crm, erp): (("linked_by", rung), *((("probability", f"{probability:.3f}"),) if probability is not None else ()))
        for crm, erp, rung, probability in rows
    }


def _breaks(breaks: pl.DataFrame, wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Reason (with its field, if it is one field's) and severity, by fingerprint."""
    found = breaks.filter(pl.col("fingerprint").is_in(list(wanted)))
    reason = pl.concat_str("field", "reason", separator=": ", ignore_nulls=True)
    rows = found.select("fingerprint", reason, pl.col("severity").fill_null("")).iter_rows()
    return {fingerprint: (said, severity) for fingerprint, said, severity in rows}


def _moved(moved: pl.DataFrame, wanted: set[str]) -> dict[str, str]:
    """Fingerprint to JSON: field, who has moved, and since when which values were agreed on."""
    found = moved.filter(pl.col("fingerprint").is_in(list(wanted)))
    said = pl.struct("field", "moved", crm="crm_value", erp="erp_value", at=_instants(pl.col("agreed_at")))
    return dict(found.select("fingerprint", said.struct.json_encode()).iter_rows())


def _explained(
    action: Action,
    times: Mapping[Role, Mapping[str, str]],
    links: Mapping[tuple[str | None, str | None], Pairs],
    why: Mapping[str, tuple[str, str]],
    moved: Mapping[str, str],
) -> Action:
    if action.part_of is not None:
        return action  # its whole says why; its record may be of another entity
    crm, erp = _key(action, Role.CRM), _key(action, Role.ERP)
    crm_version, erp_version = times[Role.CRM].get(crm or ""), times[Role.ERP].get(erp or "")
    found = [why[fingerprint] for fingerprint in action.breaks if fingerprint in why]
    evidence = [*action.evidence, *links.get((crm, erp), ())]
    evidence += [("reason", said) for said in dict.fromkeys([said for said, _ in found]) if said]
    evidence += [("agreed", moved[fingerprint]) for fingerprint in action.breaks if fingerprint in moved]
    if severities := {severity for _, severity in found if severity}:
        evidence.append(("severity", min(sorted(severities), key=lambda severity: _GRAVEST.get(severity, 9))))
    evidence += [("crm_changed", crm_version)] if crm_version else []
    evidence += [("erp_changed", erp_version)] if erp_version else []
    return replace(action, crm_version=crm_version, erp_version=erp_version, evidence=tuple(evidence))
