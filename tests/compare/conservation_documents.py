"""Documents written by hand: a few words for each record, as the rules read them."""

from __future__ import annotations

import datetime as dt

import polars as pl

from reconcile.balances import Conserved
from reconcile.compare.conservation import Inputs, conserve
from reconcile.config.conservation import Conservation
from reconcile.normalise import with_whole
from reconcile.records import KEY, MODIFIED, RAW, SHAPES, Kind, Role
from reconcile.results import LINKS

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LONG_AGO = NOW - dt.timedelta(days=3)
TYPES = {Kind.MONEY: pl.Float64, Kind.QUANTITY: pl.Float64, Kind.DATE: pl.Date, Kind.DATETIME: pl.Datetime("us", "UTC")}
Records = dict[str, dict[str, dict[str, object]]]
"""Entity to key to field to value; `_modified` may say when a record was changed."""


def normalised(entity: str, rows: dict[str, dict[str, object]]) -> pl.DataFrame:
    """A normalised frame of these records; a field that none of them has is not mapped."""
    fields = [name for name in SHAPES[entity].fields if any(name in row for row in rows.values())]
    own = [name for row in rows.values() for name in row if name not in (*fields, MODIFIED)]
    columns: dict[str, pl.Series] = {
        KEY: pl.Series(list(rows), dtype=pl.String),
        MODIFIED: pl.Series([row.get(MODIFIED, LONG_AGO) for row in rows.values()], dtype=pl.Datetime("us", "UTC")),
    }
    for name in dict.fromkeys([*fields, *own]):
        dtype = TYPES.get(SHAPES[entity].fields.get(name, Kind.TEXT), pl.String)
        columns[name] = pl.Series([row.get(name) for row in rows.values()], dtype=dtype, strict=False)
        columns[RAW + name] = columns[name].cast(pl.String)
    return pl.DataFrame(columns)


def added_up(
    erp: Records,
    crm: Records | None = None,
    links: dict[str, str] | list[tuple[str, str]] | None = None,
    known: tuple[str, ...] = (),
    **given: object,
) -> Conserved:
    """What the rules say of these documents; `links` are orders, CRM to ERP; `given` is the configuration."""
    records: dict[Role, dict[str, pl.DataFrame]] = {role: {} for role in Role}
    for role, side in ((Role.CRM, crm or {}), (Role.ERP, erp)):
        for name in (name for name in SHAPES if name in side):
            records[role][name] = with_whole(normalised(name, side[name]), name, records[role])
    pairs = [
        ("orders", one, other, "key:number", 1.0) for one, other in (links.items() if isinstance(links, dict) else links or [])
    ]
    linked = {"orders": pl.DataFrame(pairs, schema=LINKS, orient="row")}
    inputs = Inputs(records, linked, NOW, pl.Series("fingerprint", list(known), dtype=pl.String))
    return conserve(inputs, Conservation.model_validate(given), 15.0)


def told(conserved: Conserved) -> list[tuple[str, str, str]]:
    """(reason, key, what is said) of each break, sorted."""
    rows = conserved.breaks.select("reason", pl.coalesce("erp_key", "crm_key"), pl.coalesce("erp_value", "crm_value")).rows()
    return sorted(rows)


def of(conserved: Conserved, level: str, key: str) -> dict[str, tuple[int, int]]:
    """Currency to what is not invoiced and not paid, of one order or customer."""
    rows = conserved.residuals.filter(level=level, key=key).select("currency", "uninvoiced", "unpaid").rows()
    return {currency: (uninvoiced, unpaid) for currency, uninvoiced, unpaid in rows}
