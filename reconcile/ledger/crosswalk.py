"""The crosswalk: which CRM key is which ERP key, how that was decided, how sure, by whom and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select, update

from reconcile.errors import LinksNotOneToOne
from reconcile.ledger.audit import Entry, append
from reconcile.ledger.database import chunks, instant, read_frame, write_frame
from reconcile.ledger.tables import crosswalk
from reconcile.records import Role
from reconcile.results import LINKS, UTC_TIME

PERSON = "person"
"""The rung of a link that a person decided; no run moves or removes it."""
CREATED = "created"
"""The rung of a link to a record that a push created."""
REMEMBERED = "remembered"
SCORE = "score"
"""The rung of a link that a model's weights decided."""
_PAIR = ["entity", "crm_key", "erp_key"]


@dataclass(frozen=True)
class Pair:
    """The names of the two systems whose keys are linked, CRM first."""

    crm: str = "crm"
    erp: str = "erp"

    def rows(self) -> ColumnElement[bool]:
        """The condition that a row of the crosswalk is of this pair."""
        return and_(crosswalk.c.crm_system == self.crm, crosswalk.c.erp_system == self.erp)


def listing(connection: Connection, pair: Pair, entity: str | None) -> pl.DataFrame:
    """Links of one entity (of all, if None): the columns of LINKS, run_id, decided_by, since, model."""
    query = select(*(crosswalk.c[name] for name in (*LINKS, "run_id", "decided_by", "since", "model"))).where(pair.rows())
    if entity is not None:
        query = query.where(crosswalk.c.entity == entity)
    return read_frame(connection, query, {"probability": pl.Float64(), "since": UTC_TIME})


def record(
    connection: Connection,
    pair: Pair,
    links: pl.DataFrame,
    run_id: str,
    at: dt.datetime,
    entities: Collection[str] | None,
) -> None:
    """Make the crosswalk of these entities say what `links` says; what persons decided stays. Raises LinksNotOneToOne."""
    of = links["entity"].unique().to_list() if entities is None else list(entities)
    known = pl.concat([listing(connection, pair, entity) for entity in of]) if of else listing(connection, pair, "")
    said = links.select(_wanted(links, run_id))
    pinned = _still_pinned(known.filter(pl.col("rung") == PERSON), said)
    wanted = _without_pinned(said, pinned)
    _check_one_to_one(wanted)
    gone = known.join(wanted, on=_PAIR, how="anti").join(pinned, on=_PAIR, how="anti")
    new = wanted.join(known, on=_PAIR, how="anti")
    changed = wanted.filter(pl.col("rung") != REMEMBERED).join(known.select(*_PAIR, was="rung"), on=_PAIR)
    changed = changed.filter(pl.col("rung") != pl.col("was")).drop("was")
    systems = {"crm_system": pl.lit(pair.crm), "erp_system": pl.lit(pair.erp)}
    keys = {"b_entity": "entity", "b_crm_key": "crm_key"}
    write_frame(connection, delete(crosswalk).where(_row(pair)), gone.select(**keys))
    write_frame(connection, insert(crosswalk), new.with_columns(since=pl.lit(instant(at)), run_id=pl.lit(run_id), **systems))
    values: dict[str, Any] = {name: bindparam(f"b_{name}") for name in ("rung", "probability", "decided_by", "run_id", "model")}
    bound = changed.with_columns(run_id=pl.lit(run_id)).select(**keys, **{f"b_{name}": pl.col(name) for name in values})
    write_frame(connection, update(crosswalk).where(_row(pair)).values(values), bound)
    if counts := {k: f.height for k, f in (("new", new), ("removed", gone), ("changed", changed)) if f.height}:
        append(connection, [Entry(run_id, "links recorded", run_id, counts)], at)


def add(connection: Connection, pair: Pair, links: Sequence[tuple[str, str, str, str]], by: str, at: dt.datetime) -> None:
    """Link created records to those they were made from: (entity, crm_key, erp_key, run_id) each. What stood in the way goes."""
    frame = pl.DataFrame(links, schema={name: pl.String() for name in (*_PAIR, "run_id")}, orient="row")
    frame = frame.unique(_PAIR, keep="first", maintain_order=True)
    for side in ("crm_key", "erp_key"):
        here = and_(pair.rows(), crosswalk.c.entity == bindparam("b_entity"), crosswalk.c[side] == bindparam("b_key"))
        write_frame(connection, delete(crosswalk).where(here), frame.select(b_entity="entity", b_key=side))
    fixed = {"crm_system": pair.crm, "erp_system": pair.erp, "rung": CREATED, "decided_by": by, "since": instant(at)}
    row = frame.with_columns(probability=pl.lit(1.0), **{name: pl.lit(value) for name, value in fixed.items()})
    write_frame(connection, insert(crosswalk), row)


@dataclass(frozen=True)
class Relink:
    """What a decision makes of one record's link."""

    entity: str
    side: Role
    """The side of `key`."""
    key: str
    counterpart: str | None
    """The key on the other side; None takes the link back."""
    rung: str = PERSON


def relink(connection: Connection, pair: Pair, decided: Sequence[Relink], by: str, at: dt.datetime, run_id: str) -> None:
    """Make the crosswalk say what was decided. What stood in the way goes."""
    for one in decided:
        ours, theirs = crosswalk.c[f"{one.side}_key"], crosswalk.c[f"{one.side.other}_key"]
        here = and_(pair.rows(), crosswalk.c.entity == one.entity)
        connection.execute(delete(crosswalk).where(here, ours == one.key))
        if one.counterpart is None:
            continue
        connection.execute(delete(crosswalk).where(here, theirs == one.counterpart))
        keys = {f"{one.side}_key": one.key, f"{one.side.other}_key": one.counterpart}
        row = {"crm_system": pair.crm, "erp_system": pair.erp, "entity": one.entity, "rung": one.rung, "probability": 1.0}
        row |= {"run_id": run_id, "decided_by": by, "since": instant(at)}
        connection.execute(insert(crosswalk).values(**row, **keys))


def counterparts(connection: Connection, pair: Pair, entity: str, side: Role, keys: Collection[str]) -> dict[str, str]:
    """Keys of one side to the keys of the other, through the links; a key without a link is left out."""
    ours, theirs = crosswalk.c[f"{side}_key"], crosswalk.c[f"{side.other}_key"]
    query = select(ours, theirs).where(pair.rows(), crosswalk.c.entity == entity)
    found = (connection.execute(query.where(ours.in_(part))) for part in chunks(keys))
    return {row[0]: row[1] for result in found for row in result}


def _row(pair: Pair) -> ColumnElement[bool]:
    return and_(
        pair.rows(),
        crosswalk.c.entity == bindparam("b_entity"),
        crosswalk.c.crm_key == bindparam("b_crm_key"),
    )


def _wanted(links: pl.DataFrame, run_id: str) -> list[pl.Expr]:
    by = pl.col("decided_by") if "decided_by" in links.columns else pl.lit(run_id)
    model = pl.col("model") if "model" in links.columns else pl.lit(None)
    return [
        *(pl.col(name) for name in LINKS),
        by.cast(pl.String).fill_null(run_id).alias("decided_by"),
        pl.when(pl.col("rung") == SCORE).then(model).cast(pl.String).alias("model"),
    ]


def _still_pinned(pinned: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """What persons decided before and no person has now decided otherwise."""
    otherwise = links.filter(pl.col("rung") == PERSON).join(pinned, on=_PAIR, how="anti")
    for side in ("crm_key", "erp_key"):
        pinned = pinned.join(otherwise, on=["entity", side], how="anti")
    return pinned


def _without_pinned(links: pl.DataFrame, pinned: pl.DataFrame) -> pl.DataFrame:
    """The links without those that a person's decision already makes or rules out."""
    decided = pl.concat([pinned.select(_PAIR), links.filter(pl.col("rung") == PERSON).select(_PAIR)])
    rest = links.filter(pl.col("rung") != PERSON)
    for side in ("crm_key", "erp_key"):
        rest = rest.join(decided, on=["entity", side], how="anti")
    return pl.concat([rest, links.filter(pl.col("rung") == PERSON)])


def _check_one_to_one(links: pl.DataFrame) -> None:
    for side in ("crm_key", "erp_key"):
        twice = links.filter(pl.struct("entity", side).is_duplicated())
        if twice.height:
            entity, key = twice.select("entity", side).row(0)
            raise LinksNotOneToOne(entity, side, key)
