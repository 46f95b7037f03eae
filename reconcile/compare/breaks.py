"""Breaks of one entity: differences of linked pairs, records without counterpart, duplicates, orphans, codes without mapping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import polars as pl

from reconcile.compare.agreement import agreed_values
from reconcile.compare.equality import COLUMN, Rule, Verdict, judged, unsettled
from reconcile.compare.labels import label
from reconcile.compare.policies import owners, sync_minutes
from reconcile.config.equality import rule_of
from reconcile.config.models import Entity, FieldMap, kind_of, reference_of
from reconcile.records import KEY, MODIFIED, RAW, SHAPES, Kind, Role
from reconcile.results import BREAKS, FINDINGS, BreakKind, Compared, Matched

_RULE_BREAKS = {"code_not_mapped": BreakKind.UNMAPPED_CODE, "not_readable": BreakKind.UNREADABLE_VALUE}
_HEAVY = (Kind.MONEY, Kind.QUANTITY, Kind.REFERENCE, Kind.CODE, Kind.BOOLEAN)
"""Kinds whose difference changes what the business does; the others are minor."""
_BREAKING = [str(verdict) for verdict in (Verdict.DIFFERENT, Verdict.ONE_SIDED)]
"""Verdicts that are a break of their own; what can't be read is one of another kind."""
_ADDRESS_PARTS = ("house_number", "street", "street2", "postal_code", "city", "district", "region", "state", "country")
"""Fields in which a side may keep a part of an address."""
_MICROSECONDS_OF_A_MINUTE = 60_000_000
_LONGEST_LABEL = 200
"""Characters of a label; the values keep all of theirs."""


@dataclass(frozen=True)
class Inputs:
    """One entity, ready to be compared."""

    name: str
    entity: Entity
    crm: pl.DataFrame
    """Normalised, references resolved to ERP keys."""
    erp: pl.DataFrame
    matched: Matched
    findings: pl.DataFrame
    """Of normalising both sides."""
    orphans: pl.DataFrame
    """Columns system, key, field, value: references to records that their own system lacks."""
    links: Mapping[str, pl.DataFrame]
    """LINKS of the entities that came before: parents."""
    taken_at: dt.datetime
    """When the snapshots were taken; UTC."""
    known: pl.Series
    """Fingerprints of breaks that were open before: once seen, a break no longer counts as in flight."""


def compare(inputs: Inputs, in_flight_minutes: float) -> Compared:
    """All breaks of one entity, BREAKS without state and first_seen, and its counts."""
    pairs = _pairs(inputs)
    inputs = replace(inputs, orphans=pl.concat([inputs.orphans, _empty_at_owner(inputs, pairs)]))
    differences, agree, cells, left_out = _differences(inputs, pairs)
    missing = [] if inputs.entity.only else [_missing(inputs, role) for role in Role]
    records = [
        *missing,
        _duplicates(inputs),
        _orphans(inputs),
        _from_findings(inputs),
        _candidates(inputs),
    ]
    everything = _with_fingerprint(pl.concat([differences, *records]))
    minutes = sync_minutes(inputs.entity.fields, in_flight_minutes)
    since = pl.lit(inputs.taken_at) - pl.duration(microseconds=minutes * _MICROSECONDS_OF_A_MINUTE)
    fresh = pl.col("_modified").is_not_null() & (pl.col("_modified") > since)
    may_wait = pl.col("kind").is_in([BreakKind.DIFFERENCE, BreakKind.MISSING_IN_CRM, BreakKind.MISSING_IN_ERP])
    in_flight = fresh & may_wait & ~pl.col("fingerprint").is_in(inputs.known.implode())
    waiting = in_flight.fill_null(value=False)
    breaks = everything.filter(~waiting)
    counts: dict[str, int | float] = {
        "crm_records": inputs.crm.height,
        "erp_records": inputs.erp.height,
        "links": inputs.matched.links.height,
        "candidates": inputs.matched.candidates.height,
        "only_crm": breaks.filter(pl.col("kind") == BreakKind.MISSING_IN_ERP).height,
        "only_erp": breaks.filter(pl.col("kind") == BreakKind.MISSING_IN_CRM).height,
        "in_flight": everything.height - breaks.height,
        "cells": cells,
        "cells_equal": sum(int(mask.sum()) for mask in agree.values()),
        "breaks": breaks.height,
        "value_at_risk": float(breaks["value_at_risk"].sum()),
    }
    found, later = (rows.select(BREAKS.names()).cast(BREAKS) for rows in (breaks, everything.filter(waiting)))
    return Compared(found, counts, agreed_values(pairs, agree), left_out, later)


_DRAFT = {name: dtype for name, dtype in BREAKS.items() if name not in ("fingerprint", "moved", "state", "first_seen")} | {
    "_modified": pl.Datetime("us", "UTC")
}


def _pairs(inputs: Inputs) -> pl.DataFrame:
    """Linked pairs side by side: crm_key, erp_key, `c:<column>` and `e:<column>`."""
    crm = inputs.crm.rename({name: f"c:{name}" for name in inputs.crm.columns})
    erp = inputs.erp.rename({name: f"e:{name}" for name in inputs.erp.columns})
    links = inputs.matched.links.select("crm_key", "erp_key")
    return links.join(crm, left_on="crm_key", right_on=f"c:{KEY}").join(erp, left_on="erp_key", right_on=f"e:{KEY}")


def _currency(frame: pl.DataFrame, *columns: str) -> pl.Expr:
    there = [pl.col(name) for name in columns if name in frame.columns]
    return pl.coalesce(there) if there else pl.lit(None, pl.String)


def _differences(inputs: Inputs, pairs: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series], int, pl.DataFrame]:
    """Differing fields of linked pairs; by field, which pairs agree; how many cells were compared; columns that could not be."""
    found, agree, cells, left_out = [pl.DataFrame(schema=_DRAFT)], dict[str, pl.Series](), 0, list[str]()
    labelled = pairs.with_columns(
        _label=pl.coalesce(label(inputs.name, pairs, "c:"), label(inputs.name, pairs, "e:"), "erp_key"),
        _currency=_currency(pairs, "e:currency", "c:currency"),
        _modified=pl.max_horizontal(f"c:{MODIFIED}", f"e:{MODIFIED}"),
        _row=pl.int_range(pl.len()),
    )
    for name, spec in inputs.entity.fields.items():
        kind = kind_of(inputs.name, name, spec)
        if not (spec.compare and spec.crm and spec.erp and kind):
            continue
        can_be_compared = labelled.with_columns(_mask=_can_be_compared(inputs, name, spec))["_mask"].fill_null(value=False)
        different, not_comparable = _judged(rule_of(kind, spec), labelled, can_be_compared, name, spec)
        can_be_compared = can_be_compared.scatter(not_comparable, values=False)
        cells += int(can_be_compared.sum())
        nothing_compared = labelled.height > 0 and kind is not Kind.REFERENCE and not can_be_compared.any()
        left_out += [name] if nothing_compared else []
        agree[name] = can_be_compared.clone().scatter(different["_row"], values=False)
        found.append(_difference_rows(inputs, different, name, kind, spec))
    return pl.concat(found), agree, cells, _columns_left_out(inputs, left_out)


def _columns_left_out(inputs: Inputs, names: list[str]) -> pl.DataFrame:
    """A finding for each column of which not one cell could be compared; its values say why, one by one."""
    rows = [(inputs.name, str(role), None, name, COLUMN, "major", None, None) for name in names for role in Role]
    return pl.DataFrame(rows, schema=FINDINGS, orient="row")


def _judged(
    rule: Rule, pairs: pl.DataFrame, can_be_compared: pl.Series, name: str, spec: FieldMap
) -> tuple[pl.DataFrame, pl.Series]:
    """The pairs that differ in a field, with `_reason`, and the rows of those that its rule can't compare."""
    cells = pairs.select("_row", *_cells(pairs, name, rule.kind, spec))
    asked = cells.filter(can_be_compared & cells.select(unsettled(rule, cells.columns).alias("u"))["u"])
    told = asked.select("_row").hstack(judged(rule, asked.drop("_row")))
    different = told.filter(pl.col("verdict").is_in(_BREAKING))
    rows = pairs[different["_row"]].with_columns(_reason=different["reason"])
    return rows, told.filter(pl.col("verdict") == str(Verdict.NOT_COMPARABLE))["_row"]


def _cells(pairs: pl.DataFrame, name: str, kind: Kind, spec: FieldMap) -> list[pl.Expr]:
    """What `judged` wants to know of one field of linked pairs."""
    found = []
    for side, short in (("crm", "c"), ("erp", "e")):
        found += [pl.col(f"{short}:{name}").alias(side), pl.col(f"{short}:{RAW}{name}").alias(f"{side}_raw")]
        known = {"country": f"{short}:country", "currency": f"{short}:currency", "unit": f"{short}:{RAW}{spec.unit_field}"}
        found += [pl.col(there).alias(f"{side}_{of}") for of, there in known.items() if there in pairs.columns]
        parts = spec.parts if spec.parts is not None else _ADDRESS_PARTS if kind is Kind.ADDRESS else ()
        nearby = [f"{short}:{RAW}{part}" for part in parts if part != name and f"{short}:{RAW}{part}" in pairs.columns]
        if parts:
            words = pl.concat_str(nearby, separator=" ", ignore_nulls=True) if nearby else pl.lit("")
            found.append(words.alias(f"{side}_more"))
    return found


def _can_be_compared(inputs: Inputs, name: str, spec: FieldMap) -> pl.Expr:
    """Not comparable: a value that could not be read or mapped, and a reference whose parents have no counterpart at all."""
    said = [
        ~pl.col(f"{side}:{RAW}{name}").str.strip_chars().str.to_lowercase().is_in(["", *(spec.nothing or ())]) for side in "ce"
    ]
    unread = [told.fill_null(value=False) & pl.col(f"{side}:{name}").is_null() for told, side in zip(said, "ce", strict=True)]
    readable = ~(unread[0] | unread[1]) if _can_fail(inputs, name, spec) else pl.lit(value=True)
    reference = reference_of(inputs.name, name, spec)
    if not reference or reference not in inputs.links:
        return readable
    orphaned = [
        inputs.orphans.filter((pl.col("system") == role) & (pl.col("field") == name))["key"].implode() for role in ("crm", "erp")
    ]
    alone = pl.col(f"c:{name}").str.starts_with("unresolved:").fill_null(value=False)
    counterparts = inputs.links[reference]["erp_key"].implode()
    both_alone = alone & ~pl.col(f"e:{name}").is_in(counterparts).fill_null(value=False)
    return readable & ~pl.col("crm_key").is_in(orphaned[0]) & ~pl.col("erp_key").is_in(orphaned[1]) & ~both_alone


def _can_fail(inputs: Inputs, name: str, spec: FieldMap) -> bool:
    typed = (Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
    return bool(spec.values) or kind_of(inputs.name, name, spec) in typed


def _difference_rows(inputs: Inputs, rows: pl.DataFrame, name: str, kind: Kind, spec: FieldMap) -> pl.DataFrame:
    left, right = pl.col(f"c:{name}"), pl.col(f"e:{name}")
    shape = SHAPES.get(inputs.name)
    amounts = [side.cast(pl.Float64, strict=False).fill_null(0.0) for side in (left, right)]
    money = (amounts[0] - amounts[1]).abs() if kind is Kind.MONEY else None
    if money is None and shape and shape.amount and kind in _HEAVY and f"e:{shape.amount}" in rows.columns:
        money = pl.coalesce(f"e:{shape.amount}", f"c:{shape.amount}").cast(pl.Float64)
    at_risk = money if money is not None else pl.lit(None, pl.Float64)
    return rows.select(
        entity=pl.lit(inputs.name),
        kind=pl.lit(str(BreakKind.DIFFERENCE)),
        field=pl.lit(name),
        crm_key="crm_key",
        erp_key="erp_key",
        label="_label",
        crm_value=pl.col(f"c:{RAW}{name}"),
        erp_value=pl.col(f"e:{RAW}{name}"),
        reason="_reason",
        severity=pl.lit("major" if kind in _HEAVY else "minor"),
        owner=owners(inputs.name, inputs.entity, spec, rows),
        value_at_risk=at_risk,
        currency="_currency",
        _modified="_modified",
    ).cast(_DRAFT)  # type: ignore[arg-type]  # a mapping of names to types


def _record_rows(inputs: Inputs, frame: pl.DataFrame, role: Role, kind: BreakKind, reason_code: str, owner: str) -> pl.DataFrame:
    """One break for each record of one side's normalised frame."""
    shape = SHAPES.get(inputs.name)
    amount = shape.amount if shape and shape.amount in frame.columns else None
    own, other = f"{role}_key", f"{role.other}_key"
    columns = {
        "entity": pl.lit(inputs.name),
        "kind": pl.lit(str(kind)),
        "field": pl.lit(None, pl.String),
        own: pl.col(KEY),
        other: pl.col("_other") if "_other" in frame.columns else pl.lit(None, pl.String),
        "label": pl.coalesce(label(inputs.name, frame), KEY),
        "crm_value": pl.lit(None, pl.String),
        "erp_value": pl.lit(None, pl.String),
        f"{role}_value": pl.col("_value") if "_value" in frame.columns else pl.lit(None, pl.String),
        "reason": pl.lit(reason_code),
        "severity": pl.lit("major"),
        "owner": pl.lit(owner),
        "value_at_risk": pl.col(amount).cast(pl.Float64) if amount else pl.lit(None, pl.Float64),
        "currency": _currency(frame, "currency"),
        "_modified": pl.col(MODIFIED),
    }
    return frame.select(**columns).select(list(_DRAFT)).cast(_DRAFT)  # type: ignore[arg-type]  # a mapping of names to types


def _missing(inputs: Inputs, role: Role) -> pl.DataFrame:
    """Records of this side that the other side lacks; a part of a missing whole is not a break of its own."""
    frame = inputs.crm if role is Role.CRM else inputs.erp
    taken = [
        inputs.matched.links.select(k=f"{role}_key"),
        inputs.matched.candidates.select(k=f"{role}_key"),
        inputs.matched.duplicates.filter(pl.col("system") == str(role)).select(k="key"),
    ]
    alone = frame.join(pl.concat(taken), left_on=KEY, right_on="k", how="anti")
    shape = SHAPES.get(inputs.name)
    if shape and shape.parent and shape.parent in frame.columns:
        alone = alone.filter(_parent_is_linked(inputs, shape.parent, shape.references[shape.parent], role))
    kind = BreakKind.MISSING_IN_ERP if role is Role.CRM else BreakKind.MISSING_IN_CRM
    owner = str(role) if role.other in inputs.entity.create_in else "review"
    return _record_rows(inputs, alone, role, kind, "no_counterpart", owner)


def _parent_is_linked(inputs: Inputs, field: str, parent: str, role: Role) -> pl.Expr:
    if parent not in inputs.links:
        return pl.lit(value=True)
    if role is Role.CRM:
        return ~pl.col(field).str.starts_with("unresolved:").fill_null(value=False)
    return pl.col(field).is_in(inputs.links[parent]["erp_key"].implode()).fill_null(value=True)


def _duplicates(inputs: Inputs) -> pl.DataFrame:
    found = [pl.DataFrame(schema=_DRAFT)]
    for role in Role:
        frame = inputs.crm if role is Role.CRM else inputs.erp
        kept = inputs.matched.duplicates.filter(pl.col("system") == str(role))
        links = inputs.matched.links.select(kept=f"{role}_key", _other=f"{role.other}_key")
        rows = frame.join(kept.select(pl.col("key").alias(KEY), "kept"), on=KEY).join(links, on="kept", how="left")
        kind = BreakKind.DUPLICATE_IN_CRM if role is Role.CRM else BreakKind.DUPLICATE_IN_ERP
        found.append(_record_rows(inputs, rows.with_columns(_value=pl.col("kept")), role, kind, "same_business_twice", "review"))
    return pl.concat(found)


def _empty_at_owner(inputs: Inputs, pairs: pl.DataFrame) -> pl.DataFrame:
    """References that are empty on the side that owns them, while the other side has one: nothing to copy, so an orphan."""
    found = [inputs.orphans.clear()]
    for name, spec in inputs.entity.fields.items():
        if not (reference_of(inputs.name, name, spec) and spec.compare and spec.crm and spec.erp):
            continue
        role = Role.ERP if spec.owner == "erp" else Role.CRM
        own, other = (f"{'c' if side is Role.CRM else 'e'}:{name}" for side in (role, role.other))
        empty = pairs.filter(pl.col(own).is_null() & pl.col(other).is_not_null())
        found.append(
            empty.select(system=pl.lit(str(role)), key=pl.col(f"{role}_key"), field=pl.lit(name), value=pl.lit(None, pl.String))
        )
    return pl.concat(found)


def _orphans(inputs: Inputs) -> pl.DataFrame:
    """References to nothing."""
    found = [pl.DataFrame(schema=_DRAFT)]
    for role in Role:
        frame = inputs.crm if role is Role.CRM else inputs.erp
        other = inputs.matched.links.select(pl.col(f"{role}_key").alias(KEY), _other=f"{role.other}_key")
        kind = BreakKind.ORPHAN_IN_CRM if role is Role.CRM else BreakKind.ORPHAN_IN_ERP
        for (name,), group in inputs.orphans.filter(pl.col("system") == str(role)).group_by("field", maintain_order=True):
            rows = frame.join(group.select(pl.col("key").alias(KEY), _value="value"), on=KEY).join(other, on=KEY, how="left")
            made = _record_rows(inputs, rows, role, kind, "parent_missing", "review")
            found.append(made.with_columns(field=pl.lit(str(name))))
    return pl.concat(found)


def _from_findings(inputs: Inputs) -> pl.DataFrame:
    """Codes without a mapping and values that can't be read are breaks of the record that holds them."""
    found = [pl.DataFrame(schema=_DRAFT)]
    for role in Role:
        frame = inputs.crm if role is Role.CRM else inputs.erp
        other = inputs.matched.links.select(pl.col(f"{role}_key").alias(KEY), _other=f"{role.other}_key")
        for rule, kind in _RULE_BREAKS.items():
            bad = inputs.findings.filter((pl.col("system") == str(role)) & (pl.col("rule") == rule))
            rows = frame.join(bad.select(pl.col("key").alias(KEY), _value="value", _field="field"), on=KEY)
            rows = rows.join(other, on=KEY, how="left", maintain_order="left")
            made = _record_rows(inputs, rows, role, kind, rule, "review")
            found.append(made.with_columns(field=rows["_field"]))
    return pl.concat(found)


def _candidates(inputs: Inputs) -> pl.DataFrame:
    """Pairs for a person, each side told by the fields that it was matched on."""
    told = {role: frame.select(KEY, t=_told(inputs, frame)) for role, frame in ((Role.CRM, inputs.crm), (Role.ERP, inputs.erp))}
    pairs = inputs.matched.candidates.select("crm_key", "erp_key")
    both = pairs.join(told[Role.CRM], left_on="crm_key", right_on=KEY).join(
        told[Role.ERP], left_on="erp_key", right_on=KEY, suffix="_erp"
    )
    crm = inputs.crm.join(both.select(pl.col("crm_key").alias(KEY), "t", "t_erp", _other="erp_key"), on=KEY)
    made = _record_rows(inputs, crm, Role.CRM, BreakKind.CANDIDATE, "needs_decision", "review")
    return made.with_columns(crm_value=crm["t"], erp_value=crm["t_erp"])


def _told(inputs: Inputs, frame: pl.DataFrame) -> pl.Expr:
    names = [RAW + name for name in inputs.entity.match.fields if RAW + name in frame.columns]
    return pl.concat_str(names, separator=", ", ignore_nulls=True) if names else pl.lit(None, pl.String)


def _with_fingerprint(breaks: pl.DataFrame) -> pl.DataFrame:
    """A name that is the same in every run, whatever the order of the records and the other fields."""
    parts = [pl.col(name).fill_null("") for name in ("entity", "kind", "field", "crm_key", "erp_key")]
    names = breaks.select(n=pl.concat_str(parts, separator="\u001f"))["n"]
    # polars' own hash may change with its version; a fingerprint has to outlive that
    digests = [blake2b(name.encode(), digest_size=10).hexdigest() for name in names]
    return breaks.with_columns(
        fingerprint=pl.Series(digests, dtype=pl.String),
        label=pl.col("label").str.slice(0, _LONGEST_LABEL),
        moved=pl.lit(None, pl.String),
        state=pl.lit(None, pl.String),
        first_seen=pl.lit(None, pl.Datetime("us", "UTC")),
    )
