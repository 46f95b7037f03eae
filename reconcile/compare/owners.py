"""Who looks after which breaks, by the rules of the configuration. Whom a person has named by hand the ledger knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from reconcile.config.breaks import OwnerRule
from reconcile.config.models import Entity, kinds_of
from reconcile.records import KEY, Role
from reconcile.results import BreakKind
from reconcile.values.conditions import BadCondition, condition, with_fields

Records = Mapping[Role, Mapping[str, pl.DataFrame]]
"""Canonical records by side and entity."""


def owned(
    breaks: pl.DataFrame,
    rules: Sequence[OwnerRule],
    records: Records,
    entities: Mapping[str, Entity],
    suites: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The breaks (BREAKS) with a column `assignee`: the owner of the first rule that fits, null where none does.

    Broken rules of suites bring an owner of their own, in `suites` (fingerprint, assignee); only a rule that names their kind
    counts before it.
    """
    fits = {f"_fits{at}": _fits(breaks, rule, records, entities) for at, rule in enumerate(rules)}
    assignee = pl.lit(None, pl.String)
    for name, rule in reversed(list(zip(fits, rules, strict=True))):
        assignee = pl.when(name).then(pl.lit(rule.owner)).otherwise(assignee)
    marked = breaks.with_columns(**fits)
    told = marked.with_columns(assignee=assignee).select(*breaks.columns, "assignee")
    if suites is None:
        return told
    own = suites.select("fingerprint", _own="assignee").unique("fingerprint", keep="first")
    both = told.join(own, on="fingerprint", how="left", maintain_order="left")
    return both.with_columns(assignee=pl.coalesce("assignee", "_own")).drop("_own")


def _fits(breaks: pl.DataFrame, rule: OwnerRule, records: Records, entities: Mapping[str, Entity]) -> pl.Series:
    wanted = {"entity": rule.entities, "field": rule.fields, "kind": rule.kinds, "severity": rule.severities}
    named = [pl.col(column).is_in(list(values)) for column, values in wanted.items() if values is not None]
    fit = breaks.select(fit=pl.all_horizontal(pl.lit(value=True), *named).fill_null(value=False) & pl.repeat(True, pl.len()))[
        "fit"
    ]
    if rule.kinds is None:
        fit &= breaks["kind"] != str(BreakKind.BROKEN_RULE)
    return fit if rule.when is None else fit & _holds(breaks, rule.when, records, entities)


def _holds(breaks: pl.DataFrame, when: str, records: Records, entities: Mapping[str, Entity]) -> pl.Series:
    """Whether the condition holds for the records of a break; false for entities that lack its fields."""
    found = [pl.DataFrame(schema={"_row": pl.UInt32, "told": pl.Boolean})]
    numbered = breaks.select("entity", "crm_key", "erp_key").with_row_index("_row")
    for name, entity in entities.items():
        crm, erp = (records[role].get(name) for role in Role)
        if crm is None or erp is None:
            continue
        kinds = {field: kind for field, kind in kinds_of(name, entity).items() if field in crm.columns or field in erp.columns}
        try:
            told = condition(when, kinds)
        except BadCondition:
            continue
        pairs = numbered.filter(pl.col("entity") == name)
        for side, key, frame in (("c", "crm_key", crm), ("e", "erp_key", erp)):
            values = frame.select(pl.col(KEY).alias(key), *(pl.col(f).alias(f"{side}:{f}") for f in kinds if f in frame.columns))
            pairs = pairs.join(values, on=key, how="left", maintain_order="left")
        seen = with_fields(pairs, {field: (f"c:{field}", f"e:{field}") for field in kinds})
        found.append(pairs.select("_row").hstack(seen.select(told=told)))
    return numbered.join(pl.concat(found), on="_row", how="left", maintain_order="left")["told"].fill_null(value=False)
