"""What would be written, as long frames with one row per field: corrections of linked pairs, and fields of missing records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from reconcile.config.models import Entity, Source, kind_of, reference_of
from reconcile.plan.policy import decided_owner, written
from reconcile.records import KEY, MODIFIED, RAW, SHAPES, Role
from reconcile.results import CANDIDATES, MOVED, BreakKind, Rules

CHANGES = pl.Schema(
    {
        "target": pl.String,
        "target_key": pl.String,
        "source_key": pl.String,
        "field": pl.String,
        "target_field": pl.String,
        "before": pl.String,
        "after": pl.String,
        "field_kind": pl.String,
        "reference": pl.String,
        "source_field": pl.String,
        "source_value": pl.String,  # raw, as the source says it
    }
)
"""One row for each field of each record that would be written."""


@dataclass(frozen=True)
class Planning:
    """One entity, ready to be planned."""

    name: str
    entity: Entity
    crm: pl.DataFrame
    """Normalised, references as the CRM says them."""
    erp: pl.DataFrame
    breaks: pl.DataFrame
    parents_made: Mapping[str, pl.DataFrame]
    """Entity to the records that an action would create: columns target, source_key, action, fingerprint."""
    links: Mapping[str, pl.DataFrame]
    """Entity to LINKS, of all entities."""
    rules: Mapping[Role, Rules] = field(default_factory=dict)
    """What each side demands of its fields, as far as its metadata says."""
    candidates: pl.DataFrame = field(default_factory=CANDIDATES.to_frame)
    records: Mapping[Role, Mapping[str, pl.DataFrame]] = field(default_factory=dict)
    """Side to entity to normalised frame, of all entities: what may refer to a record of this one."""
    entities: Mapping[str, Entity] = field(default_factory=dict)
    """The configuration of all entities."""
    all_rules: Mapping[str, Mapping[Role, Rules]] = field(default_factory=dict)
    """The same as `rules`, of all entities: parts of a merge may be of another one."""
    moved: pl.DataFrame = field(default_factory=MOVED.to_frame)
    """Which side of each difference has left the last value on which both agreed."""
    fixes: pl.DataFrame = field(default_factory=pl.DataFrame)
    """FIXES of `standard_forms`: forms that settle broken rules; no column where there are none."""

    def of(self, name: str) -> Planning | None:
        """What is known of another entity, as far as `fit` asks for it; None if it is not configured or was not read."""
        if name == self.name:
            return self
        frames = [self.records.get(role, {}).get(name) for role in Role]
        if name not in self.entities or frames[0] is None or frames[1] is None:
            return None
        return replace(
            self, name=name, entity=self.entities[name], crm=frames[0], erp=frames[1], rules=self.all_rules.get(name, {})
        )

    def frame(self, role: Role) -> pl.DataFrame:
        """The normalised frame of one side."""
        return self.crm if role is Role.CRM else self.erp

    def source(self, role: Role) -> Source:
        """Where one side keeps the entity."""
        return self.entity.crm if role is Role.CRM else self.entity.erp


def corrections(planning: Planning) -> pl.DataFrame:
    """CHANGES plus fingerprint, label, severity, value_at_risk, currency and owner, one row per difference.

    Rows whose owner is `review`, or whose owner holds nothing, have a null `after`: they are for a person.
    """
    found = [pl.DataFrame(schema={**CHANGES, **_FROM_BREAKS})]
    differences = planning.breaks.filter(pl.col("kind") == BreakKind.DIFFERENCE)
    times = [planning.frame(role).select(pl.col(KEY).alias(f"{role}_key"), pl.col(MODIFIED).alias(f"{role}_at")) for role in Role]
    timed = differences.join(times[0], on="crm_key", how="left").join(times[1], on="erp_key", how="left")
    timed = timed.with_columns(owner=decided_owner())
    for name, spec in planning.entity.fields.items():
        mine = timed.filter(pl.col("field") == name)
        kind = kind_of(planning.name, name, spec)
        if mine.is_empty() or kind is None:
            continue
        reference = reference_of(planning.name, name, spec)
        for role in Role:
            rows = mine.filter(pl.col("owner") == str(role))
            values = planning.frame(role).select(
                pl.col(KEY).alias(f"{role}_key"),
                after=written(name, kind, spec, role, planning.frame(role.other)),
                source_value=RAW + name,
            )
            source_field, target_field = (spec.crm, spec.erp) if role is Role.CRM else (spec.erp, spec.crm)
            found.append(
                rows.join(values, on=f"{role}_key", how="left").select(
                    target=pl.lit(str(role.other)),
                    target_key=f"{role.other}_key",
                    source_key=f"{role}_key",
                    field="field",
                    target_field=pl.lit(target_field),
                    before=f"{role.other}_value",
                    after="after",
                    field_kind=pl.lit(str(kind)),
                    reference=pl.lit(reference, pl.String),
                    source_field=pl.lit(source_field, pl.String),
                    source_value="source_value",
                    **{column: pl.col(column) for column in _FROM_BREAKS},
                )
            )
        undecided = mine.filter(pl.col("owner") == "review")
        found.append(undecided.select(**_for_a_person(name, str(kind)), **{column: pl.col(column) for column in _FROM_BREAKS}))
    return pl.concat(found)


_FROM_BREAKS = {
    "fingerprint": pl.String,
    "label": pl.String,
    "severity": pl.String,
    "value_at_risk": pl.Float64,
    "currency": pl.String,
    "owner": pl.String,
}


def _for_a_person(name: str, kind: str) -> dict[str, pl.Expr]:
    nothing = pl.lit(None, pl.String)
    return {
        "target": pl.lit(str(Role.ERP)),
        "target_key": pl.col("erp_key"),
        "source_key": pl.col("crm_key"),
        "field": pl.lit(name),
        "target_field": nothing,
        "before": nothing,
        "after": nothing,
        "field_kind": pl.lit(kind),
        "reference": nothing,
        "source_field": nothing,
        "source_value": nothing,
    }


def creations(planning: Planning, role: Role, keys: pl.DataFrame) -> pl.DataFrame:
    """CHANGES for records of side `role` (column KEY of `keys`) that the other side lacks: one row per field that has a value.

    A field that the other side owns, and by its metadata fills in itself, is left to it.
    """
    target = role.other
    rows = planning.frame(role).join(keys.select(KEY), on=KEY, how="semi", maintain_order="left")
    found = [pl.DataFrame(schema=CHANGES)]
    there = planning.source(target)
    for name, spec in planning.entity.fields.items():
        kind = kind_of(planning.name, name, spec)
        source_field, target_field = (spec.crm, spec.erp) if role is Role.CRM else (spec.erp, spec.crm)
        if not (kind and source_field and target_field):
            continue
        if there.key == (target_field,) and not _given_by_caller(there):
            continue  # the target numbers the record itself
        rule = planning.rules.get(target, {}).get(target_field)
        if rule is not None and not rule.creatable and spec.owner == target:
            continue  # the target computes what it owns, and would refuse to be told
        found.append(
            rows.select(
                target=pl.lit(str(target)),
                target_key=pl.lit(None, pl.String),
                source_key=KEY,
                field=pl.lit(name),
                target_field=pl.lit(target_field),
                before=pl.lit(None, pl.String),
                after=written(name, kind, spec, role, planning.frame(target)),
                field_kind=pl.lit(str(kind)),
                reference=pl.lit(reference_of(planning.name, name, spec), pl.String),
                source_field=pl.lit(source_field),
                source_value=RAW + name,
            ).filter(pl.col("after").is_not_null())
        )
    return pl.concat(found)


def _given_by_caller(source: Source) -> bool:
    """A single key is the system's to give where another field keeps our key; else it is what we write by."""
    return source.external_id is None or source.key == (source.external_id,)


def parts_of_created(planning: Planning, role: Role) -> pl.DataFrame:
    """Records of this side whose whole is to be created on the other: columns KEY, parent_action, fingerprint."""
    shape = SHAPES.get(planning.name)
    nothing = pl.DataFrame(schema={KEY: pl.String, "parent_action": pl.String, "fingerprint": pl.String})
    if not shape or not shape.parent or role.other not in planning.entity.create_in:
        return nothing
    made = planning.parents_made.get(shape.references[shape.parent])
    frame = planning.frame(role)
    if made is None or shape.parent not in frame.columns:
        return nothing
    whole = made.filter(pl.col("target") == str(role.other)).select("source_key", "action", "fingerprint")
    linked = planning.links[planning.name].select(pl.col(f"{role}_key").alias(KEY))
    return (
        frame.join(linked, on=KEY, how="anti")
        .join(whole, left_on=shape.parent, right_on="source_key")
        .select(KEY, parent_action="action", fingerprint="fingerprint")
    )
