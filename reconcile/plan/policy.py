"""Who is right when two sides differ, and how the owner's value is written on the other side. Named polars expressions."""

from __future__ import annotations

import polars as pl

from reconcile.config.models import FieldMap
from reconcile.records import RAW, Kind, Role
from reconcile.values.places import country_spellings
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


def written(name: str, kind: Kind, spec: FieldMap, source: Role, there: pl.DataFrame) -> pl.Expr:
    """The source side's value as text for the target: codes mapped, numbers plain, dates ISO, text as it was typed.

    Countries and currencies are written as most of the target's records, its normalised frame `there`, write them.
    Reads the columns of the source side's normalised frame; a reference stays the source system's own key.
    """
    value, raw = pl.col(name), pl.col(RAW + name)
    if spec.values:
        return value if source is Role.CRM else _word_of_the_crm(value, spec.values)
    if kind in (Kind.MONEY, Kind.QUANTITY):
        whole = (value == value.round(0)) & (value.abs() < _EXACT_INTEGERS)
        return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.round(6).cast(pl.String))
    if kind in (Kind.DATE, Kind.DATETIME):
        return value.dt.to_string("%Y-%m-%d" if kind is Kind.DATE else "%Y-%m-%dT%H:%M:%SZ")
    if kind in (Kind.COUNTRY, Kind.CURRENCY):
        forms = _usual_forms(there, name, kind)
        return value.replace(list(forms), list(forms.values()))
    if kind in (Kind.BOOLEAN, Kind.EMAIL):
        return value.cast(pl.String)
    return clean(raw)


def _word_of_the_crm(code: pl.Expr, values: dict[str, str]) -> pl.Expr:
    words = {code.lower(): word for word, code in reversed(values.items())}
    return code.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.String)


def _usual_forms(there: pl.DataFrame, name: str, kind: Kind) -> dict[str, str]:
    """Code to how these records write it; a country that none of them has is written in the way that most of them follow."""
    if not {name, RAW + name} <= set(there.columns):
        return {}
    held = there.lazy().select(code=name, form=clean(pl.col(RAW + name))).drop_nulls().group_by("code", "form").len().collect()
    usual = held.sort(pl.col("len"), "form", descending=[True, False]).unique("code", keep="first", maintain_order=True)
    forms = dict(usual.select("code", "form").iter_rows())
    return _common_way(held) | forms if kind is Kind.COUNTRY else forms


def _common_way(held: pl.DataFrame) -> dict[str, str]:
    """Of the ways to write a country, the one that most records follow; `held` has code, form and len."""
    ways = country_spellings()

    def followed(way: str) -> int:
        said = held.filter(pl.col("code").replace_strict(ways[way], default=None) == pl.col("form"))
        return int(said["len"].sum())

    return ways[max(ways, key=followed)]
