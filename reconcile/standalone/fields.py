"""What is compared in two files: their keys, and which column of one is which of the other; by name, or as a file says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconcile.compare.cells import Cells, Field
from reconcile.errors import KeyUnfit, StoreUnwritable
from reconcile.records import Kind
from reconcile.refusals import refusal
from reconcile.spreadsheet import write_replacing
from reconcile.standalone.tables import Table
from reconcile.values.standard import Reading

if TYPE_CHECKING:
    from reconcile.config.diffing import DiffConfig, Writing

_HEAD = """\
# What `reconcile diff` compared, and by which kinds of field; give this file with --config to have it done the same way again.
# crm is the first file, erp the second. See docs/diff.md.
"""
_SIGNS = re.compile(r"[\W_]+")
_SHOWN = 8
"""Columns that an error names."""


@dataclass(frozen=True)
class Finding:
    """A column that was not compared. The reason is only_in_crm, only_in_erp, nested, types or left_out."""

    reason: str
    column: str
    types: tuple[str, str] | None = None
    """Of both columns, where they do not go together."""
    other: str = ""
    """The other file's column, where there is one."""

    @property
    def open(self) -> bool:
        """Whether somebody should look: both files have the column, and it was not compared."""
        return self.reason in ("types", "nested")


@dataclass(frozen=True)
class Plan:
    """What is compared."""

    keys: tuple[tuple[str, ...], tuple[str, ...]]
    fields: tuple[Field, ...]
    readings: tuple[Reading | None, Reading | None]
    findings: tuple[Finding, ...]
    config: DiffConfig | None = None


def planned(tables: tuple[Table, Table], keys: Sequence[str], config: Path | None, environ: Mapping[str, str]) -> Plan:
    """What is compared in two files.

    Raises:
        KeyUnfit: no key is named, or one that is no column.
        InvalidConfig, FileMissing, FileUnreadable: of the configuration.
    """
    crm, erp = tables
    said: DiffConfig | None = None
    if config is not None:
        from reconcile.config.diffing import load_diffing  # noqa: PLC0415 - many comparisons have no configuration

        said = load_diffing(config, environ, crm.names, erp.names)
    own = _keys(tables, keys, said)
    named = _named(said)
    left_out = set(said.leave_out) if said else set()
    taken = ({*own[0], *(f.crm for f in named), *left_out}, {*own[1], *(f.erp for f in named), *left_out})
    free = [[name for name in table.names if name not in used] for table, used in zip(tables, taken, strict=True)]
    found, alone = _by_name(free[0], free[1], {field.name for field in named})
    findings = [Finding(f"only_in_{side}", name) for side, names in zip(("crm", "erp"), alone, strict=True) for name in names]
    findings += [Finding("left_out", name) for name in sorted(left_out)]
    nested = [field for field in (*named, *found) if field.crm in crm.nested or field.erp in erp.nested]
    fields = [field for field in (*named, *found) if field not in nested]
    findings += [Finding("nested", field.crm, other=field.erp) for field in nested]
    if said is not None:
        fields = [_with_columns_beside(field, said, fields, tables) for field in fields]
    readings = (_reading(said.crm), _reading(said.erp)) if said else (None, None)
    return Plan(own, tuple(fields), readings, tuple(findings), said)


def _keys(tables: tuple[Table, Table], keys: Sequence[str], said: DiffConfig | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not keys and said is not None and said.crm_key is not None:
        return said.crm_key, said.erp_key or said.crm_key
    if not keys:
        both = [name for name in tables[0].names if name in tables[1].names]
        raise KeyUnfit(refusal("key_not_named", names=", ".join(both[:_SHOWN]) or "-"))
    own = [_parted(key, tables) for key in keys]
    for at, table in enumerate(tables):
        for pair in own:
            if pair[at] not in table.names:
                there = ", ".join(table.names[:_SHOWN]) + (" ..." if len(table.names) > _SHOWN else "")
                raise KeyUnfit(refusal("key_column_missing", file=table.path, name=repr(pair[at]), names=there))
            if pair[at] in table.nested:
                raise KeyUnfit(refusal("key_nested", file=table.path, name=repr(pair[at])))
    return tuple(pair[0] for pair in own), tuple(pair[1] for pair in own)


def _parted(key: str, tables: tuple[Table, Table]) -> tuple[str, str]:
    """`LEFT=RIGHT` at the sign where both sides are columns; a column's own name may hold one."""
    if "=" not in key or all(key in table.names for table in tables):
        return key, key
    places = [found.start() for found in re.finditer("=", key)]
    options = [(key[:at], key[at + 1 :]) for at in places]
    return next((pair for pair in options if pair[0] in tables[0].names and pair[1] in tables[1].names), options[0])


def _named(said: DiffConfig | None) -> list[Field]:
    if said is None:
        return []
    from reconcile.config.equality import reading_of, rule_of  # noqa: PLC0415 - only with a configuration

    return [
        Field(
            name,
            spec.crm,
            spec.erp or spec.crm,
            spec.type or (Kind.CODE if spec.values else None),
            partial(rule_of, spec=spec),
            partial(reading_of, spec),
            codes=spec.values,
        )
        for name, spec in said.fields.items()
    ]


def _with_columns_beside(field: Field, said: DiffConfig, fields: Sequence[Field], tables: tuple[Table, Table]) -> Field:
    """The field with the columns of its unit and its parts, which the configuration names by fields, or by columns of both."""
    spec = said.fields.get(field.name)
    if spec is None:
        return field
    known = {each.name: (each.crm, each.erp) for each in fields}
    own = {name: known.get(name, (name, name)) for name in (spec.unit_field, *(spec.parts or ())) if name is not None}
    there = {name: pair for name, pair in own.items() if all(c in t.names for c, t in zip(pair, tables, strict=True))}
    nearby = None
    if spec.parts is not None:
        pairs = [there[name] for name in spec.parts if name in there]
        nearby = (tuple(crm for crm, _ in pairs), tuple(erp for _, erp in pairs))
    return replace(field, units=there.get(spec.unit_field or ""), nearby=nearby)


def _by_name(crm: Iterable[str], erp: Iterable[str], taken: set[str]) -> tuple[list[Field], tuple[list[str], list[str]]]:
    """Columns of the same name, or of one that differs by case, spaces and signs alone; and those that are left."""
    rest = (list(crm), list(erp))
    found: list[Field] = []
    for plain in (False, True):
        sides = [_once(names, plain=plain) for names in rest]
        for form in [form for form in sides[0] if form in sides[1]]:
            pair = (sides[0][form], sides[1][form])
            name = pair[0] if pair[0] not in taken else f"{pair[0]} ({pair[1]})"
            found.append(Field(name, *pair))
            rest[0].remove(pair[0])
            rest[1].remove(pair[1])
    return found, rest


def plain_name(name: str) -> str:
    """A column's name without case, spaces and signs: `Credit Limit` and `credit_limit` are one."""
    return _SIGNS.sub("", name.casefold())


def _once(names: Iterable[str], *, plain: bool) -> dict[str, str]:
    """Names by the form in which they are compared; without those of which two have one form."""
    forms: dict[str, list[str]] = {}
    for name in names:
        forms.setdefault(plain_name(name) if plain else name, []).append(name)
    return {form: own[0] for form, own in forms.items() if len(own) == 1 and form}


def _reading(writing: Writing) -> Reading | None:
    if not writing.model_fields_set:
        return None
    return Reading(writing.decimal, day_first=writing.day_first is not False, timezone=writing.timezone)


def write_plan(plan: Plan, cells: Sequence[Cells], path: Path) -> None:
    """What was compared and by which kinds, as a file for --config. Raises StoreUnwritable."""
    import yaml  # noqa: PLC0415 - only this option needs it

    def place(columns: tuple[str, ...]) -> str | list[str]:
        plain = [name.replace("${", "$${") for name in columns]
        return plain[0] if len(plain) == 1 else plain

    specs = plan.config.fields if plan.config else {}
    fields: dict[str, object] = {}
    for each in sorted(cells, key=lambda each: each.field.name):
        own = specs[each.field.name].model_dump(mode="json", exclude_unset=True) if each.field.name in specs else {}
        kind = each.kind or each.field.kind
        fields[each.field.name] = (
            own | {"crm": place((each.field.crm,)), "erp": place((each.field.erp,))} | ({"type": kind.value} if kind else {})
        )
    alone = [place((finding.column,)) for finding in plan.findings if not finding.open]
    written: dict[str, object] = {"crm_key": place(plan.keys[0]), "erp_key": place(plan.keys[1]), "fields": fields}
    written |= {"leave_out": alone} if alone else {}
    for side in ("crm", "erp"):
        how = getattr(plan.config, side).model_dump(mode="json", exclude_unset=True) if plan.config else {}
        written |= {side: how} if how else {}
    text = _HEAD + yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=130)
    try:
        write_replacing(path, text.encode())
    except OSError as error:
        raise StoreUnwritable(path, error.strerror or str(error)) from error
