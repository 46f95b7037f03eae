"""Gathers changes into actions: one for each record to write, identified by exactly what it would do, parents first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from reconcile.plan.changes import CHANGES, Planning, corrections, creations, parts_of_created
from reconcile.plan.evidence import with_evidence
from reconcile.plan.fit import fitted
from reconcile.plan.identity import identified
from reconcile.plan.twins import links, merges
from reconcile.records import KEY, SHAPES, Role
from reconcile.results import Action, ActionKind, BreakKind, Change

HIGH_VALUE = 50_000.0
"""From this value at risk, in the record's currency, an action is of high risk."""

_TIERS = ("low", "medium", "high")

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
    updates = _updates(planning, pushable)
    made = [_creates(planning, role) for role in Role]
    created = [action for actions, _ in made for action in actions]
    merged, reasons = merges(planning)
    judged = [*links(planning), *merged]
    covered = {fingerprint for action in (*updates, *created, *judged) for fingerprint in action.breaks}
    others = planning.breaks.filter(
        (pl.col("kind") != BreakKind.DIFFERENCE) | pl.col("fingerprint").is_in(for_people["fingerprint"].implode())
    ).filter(~pl.col("fingerprint").is_in(list(covered)))
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


def _gathered(changes: pl.DataFrame, *more: pl.Expr) -> pl.DataFrame:
    record = ["target", "target_key", "source_key"]
    columns = [name for name in CHANGES.names() if name not in record]
    return changes.group_by(record, maintain_order=True).agg(pl.struct(columns).alias("changes"), *more)


def _changes(rows: Iterable[Mapping[str, str | None]]) -> tuple[Change, ...]:
    return tuple(
        Change(
            field=str(row["field"]),
            target_field=str(row["target_field"]),
            before=row["before"],
            after=row["after"],
            kind=str(row["field_kind"]),
            reference=row["reference"],
            source_field=row["source_field"],
            source_value=row["source_value"],
        )
        for row in rows
    )


def _updates(planning: Planning, changes: pl.DataFrame) -> list[Action]:
    gathered = _gathered(
        changes,
        pl.col("fingerprint"),
        pl.col("label").first(),
        pl.col("value_at_risk").sum(),
        pl.col("currency").first(),
        (pl.col("severity") != "minor").any().alias("heavy"),
    )
    out = []
    makers = _makers(planning)
    for row in gathered.iter_rows(named=True):
        fields = _changes(row["changes"])
        owner = Role(row["target"]).other
        clause = f"{planning.name}.{'+'.join(change.field for change in fields)}: owner {owner}"
        at_risk = row["value_at_risk"] or None
        draft = _action(
            ActionKind.UPDATE,
            planning.name,
            Role(row["target"]),
            row["target_key"],
            row["source_key"],
            row["label"],
            fields,
            clause,
        )
        tier = _TIERS[2] if (at_risk or 0) >= HIGH_VALUE else _TIERS[1] if row["heavy"] else _TIERS[0]
        parents = _parents(makers, draft)
        out.append(
            replace(
                draft,
                breaks=tuple(row["fingerprint"]),
                tier=tier,
                value_at_risk=at_risk,
                currency=row["currency"],
                depends_on=parents,
            )
        )
    return out


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
    gathered = _gathered(changes.filter(~pl.col("source_key").is_in(unknown.implode()))).join(
        keys, left_on="source_key", right_on=KEY, maintain_order="left"
    )
    out = []
    makers = _makers(planning)
    for row in gathered.iter_rows(named=True):
        fields = _changes(row["changes"])
        clause = f"{planning.name}: create in {target}"
        draft = _action(
            ActionKind.CREATE, planning.name, target, None, row["source_key"], row["label"] or row["source_key"], fields, clause
        )
        at_risk = row["value_at_risk"]
        whole = row.get("parent_action")
        out.append(
            replace(
                draft,
                breaks=(row["fingerprint"],),
                tier=_TIERS[2] if (at_risk or 0) >= HIGH_VALUE else _TIERS[1],
                value_at_risk=at_risk,
                currency=row["currency"],
                depends_on=tuple(dict.fromkeys([*([whole] if whole else []), *_parents(makers, draft)])),
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


def _parents(makers: Makers, action: Action) -> tuple[str, ...]:
    """Actions that would create the records that this one refers to."""
    wanted = ((change.reference or "", str(action.target), change.after or "") for change in action.changes)
    return tuple(dict.fromkeys(makers[key] for key in wanted if key in makers))


def _review(entity: str, row: Mapping[str, object], reason: str | None = None) -> Action:
    """A break that only a person can settle; nothing would be written. `reason`: why nothing better can be proposed."""
    kind = str(row["kind"])
    target = Role.CRM if kind.endswith("in_crm") else Role.ERP
    own, other = (str(row[f"{role}_key"]) if row[f"{role}_key"] else None for role in (target, target.other))
    field = f".{row['field']}" if row["field"] else ""
    draft = _action(ActionKind.REVIEW, entity, target, own, other, str(row["label"]), (), f"{entity}{field}: {kind}")
    at_risk = row["value_at_risk"]
    return replace(
        draft,
        breaks=(str(row["fingerprint"]),),
        tier=_TIERS[2] if isinstance(at_risk, float) and at_risk >= HIGH_VALUE else _TIERS[1],
        value_at_risk=at_risk if isinstance(at_risk, float) else None,
        currency=str(row["currency"]) if row["currency"] else None,
        evidence=(("not_merged", reason),) if reason else (),
    )


def _action(
    kind: ActionKind,
    entity: str,
    target: Role,
    target_key: str | None,
    source_key: str | None,
    label: str,
    changes: tuple[Change, ...],
    clause: str,
) -> Action:
    """An action whose id is the hash of what it would do: the same proposal is the same action in every run."""
    return identified(Action("", kind, entity, target, target_key, source_key, label, changes, clause, (), "medium"))
