"""Who is right when two sides differ, and how the owner's value is written on the other side. Named polars expressions."""

from __future__ import annotations

import polars as pl

from reconcile.config.models import FieldMap
from reconcile.records import RAW, Kind, Role
from reconcile.values.text import clean

_EXACT_INTEGERS = 2**53


def decided_owner() -> pl.Expr:
    """`crm`, `erp` or `review` for each row, by the columns owner, crm_at, erp_at (when each record was changed) and moved.

    `newest` is the side that was changed last, if both say when; `changed_side` the one that alone has left the base.
    """
    crm_at, erp_at = pl.col("crm_at"), pl.col("erp_at")
    newest = pl.when(crm_at > erp_at).then(pl.lit("crm")).when(erp_at > crm_at).then(pl.lit("erp"))
    changed = pl.when(pl.col("moved").is_in(["crm", "erp"])).then("moved")
    owner = pl.col("owner")
    decided = pl.when(owner == "newest").then(newest).when(owner == "changed_side").then(changed).otherwise(owner)
    return decided.fill_null("review")


def written(name: str, kind: Kind, spec: FieldMap, source: Role) -> pl.Expr:
    """The source side's value as text for the target: codes mapped, numbers plain, dates ISO, text as it was typed.

    Reads the columns of the source side's normalised frame; a reference stays the source system's own key.
    """
    value, raw = pl.col(name), pl.col(RAW + name)
    if spec.values:
        if source is Role.CRM:
            return value
        words = {code.lower(): word for word, code in reversed(spec.values.items())}
        return value.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)
    if kind in (Kind.MONEY, Kind.QUANTITY):
        whole = (value == value.round(0)) & (value.abs() < _EXACT_INTEGERS)
        return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.round(6).cast(pl.String))
    if kind in (Kind.DATE, Kind.DATETIME):
        return value.dt.to_string("%Y-%m-%d" if kind is Kind.DATE else "%Y-%m-%dT%H:%M:%SZ")
    if kind in (Kind.BOOLEAN, Kind.COUNTRY, Kind.CURRENCY, Kind.EMAIL):
        return value.cast(pl.String)
    return clean(raw)
