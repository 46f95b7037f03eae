"""One entity of one side: raw columns in, canonical columns and findings out. Bad data is a finding, never an exception."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reconcile.config.equality import reading_of
from reconcile.config.models import Entity, FieldMap, Source, System, kind_of
from reconcile.records import INACTIVE, KEY, MERGED_INTO, MODIFIED, RAW, Kind, Role
from reconcile.results import FINDINGS, Normalised
from reconcile.values import Reading, standard
from reconcile.values.codes import coded
from reconcile.values.standard import as_text
from reconcile.values.text import clean

_READ = (Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
"""Kinds of which some text is no value at all."""


@dataclass(frozen=True)
class Side:
    """What normalising one side of an entity needs to know."""

    entity: str
    role: Role
    source: Source
    fields: dict[str, tuple[str, Kind, FieldMap]]
    """Canonical name to (source field, kind, map), of the fields that this side has."""
    system: System


def side_of(entity_name: str, entity: Entity, role: Role, system: System) -> Side:
    """The fields that one side has, with their kinds."""
    fields = {}
    for name, spec in entity.fields.items():
        source = spec.crm if role is Role.CRM else spec.erp
        kind = kind_of(entity_name, name, spec)
        if source and kind:
            fields[name] = (source, kind, spec)
    return Side(entity_name, role, entity.crm if role is Role.CRM else entity.erp, fields, system)


def source_fields(side: Side) -> list[str]:
    """The source fields that a snapshot needs, each once: keys, modification time, mapped fields."""
    wanted = [*side.source.key, *([side.source.modified] if side.source.modified else [])]
    return list(dict.fromkeys([*wanted, *_special(side.source).values(), *(source for source, _, _ in side.fields.values())]))


def _special(source: Source) -> dict[str, str]:
    """Column to source field of what says whether a record is in use."""
    inactive = source.inactive.field if source.inactive else None
    return {column: name for column, name in ((INACTIVE, inactive), (MERGED_INTO, source.merged_into)) if name}


def normalise(raw: pl.DataFrame, entity_name: str, entity: Entity, role: Role, system: System) -> Normalised:
    """Canonical records of one entity of one side.

    Args:
        raw: the snapshot: one column per source field, any type.
        entity_name: canonical name, such as `customers`.
        entity: its configuration.
        role: the side.
        system: the side's system, which says how it writes numbers, dates and times.

    Returns:
        Frame with KEY, MODIFIED, each mapped field and its `raw:` evidence, INACTIVE and MERGED_INTO where the side has
        such fields, one row per key; findings (FINDINGS) for
        empty and repeated keys, unreadable values and codes without a mapping.
    """
    side = side_of(entity_name, entity, role, system)
    reading = Reading(system.decimal, system.day_first, system.timezone)
    frame = raw.lazy().select(_key(raw, side.source).alias(KEY), _modified(raw, side, reading), *_evidence(raw, side))
    keyed, key_findings = _usable_keys(frame.collect(), side)
    typed = keyed.with_columns(_standardised(raw, side, reading))
    if "country" in side.fields and any(kind is Kind.PHONE for _, kind, _ in side.fields.values()):
        local = Reading(system.decimal, system.day_first, system.timezone, pl.col("country"))
        typed = typed.with_columns(
            standard(Kind.PHONE, pl.col(RAW + name), pl.String(), local).alias(name)
            for name, (_, kind, _) in side.fields.items()
            if kind is Kind.PHONE
        )
    mapped, code_findings = _map_codes(typed, side)
    findings = pl.concat([key_findings, _unreadable(mapped, side), code_findings])
    columns = [KEY, MODIFIED, *side.fields, *(RAW + name for name in side.fields), *_special(side.source)]
    return Normalised(mapped.select(columns), findings)


def _key(raw: pl.DataFrame, source: Source) -> pl.Expr:
    parts = [clean(as_text(pl.col(part), raw.schema[part])) for part in source.key]
    return pl.concat_str(parts, separator="/")


def _modified(raw: pl.DataFrame, side: Side, reading: Reading) -> pl.Expr:
    name = side.source.modified
    if not name:
        return pl.lit(None, pl.Datetime("us", "UTC")).alias(MODIFIED)
    return standard(Kind.DATETIME, pl.col(name), raw.schema[name], reading).alias(MODIFIED)


def _evidence(raw: pl.DataFrame, side: Side) -> list[pl.Expr]:
    texts = [as_text(pl.col(source), raw.schema[source]).alias(RAW + name) for name, (source, _, _) in side.fields.items()]
    typed = [pl.col(source).alias(name) for name, (source, _, _) in side.fields.items() if raw.schema[source] != pl.String]
    special = [as_text(pl.col(name), raw.schema[name]).alias(column) for column, name in _special(side.source).items()]
    return texts + typed + special


def _standardised(raw: pl.DataFrame, side: Side, reading: Reading) -> list[pl.Expr]:
    out = []
    for name, (source, kind, spec) in side.fields.items():
        dtype = raw.schema[source]
        column = pl.col(RAW + name) if dtype == pl.String else pl.col(name)
        out.append(standard(kind, column, dtype, reading_of(spec, reading)).alias(name))
    return out


def _usable_keys(frame: pl.DataFrame, side: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with a key that nobody else has (of a repeated key the first stays), and findings for the rest."""
    empty = frame.filter(pl.col(KEY).is_null())
    keyed = frame.filter(pl.col(KEY).is_not_null())
    kept = keyed
    repeated = keyed.clear()
    if keyed[KEY].n_unique() < keyed.height:
        repeated = keyed.filter(pl.col(KEY).is_duplicated() & ~pl.col(KEY).is_first_distinct())
        kept = keyed.unique(KEY, keep="first", maintain_order=True)
    findings = [
        _findings(empty, side, "key_empty", "blocking", pl.lit(None, pl.String), "_key"),
        _findings(repeated, side, "key_repeated", "blocking", pl.col(KEY), "_key"),
    ]
    return kept, pl.concat(findings)


def _findings(frame: pl.DataFrame, side: Side, rule: str, severity: str, value: pl.Expr, field: str) -> pl.DataFrame:
    return frame.select(
        pl.lit(side.entity).alias("entity"),
        pl.lit(str(side.role)).alias("system"),
        pl.col(KEY).alias("key"),
        pl.lit(field).alias("field"),
        pl.lit(rule).alias("rule"),
        pl.lit(severity).alias("severity"),
        value.str.slice(0, 500).alias("value"),
        pl.lit(None, pl.String).alias("counterpart"),
    ).cast(FINDINGS)


def _unreadable(frame: pl.DataFrame, side: Side) -> pl.DataFrame:
    found = [FINDINGS.to_frame()]
    for name, (_, kind, spec) in side.fields.items():
        if kind in _READ:
            said = clean(pl.col(RAW + name)).is_not_null() & _says_something(name, spec)
            bad = frame.filter(said & pl.col(name).is_null())
            found.append(_findings(bad, side, "not_readable", "major", pl.col(RAW + name), name))
    return pl.concat(found)


def _says_something(name: str, spec: FieldMap) -> pl.Expr:
    """Whether what was written is none of the field's own words for nothing."""
    word = pl.col(RAW + name).str.strip_chars().str.to_lowercase()
    return ~word.is_in(list(spec.nothing or ())).fill_null(value=False)


def _map_codes(frame: pl.DataFrame, side: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CRM words become ERP codes; a code that the map lacks becomes null and a finding, on either side."""
    found = [FINDINGS.to_frame()]
    mapped = frame
    for name, (_, _, spec) in side.fields.items():
        if not spec.values:
            continue
        code = coded(pl.col(name), spec.values, side.role)
        bad = frame.filter(pl.col(name).is_not_null() & code.is_null() & _says_something(name, spec))
        found.append(_findings(bad, side, "code_not_mapped", "major", pl.col(RAW + name), name))
        mapped = mapped.with_columns(code.alias(name))
    return mapped, pl.concat(found)
