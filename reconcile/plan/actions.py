"""Gathers changes into actions: one for each record to write, identified by exactly what it would do, parents first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from reconcile.plan.changes import CHANGES, Planning, corrections, creations, parts_of_created
from reconcile.plan.evidence import with_evidence
from reconcile.plan.fit import fitted
from reconcile.plan.identity import id_of
from reconcile.plan.standard_forms import standard_forms
from reconcile.plan.twins import links, merges
from reconcile.records import KEY, SHAPES, Role
from reconcile.results import Action, ActionKind, BreakKind, Change

HIGH_VALUE = 50_000.0
"""From this value at risk, in the record's currency, an action is of high risk."""

_TIERS = ("low", "medium", "high")

_SAID = ("fingerprint", "label", "value_at_risk", "currency", "parent_action")

Makers = dict[tuple[str, str, str], str]
"""(entity, target, source key) to the action that would create the record."""


@dataclass(frozen=True)
class Planned:
    """The actions of one entity, and the records they would create."""

    actions: tuple[Action, ...]
    made: pl.DataFrame
    """Columns target, source_key, action, fingerprint: what children may refer to."""


def plan(planning: Planning) -> Planned:
    """Every action that the breaks of one entity ask for."""
    changes = corrections(planning)
    pushable = changes.filter(pl.col("after").is_not_null() & _reference_is_known(planning))
    for_people = changes.join(pushable.select("fingerprint"), on="fingerprint", how="anti")
    updates = [*_updates(planning, pushable), *_rewritten(planning, standard_forms(planning, pushable))]
    made = [_creates(planning, role) for role in Role]
    created = [action for actions, _ in made for action in actions]
    merged, reasons = merges(planning)
    judged = [*links(planning), *merged]
    covered = {fingerprint for action in (*updates, *created, *judged) for fingerprint in action.breaks}
    others = planning.breaks.filter(
        (pl.col("kind") != BreakKind.DIFFERENCE) | pl.col("fingerprint").is_in(for_people["fingerprint"].implode())
    ).filter(~pl.col("fingerprint").is_in(list(covered)), pl.col("kind") != BreakKind.BROKEN_RULE)
    reviews = [_review(planning.name, row, reasons.get(row["fingerprint"])) for row in others.iter_rows(named=True)]
    actions = (*fitted(planning, (*updates, *created, *judged)), *reviews)
    return Planned(with_evidence(planning, actions), pl.concat([frame for _, frame in made]))


def _reference_is_known(planning: Planning) -> pl.Expr:
    """No reference, or one whose parent is linked or about to be created."""
    known = pl.col("reference").is_null()
    for entity in set(SHAPES[planning.name].references.values()) if planning.name in SHAPES else ():
        for role in Role:
            keys = planning.links[entity][f"{role}_key"] if entity in planning.links else pl.Series(dtype=pl.String)
            made = planning.parents_made.get(entity)
            if made is not None:
                keys = pl.concat([keys, made.filter(pl.col("target") == str(role.other))["source_key"]])
            known |= (
                (pl.col("reference") == entity) & (pl.col("target") == str(role.other)) & pl.col("after").is_in(keys.implode())
            )
    return known


@dataclass(frozen=True)
class _Record:
    """What would be written to one record."""

    target: Role
    target_key: str | None
    source_key: str | None
    changes: tuple[Change, ...]


def _gathered(changes: pl.DataFrame, *more: pl.Expr) -> Iterator[tuple[_Record, tuple[Any, ...]]]:
    """The records of CHANGES in the order in which they first occur, each with what `more` says of it (aggregates)."""
    record = ["target", "target_key", "source_key"]
    groups = changes.group_by(record, maintain_order=True).agg(pl.len().alias("_count"), *more)
    numbered = groups.select(record).with_row_index("_group")
    ordered = changes.join(numbered, on=record, how="left", nulls_equal=True, maintain_order="left")
    ordered = ordered.sort("_group", maintain_order=True).select(name for name in CHANGES.names() if name not in record)
    flat = [Change(*row) for row in ordered.iter_rows()]
    begin = 0
    for target, target_key, source_key, count, *rest in groups.iter_rows():
        yield _Record(Role(target), target_key, source_key, tuple(flat[begin : begin + count])), tuple(rest)
        begin += count


def _updates(planning: Planning, changes: pl.DataFrame) -> list[Action]:
    gathered = _gathered(
        changes,
        pl.col("fingerprint"),
        pl.col("label").first(),
        pl.col("value_at_risk").sum(),
        pl.col("currency").first(),
        (pl.col("severity") != "minor").any(),
    )
    out = []
    makers = _makers(planning)
    for record, (fingerprints, label, money, currency, heavy) in gathered:
        fields = "+".join(change.field for change in record.changes)
        at_risk = money or None
        out.append(
            _action(
                ActionKind.UPDATE,
                planning.name,
                record,
                label,
                f"{planning.name}.{fields}: owner {record.target.other}",
                breaks=tuple(fingerprints),
                tier=_tier(at_risk, heavy=bool(heavy)),
                value_at_risk=at_risk,
                currency=currency,
                depends_on=_parents(makers, record),
            )
        )
    return out


def _rewritten(planning: Planning, changes: pl.DataFrame) -> list[Action]:
    """Updates of records in their own system, one for each record: no value changes, only how it is written."""
    out = []
    for record, (fingerprints, label) in _gathered(changes, pl.col("fingerprints").explode(), pl.col("label").first()):
        fields = "+".join(change.field for change in record.changes)
        clause = f"{planning.name}.{fields}: standard form"
        out.append(_action(ActionKind.UPDATE, planning.name, record, label, clause, breaks=tuple(fingerprints), tier=_TIERS[0]))
    return out


def _tier(at_risk: float | None, *, heavy: bool) -> str:
    """What is no number is of high risk, too."""
    return _TIERS[2] if not abs(at_risk or 0) < HIGH_VALUE else _TIERS[1] if heavy else _TIERS[0]


def _creates(planning: Planning, role: Role) -> tuple[list[Action], pl.DataFrame]:
    """Actions that create this side's missing records, and parts of wholes that are created, on the other side."""
    target = role.other
    made = pl.DataFrame(schema={"target": pl.String, "source_key": pl.String, "action": pl.String, "fingerprint": pl.String})
    if target not in planning.entity.create_in:
        return [], made
    kind = BreakKind.MISSING_IN_ERP if role is Role.CRM else BreakKind.MISSING_IN_CRM
    missing = planning.breaks.filter(pl.col("kind") == kind)
    own = missing.select(pl.col(f"{role}_key").alias(KEY), "fingerprint", "label", "value_at_risk", "currency")
    parts = parts_of_created(planning, role)
    keys = pl.concat([own, parts], how="diagonal_relaxed")
    changes = creations(planning, role, keys)
    unknown = changes.filter(~_reference_is_known(planning))["source_key"]
    known = changes.filter(~pl.col("source_key").is_in(unknown.implode()))
    said = {key: rest for key, *rest in keys.select(KEY, *_SAID).iter_rows()}
    out = []
    makers = _makers(planning)
    for record, _ in _gathered(known):
        fingerprint, label, at_risk, currency, whole = said[record.source_key or ""]
        out.append(
            _action(
                ActionKind.CREATE,
                planning.name,
                record,
                label or record.source_key or "",
                f"{planning.name}: create in {target}",
                breaks=(fingerprint,),
                tier=_tier(at_risk, heavy=True),
                value_at_risk=at_risk,
                currency=currency,
                depends_on=tuple(dict.fromkeys([*([whole] if whole else []), *_parents(makers, record)])),
            )
        )
    rows = [(str(target), action.source_key, action.id, action.breaks[0]) for action in out]
    return out, pl.concat([made, pl.DataFrame(rows, schema=made.schema, orient="row")])


def _makers(planning: Planning) -> Makers:
    return {
        (entity, target, source_key): action
        for entity, made in planning.parents_made.items()
        for target, source_key, action in made.select("target", "source_key", "action").iter_rows()
    }


def _parents(makers: Makers, record: _Record) -> tuple[str, ...]:
    """Actions that would create the records that this one refers to."""
    if not makers:
        return ()
    wanted = ((change.reference or "", str(record.target), change.after or "") for change in record.changes)
    return tuple(dict.fromkeys(makers[key] for key in wanted if key in makers))


def _review(entity: str, row: Mapping[str, object], reason: str | None = None) -> Action:
    """A break that only a person can settle; nothing would be written. `reason`: why nothing better can be proposed."""
    kind = str(row["kind"])
    adds_up = kind == BreakKind.CONSERVATION
    target = Role.CRM if kind.endswith("in_crm") or (adds_up and not row["erp_key"]) else Role.ERP
    own, other = (str(row[f"{role}_key"]) if row[f"{role}_key"] else None for role in (target, target.other))
    field = f".{row['field']}" if row["field"] else ""
    at_risk = row["value_at_risk"] if isinstance(row["value_at_risk"], float) else None
    return _action(
        ActionKind.REVIEW,
        entity,
        _Record(target, own, other, ()),
        str(row["label"]),
        f"{entity}{field}: {kind} {row['reason']}" if adds_up else f"{entity}{field}: {kind}",
        breaks=(str(row["fingerprint"]),),
        tier=_tier(at_risk, heavy=True),
        value_at_risk=at_risk,
        currency=str(row["currency"]) if row["currency"] else None,
        evidence=(("not_merged", reason),) if reason else (),
    )


def _action(kind: ActionKind, entity: str, record: _Record, label: str, clause: str, **more: Any) -> Action:
    """An action whose id is the hash of what it would do: the same proposal is the same action in every run."""
    target, target_key, source_key, changes = record.target, record.target_key, record.source_key, record.changes
    id_ = id_of(kind, entity, target, (target_key, source_key), changes, clause)
    return Action(id_, kind, entity, target, target_key, source_key, label, changes, clause, **more)
