"""Updates of records in their own system that write a value in its standard form, where a broken rule asks for it.

Apart from `changes`, which carries values from one side to the other: nothing is copied here.
"""

from __future__ import annotations

import polars as pl

from reconcile.config.models import FieldMap, kind_of
from reconcile.plan.changes import CHANGES, Planning
from reconcile.records import Role
from reconcile.results import BreakKind

FIXES = pl.Schema(
    {
        "system": pl.String,  # crm or erp
        "key": pl.String,
        "field": pl.String,
        "before": pl.String,  # raw, as the system says it
        "after": pl.String,
        "fingerprint": pl.String,  # of the break that it settles
        "label": pl.String,
    }
)
"""Standard forms that settle breaks of broken rules, one row for each break."""


def standard_forms(planning: Planning, taken: pl.DataFrame) -> pl.DataFrame:
    """CHANGES plus fingerprints (List) and label, one row for each field of each record that would be written.

    Never a field that the other side owns, nor one whose difference waits for a person or for its owner's value, nor one that
    `taken` (CHANGES) writes already.
    """
    found = [pl.DataFrame(schema={**CHANGES, "fingerprints": pl.List(pl.String), "label": pl.String})]
    if planning.fixes.is_empty():
        return found[0]
    differing = planning.breaks.filter(pl.col("kind") == BreakKind.DIFFERENCE)
    for (system, field), rows in planning.fixes.group_by("system", "field", maintain_order=True):
        role, spec = Role(str(system)), planning.entity.fields.get(str(field))
        kind = kind_of(planning.name, str(field), spec) if spec else None
        own = (spec.crm if role is Role.CRM else spec.erp) if spec else None
        if spec is None or kind is None or own is None or not _may_be_written(spec, role):
            continue
        waiting = differing.filter(pl.col("field") == field).select(key=f"{role}_key")
        written = taken.filter((pl.col("field") == field) & (pl.col("target") == str(role))).select(key="target_key")
        free = rows.join(pl.concat([waiting, written]), on="key", how="anti", maintain_order="left")
        each = free.group_by("key", maintain_order=True).agg(
            pl.col("before", "after", "label").first(), pl.col("fingerprint").unique().sort().alias("fingerprints")
        )
        nothing = pl.lit(None, pl.String)
        found.append(
            each.select(
                target=pl.lit(str(role)),
                target_key="key",
                source_key=nothing,
                field=pl.lit(str(field)),
                target_field=pl.lit(own),
                before="before",
                after="after",
                field_kind=pl.lit(str(kind)),
                reference=nothing,
                source_field=nothing,
                source_value=nothing,
                fingerprints="fingerprints",
                label="label",
            )
        )
    return pl.concat(found)


def _may_be_written(spec: FieldMap, role: Role) -> bool:
    """Whether no policy makes the other side the owner of the field; a field that this side alone keeps has no other owner."""
    other = spec.erp if role is Role.CRM else spec.crm
    owners = {spec.owner, *(policy.owner for policy in spec.policies)}
    return other is None or str(role.other) not in owners
