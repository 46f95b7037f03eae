"""What a run proposes for pairs that a person has to judge: links of candidates, merges of duplicates, from its frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from reconcile.config.models import FieldMap, field_at, kind_of, reference_of, referring
from reconcile.plan.changes import Planning
from reconcile.plan.links import key_field, linking
from reconcile.plan.merges import Child, Twin, Wanted, merging, why_not
from reconcile.plan.policy import written
from reconcile.records import INACTIVE, KEY, MERGED_INTO, RAW, Kind, Role
from reconcile.results import Action, BreakKind

_DUPLICATES = {Role.CRM: BreakKind.DUPLICATE_IN_CRM, Role.ERP: BreakKind.DUPLICATE_IN_ERP}


def links(planning: Planning) -> list[Action]:
    """Links of the candidates, each with how probable it is; keys are written where the run has read what the field holds."""
    found = planning.breaks.filter(pl.col("kind") == BreakKind.CANDIDATE)
    sure = planning.candidates.select("crm_key", "erp_key", "probability")
    held = {role: _keeps(planning, role, found[f"{role}_key"]) for role in Role}
    out: list[Action] = []
    for row in found.join(sure, on=["crm_key", "erp_key"], how="left", maintain_order="left").iter_rows(named=True):
        pair = {Role.CRM: str(row["crm_key"]), Role.ERP: str(row["erp_key"])}
        keys = {role: texts[pair[role]] for role, texts in held.items() if texts is not None and pair[role] in texts}
        evidence = [("probability", f"{row['probability']:.2f}")] if row["probability"] is not None else []
        label = str(row["label"])
        out += [_of_break(action, row) for action in linking(planning.name, planning.entity, pair, label, keys, evidence)]
    return out


def _keeps(planning: Planning, role: Role, keys: pl.Series) -> Mapping[str, str | None] | None:
    """What the field holds that keeps the other side's key, by record; None if the run has not read it."""
    field = key_field(planning.entity, role)
    mapped = field_at(planning.entity, role, field) if field else None
    frame = planning.frame(role)
    if mapped is None or RAW + mapped not in frame.columns:
        return None
    return dict(frame.filter(pl.col(KEY).is_in(keys.implode())).select(KEY, RAW + mapped).iter_rows())


def merges(planning: Planning) -> tuple[list[Action], dict[str, str]]:
    """Merges of the duplicates, and, by fingerprint of the break, why there is none."""
    out: list[Action] = []
    reasons: dict[str, str] = {}
    for role, kind in _DUPLICATES.items():
        found = planning.breaks.filter(pl.col("kind") == kind)
        if found.is_empty():
            continue
        twins = _twins(planning, role, pl.concat([found[f"{role}_key"], found[f"{role}_value"]]))
        children = _children(planning, role, found[f"{role}_key"])
        filled: dict[str, set[str]] = {}
        for row in found.iter_rows(named=True):
            goes, stays = twins.get(row[f"{role}_key"]), twins.get(row[f"{role}_value"])
            if goes is None or stays is None:
                continue
            left = {name: text for name, text in goes.writable.items() if name not in filled.get(stays.key, set())}
            wanted = Wanted(
                planning.name,
                planning.entity,
                role,
                str(row["label"]),
                stays,
                replace(goes, writable=left),
                children.get(goes.key, ()),
                entities=planning.entities,
                rules=planning.rules.get(role, {}),
            )
            if reason := why_not(wanted):
                reasons[row["fingerprint"]] = reason
                continue
            made = [_of_break(action, row) for action in merging(wanted)]
            filled.setdefault(stays.key, set()).update(c.field for a in made if a.target_key == stays.key for c in a.changes)
            out += made
    return out, reasons


def _of_break(action: Action, row: Mapping[str, Any]) -> Action:
    """The action with the break that it resolves; the money at stake stands at the whole, and not at its parts."""
    if action.part_of is not None:
        return action
    money = {"value_at_risk": row["value_at_risk"], "currency": row["currency"]}
    return replace(action, breaks=(str(row["fingerprint"]),), **money)


def _twins(planning: Planning, role: Role, keys: pl.Series) -> dict[str, Twin]:
    """These records of one side as merges see them."""
    fields = {
        name: (spec, kind)
        for name, spec in planning.entity.fields.items()
        if getattr(spec, role) and (kind := kind_of(planning.name, name, spec))
    }
    frame = planning.frame(role).filter(pl.col(KEY).is_in(keys.implode()))
    own = frame.select(
        pl.col(KEY).alias("key"),
        pl.struct(pl.col(RAW + name).alias(name) for name in fields).alias("held"),
        pl.struct(_writable(planning, name, spec, kind, role).alias(name) for name, (spec, kind) in fields.items()).alias(
            "writable"
        ),
        *(
            pl.col(column).alias(name) if column in frame.columns else pl.lit(None, pl.String).alias(name)
            for name, column in (("inactive", INACTIVE), ("merged_into", MERGED_INTO))
        ),
    )
    linked = planning.links[planning.name].select(key=f"{role}_key", counterpart=f"{role.other}_key", rung="rung")
    rows = own.join(linked, on="key", how="left").with_columns(pl.col("rung").fill_null(""))
    return {row["key"]: Twin(**row) for row in rows.iter_rows(named=True)}


def _writable(planning: Planning, name: str, spec: FieldMap, kind: Kind, role: Role) -> pl.Expr:
    """What another record of the same side would be given: its own codes and keys as they stand."""
    if spec.values or reference_of(planning.name, name, spec):
        return pl.col(RAW + name)
    return written(name, kind, spec, role, planning.frame(role))


def _children(planning: Planning, role: Role, parents: pl.Series) -> dict[str, list[Child]]:
    """Records of the same side that refer to these, by the key that they refer to."""
    out: dict[str, list[Child]] = {}
    for entity, field, target_field in referring(planning.entities, planning.name, role):
        frame = planning.records.get(role, {}).get(entity)
        if frame is None or field not in frame.columns:
            continue
        found = frame.filter(pl.col(field).is_in(parents.implode())).select(field, KEY, RAW + field)
        for parent, key, held in found.iter_rows():
            out.setdefault(parent, []).append(Child(entity, field, target_field, key, held))
    return out
