"""What rules may read beside the records they are about, and linked records side by side; scanned, not loaded."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.checks import COLUMNS, HISTORY, Tables
from reconcile.records import COUNTERPART, KEY, PAIR, RAW, Role, Scope

Records = Mapping[Role, Mapping[str, pl.LazyFrame]]
"""The canonical records of each entity of each side, with KEY, fields and `raw:` columns."""


def side_tables(
    system: Scope,
    records: Records,
    links: pl.LazyFrame,
    history: pl.LazyFrame | None = None,
    columns: pl.LazyFrame | None = None,
) -> Tables:
    """The tables for rules about one side, or about pairs (there `crm:<entity>` and `erp:<entity>`); see `checks.Tables`."""
    sides = {"crm:": records[Role.CRM], "erp:": records[Role.ERP]}
    if system != PAIR:
        role = Role(system)
        sides = {"": records[role], "other:": records[role.other]}
    named = {prefix + name: _without_raw(frame) for prefix, of in sides.items() for name, frame in of.items()}
    crosswalk = links.select("entity", "crm_key", "erp_key")
    past = HISTORY.to_frame().lazy() if history is None else history
    return {
        **named,
        "crosswalk": crosswalk,
        "history": past,
        "columns": COLUMNS.to_frame().lazy() if columns is None else columns,
    }


def linked(crm: pl.LazyFrame, erp: pl.LazyFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """The linked records of one entity side by side, a row for each link, in the order of the links.

    Args:
        crm: canonical records with KEY.
        erp: the same of the other side.
        links: LINKS of this entity.

    Returns:
        KEY (the CRM's), COUNTERPART (the ERP's), `crm.<field>`, `erp.<field>`, and `raw:crm.<field>`, `raw:erp.<field>`.
    """
    pairs = links.select(pl.col("crm_key").alias(KEY), pl.col("erp_key").alias(COUNTERPART))
    return pairs.join(_of(crm, Role.CRM), on=KEY, maintain_order="left").join(
        _of(erp, Role.ERP).rename({KEY: COUNTERPART}), on=COUNTERPART, maintain_order="left"
    )


def _of(records: pl.LazyFrame, role: Role) -> pl.LazyFrame:
    names = [name for name in records.collect_schema().names() if name != KEY]
    return records.rename({name: _named(name, role) for name in names})


def _named(column: str, role: Role) -> str:
    """`crm.name`, `raw:crm.name`."""
    return f"{RAW}{role}.{column.removeprefix(RAW)}" if column.startswith(RAW) else f"{role}.{column}"


def _without_raw(records: pl.LazyFrame) -> pl.LazyFrame:
    return records.select([name for name in records.collect_schema().names() if not name.startswith(RAW)])
