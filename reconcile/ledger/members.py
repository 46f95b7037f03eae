"""Which actions are decided together: a whole and its parts, on which nobody decides one by one."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

import polars as pl
from sqlalchemy import Connection, or_, select

from reconcile.errors import PartAlone
from reconcile.ledger.database import rows_with
from reconcile.ledger.tables import IS_PART, actions


@dataclass(frozen=True)
class Members:
    """What was named, with the parts of every whole among it."""

    ids: tuple[str, ...]
    whole_of: Mapping[str, tuple[str, str]]
    """Part to the id and the kind of its whole."""

    @classmethod
    def of(cls, connection: Connection, ids: Collection[str]) -> Self:
        """Looks the parts up. Raises PartAlone for a part whose whole was not named."""
        named = dict.fromkeys(ids)
        apart = or_(actions.c.payload.contains('"parts":['), IS_PART)
        query = select(actions.c.id, actions.c.kind, actions.c.payload, actions.c.evidence).where(apart)
        whole_of: dict[str, tuple[str, str]] = {}
        for row in rows_with(connection, query, actions.c.id, named):
            whole = json.loads(row.evidence).get("part_of")
            if whole is not None and whole not in named:
                raise PartAlone([row.id], whole)
            whole_of |= dict.fromkeys(json.loads(row.payload).get("parts", ()), (row.id, row.kind))
        return cls(tuple(dict.fromkeys([*named, *whole_of])), whole_of)

    def as_one(self, candidates: pl.DataFrame) -> pl.DataFrame:
        """The candidates, wholes first, parts under the kind of their whole: as many must approve a part as the whole.

        A problem of one member is a problem of all.
        """
        if not self.whole_of:
            return candidates
        kinds = {part: kind for part, (_, kind) in self.whole_of.items()}
        wholes = {part: whole for part, (whole, _) in self.whole_of.items()}
        part_of = pl.col("id").replace_strict(wholes, default=None, return_dtype=pl.String)
        own = pl.col("id").replace_strict(kinds, default=None, return_dtype=pl.String)
        ordered = candidates.sort(part_of.is_not_null(), maintain_order=True)
        problem = pl.col("problem").drop_nulls().first().over(pl.coalesce(part_of, "id"))
        return ordered.with_columns(kind=pl.coalesce(own, "kind"), problem=problem)

    def agreed(self, verdicts: pl.DataFrame) -> pl.DataFrame:
        """The verdicts, a whole refused with the first objection to any member of it."""
        if not self.whole_of:
            return verdicts
        wholes = {part: whole for part, (whole, _) in self.whole_of.items()}
        own = pl.col("id").replace_strict(wholes, default=None, return_dtype=pl.String)
        grouped = verdicts.with_columns(_whole=pl.coalesce(own, "id"))
        objection = grouped.filter(pl.col("why") != "").group_by("_whole").agg(_why=pl.col("why").first())
        joined = grouped.join(objection, on="_whole", how="left", maintain_order="left")
        return joined.with_columns(why=pl.coalesce("_why", "why")).select(verdicts.columns)
