"""The company while it is being damaged: who may still be hit, what was changed, and the log of it.

A record is hit once at most, so that every entry of the log stands for itself.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from reconcile.sandbox.company import ADDRESS, ENTITIES, HARMLESS, PLANTED, Company, changed, key_column, view
from reconcile.sandbox.objects import CRM, ERP

DIFFERENCE = "difference"
STRONG = pl.col("crm.ERP_Number__c").is_not_null() | pl.col("erp.ExternalReference").is_not_null()
"""Of a view: the pair is known by number, so that another value may change without hiding who is who."""


class Damage:
    """Both sides' rows, changed step by step. `now` is the moment that in-flight records are close to."""

    def __init__(self, company: Company, seed: int, now: dt.datetime) -> None:
        self.rows: dict[str, pl.DataFrame] = {**company.crm, **company.erp}
        self.now = now
        self.before = company
        self._seed = seed
        self._used: dict[str, list[pl.Series]] = {entity: [] for entity in ENTITIES}
        self._log: list[pl.DataFrame] = []
        self._views: dict[str, pl.DataFrame] = {}
        self._harmless = [company.harmless]

    def rng(self, defect: str) -> np.random.Generator:
        """Chance of its own for each defect, so that one more defect leaves the others as they are."""
        return np.random.default_rng([self._seed, zlib.crc32(defect.encode())])

    def view(self, entity: str) -> pl.DataFrame:
        """Pairs not yet hit that exist on both sides, as `company.view` shows them."""
        # who was changed is out of the view anyway, so only a removal makes it stale
        if entity not in self._views:
            self._views[entity] = view(self.rows, self.before.pairs[entity], entity)
        frame = self._views[entity]
        for used in self._used[entity]:
            frame = frame.filter(~pl.col("crm_key").is_in(used.implode()))
        return frame

    def choose(
        self, defect: str, entity: str, count: int, where: pl.Expr | None = None, fields: Sequence[str] = ()
    ) -> pl.DataFrame:
        """Up to `count` rows of the view that satisfy `where` and are not harmlessly different in `fields`; a third at most."""
        pool = self.view(entity)
        if where is not None:
            pool = pool.filter(where)
        if fields:
            varied = pl.concat(self._harmless).filter(pl.col("entity") == entity, pl.col("field").is_in(list(fields)))
            pool = pool.join(varied.select("crm_key"), on="crm_key", how="anti", maintain_order="left")
        count = min(count, -(-pool.height // 3))
        return pool[np.sort(self.rng(defect).choice(pool.height, count, replace=False))] if count else pool.head(0)

    def change(self, name: str, keys: pl.Series, **values: pl.Series | str | None) -> None:
        """Sets fields of an object's rows, known by their keys."""
        self.rows[name] = changed(self.rows[name], name, keys, values)

    def remove(self, name: str, keys: pl.Series) -> None:
        """Deletes an object's rows, known by their keys."""
        for entity, objects in ENTITIES.items():
            if name in objects or name == ADDRESS:
                self._views.pop(entity, None)
        self.rows[name] = self.rows[name].filter(~key_column(name).is_in(keys.implode()))

    def add(self, name: str, rows: pl.DataFrame) -> None:
        """Adds rows to an object."""
        self.rows[name] = pl.concat([self.rows[name], rows.select(self.rows[name].columns)])

    def record(
        self,
        defect: str,
        entity: str,
        victims: pl.DataFrame,
        kind: str,
        note: str,
        *,
        field: str | None = None,
        pushable: bool = True,
    ) -> None:
        """Logs what a run should report of the victims.

        `victims` has crm_key and erp_key; null where there is no record.
        """
        self._used[entity].append(victims["crm_key"].drop_nulls())
        row = victims.select(
            pl.col("crm_key", "erp_key"),
            defect=pl.lit(defect), entity=pl.lit(entity), field=pl.lit(field, pl.String), break_kind=pl.lit(kind),
            pushable=pl.lit(pushable), note=pl.lit(note),
        )  # fmt: skip  # one line of constants
        self._log.append(row.select(PLANTED.names()))

    def spare(self, entity: str, keys: pl.Series) -> None:
        """Takes records out of the view, by their CRM key, without logging them."""
        self._used[entity].append(keys.drop_nulls())

    def forgive(self, variation: str, entity: str, victims: pl.DataFrame, field: str | None) -> None:
        """Logs a difference that no run may report, such as one that is seconds old."""
        self.spare(entity, victims["crm_key"])
        row = victims.select(
            pl.col("crm_key", "erp_key"), variation=pl.lit(variation), entity=pl.lit(entity), field=pl.lit(field, pl.String)
        )
        self._harmless.append(row.select(HARMLESS.names()))

    def result(self) -> tuple[Company, pl.DataFrame]:
        """The damaged company, its truth cut down to what is left on both sides, and the log."""
        company = self.before
        pairs = {}
        there: dict[str, tuple[pl.Series, pl.Series]] = {}
        for entity, (crm, erp) in ENTITIES.items():
            keys = (self.rows[crm].select(key_column(crm)).to_series(), self.rows[erp].select(key_column(erp)).to_series())
            there[entity] = keys
            pairs[entity] = company.pairs[entity].filter(
                pl.col("crm_key").is_in(keys[0].implode()), pl.col("erp_key").is_in(keys[1].implode())
            )
        harmless = pl.concat([_still(pl.concat(self._harmless), entity, *keys) for entity, keys in there.items()])
        log = pl.concat([PLANTED.to_frame(), *self._log]).sort(*PLANTED.names())
        return Company(_part(self.rows, CRM), _part(self.rows, ERP), pairs, harmless), log


def _part(rows: Mapping[str, pl.DataFrame], objects: Mapping[str, object]) -> dict[str, pl.DataFrame]:
    return {name: rows[name] for name in objects}


def _still(harmless: pl.DataFrame, entity: str, crm: pl.Series, erp: pl.Series) -> pl.DataFrame:
    """The harmless differences whose records are still there."""
    crm_key, erp_key = pl.col("crm_key"), pl.col("erp_key")
    return harmless.filter(
        pl.col("entity") == entity,
        crm_key.is_null() | crm_key.is_in(crm.implode()),
        erp_key.is_null() | erp_key.is_in(erp.implode()),
    )
