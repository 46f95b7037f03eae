"""The base: the last values on which both systems agreed, one row for each linked pair, written only where that is news.

One row for a pair, with its fields as one text: an unchanged pair is told by one comparison of texts, and read by nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select, update

from reconcile.ledger.audit import Entry, append
from reconcile.ledger.crosswalk import Pair
from reconcile.ledger.database import instant, instants, read_frame, rows_with, write_frame
from reconcile.ledger.tables import base
from reconcile.results import BASE

_KEYS = ["crm_key", "erp_key"]
_STORED = [*_KEYS, "agreed", "agreed_at", "run_id", "older"]
_VALUES = pl.List(pl.Struct({"field": pl.String, "crm": pl.String, "erp": pl.String}))
_OLDER = pl.List(pl.Struct({"field": pl.String, "at": pl.String, "run_id": pl.String}))
_NOTHING = "[]"


def record(
    connection: Connection, pair: Pair, entity: str, agreed: pl.DataFrame, links: pl.DataFrame, run_id: str, at: dt.datetime
) -> int:
    """Make the base of an entity say what is newly agreed; how many pairs were written. See Ledger.record_base."""
    known = read_frame(connection, _rows(pair, entity))
    gone = known.join(links, on=_KEYS, how="anti")
    said = agreed.select(*_KEYS, now=_as_text(agreed)).filter(pl.col("now") != _NOTHING).join(links, on=_KEYS, how="semi")
    new = said.join(known, on=_KEYS, how="anti").rename({"now": "agreed"})
    other = known.join(said, on=_KEYS).filter(pl.col("now") != pl.col("agreed"))
    changed = _brought_up_to_date(other, run_id, instant(at))
    write(connection, pair, entity, gone, new, changed, run_id, at)
    if counts := {name: f.height for name, f in (("new", new), ("removed", gone), ("changed", changed)) if f.height}:
        append(connection, [Entry(run_id, "agreements recorded", run_id, {"entity": entity, **counts})], at)
    return new.height + changed.height


def write(
    connection: Connection,
    pair: Pair,
    entity: str,
    gone: pl.DataFrame,
    new: pl.DataFrame,
    changed: pl.DataFrame,
    run_id: str,
    at: dt.datetime,
) -> None:
    """Delete, insert and update rows: `new` has the keys and `agreed`, `changed` has `older` beside them."""
    here = and_(_here(pair, entity), *(base.c[name] == bindparam(f"b_{name}") for name in _KEYS))
    keys = {f"b_{name}": pl.col(name) for name in _KEYS}
    write_frame(connection, delete(base).where(here), gone.select(**keys))
    fixed = {"crm_system": pair.crm, "erp_system": pair.erp, "entity": entity, "agreed_at": instant(at), "run_id": run_id}
    rows = new.select(*_KEYS, "agreed").with_columns(**{name: pl.lit(value) for name, value in fixed.items()})
    write_frame(connection, insert(base), rows)
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in ("agreed", "older")}
    statement = update(base).where(here).values(values | {"agreed_at": fixed["agreed_at"], "run_id": run_id})
    write_frame(connection, statement, changed.select(**keys, b_agreed="agreed", b_older="older"))


def listing(connection: Connection, pair: Pair, entity: str, crm_keys: Collection[str] | None) -> pl.DataFrame:
    """BASE of all pairs of an entity, or of those with these CRM keys."""
    query = _rows(pair, entity)
    if crm_keys is None:
        rows = read_frame(connection, query)
    else:
        found = [tuple(row) for row in rows_with(connection, query, base.c.crm_key, crm_keys)]
        rows = pl.DataFrame(found, schema=dict.fromkeys(_STORED, pl.String()), orient="row")
    return _cells(rows).with_columns(instants("agreed_at")).select(BASE.names())


def where(connection: Connection, pair: Pair, entity: str, condition: ColumnElement[bool]) -> pl.DataFrame:
    """BASE of the pairs of an entity of which a condition on the table holds."""
    rows = read_frame(connection, _rows(pair, entity).where(condition))
    return _cells(rows).with_columns(instants("agreed_at")).select(BASE.names())


def _here(pair: Pair, entity: str) -> ColumnElement[bool]:
    return and_(base.c.crm_system == pair.crm, base.c.erp_system == pair.erp, base.c.entity == entity)


def _rows(pair: Pair, entity: str) -> Any:
    return select(*(base.c[name] for name in _STORED)).where(_here(pair, entity))


def _as_text(agreed: pl.DataFrame) -> pl.Expr:
    """The agreed fields of each pair as JSON, by field: canonical, so that equal values are equal texts."""
    fields = sorted(set(agreed.columns) - set(_KEYS))
    cells = [
        pl.when(pl.col(name).is_not_null()).then(
            _json(pl.lit(name), pl.col(name).struct.field("crm"), pl.col(name).struct.field("erp"))
        )
        for name in fields
    ]
    joined = pl.concat_str(cells, separator=",", ignore_nulls=True) if cells else pl.lit("")
    return pl.concat_str(pl.lit("["), joined, pl.lit("]"))


def _json(field: pl.Expr, crm: pl.Expr, erp: pl.Expr) -> pl.Expr:
    return pl.struct(field=field, crm=crm, erp=erp).struct.json_encode()


def _cells(rows: pl.DataFrame, by: Sequence[str] = _KEYS) -> pl.DataFrame:
    """Stored rows, which `by` tells apart, as one row for each field: the columns of BASE, `agreed_at` as it is stored."""
    cells = _values(rows.select(*by, "agreed_at", "run_id", cell="agreed"))
    older = rows.drop_nulls("older").select(*by, cell=pl.col("older").str.json_decode(_OLDER)).explode("cell")
    since = older.drop_nulls("cell").unnest("cell").rename({"run_id": "older_run"})
    return cells.join(since, on=[*by, "field"], how="left").with_columns(
        agreed_at=pl.coalesce("at", "agreed_at"), run_id=pl.coalesce("older_run", "run_id")
    )


def _values(rows: pl.DataFrame) -> pl.DataFrame:
    """The texts of `cell` as one row for each field: field, crm_value, erp_value beside the other columns."""
    cells = rows.with_columns(pl.col("cell").str.json_decode(_VALUES)).explode("cell").drop_nulls("cell")
    return cells.unnest("cell").rename({"crm": "crm_value", "erp": "erp_value"})


def _brought_up_to_date(other: pl.DataFrame, run_id: str, moment: str) -> pl.DataFrame:
    """Of stored rows beside what is agreed `now`, those that are to be written: keys, `agreed` and `older`."""
    rows = other.with_row_index("row")
    now, was = _values(rows.select("row", cell="now")), _cells(rows, ["row"])
    news = now.join(was, on=["row", "field", "crm_value", "erp_value"], how="anti", nulls_equal=True)
    stays = was.join(news, on="row", how="semi").join(news, on=["row", "field"], how="anti")
    is_older = (pl.col("agreed_at") != moment) | (pl.col("run_id") != run_id)
    since = pl.when(is_older).then(pl.struct("field", "run_id", at="agreed_at").struct.json_encode())
    value = pl.struct("field", crm="crm_value", erp="erp_value").struct.json_encode()
    texts = [
        news.select("row", "field", value=value, since=pl.lit(None, pl.String)),
        stays.select("row", "field", value=value, since=since),
    ]
    gathered = (
        pl.concat(texts).sort("row", "field").group_by("row", maintain_order=True).agg(pl.col("value", "since").str.join(","))
    )
    return rows.select("row", *_KEYS).join(gathered, on="row").select(*_KEYS, agreed=_listed("value"), older=_listed("since"))


def _listed(name: str) -> pl.Expr:
    return pl.when(pl.col(name) != "").then(pl.concat_str(pl.lit("["), name, pl.lit("]")))
